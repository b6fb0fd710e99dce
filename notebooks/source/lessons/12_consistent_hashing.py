# %% [markdown]
# # How much moves when a node joins?
#
# 70 minutes. Before: [11_stampede](11_stampede.ipynb). Lanes: SIM (exact, the same on
# every machine) and LIVE (four real servers on yours).

# %% [markdown]
# You will be able to
#
# - **predict** the share of keys that moves when a node joins or leaves;
# - **build** a ring with virtual nodes, and say how even it is before you measure;
# - **place** copies so that one host cannot take both of them down;
# - **choose** between ring, bounded loads, rendezvous, jump and Maglev by what they cannot do.

# %%
from cachelab.hashing import Modulo

KEYS = [f"user:{number}" for number in range(20_000)]
TEN = [f"cache-{number:02}" for number in range(10)]


def owners(placement):
    return [placement.node_for(key) for key in KEYS]


servers = Modulo(TEN)
before = owners(servers)
servers.add("cache-10")
moved = sum(old != new for old, new in zip(before, owners(servers), strict=True))
print(f"10 nodes become 11: {moved / len(KEYS):.1%} of the keys have another owner")

# %% [markdown]
# "Hash the key, take the remainder" is how most people would share keys among servers. One server joins
# ten to help with the load, and nine keys in ten are looked for where they are not. Every one of them
# is a miss. The database gets the traffic of a cold start, at the moment when you were short of
# capacity already.

# %% [markdown]
# ## How much moves on a ring?
#
# A key keeps its owner only if its remainders by 10 and by 11 are equal: one key in eleven. The remainder
# depends on *how many* nodes there are. Consistent hashing (Karger and others, 1997) asks only which
# nodes are *near*.
#
# Nodes and keys are hashed onto the same circle. A key belongs to the first node point at or after
# it, clockwise; after the last point comes the first again.

# %%
from cachelab.hashing import HashRing
from cachelab.lab import listing

listing(HashRing.points_of, HashRing.node_for)

# %% [markdown]
# A node has many points, called **virtual nodes**, drawn from its name alone. A lookup is one hash and
# one binary search. `owners` is one longer than `points`: it ends with the owner of the first point, and so
# the circle closes. The points are sorted once, and a circle that has changed is built beside the old one
# and then put in its place: whoever looks up meanwhile sees the one or the other.

# %%
ring = HashRing(["cache1:6379", "cache2:6379", "cache3:6379"])
print(ring.node_for("user:12345"), len(ring.points), "points")
ring.add("cache4:6379")
print(ring.node_for("user:12345"), len(ring.points), "points")
ring.remove("cache4:6379")
print(ring.nodes_for("user:12345", 2))

# %% [markdown]
# **Predict.** The same 20,000 keys, the same eleventh node, on a ring.

# %%
from cachelab.lab import predict

share = predict("Which share of the keys moves?", unit="share", low=0, high=1)
share

# %% [markdown]
# **Run.** We also count keys that moved from one old node to another: those would be moved for nothing.


# %%
KEYS = [f"user:{number}" for number in range(20_000)]
TEN = [f"cache-{number:02}" for number in range(10)]


def owners(placement):
    return [placement.node_for(key) for key in KEYS]


def join(placement, node):
    before = owners(placement)
    placement.add(node)
    pairs = list(zip(before, owners(placement), strict=True))
    moved = sum(old != new for old, new in pairs) / len(pairs)
    return moved, sum(old != new != node for old, new in pairs)


# %%
for count in (3, 10, 30):
    moved, astray = join(HashRing([f"cache-{n:02}" for n in range(count)]), "cache-new")
    print(f"{count:2} nodes: {moved:.3f} moves, 1/(n+1) is {1 / (count + 1):.3f}; astray {astray}")
moved, astray = join(HashRing(TEN), "cache-10")
share.compare(round(moved, 3))

# %% jupyter={"source_hidden": true}
from cachelab.lab import explain

explain(
    "Why can no placement that is even move less than 1/(n+1)?",
    answer="The newcomer has to end with its fair share, which is 1/(n+1) of all keys, and every key it "
    "owns was somebody else's before. A ring moves those keys and no others: new points cut pieces off "
    "the arcs that lie before them, and leave the rest of the circle as it was.",
)

# %% [markdown]
# Ten nodes, one newcomer, and yet 0.093 and 0.083: points are drawn from names, and `cache-new` drew
# longer arcs than `cache-10`. How far a share strays from its mean is the next question.
#
# **Break it.** Let a node leave, then come back. Leaving is joining backwards: what it owned is dealt out,
# and nothing else moves. Because points depend on the name alone, it comes back to the very same keys.

# %%
ring = HashRing(TEN)
at_first = owners(ring)
ring.remove("cache-03")
without = owners(ring)
lost = [new for old, new in zip(at_first, without, strict=True) if old != new]
print(
    f"cache-03 had {at_first.count('cache-03') / len(KEYS):.3f}, moved {len(lost) / len(KEYS):.3f}"
)
print(f"its keys went to {len(set(lost))} nodes")
ring.add("cache-03")
print("back as before:", owners(ring) == at_first)

# %% [markdown]
# All nine others share the keys of the one that left. With one point a node, a single neighbour would
# have got them all: on the average twice its load, at once. That is the second use of virtual nodes.

# %% [markdown]
# ## How even are the shares?
#
# The first use is balance. Ten points drawn at random do not cut a circle into ten equal arcs. The fullest
# node decides how large your servers must be, so the number to watch is max/mean.
#
# **Predict.** Ten nodes with one point each: how many times the mean does the fullest own?

# %%
from cachelab.lab import explain, predict

worst = predict("What is max/mean with 1 point a node?", unit="times", low=1, high=10)
worst

# %%
from cachelab.hashing import HashRing
from cachelab.lab import show
from cachelab.lab.balance_charts import balance_chart, balance_in_words

shares = HashRing([f"cache-{n:02}" for n in range(10)], virtual_nodes=1).shares()
show(
    balance_chart(shares),
    alt=balance_in_words(shares),
    caption="One point a node: one server is full, others are nearly idle.",
)
print("  ".join(f"{node} {share:.3f}" for node, share in shares.items()))
worst.compare(round(max(shares.values()) * 10, 2))

# %% [markdown]
# That is one ring, and names are luck. So we draw 40 rings of other names and take the mean. The law for
# n nodes with k points each: shares vary by sqrt((n-1) / (nk+1)) of their mean.

# %%
from math import sqrt
from statistics import mean, pstdev

print("points  spread   law   max/mean")
for points in (1, 10, 50, 150, 1_000):
    rings = [HashRing([f"r{r}-{n}" for n in range(10)], points) for r in range(40)]
    cut = [[10 * share for share in ring.shares().values()] for ring in rings]
    spread = sqrt(mean(pstdev(shares) ** 2 for shares in cut))
    law = sqrt(9 / (10 * points + 1))
    print(f"{points:6}  {spread:.3f}  {law:.3f}  {mean(max(shares) for shares in cut):.2f}")

# %% jupyter={"source_hidden": true}
explain(
    "Going from 150 to 1,000 points costs almost seven times the memory. What does it buy?",
    answer="The spread falls with the square root: by about 2.5, from 8 % to 3 % of the mean. Four times the "
    "points halve the unevenness. This ring takes 150 if not told otherwise, ketama 160; with few nodes or "
    "large servers a few hundred are still cheap, as a lookup grows only with the logarithm.",
)

# %% [markdown]
# ## What do you see when a node joins?
#
# A mark on the circle is a key, with the sign of its owner; the strokes outside are the nodes' points, and
# 150 of them are too many to draw. Add a node and watch which keys glide to another column. Then go to
# eight nodes and one point a node: the busiest has over twice its fair share. (Four of these names happen to
# be even.) Give A three times the weight: its bar grows, and keys glide towards A only.

# %%
from cachelab.lab import RingPlayground

RingPlayground("ring")

# %% [markdown]
# Now a ring of your own. This one is short, and has everything but weights, removal and the care for
# threads. The remainder in the last line is the wrap-around: without it, keys beyond the last point have
# no owner.


# %%
from bisect import bisect_left
from hashlib import md5


class NaiveRing:
    def __init__(self, nodes, virtual_nodes=150):
        names = [(node, f"{node}:{n}") for node in nodes for n in range(virtual_nodes)]
        self.owner = {self.position(name): node for node, name in names}
        self.points = sorted(self.owner)

    def position(self, text):
        return int(md5(text.encode(), usedforsecurity=False).hexdigest()[:16], 16)

    def node_for(self, key):
        place = bisect_left(self.points, self.position(key))
        return self.owner[self.points[place % len(self.points)]]


# %%
RingPlayground(NaiveRing)

# %% [markdown]
# **Break it.** In `position`, use `len(text)` instead of the hash and run both cells again: keys of one
# length have one owner. Or replace the remainder by `min(place, len(self.points) - 1)`: the last
# point gets the whole end of the circle, and its node the keys on it. With one point a node you see it.

# %% [markdown]
# ## Must all nodes be equal, and all copies apart?
#
# A server with twice the memory should own twice as much. On a ring that is a number of points: weight 2
# means 300 of them. A key's copies go to the next *different* nodes clockwise.
#
# **Predict.** Six cache processes run on three hosts, two on each. Each key has two copies. For which
# share of the keys are both copies on one host?

# %%
from cachelab.hashing import HashRing
from cachelab.lab import explain, predict

together = predict("Both copies on one host, for which share?", unit="share", low=0, high=1)
together

# %%
KEYS = [f"user:{number}" for number in range(20_000)]
HOSTS = {f"cache-{n}": f"host-{n // 2}" for n in range(6)}


def on_one_host(ring):
    pairs = [ring.nodes_for(key, 2) for key in KEYS]
    return sum(HOSTS[one] == HOSTS[other] for one, other in pairs) / len(KEYS)


plain = on_one_host(HashRing(HOSTS.keys()))
print(f"next different node: {plain:.3f}")
print(f"next different host: {on_one_host(HashRing(HOSTS.keys(), zones=HOSTS)):.3f}")
together.compare(round(plain, 3))

# %% jupyter={"source_hidden": true}
explain(
    "You asked for two copies and one power cable takes both. What did the ring not know?",
    answer="That two names stand for one machine. Of the five other nodes one is on the same host, so "
    "about a fifth of the pairs are no protection. With zones (hosts, racks, data centres) the walk "
    "goes on until it meets a new one. More copies than zones is a question to answer beforehand: "
    "here the walk then takes nodes of zones it has met.",
)

# %% [markdown]
# **Break it.** Give one node the weight 2 and look at the shares; then ask for more copies than there are
# nodes. A ring that answered with fewer copies, without a word, would be found out on the day of the
# failure.

# %%
ring = HashRing({"big": 2, "small-1": 1, "small-2": 1})
print({node: round(share, 3) for node, share in ring.shares().items()})
try:
    ring.nodes_for("user:12345", 4)
except ValueError as refused:
    print(refused)

# %% [markdown]
# ## What if one node gets too much?
#
# Even with 150 points somebody is the fullest, and with few points by far. *Bounded loads* (Mirrokni,
# Thorup and Zadimoghaddam, 2018) put a ceiling over the ring: no node holds more than 1 + epsilon times
# the mean, and a key that is turned away goes on to the next node with room.

# %%
from collections import Counter
from statistics import mean

from cachelab.hashing import BoundedLoad, HashRing
from cachelab.lab import explain

some = [f"user:{number}" for number in range(5_000)]
TEN = [f"cache-{number:02}" for number in range(10)]
home = HashRing(TEN, 10)
print(f"plain ring of 10 points: {max(Counter(map(home.node_for, some)).values()) / 500:.3f}")
for epsilon in (0.5, 0.25, 0.1, 0.02):
    nodes = BoundedLoad(TEN, 10, epsilon=epsilon)
    held = [nodes.take(key) for key in some]
    away = mean(node != home.node_for(key) for key, node in zip(some, held, strict=True))
    print(f"epsilon {epsilon:4}: max/mean {max(Counter(held).values()) / 500:.3f}, away {away:.3f}")

# %% jupyter={"source_hidden": true}
explain(
    "What do you pay for a small epsilon?",
    answer="More keys are not where a plain ring would put them, so a lookup has to ask what is held: the "
    "answer depends on the load and not on the names alone. For requests under way in one load balancer "
    "that is fine. Clients that share no memory would disagree about the owner.",
)

# %% [markdown]
# ## Is the ring the best there is?
#
# Four others. *Rendezvous* (Thaler and Ravishankar, 1998): every node bids for the key, the highest bid
# wins. *Jump* (Lamping and Veach, 2014): a formula, no table, for numbered nodes. *Maglev* (Eisenbud and
# others, 2016): a table of 65,537 entries, filled in turns. *Slots*: a fixed hash and a table that somebody
# edits.
# (*Ketama*, in the table too, is the ring on which clients of memcached agree.)
#
# **Predict.** Which of them is the only consistent one here that moves keys between old nodes?

# %%
from collections import Counter
from statistics import mean

from cachelab.hashing import PLACEMENTS
from cachelab.lab import explain, predict

KEYS = [f"user:{number}" for number in range(20_000)]
TEN = [f"cache-{number:02}" for number in range(10)]


def owners(placement):
    return [placement.node_for(key) for key in KEYS]


stray = predict("Who?", options=("ring", "rendezvous", "jump", "maglev"))
stray

# %%
print("placement   moves  astray  max/mean  weights")
astray_by = {}
for name, kind in PLACEMENTS.items():
    nodes = kind(TEN)
    before = owners(nodes)
    nodes.add("cache-10")
    pairs = [(old, new) for old, new in zip(before, owners(nodes), strict=True) if old != new]
    astray_by[name] = sum(new != "cache-10" for _, new in pairs)
    fullest, moved = max(Counter(before).values()) * 10 / len(KEYS), len(pairs) / len(KEYS)
    print(f"{name:10}  {moved:.3f}  {astray_by[name]:6}  {fullest:8.3f}  {kind.weighted!s:>7}")
[who] = [name for name in ("ring", "rendezvous", "jump", "maglev") if astray_by[name]]
stray.compare(who)

# %% [markdown]
# All but the remainder move about 1/11. Maglev sends a few keys astray, which its authors
# accept for shares that are equal to one entry. Rendezvous has no points, exact weights and a step for
# each node at every lookup: for a dozen nodes that is often the best choice.
#
# **Break it.** So far the newest node joined. Now the *first* one leaves.

# %%
for name, kind in PLACEMENTS.items():
    nodes = kind(TEN)
    before = owners(nodes)
    nodes.remove("cache-00")
    moved = mean(old != new for old, new in zip(before, owners(nodes), strict=True))
    needed = before.count("cache-00") / len(KEYS)
    print(f"{name:10} moves {moved:.3f}, needed {needed:.3f}")

# %% jupyter={"source_hidden": true}
explain(
    "Jump's buckets are numbered. What can it not express, and what has to happen instead?",
    answer="That a bucket in the middle is gone: the formula knows only how many there are. Here the last "
    "node takes over the number of the one that left, so its own keys move as well, and that is about "
    "twice what is needed. Jump is for shards that are only ever added at the end, or replaced.",
)

# %% [markdown]
# ## Do two processes agree?
#
# Nobody is asked where a key is. Each client works it out, so all must come to the same answer.
#
# **Predict.** Two Python processes place 2,000 keys on four nodes, by `hash(key) % 4`. On which part of the
# keys do they agree?

# %%
from statistics import mean

from cachelab.lab import predict

PARTS = ("all", "about one in four", "none")
agree = predict("They agree on ...", options=PARTS)
agree

# %%
import os
import subprocess
import sys


def placed_by(rule, seed):
    lines = "from cachelab.hashing import HashRing\nring = HashRing(['0', '1', '2', '3'])\n"
    lines += f"print(*[{rule} for key in map('user:{{}}'.format, range(2_000))])"
    env = {**os.environ, "PYTHONHASHSEED": str(seed)}
    command = [sys.executable, "-c", lines]
    return subprocess.run(
        command, env=env, capture_output=True, text=True, check=True
    ).stdout.split()


# %%
for rule in ("ring.node_for(key)", "hash(key) % 4"):
    one, other = placed_by(rule, seed=1), placed_by(rule, seed=2)
    same = mean(a == b for a, b in zip(one, other, strict=True))
    told = "all" if same == 1 else "about one in four" if 0.2 < same < 0.3 else "none"
    print(f"{rule:18} two processes agree on {told} of the keys")
agree.compare(told)

# %% [markdown]
# Python salts `hash()` of text anew in each process, so that nobody can send it keys that collide. Each
# of your web workers would look elsewhere, and mostly miss what the others have cached. In one process, as in a unit test, everything looks right. Name a hash function (blake2b, md5, crc32), and
# write its name down: another function is another placement.

# %% [markdown]
# ## What does the database notice?
#
# Three real servers hold 4,000 keys; a fourth joins under load. Readers come, and whoever misses loads
# from the database and fills the cache. `Sharded` is one store made of several: a placement says which
# of them has a key. With two copies we read the first that answers. The other way is to ask a
# [quorum](glossary.md#quorum), more than half of them, and take the newest.


# %%
import random
from contextlib import ExitStack

from cachelab.lab import explain, predict
from cachelab.operations import Sharded
from cachelab.ports import MISSING, RedisStore, start_server

KEYS = [f"user:{number}" for number in range(4_000)]


def windows(store, keys, requests=1_000):
    rng = random.Random(1)
    for _ in range(4):
        loads = 0
        for key in rng.choices(keys, k=requests):
            if store.get(key) is MISSING:
                loads += 1
                store.set(key, "loaded")
        yield loads


# %%
def wave(servers, placement, copies=1):
    with ExitStack() as stack:
        stores = {}
        for number, server in enumerate(servers):
            client = stack.enter_context(server.client(timeout=5.0))
            stores[f"cache-{number}"] = RedisStore(client, f"{placement}{copies}:{number}:")
        newcomer = stores.popitem()
        store = Sharded(stores, placement, copies=copies, read="first")
        store.set_many(dict.fromkeys(KEYS, "kept"))
        store.add_node(*newcomer)
        return list(windows(store, KEYS))


# %% [markdown]
# **Predict.** How many times as many loads does the remainder cause as the ring, from 3 to 4 servers?

# %%
times = predict("Loads with modulo, divided by loads with the ring?", low=1, high=10)
times

# %% tags=["live"]
with ExitStack() as stack:
    four = [stack.enter_context(start_server()) for _ in range(4)]
    modulo, ring_1, ring_2 = wave(four, "modulo"), wave(four, "ring"), wave(four, "ring", copies=2)
print("loads in each 1,000 requests after the join")
for name, loads in (("modulo", modulo), ("ring", ring_1), ("ring, 2 copies", ring_2)):
    print(f"{name:15}", *(f"{count:5}" for count in loads))
print(times.compare(round(sum(modulo) / sum(ring_1), 1)))
assert sum(modulo) > 2 * sum(ring_1) > 2 * 2 * sum(ring_2)

# %% jupyter={"source_hidden": true}
explain(
    "With two copies the join costs the database nothing. Where do the newcomer's keys come from?",
    answer="The newcomer took the place of the first copy for some keys, of the second for others. The copy "
    "that stayed is next in line, answers the read, and the store writes the value to the newcomer. "
    "That works because a join pushes out one of the two copies at most.",
)

# %% [markdown]
# The remainder moves three keys in four here, the ring one in four: a factor of three in the first window,
# and as long as it takes to read every key once. An entry that has moved also stays behind on its old
# server: give entries a time to live, and let a node that returns come back empty.

# %% [markdown]
# ## Errata hunt
#
# **D19.** A published ring speaks of a circle from 0 to 2^32 and uses all 128 bits of md5. It knows no
# weights. It inserts each point into a sorted list, which shifts all that follow. And it keeps points
# in two places. Add a node that is there already, as a restart would, and take it out again.


# %%
from bisect import bisect_left
from hashlib import md5


class PublishedRing:
    def __init__(self):
        self.ring, self.sorted_hashes = {}, []

    def points(self, node):
        return [int(md5(f"{node}:vn{i}".encode()).hexdigest(), 16) for i in range(150)]

    def add_node(self, node):
        for point in self.points(node):
            self.ring[point] = node
            self.sorted_hashes.insert(bisect_left(self.sorted_hashes, point), point)

    def remove_node(self, node):
        for point in self.points(node):
            del self.ring[point]
            self.sorted_hashes.remove(point)


# %%
published = PublishedRing()
for node in ("cache1", "cache2", "cache2"):
    published.add_node(node)
print(len(published.sorted_hashes), "sorted points,", len(published.ring), "owners")
published.remove_node("cache2")
orphans = [point for point in published.sorted_hashes if point not in published.ring]
print(f"cache2 is gone; {len(orphans)} points have no owner: a key there raises KeyError")
print("widest point:", max(published.ring).bit_length(), "bits")
print(f"chance that two of 15,000 points share 32 bits: {15_000**2 / 2 / 2**32:.3f}")

# %% [markdown]
# About half of the circle raises an error, long after the mistake. Between the two lines of `remove_node` a
# second thread meets the same error on a ring without any. On the circle it speaks of, points of two
# nodes would fall together now and then, and the one that joined later would win: two clients that
# learned the nodes in another order would disagree.

# %% jupyter={"source_hidden": true}
from cachelab.lab import explain

explain(
    "Which three changes repair it?",
    answer="Adding a node that is there changes nothing. A point is a pair (position, name), so equal "
    "positions are settled by the name and not by the order of joining. And a change builds a new sorted "
    "list beside the old one and then swaps the reference, so no lookup sees half of it.",
)

# %% [markdown]
# ## Quiz

# %% jupyter={"source_hidden": true}
from cachelab.lab import quiz

quiz(
    "Each key has two copies on a ring. A host with two of the processes dies. What is certain?",
    {
        "Every key has a copy left: the nodes are different.": "Two different nodes may be on one host.",
        "Only with zones does every key have a copy left.": "Yes: names say nothing about machines.",
        "All keys of the host are lost.": "Most of their copies are on other hosts.",
    },
    right="Only with zones does every key have a copy left.",
)

# %% jupyter={"source_hidden": true}
quiz(
    "A client uses `hash(key)` on a perfect ring. All its tests pass. What happens in production?",
    {
        "Shares become uneven.": "Within one process they are as even as with any good hash.",
        "It is too slow.": "It is the fastest of all; that is why people take it.",
        "Each process looks for keys elsewhere.": "Yes: the salt differs, so owners do.",
    },
    right="Each process looks for keys elsewhere.",
)

# %% jupyter={"source_hidden": true}
quiz(
    "One celebrity's key takes half of all requests. How many virtual nodes help?",
    {
        "About 1,000: they even out the load.": "They even out keys. One key still has one owner.",
        "None: one key is on one node, whatever the points.": "Yes. Copies or a near cache help; see "
        "the next lesson.",
        "As many as there are nodes.": "Points divide the circle, and a key is one place on it.",
    },
    right="None: one key is on one node, whatever the points.",
)

# %% [markdown]
# ## Recap
#
# - From 10 to 11 nodes the remainder moves 91.1 % of the keys (first cell).
# - A ring moves 8.3 %, and only the newcomer gains: astray 0 (*How much moves on a ring?*).
# - The spread falls with the root of the points: 8 % of the mean at 150 (*How even are the shares?*).
# - 0.222 of the pairs share a host unless zones are known (*Must all nodes be equal?*).
# - Two copies turn a wave of misses into none (*What does the database notice?*).

# %% [markdown]
# ## Interview minutes
#
# Answer aloud, two minutes each, then open the model answer. The first is interview question 9
# of lesson 15's list; both argue for consistent hashing, Do 5 of lesson 14's.
#
# <details><summary>How does consistent hashing work?</summary>
#
# Nodes have many points on a circle, drawn from their names; a key belongs to the next point. A newcomer
# takes 1/(n+1) of the keys, nobody else gains: 8.3 % from 10 to 11 nodes; the remainder moves 91.1 %.
# With 150 points shares vary by 8 %. Evidence: *How much moves on a ring?*
#
# </details>

# %% [markdown]
# <details><summary>You double your cache servers on Friday evening. What do you prepare?</summary>
#
# Half of all keys move, however good the placement. I add one server after another and wait until the
# misses have fallen between two, or keep two copies, so that the one left answers. Entries have a
# time to live, since old ones stay behind. All clients must learn the new list. Evidence: *What does the
# database notice?*
#
# </details>

# %% [markdown]
# ## Now you
#
# [Exercise 12](../exercises/ex12_rings/ex12_rings.ipynb): build a ring with copies on distinct hosts, bounded
# loads and rendezvous, and show a judge why the built-in `hash()` will not do. 40 points. Next: [Why is one
# shard on fire?](13_cluster_and_hot_keys.ipynb)
#
# Words: [bounded load](glossary.md#bounded-load), [consistent hashing](glossary.md#consistent-hashing),
# [placement](glossary.md#placement), [quorum](glossary.md#quorum), [rendezvous](glossary.md#rendezvous),
# [virtual node](glossary.md#virtual-node).
