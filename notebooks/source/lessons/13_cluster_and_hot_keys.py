# %% [markdown]
# # Why is one shard on fire?
#
# 70 minutes. Before: [12_consistent_hashing](12_consistent_hashing.ipynb). Lanes: SIM (exact, the same on
# every machine) and LIVE (a real cluster of servers on yours).

# %% [markdown]
# You will be able to
#
# - **predict** the slot and the node of a key, and what a hash tag does to both;
# - **use** a real cluster: read across slots, follow MOVED, ride out the death of a master;
# - **find** the hot keys of a stream in memory that does not grow;
# - **choose** between Redis and Memcached by numbers instead of by a table of adjectives.

# %%
from collections import Counter

from cachelab.hashing import Slots, hash_slot

nodes = Slots(["a", "b", "c"])
for form in ("user:{0}:profile", "user:{{{0}}}:profile", "{{users}}:{0}:profile"):
    keys = [form.format(number) for number in range(9_000)]
    held = Counter(map(nodes.node_for, keys))
    slots = len({hash_slot(key) for key in keys})
    print(f"{keys[7]:18} {slots:5} slots ", {node: held[node] for node in "abc"})

# %% [markdown]
# Nine thousand profiles on three nodes, under three names. The first two names spread them evenly. The
# third puts all 9,000 into one slot, and so 100 % of them on node c, while a and b stay empty. The
# difference is where two braces stand. (A node with its part of the keys is called a
# [shard](glossary.md#shard).)

# %% [markdown]
# ## Which slot, which node?
#
# A Redis Cluster has no ring. It has 16,384 slots and a table. The slot of a key is the CRC-16 of the
# key, modulo 16,384; the table says which node holds the slot. The hash never changes, the table does:
# a slot moves when somebody moves it.
#
# If something stands between the first `{` and the next `}`, only that is hashed. It is called the hash
# tag.

# %%
from collections import Counter

from cachelab.hashing import Slots, hash_slot, hash_tag
from cachelab.lab import listing

listing(hash_tag, hash_slot)

# %% [markdown]
# **Predict.** Two keys, `{}a` and `{}b`. The braces are there, and nothing is in them.

# %%
from cachelab.lab import predict

empty = predict("Are the two in the same slot?", options=("yes, slot 0", "yes, another", "no"))
empty

# %%
for key in ("{}a", "{}b", "user:{42}:profile", "user:{42}:cart", "user:42", "a{{b}}c"):
    print(f"{key:18} hashed: {hash_tag(key).decode():8} slot {hash_slot(key):5}")
empty.compare("no" if hash_slot("{}a") != hash_slot("{}b") else "yes, another")

# %% jupyter={"source_hidden": true}
from cachelab.lab import explain

explain(
    "Why does the rule make an exception for an empty tag?",
    answer="Without it every key with `{}` in its name would be in the slot of the empty text, all on one "
    "node. Such names come from programs that put an empty id into braces, or print an empty "
    "dictionary. With the exception the whole key is hashed, and the keys are spread.",
)

# %% [markdown]
# The profile and the cart of user 42 share slot 8000, so one command can read both, and a transaction or
# a script may use them together. `user:42` is elsewhere: no braces, no tag.

# %%
from cachelab.lab import SlotMap

SlotMap("user:{1}:name user:{1}:cart user:{2}:name user:{2}:cart user:3:name user:3:cart")

# %% [markdown]
# **Break it.** Type `{shop}:1 {shop}:2 {shop}:3` into the map, then add nodes. The three keys wander
# together and never part. A cluster can move a slot, and it cannot split one: the largest thing that
# shares a tag must fit on one node, with its memory and with its requests.

# %% [markdown]
# **Predict.** A shop for 501 firms tags its keys with the firm. Firm 1 has half of all 9,000 users;
# the others share the rest evenly.

# %%
share = predict("Which share of the keys is on the fullest of three nodes?", low=0, high=1)
share

# %%
keys = [f"{{firm:{1 if n % 2 else n % 1_000}}}:user:{n}" for n in range(9_000)]
held = Counter(map(Slots(["a", "b", "c"]).node_for, keys))
print({node: held[node] for node in "abc"})
share.compare(round(max(held.values()) / len(keys), 3))

# %% jupyter={"source_hidden": true}
explain(
    "How wide should a tag be?",
    answer="As wide as what must be used in one step, and no wider: a user, a basket, an order. A tenant, a "
    "country or the name of a table is nearly always too wide. The best practice says to use tags "
    "for related data (Do 7 in lesson 14): the related data of one user, not of all users.",
)

# %% [markdown]
# ## What does a real cluster say?
#
# Three masters and a replica for each, six servers on this machine. They find each other, share the
# slots, and watch each other.

# %% tags=["live"]
from cachelab.hashing import hash_slot
from cachelab.lab import explain, predict
from cachelab.operations import connect_cluster
from cachelab.ports import start_cluster

cluster = start_cluster(masters=3, replicas=1)
client = connect_cluster(cluster, budget=10)
masters = [member for member in cluster.members() if member.role == "master"]
for member in masters:
    print(f"port {member.port}: {member.slot_count:,} slots {member.slots}")
assert sum(member.slot_count for member in masters) == 16_384

# %% [markdown]
# **Predict.** Nine users without tags. We ask for all nine with one MGET.

# %%
asked = predict(
    "What does MGET of nine keys in nine slots answer?",
    options=("nine values", "the values of one node", "an error"),
)
asked

# %% tags=["live"]
import redis

users = [f"user:{number}" for number in range(9)]
client.mset_nonatomic({key: key.upper() for key in users})
try:
    client.mget(users)
except redis.exceptions.RedisClusterException as error:
    print("client:", error)
refused = cluster.ask(cluster.owner_of(users[0]), "MGET", *users)
print("server:", type(refused).__name__, "-", refused)
print(asked.compare("an error"))
assert "same slot" in str(refused)

# %% [markdown]
# The server calls this error CROSSSLOT. It refuses even if all nine slots are its own at the moment: a
# slot may move tomorrow, and a program should not break on that day. The client refuses before it
# sends anything.
#
# The cure is to group the keys by slot, send one command for each group, and put the answers back in
# the order of the question.

# %% tags=["live"]
mixed = [users[8], "user:{7}:a", users[0], "absent", users[3]]
values = client.mget_nonatomic(mixed)
for key, value in zip(mixed, values, strict=True):
    print(f"{key:12} {value}")
assert values == [b"USER:8", None, b"USER:0", None, b"USER:3"]

# %% jupyter={"source_hidden": true}
explain(
    "Its name ends in nonatomic. What has been given up?",
    answer="One moment for all values. Each group is read in a step of its own, so another client's write "
    "may fall between two groups: some values are from before it and some from after. A cache can "
    "mostly live with that. What cannot needs one tag, and one node.",
)

# %% [markdown]
# **Run.** Ask a node for a key that is not its own, without a client that knows the table. Then move the
# key's slot, and ask the former owner.

# %% tags=["live"]
had, slot = cluster.owner_of("user:1"), hash_slot("user:1")
other = next(member for member in masters if member.port != had.port)
answer = cluster.ask(other, "GET", "user:1")
print(f"{had.port} has the key; {other.port} says: {type(answer).__name__} {answer}")
cluster.move_slots(slot, slot, to=other)
later = cluster.ask(had, "GET", "user:1")
print(f"slot {slot} moved; {had.port} says: {type(later).__name__} {later}")
print("our client, whose table is old:", client.get("user:1"))
owner = cluster.owner_of("user:0")
assert (answer.port, later.port) == (had.port, other.port)

# %% [markdown]
# MOVED names the slot and the node that has it. No server passes a request on: the client keeps a copy
# of the table, asks the right node at once, and learns from a MOVED that its copy is old. So a lookup
# costs one trip, whatever the size of the cluster. (While a slot moves, ASK may come for a key that went
# ahead: ask there once, and keep the table.)
#
# **Predict.** We kill the owner of `user:0` as a power cut would, and read the key at once.

# %%
killed = predict(
    "What does our client's caller see?",
    options=("an error at once", "a wait, then the value", "None"),
)
killed

# %% tags=["live"]
import time

begin = time.perf_counter()
cluster.kill(owner)
value = client.get("user:0")
waited = time.perf_counter() - begin
heir = cluster.wait_for_promotion(owner)
print(f"{value} after {waited:.1f} s; the slots are now at {heir.port}, not {owner.port}")
print(killed.compare("a wait, then the value"))
assert (value, heir.port != owner.port, waited < 10) == (b"USER:0", True, True)

# %% jupyter={"source_hidden": true}
explain(
    "Who decides that a master is dead, and why does it take a while?",
    answer="Most of the masters, after it has been silent for the node timeout, one second here. Then its "
    "replica asks for their votes and takes over. Less waiting would make a slow node look dead. "
    "Copies go out after the answer, so what was written last may be lost with the master. WAIT lets "
    "a writer wait until so many replicas have it. That makes a loss rarer and does not rule it out: "
    "in the vote the replica that has most is preferred, not required.",
)

# %% [markdown]
# `connect_cluster` tried again for as long as its budget of ten seconds lasted. It repeats what does the
# same twice, such as GET and SET. An INCR whose answer was lost it does not repeat, because nobody can
# tell whether it was carried out.
#
# Users tagged by their id, read as one. **Break it:** an id that begins with a brace ends the tag before
# it has begun, and the keys would part. `UserData` refuses it. (The cell ends the cluster too: to run
# it again, begin at the heading.)

# %% tags=["live"]
from cachelab.operations import UserData
from cachelab.ports import RedisStore

people = UserData(RedisStore(client))
people.set_user_data(42, {"profile": {"name": "Ada"}, "settings": {"theme": "dark"}})
found = people.get_user_data(42)
print(found, {hash_slot(key) for key in people.keys(42)})
try:
    people.get_user_data("}7")
except ValueError as refused:
    print(refused)
client.set("user:9", "Eve", ex=3_600)
print(client.exists("user:9"), client.delete("user:9"), client.exists("user:9"))
client.close()
cluster.stop()
assert found["profile"] == {"name": "Ada"}

# %% [markdown]
# Three keys, one slot, one trip. The part that was never set comes back as MISSING, which is not the
# same as a stored None. Commands of one key, with a life of an hour or without, need no care at all: the
# client finds the node.

# %% [markdown]
# ## Which key is hot?
#
# Tags are one way to set a shard on fire. The other needs none: one key that everybody wants. No
# placement helps, since a key is on one node.
#
# First it has to be found. A counter for each key grows with the number of keys. Space-Saving (Metwally,
# Agrawal and El Abbadi, 2005) keeps a fixed number of counters; a key without one takes over the smallest,
# count and all, and remembers how much of it was not its own.

# %%
from collections import Counter

from cachelab.lab import explain, listing, predict
from cachelab.operations.metrics import SpaceSaving

listing(SpaceSaving.add, SpaceSaving._take_over)

# %% [markdown]
# **Predict.** 100,000 requests by popularity for 13,125 different items. We keep 100 counters.

# %%
from cachelab.lab import zipf

requests = [f"item:{number}" for number in zipf(100_000, objects=20_000, alpha=1.0)]
exact = Counter(requests)
print(f"{len(requests):,} requests, {len(exact):,} different items")
right = predict("How many of the true first ten are among its first ten?", low=0, high=10)
right

# %%
for counters in (20, 100, 500):
    summary = SpaceSaving(counters)
    for key in requests:
        summary.add(key)
    first = summary.top(10)
    true = {key for key, _ in exact.most_common(10)}
    good = sum(heavy.key in true for heavy in first)
    off = max(heavy.count - exact[heavy.key] for heavy in first)
    print(f"{counters:3} counters: {good:2} of 10 right, counts at most {off:,} too high")
    if counters == 100:
        print(right.compare(good))

# %% [markdown]
# With 100 counters for 13,125 items all ten are right, and no count is more than 2 too high. With 20
# most of the list is wrong, and a count is 4,737 too high: a rare key had taken over a large counter.
# The promise is that no count is off by more than the requests divided by the counters. A key above
# that is always there.

# %%
summary = SpaceSaving(100)
for key in requests:
    summary.add(key)
for heavy in summary.top(5):
    print(f"{heavy.key:7} at most {heavy.count:5,} at least {heavy.at_least:5,}", end="")
    print(f"  exact {exact[heavy.key]:5,}")

# %% jupyter={"source_hidden": true}
explain(
    "How can you tell from the summary alone that 20 counters were too few?",
    answer="By each count's own error. Where `at_least` is far below `count`, most of the count was taken "
    "over from others. A list whose first rows have an error near zero can be trusted; one whose "
    "errors are as large as the counts says that it needs more counters.",
)

# %% [markdown]
# ## What does one hot key cost?
#
# **Predict.** Now three requests in ten are for one key. We have three nodes, and someone proposes to
# have 48.

# %%
from collections import Counter

from cachelab.hashing import Slots, hash_slot
from cachelab.lab import explain, predict, zipf

requests = [f"item:{number}" for number in zipf(100_000, objects=20_000, alpha=1.0)]
hot = ["item:hot" if n % 10 < 3 else key for n, key in enumerate(requests)]
busiest = predict("Which share of all requests does the busiest of 48 nodes get?", low=0, high=1)
busiest

# %%
for size in (3, 6, 12, 48):
    table = Slots([f"n{number}" for number in range(size)])
    shares = []
    for stream in (requests, hot):
        load = Counter(map(table.node_for, stream))
        shares.append(max(load.values()) / len(stream))
    print(f"{size:2} nodes: fair {1 / size:.3f}  popular {shares[0]:.3f}  hot key {shares[1]:.3f}")
busiest.compare(round(shares[1], 3))

# %% [markdown]
# Sixteen times the nodes, and the busiest one still gets 0.316 of all requests, where 0.021 would be
# fair. Nodes share keys; they cannot share a key. Even without `item:hot` the busiest of 48 gets 0.148.
#
# What helps is to ask less often. A near cache is a small cache in each process, in front of
# the cluster.
#
# **Predict.** Eight processes share the requests, and each keeps the ten keys it used last.

# %%
saved = predict("Which share of the requests still goes to the cluster?", low=0, high=1)
saved

# %%
from cachelab.eviction import LRU
from cachelab.operations import LocalStore
from cachelab.ports import MISSING


def reach_cluster(room, processes=8):
    near = [LocalStore(LRU(room)) for _ in range(processes)]
    nodes, load = Slots(["a", "b", "c"]), Counter()
    for number, key in enumerate(hot):
        process = near[hash_slot(str(number)) % processes]
        if process.get(key) is MISSING:
            load[nodes.node_for(key)] += 1
            process.set(key, "value")
    return load


# %%
print("near keys   to the cluster   busiest node   of all requests")
for room in (1, 10, 100):
    load = reach_cluster(room)
    sent, most = sum(load.values()), max(load.values())
    print(f"{room:9} {sent:16,} {most:14,} {most / len(hot):17.3f}")
    if room == 10:
        print(saved.compare(round(sent / len(hot), 3)))

# %% jupyter={"source_hidden": true}
explain(
    "What is the price of a near cache?",
    answer="Staleness, in as many places as there are processes. Either a copy lives for a short time, a "
    "second or so, or the server says when it is no longer good. `Tracking` does the latter with "
    "CLIENT TRACKING, for one server; on a cluster each node would have to be listened to.",
)

# %% [markdown]
# Ten keys in each process take the busiest node from 0.560 to 0.216 of all requests. A single key
# hardly helps, since LRU gives it up for whatever comes next. Other cures, where copies near are not
# allowed: several copies under names in different slots (a write then goes to all of them),
# or reads from replicas. Each buys room with staleness or with work on writes.

# %% [markdown]
# ## Redis or Memcached?
#
# Everybody is asked this. A common answer says that Memcached is more efficient in memory, and Redis slower because it has
# one thread. We measured Valkey 9.1.2, which grew out of Redis 7.2, and memcached 1.6.18: unix sockets, two
# shared cores, one connection each. The figures are a recorded run of `benchmarks/redis_and_memcached.py`.
#
# **Predict.** 200,000 items with a key of 15 bytes and a value of 50.

# %%
from cachelab.lab import explain, predict

smaller = predict("Which takes fewer bytes an item?", options=("Valkey", "Memcached", "equal"))
smaller

# %%
RECORDED = """
bytes an item, value of 10        |     64 |     106
bytes an item, value of 50        |    112 |     158
bytes an item, value of 200       |    288 |     318
CPU us a key, GET, a client       | 174+62 |   73+30
CPU us a key, GET, by hand        | 16.3+18.9 | 16.7+16.5
CPU us a key, 100 in one command  | 3.0+1.6 | 7.1+1.5
largest value, bytes              | 512 MB (setting) | 1,048,516
largest key, bytes                | 100 kB was taken | 250
"""
print(f"{'client+server where there is a plus':34}{'Valkey':>17}{'Memcached':>11}")
for line in RECORDED.strip().splitlines():
    print("{:34}{:>17}{:>11}".format(*(part.strip() for part in line.split("|"))))
smaller.compare("Valkey")

# %% [markdown]
# In these sizes the one that is called wasteful takes fewer bytes. A part of that is Valkey's own: a new hash
# table in 8.1 saves about 20 bytes an item, say its makers (announcement, April 2025). Redis itself was not
# measured.
#
# Through a client library a GET costs more CPU with Valkey; by hand, with ready-made bytes, the two are nearly
# equal. So most of that difference comes with the client library. With 100 keys in one command it is turned
# around.

# %% jupyter={"source_hidden": true}
explain(
    "What does this run not say?",
    answer="What Redis itself takes. What many connections on many cores do, where Memcached's threads "
    "could show. How memory looks after days of writes in changing sizes. And other clients: a "
    "faster library would move the rows more than another server would.",
)

# %% [markdown]
# | | Redis, Valkey | Memcached |
# |---|---|---|
# | data | lists, sets, hashes, sorted sets | values |
# | persistence | snapshots, a log | a planned restart can keep the memory |
# | replication | to replicas | none; its proxy can write to several |
# | scripts, publish and subscribe | yes | no |
# | threads | one for commands, others for I/O | many |
# | cluster | its own | by the client, or the proxy |
#
# Take Redis for structures, persistence, scripts, messages. Take Memcached for plain values on
# many cores, spread by the client, with nothing that must be kept.

# %% [markdown]
# ## Errata hunt
#
# **D20.** A published "production-ready" class for a cluster takes its start nodes as dictionaries, and
# reads many keys with one MGET. Find what happens first, and what would happen next.

# %%
import redis

from cachelab.hashing import hash_slot

try:
    redis.RedisCluster(
        startup_nodes=[{"host": "localhost", "port": 7000}], skip_full_coverage_check=True
    )
except AttributeError as error:
    print("constructor:", error)
for user in ("42", "", "}x"):
    keys = [f"user:{{{user}}}:{part}" for part in ("profile", "settings", "preferences")]
    print(f"id {user!r}: slots {[hash_slot(key) for key in keys]}")

# %% [markdown]
# With redis-py 8.1 it does not come into being: the nodes must be `ClusterNode` objects. The other option
# is dropped in silence; today it is called `require_full_coverage=False`. MGET over slots raises, as you
# have seen; `mget_nonatomic` is the answer. And an id that is empty, or begins with a closing brace,
# breaks the tag: `UserData` refuses it.
#
# **D24.** A table says of Redis: "Multi-threaded: No (single-threaded)". Ask a server, and ask it for two
# things that Memcached has not.

# %% tags=["live"]
from cachelab.ports import start_server

with start_server("--io-threads", "2") as server, server.client() as one:
    threads = int(one.config_get("io-threads")["io-threads"])
    one.zadd("scores", {"Ada": 3, "Bob": 1, "Cyd": 2})
    best = one.zrevrange("scores", 0, 1)
    total = one.eval("return redis.call('INCRBY', KEYS[1], ARGV[1])", 1, "visits", 5)
    print(f"threads for I/O: {threads}; first two: {best}; from a script: {total}")
assert (threads, best, total) == (2, [b"Ada", b"Cyd"], 5)

# %% [markdown]
# Commands are carried out one after the other, which is why a script needs no lock. Reading requests and
# writing answers has had threads since Redis 6. "Single-threaded"
# is half of the truth, and the other half is a setting.

# %% [markdown]
# ## Quiz

# %% jupyter={"source_hidden": true}
from cachelab.lab import quiz

quiz(
    "All keys of a shop begin with `{shop}`. You double the nodes. What happens to the busy one?",
    {
        "It has half of the load.": "One tag is one slot, and a slot is on one node.",
        "Nothing: it keeps everything.": "Yes. The new nodes get slots in which no key is.",
        "The cluster splits the slot.": "A slot can be moved, never split.",
    },
    right="Nothing: it keeps everything.",
)

# %% jupyter={"source_hidden": true}
quiz(
    "A client gets MOVED. What has gone wrong?",
    {
        "The key was lost.": "It is where the answer says.",
        "Nothing: its table is old, and it now knows better.": "Yes. It asks the named node, and renews "
        "its table.",
        "The node is overloaded and sheds load.": "MOVED is about ownership, not about load.",
    },
    right="Nothing: its table is old, and it now knows better.",
)

# %% jupyter={"source_hidden": true}
quiz(
    "One key gets a third of all requests. Which step lowers the load of its node most?",
    {
        "Four times as many nodes.": "The key stays whole, on one of them.",
        "More virtual nodes on the ring.": "They spread keys more evenly; this is one key.",
        "A near cache of a few keys in each process.": "Yes: the key is then answered where it is used.",
    },
    right="A near cache of a few keys in each process.",
)

# %% [markdown]
# ## Recap
#
# - One tag for all users: 9,000 of 9,000 keys in one slot, on one node (first cell).
# - CROSSSLOT refuses; grouping by slot answers in order (*What does a real cluster say?*).
# - 100 counters find the first ten of 13,125 items, at most 2 too high (*Which key is hot?*).
# - A hot key keeps the busiest of 48 nodes at 0.316 (*What does one hot key cost?*).
# - 112 bytes an item in Valkey, 158 in Memcached, for 50-byte values (*Redis or Memcached?*).

# %% [markdown]
# ## Interview minutes
#
# Answer aloud, two minutes each, then open the model answer. The first is question 10 of lesson 15.
#
# <details><summary>Design a distributed cache system.</summary>
#
# Keys hash to fixed slots, a table gives slots to masters, clients keep a copy of it and learn from
# MOVED. Each master has a replica; most masters agree on a death. Reads over slots are grouped. Hot keys are found
# with Space-Saving and answered by a near cache, since 48 nodes leave one at 0.316. Evidence: *What does
# one hot key cost?*
#
# </details>

# %% [markdown]
# <details><summary>Redis or Memcached: which should I use?</summary>
#
# I ask what else than values is needed: structures, persistence, replicas, scripts. If
# nothing, I measure. In our run Valkey took 64, 112 and 288 bytes where Memcached took 106, 158 and 318;
# by hand a GET cost nearly the same; values above a megabyte need a setting in Memcached. The client library
# weighed more than the server. Evidence: *Redis or Memcached?*
#
# </details>

# %% [markdown]
# ## Now you
#
# [Exercise 13](../exercises/ex13_cluster/ex13_cluster.ipynb): compute slots, read across them, find hot keys
# in bounded memory, and build a near cache that the server keeps right. 40 points. Next: [It is 03:00; which
# graph tells you?](14_operate_a_cache.ipynb)
#
# Words: [hash slot](glossary.md#hash-slot), [hash tag](glossary.md#hash-tag), [hot key](glossary.md#hot-key),
# [near cache](glossary.md#near-cache), [replica](glossary.md#replica),
# [Space-Saving](glossary.md#space-saving).
