# %% [markdown]
# # Why is O(1) LRU harder than it looks?
#
# 60 minutes. Before: [00_start_here](00_start_here.ipynb). Lanes: SIM (exact, the same on every
# machine) and LIVE (a real server on yours).

# %% [markdown]
# You will be able to
#
# - **predict** which key LRU gives up, step by step, on any sequence of requests;
# - **build** it with constant work per request, from a map and a linked list;
# - **find** the workload on which it loses, and say why;
# - **show** the interleaving of two threads that breaks it, and the lock that mends it.

# %%
from cachelab.lab import sample_trace, simulate

requests = sample_trace("shop")
print(f"{len(requests):,} requests to {requests.objects:,} pages")
goes = {"fifo": "came in first", "lru": "was used longest ago", "lfu": "was used least often"}
for capacity in (30, 300):
    print(f"room for {capacity} pages; when it is full, the page goes that")
    for policy, page in goes.items():
        print(f"  {page:21} {policy:4}  {simulate(requests, policy, capacity).hit_ratio:.3f}")

# %% [markdown]
# These are 125,435 page requests that SQLite made to its file: three days in a shop, with nightly
# reports between them (`cachelab traces show shop` says how they were recorded). Room for 30 of 2,620
# pages already answers four requests in ten under LRU.
#
# LRU (least recently used) beats FIFO (first in, first out) at both sizes. LFU (least frequently
# used) beats LRU. The policy in every textbook is not the best here, and it still runs nearly
# everywhere. By the end you know what it is good at.

# %% [markdown]
# ## Which key goes?
#
# LRU gives up the key whose last use is longest ago. Two things count as a use: a `get` that finds
# the key, and a `put`, also of a key that is already there. Asking `in` or `len` is not a use, and
# neither is a miss.
#
# **Predict.** A cache with room for three gets these requests, each a `get`, then a `put` if it
# missed: `a b c a d`. At `d` it is full.

# %%
from cachelab.lab import EvictionStepper, explain, predict

victim = predict("Which key does d push out?", options=("a", "b", "c"))
victim

# %% [markdown]
# **Run.** Step through it with the buttons or the arrow keys. The victim's end is on the left. When
# the next step evicts, the view asks you first: click a key before you go on, and see how long your
# streak gets.

# %%
EvictionStepper(policy="lru", requests="a b c a d b e a c d a f b a", capacity=3)

# %%
from cachelab.eviction import LRU

lru = LRU(3)
for key in "abc":
    lru.insert(key)
lru.hit("a")
victim.compare(*lru.insert("d"))

# %% jupyter={"source_hidden": true}
explain(
    "Why is b the victim and not a, which has been in the cache longer?",
    answer="The request for a at step 4 was a hit, and a hit is a use: it moved a to the recent "
    "end. Since then b is the key whose last use is longest ago. FIFO would have given up a.",
)

# %% [markdown]
# **Break it.** The same requests, with a hit that moves nothing. That one difference is FIFO. Find
# the first step at which the two caches hold different keys.

# %%
EvictionStepper(policy="fifo", requests="a b c a d b e a c d a f b a", capacity=3)

# %% [markdown]
# ## What does a hit cost?
#
# The rule takes one sentence. The work is in finding the victim without looking at every key, and
# in moving a key that sits in the middle of the order. Here is a version many people write first:
# a dict for the values, a list for the order.


# %%
class ListLRU:
    def __init__(self, capacity):
        self.capacity, self.values, self.order = capacity, {}, []

    def get(self, key):
        if key in self.values:
            self.order.remove(key)
            self.order.append(key)
        return self.values.get(key)

    def put(self, key, value):
        if key in self.values:
            self.order.remove(key)
        elif len(self.order) == self.capacity:
            del self.values[self.order.pop(0)]
        self.order.append(key)
        self.values[key] = value


# %% [markdown]
# It is right, and `list.remove` compares its way along the list. To count that work without a
# stopwatch, give it keys that count how often they are compared.


# %%
class CountedKey:
    compared = 0

    def __init__(self, number):
        self.number = number

    def __hash__(self):
        return hash(self.number)

    def __eq__(self, other):
        CountedKey.compared += 1
        return self.number == other.number


# %% [markdown]
# **Predict.** We fill the cache with n keys, then ask for all of them in random order, three times
# over, and divide the comparisons by the number of requests: at n = 100, and at n = 1,000.

# %%
from cachelab.lab import explain, predict

growth = predict(
    "Ten times the keys in ListLRU: how many times the comparisons per request?",
    unit="times",
    low=0,
    high=1_000,
)
growth

# %% [markdown]
# **Run.** The same requests for the package's own LRU, which is made of an `OrderedDict`.

# %%
import random

from cachelab.eviction import LRU, Cache


def comparisons(cache, n, rounds=3):
    for number in range(n):
        cache.put(CountedKey(number), number)
    rng, CountedKey.compared = random.Random(7), 0
    for _ in range(rounds):
        for number in rng.sample(range(n), n):
            cache.get(CountedKey(number))
    return CountedKey.compared / (rounds * n)


counts = {n: comparisons(ListLRU(n), n) for n in (100, 1_000)}
for n, by_list in counts.items():
    print(f"{n:5} keys: {by_list:5.1f}, OrderedDict {comparisons(Cache(LRU(n)), n):.1f}")
growth.compare(round(counts[1_000] / counts[100], 1))

# %% [markdown]
# The list compares about a quarter of its keys for each hit, so its work grows with the cache. The
# package's stays at two comparisons: one for the value, one for the place in the order. Here is all
# of the policy. A cache with nothing but LRU runs these steps written out in `fused.py`, for speed.

# %%
from cachelab.lab import listing

listing(LRU.hit, LRU.insert)

# %% [markdown]
# `OrderedDict` does the hard part. It is a hash map whose values carry a position in a doubly linked
# list: the map finds the key at once, and the list lets it be cut out and put at the end by
# changing six links. In the exercise you build that list yourself. It looks like this.


# %%
class Node:
    def __init__(self, key):
        self.key, self.older, self.newer = key, self, self


def leave(node):
    node.older.newer, node.newer.older = node.newer, node.older


def enter_before(node, place):
    node.older, node.newer = place.older, place
    place.older.newer = place.older = node


# %% [markdown]
# One node that holds no key, the sentinel, closes the ring between the newest key and the oldest:
# `sentinel.newer` is the oldest, `sentinel.older` the newest, and who enters before the sentinel is
# the newest. Because every node always has two neighbours, neither function needs an `if`: not for
# the first key, not for the last, not for the only one.

# %% jupyter={"source_hidden": true}
explain(
    "Why does cutting a node out of a singly linked list cost more?",
    answer="The node before it must be told its new successor, and a singly linked list finds that "
    "node only by walking from the head: work in proportion to the length, as list.remove does.",
)

# %% [markdown]
# **Break it.** Suppose `leave` forgets the second of its two links. The links to the newer side still
# look right. Which operation notices?


# %%
def careless_leave(node):
    node.older.newer = node.newer


sentinel, a, b, c = Node(None), Node("a"), Node("b"), Node("c")
for node in (a, b, c):
    enter_before(node, sentinel)
careless_leave(b)
enter_before(b, sentinel)  # b is used
newer = older = sentinel
for _ in range(3):
    newer, older = newer.newer, older.older
    print(f"towards the newer: {newer.key}, towards the older: {older.key}")

# %% [markdown]
# Towards the newer the ring reads `a c b`, as it should. Towards the older it reads `b c b`: `a` cannot
# be reached any more. A test that looks at the victims alone passes until a neighbour of the damage
# leaves. Test what the structure promises, in both directions, after every step.

# %% [markdown]
# ## Does LRU always beat FIFO?
#
# FIFO asks nothing of a hit: no move, no lock. LRU pays for one on each. So the question is worth
# money, and it has no answer without a workload.
#
# **Predict.** A report walks through the same 120 rows over and over. Between its bursts, people ask
# for 50 popular rows (by [Zipf](glossary.md#zipf)). The cache has room for 140 of the 170.

# %%
from cachelab.lab import explain, loop, mix, predict, simulate, zipf

popular = zipf(6_000, objects=50, alpha=0.8)
report = mix(loop(6_000, length=120), popular, burst=50)
winner = predict("Which has the higher hit ratio?", options=("FIFO", "LRU", "equal"))
winner

# %%
fifo, lru = (simulate(report, policy, 140).hit_ratio for policy in ("fifo", "lru"))
print(f"fifo {fifo:.3f}  lru {lru:.3f}")
winner.compare("FIFO" if fifo > lru else "LRU" if lru > fifo else "equal")

# %% jupyter={"source_hidden": true}
explain(
    "Why does remembering more (the last use) lead to the worse choice here?",
    answer="Between two visits of the report to a row come its 119 other rows and over 30 of the "
    "popular ones: more than 140 different keys. So under LRU every row has gone when its turn "
    "comes again. Under FIFO a row stays until 140 misses have come, however many hits there are "
    "between them, and a part of the loop survives.",
)

# %% [markdown]
# **Break it.** Change the loop's length and find where the order flips. When all of it fits, and
# when hardly any of it fits, LRU is at least as good.

# %%
for length in (60, 90, 120, 240, 480):
    mixed = mix(loop(6_000, length), popular, burst=50)
    fifo, lru = (simulate(mixed, policy, 140).hit_ratio for policy in ("fifo", "lru"))
    print(f"loop of {length:3}: fifo {fifo:.3f}, lru {lru:.3f}, gain {lru - fifo:+.3f}")

# %% [markdown]
# A made trace answers one question. Recorded ones answer yours. This is the shop again, at seven
# capacities.

# %%
from cachelab.lab import hit_ratio_chart, sample_trace, show

requests, sizes = sample_trace("shop"), (10, 30, 100, 300, 1_000, 2_000, 2_620)
names = ("fifo", "lru", "lfu")
results = [simulate(requests, name, size) for name in names for size in sizes]
show(
    hit_ratio_chart(results),
    alt="Hit ratio against capacity on the shop trace: LFU leads up to "
    "2,000 pages, LRU is second, FIFO third; all meet when every page fits.",
    caption="LFU leads, LRU follows; at full size all meet.",
)
for size in sizes:
    row = {r.policy: r.hit_ratio for r in results if r.capacity == size}
    print(f"{size:5} pages", *(f" {name} {row[name]:.3f}" for name in names))

# %% [markdown]
# Do not take one trace for the world. On a trace of block requests from a virtual machine, with
# room for 10,000 blocks, FIFO answers 0.304 and LRU 0.302 of them (CloudPhysics sample of
# libCacheSim; the test suite repeats the count). On the OLTP trace of the ARC paper LRU wins at
# every size. Measure on your own: `cachelab simulate FILE`.

# %% [markdown]
# ## What do two threads do to it?
#
# A web server shares one cache between threads. Each method is several steps, and the interpreter
# may switch threads between any two of them.
#
# **Predict.** Thread A calls `get("k")`, thread B calls `delete("k")` on a cache that holds `k`. There
# is no lock. Which of these can A's caller see?

# %%
from cachelab.lab import explain, listing, predict

seen = predict(
    "What can A's caller see?",
    options=("the value", "None", "the value or None", "the value, None or a KeyError"),
)
seen

# %% [markdown]
# **Run.** No luck is involved: we write the steps of `get` down and let B in after the first.

# %%
from collections import OrderedDict

entries = OrderedDict(k="value")

found = "k" in entries  # A: is it there? yes
del entries["k"]  # B: delete
try:
    entries.move_to_end("k")  # A: goes on with what it knew
except KeyError as error:
    print("A's caller sees", repr(error))

# %% jupyter={"source_hidden": true}
seen.compare("the value, None or a KeyError")

# %% jupyter={"source_hidden": true}
explain(
    "The test and the move are each safe alone. What is missing?",
    answer="Nothing keeps what the test found true until the move. The two belong together: one "
    "operation as far as anyone outside can tell. A lock around the whole of get, and the same lock "
    "around put and delete, makes them so.",
)

# %% [markdown]
# **Break it.** A lock around each *line* changes nothing: B still fits between the lines. The lock has
# to span the operation, as here.

# %%
from cachelab.eviction import Synchronized

listing(Synchronized.get, Synchronized.items)

# %% [markdown]
# The global interpreter lock is no help: it makes single bytecodes atomic, and you have seen what
# fits between two lines. Nor may readers go without: in LRU a read moves a key, and two moves at
# once tear the list.

# %% [markdown]
# ## What does Redis do?
#
# A server with a hundred million keys would pay two pointers for each, and a move for every read.
# Redis and Valkey keep a 24-bit clock in each object instead. When memory is full they draw a few
# keys at random and give up the one idle longest: `maxmemory-samples`, 5 unless you change it.
#
# **Predict.** 2,000 keys, each idle one second longer than the one before. New keys arrive until about
# half of them are gone. Exact LRU would keep the younger half, without an exception.

# %%
from cachelab.lab import explain, figure, predict, show
from cachelab.ports import start_server

mistaken = predict(
    "With 5 samples: what share of the old keys it keeps would exact LRU have given up?",
    unit="share",
    low=0,
    high=1,
)
mistaken

# %% [markdown]
# **Run.** `RESTORE` can say how long a key has been idle, so nobody has to wait half an hour.


# %%
def ages_kept(samples, keys=2_000):
    options = ("--maxmemory-policy", "allkeys-lru", "--maxmemory-samples", str(samples))
    with start_server(*options) as server, server.client() as client:
        client.set("template", "x" * 500)
        body = client.dump("template")
        with client.pipeline(transaction=False) as batch:
            for age in range(keys):
                batch.restore(f"old:{age}", 0, body, idletime=age)
            batch.execute()
        client.config_set("maxmemory", client.info("memory")["used_memory"])
        for number in range(keys // 2):
            client.set(f"new:{number}", "x" * 500)
        return sorted(int(key[4:]) for key in client.scan_iter("old:*"))


# %% tags=["live"]
kept = {samples: ages_kept(samples) for samples in (1, 5, 10)}
shares = {}
for samples, ages in kept.items():
    shares[samples] = sum(age >= len(ages) for age in ages) / len(ages)
    print(f"{samples:3} samples: kept {len(ages):,}, too old {shares[samples]:.3f}")
print(mistaken.compare(round(shares[5], 3)))
assert shares[1] > 2 * shares[max(shares)], "more samples come closer to exact LRU"

# %% tags=["live"]
chart, axes = figure()
for (samples, ages), marker in zip(kept.items(), "^so", strict=True):
    bands = [sum(a // 200 == band for a in ages) / 200 for band in range(10)]
    axes.plot(range(100, 2_000, 200), bands, marker=marker)
    axes.annotate(f"  samples {samples}", (1_900, bands[-1] + 0.03))
axes.set(xlabel="idle time, seconds", ylabel="share kept", xlim=(0, 2_400))
show(
    chart,
    alt="Share of keys kept against idle time: with 10 samples a cliff near the "
    "middle, with 5 a slope, with 1 nearly the same share at every age.",
    caption="More samples, steeper cliff; exact LRU is a step.",
)
few, many = (sum(ages) / len(ages) for ages in (kept[min(kept)], kept[max(kept)]))
assert few > many, "mean idle time"

# %% jupyter={"source_hidden": true}
explain(
    "Why do five samples do so well, when they are five of two thousand?",
    answer="The victim has to be old, not the oldest. The oldest of five random keys is among the "
    "oldest sixth on average. The server also remembers the best candidates of earlier draws in a "
    "pool of sixteen. One sample leaves nothing to choose from, and is no better than chance.",
)

# %% [markdown]
# **Break it.** Change 10 to 64 in the run, and look at the cliff again. Then read the price: each eviction looks at
# 64 keys. Exact LRU in a linked list costs two pointers for every key and touches memory on every
# read; sampling costs 24 bits and pays only when it evicts.

# %% [markdown]
# ## Errata hunt
#
# Two published caches, in our words. Decide what goes wrong before you read on.
#
# **D10.** `put` of a new key: if the dict is full, drop the oldest entry, then store. `get` of a
# missing key returns None. What happens at capacity 0, and with a stored None?

# %%
from collections import OrderedDict

from cachelab.lab import explain


def careless_put(entries, capacity, key, value):
    if len(entries) >= capacity:
        entries.popitem(last=False)
    entries[key] = value


try:
    careless_put(OrderedDict(), 0, "k", 1)
except KeyError as error:
    print("capacity 0:", error)

# %% [markdown]
# An empty dict is full at capacity 0, and there is nothing to drop. Ours refuses a capacity below 1 when
# it is made, where the mistake is. And None: a caller who stores "there is no such user" as None cannot
# tell it from a miss, so it asks the database again, every time.

# %%
from cachelab.eviction import LRU, Cache

try:
    Cache(LRU(0))
except ValueError as error:
    print(error)
cache = Cache(LRU(2))
cache.put("user 7", None)
print(cache.get("user 7", "not here"), "/", cache.get("user 8", "not here"))

# %% [markdown]
# **D23.** A cache in Go: a map, a list, a mutex, an expiry time per entry, and a background task that
# removes expired entries. `Set` evicts with `for len(items) >= capacity { evictOldest() }`. Nothing
# ever tells the background task to end. Find two defects.

# %% jupyter={"source_hidden": true}
explain(
    "Name both, and what a caller would see.",
    answer="With capacity 0 the loop never ends: an empty cache has nothing to evict, and its length "
    "stays 0. The lock is held, so every other caller hangs too. And each cache that is dropped "
    "leaves its background task running, with a reference that keeps the cache in memory: a leak.",
)

# %%
# Ours has the same parts without the defects: `close` ends the sweep, and age is no eviction.
from cachelab.eviction import LRU, Cache, Synchronized
from cachelab.ports import ManualClock

clock = ManualClock()
ported = Synchronized(Cache(LRU(2), ttl=60, clock=clock), sweep_every=30)
ported.put("a", 1)
clock.advance(60)
print("a after its minute:", ported.get("a", "gone"))
ported.put("b", 2), ported.put("c", 3), ported.put("d", 4)
print(ported.stats)
ported.close()

# %% [markdown]
# ## Quiz

# %% jupyter={"source_hidden": true}
from cachelab.lab import quiz

quiz(
    "put() of a key that is already there, in a full LRU cache: what must happen?",
    {
        "The value is replaced, the key becomes the most recent, nothing is evicted.": "Yes. It "
        "takes no new room, and writing is a use.",
        "The oldest key is evicted to make room, then the value is stored.": "There is no need "
        "for room: the key has its place. This mistake loses one innocent key per update.",
        "The value is replaced; its place in the order stays.": "Then a key that is written "
        "every second can be the victim. The exercise's judge finds this one in a few steps.",
    },
    right="The value is replaced, the key becomes the most recent, nothing is evicted.",
)

# %% jupyter={"source_hidden": true}
quiz(
    "A get finds an entry whose time to live is over. What is it?",
    {
        "A hit, for the last time: the value is still there.": "Then the promise of a time to "
        "live is not kept, and how badly depends on when the sweep comes.",
        "A miss, and the entry leaves as expired, not as evicted.": "Yes. Expiry is about time, "
        "eviction about space; a dashboard that adds them up cannot say whether memory is short.",
        "A miss, and the entry stays as the most recent.": "A dead entry would hold a place that "
        "a live one could use.",
    },
    right="A miss, and the entry leaves as expired, not as evicted.",
)

# %% jupyter={"source_hidden": true}
quiz(
    "Where does the lock of a thread-safe LRU belong?",
    {
        "Around writes only: reads change nothing.": "In LRU a read moves the key. Two reads at "
        "once can tear the list.",
        "Around each access to the map, and each to the list.": "Another thread fits between the "
        "two. You have seen the KeyError.",
        "Around each whole operation, reads included.": "Yes: what the operation found out stays "
        "true until it is done.",
    },
    right="Around each whole operation, reads included.",
)

# %% [markdown]
# ## Recap
#
# - The victim is the key whose last use is longest ago; `get` and `put` are uses (*Which key goes?*).
# - Map and linked list: 2 comparisons a request at any size; a list needs 250 at 1,000 keys (*What
#   does a hit cost?*).
# - FIFO wins 0.681 to 0.518 on a loop and popular keys that nearly fit (*Does LRU always beat FIFO?*).
# - One lock around each whole operation, or a KeyError (*What do two threads do?*).
# - Redis draws five keys and is mostly right (*What does Redis do?*).

# %% [markdown]
# ## Interview minutes
#
# Answer aloud, two minutes each, then open the model answer.
#
# <details><summary>Compare LRU with FIFO: what does LRU buy, and what does it cost?</summary>
#
# It buys a use of what happened after insertion: 0.40 instead of 0.30 with room for 30 pages of the
# shop trace. It costs a write to shared memory on every hit, so a lock on every read. It loses to
# FIFO where a loop and popular keys together nearly fit (on a loop alone both hit nothing). Evidence: *Does LRU always beat FIFO?*
#
# </details>

# %% [markdown]
# <details><summary>Why does Redis not use exact LRU, and what does it give up?</summary>
#
# Two pointers a key and a list update a read are too much at its scale; it keeps a 24-bit clock a key
# and compares a few at eviction time. It gives up exactness: with five samples, some of what it
# keeps is older than some of what it dropped. The last experiment counts them on your machine.
#
# </details>

# %% [markdown]
# ## Now you
#
# [Exercise 07](../exercises/ex07_lru/ex07_lru.ipynb): build `LRUCache` with your own list, 40 points. The
# judge plays generated runs against it and shows the shortest one on which it goes wrong. Next: [How does
# yesterday's hit become today's dead weight?](08_lfu_and_ageing.ipynb)
#
# Words: [capacity](glossary.md#capacity), [evict](glossary.md#evict), [LRU](glossary.md#lru),
# [victim](glossary.md#victim).
