# %% [markdown]
# # Who loads, and what happens when the cache is down?
#
# 60 minutes. Before: [03_layers_and_http](03_layers_and_http.ipynb). Lanes: SIM (exact, the same on
# every machine) and LIVE (a real cache server and SQLite on yours).

# %% [markdown]
# You will be able to
#
# - **build** cache-aside and read-through, and count the round trips of a hit, a miss and a write;
# - **remember** what does not exist, and say for how long, and against which attack it is no help;
# - **bound** what a cache that is down, slow or broken costs each reader;
# - **show** why a correct fallback can still take the database down, and what holds the load back.

# %%
rows, cache, loads = {"cart:1": ["apple"], "cart:2": []}, {}, []


def read(key):
    cached = cache.get(key)
    if cached:
        return cached
    loads.append(key)
    row = rows.get(key)
    if row is not None:
        cache[key] = row
    return row


for key in ("cart:1", "cart:2", "cart:3"):
    answers = [read(key) for _ in range(100)]
    print(f"{key} is {answers[-1]!s:9} 100 reads, {loads.count(key):3} loads")

# %% [markdown]
# Every answer is right. The cart with an apple is loaded once. The empty cart is stored a hundred times
# and never found, because `[]` is false. The cart that does not exist is never stored at all.
#
# No test of the answers finds this, and no alarm goes off: the cache works for most keys. It shows in
# the database's load, and there it looks like traffic. Whatever a cache promises, count its calls.

# %% [markdown]
# ## Who asks the database?
#
# In **cache-aside** the program does. It looks into the cache; on a miss it asks the database and leaves
# a copy; a write goes to the database and then *removes* the copy. The cache is a plain store that knows
# nothing of the database.
#
# **Predict.** The shortest version needs two calls of the cache for a miss: a `get` and a `set`. Ours is
# to keep its word while others write.

# %%
from cachelab.lab import explain, listing, predict

trips = predict("How many calls of the cache does our miss make?", low=0, high=10)
trips

# %% [markdown]
# **Run.** A *store* is the cache's side, a *source* the database's; both are in memory here, and real ones
# follow. `instrument` puts a wire around either: each call that crosses it is written to a journal.

# %%
from cachelab.ports import Journal, MemorySource, MemoryStore, instrument
from cachelab.strategies import CacheAside

wire = Journal()
store = instrument(MemoryStore(), journal=wire, name="cache")
source = instrument(MemorySource(), journal=wire, name="database")
users = CacheAside(store, source, ttl=60)
steps = {"write": ("Ada",), "miss": (), "hit": ()}
for step, row in steps.items():
    wire.clear()
    users.write("user:7", *row) if row else users.read("user:7")
    print(f"{step:5}", ", ".join(f"{event.port}.{event.verb} {event.outcome}" for event in wire))
trips.compare(3)

# %% jupyter={"source_hidden": true}
explain(
    "What are add and replace for, when one set would store the copy?",
    answer="A write may come between reading the row and storing it, and a plain set would then put "
    "the old row back. So the reader first adds a placeholder, a lease. The writer's delete takes "
    "the lease away, and replace stores only where the lease still is. Lesson 10 searches all "
    "orders of these calls.",
)

# %% [markdown]
# Here is the whole of it, as it runs. A [lease](glossary.md#lease) is the right to fill a key: the
# placeholder that `add` leaves and a write takes away. `_fetch` asks the source, `invalidate` removes the
# copy, also after an error: the error may have come after the commit.

# %%
listing(CacheAside.read, CacheAside._fill, CacheAside.write)

# %% [markdown]
# **Break it.** Two switches: what the program does, and what is wrong that day. Step through a read with
# a corrupt entry, and a write with the cache down. Which promise does each keep?

# %%
from cachelab.lab import AsideStepper
from cachelab.ports import MISSING

AsideStepper()

# %% [markdown]
# A write with the cache down is acknowledged: the database has it. But the old copy may still be in the
# cache, so `Written.fresh` is False. "The key was not there" and "nobody knows whether it is gone" are
# different answers, and only one of them is good news.
#
# Now the first cell's cache on the same stage, as a class with a store and a source. Its `read` meets a bad
# day without any protection: no fallback, no timeout, and a decoder's error goes straight to the caller.


# %%
class Careless:
    def __init__(self, store, source, ttl=60):
        self.store, self.source, self.ttl = store, source, ttl

    def read(self, key):
        cached = self.store.get(key)
        if cached is not MISSING and cached:
            return cached
        if (row := self.source.read(key)) is MISSING:
            return None
        self.store.set(key, row.value, ttl=self.ttl)
        return row.value

    def write(self, key, row):
        self.source.write(key, row)
        self.store.delete(key)


AsideStepper(Careless)

# %% [markdown]
# ## What does a row that is not there cost?
#
# Somebody asks for users that do not exist: a crawler with old links, a typing error in a loop, an
# attack. Each read is a miss, and nothing is stored. The field calls it **cache penetration**.
#
# **Predict.** 1,000 reads, 20 a second, of ten ids that do not exist. Our cache remembers an absence for
# ten seconds (`negative_ttl=10`); beside it one that forgets an absence at once. `SimRuntime` is
# made time: its `sleep` waits for nothing, and moves the clock exactly.

# %%
from cachelab.lab import explain, predict

penetrating = predict("How many of the 1,000 reads reach the database?", low=0, high=1_000)
penetrating

# %%
from cachelab.ports import Journal, MemorySource, MemoryStore, SimRuntime, instrument
from cachelab.strategies import CacheAside


def absent_reads(strategy, ids, reads=1_000):
    calls, sim = Journal(), SimRuntime()
    cache = strategy(MemoryStore(sim), instrument(MemorySource(), sim, journal=calls))
    for number in range(reads):
        sim.sleep(0.05)
        cache.read(f"user:{number % ids}")
    return calls.counts()["read"]


def forgetful(store, source):
    return CacheAside(store, source, ttl=60, negative_ttl=0.001)


def careful(store, source):
    return CacheAside(store, source, ttl=60, negative_ttl=10)


print("forgetful:", absent_reads(forgetful, ids=10), " careful:", absent_reads(careful, ids=10))
penetrating.compare(absent_reads(careful, ids=10))

# %% jupyter={"source_hidden": true}
explain(
    "Where do the 50 come from, and why is the absence not kept for the 60 seconds of a row?",
    answer="The reads take 50 seconds, so each of the ten ids is asked for in five lives of ten "
    "seconds. A row that appears by another way than this cache is not seen before its absence has "
    "expired, and a user who has signed up and is told for a minute that there is no such user "
    "complains sooner than one whose page is a minute old.",
)

# %% [markdown]
# **Break it.** Change the number of different ids.

# %%
for ids in (1, 10, 100, 1_000):
    plain, few = absent_reads(forgetful, ids), absent_reads(careful, ids)
    print(f"{ids:5} ids: forgetful {plain}, careful {few}")

# %% [markdown]
# Against a thousand different ids, remembering is no help: each is asked for once. It even hurts where
# room is short, since every absence takes a place. Then the answer has to come before the cache: refuse
# ids that cannot be valid, limit the rate of a client, or ask a filter of all existing ids first.

# %% [markdown]
# The same on a real server and a real database. `RedisStore` keeps the contract of a store and `SQLSource`
# that of a source (`read`, `write`, `write_many`, `delete`, with versions), as the two in memory do. A write
# through the cache removes the remembered absence at once. A row that somebody inserts behind the cache's
# back waits for `negative_ttl`.

# %%
from pathlib import Path
from tempfile import TemporaryDirectory

from cachelab.ports import RedisStore, SQLSource, connect, start_server


def read_absent(kind, server, folder):
    calls = Journal()
    source = instrument(SQLSource(Path(folder) / "shop.db"), journal=calls)
    cache = kind(RedisStore(server.url, prefix="app:"), source)
    for number in range(1_000):
        cache.read(f"user:{number % 10}")
    return calls.counts()["read"], cache


# %% tags=["live"]
with TemporaryDirectory() as folder, start_server() as server:
    plain, _ = read_absent(forgetful, server, folder)
    few, cache = read_absent(careful, server, folder)
    print(f"calls for 1,000 reads of 10 absent ids: forgetful {plain:,}, careful {few}")
    print(cache.read("user:1"), cache.write("user:1", "Ada").fresh, cache.read("user:1"))
    cache.source.close()
assert plain > 2 * few, "ten absences, remembered for ten seconds each"

# %% [markdown]
# ## Who owns the loader?
#
# In cache-aside every place in the program that reads has the same four lines around its query. In
# **read-through** the cache has them: it is told once how to load the keys that begin with a prefix, and
# the program only ever asks the cache.
#
# **Predict.** Twenty requests want the same page, which is not in the cache. Loading takes 8 ms.

# %%
from cachelab.lab import explain, predict

loads = predict(
    "How often do a plain get, read, set and our read-through load it?",
    options=("20 and 20", "20 and 1", "1 and 1"),
)
loads

# %%
from cachelab.ports import MISSING, Journal, MemorySource, MemoryStore, SimRuntime, instrument
from cachelab.strategies import ReadThrough


class Plain:
    def __init__(self, store, source):
        self.store, self.source = store, source

    def read(self, key):
        row = self.store.get(key)
        if row is MISSING:
            row = self.source.read(key).value
            self.store.set(key, row, ttl=60)
        return row


# %%
def page_world():
    sim, calls = SimRuntime(), Journal()
    source = instrument(MemorySource(), sim, journal=calls, latency=0.008)
    source.write("page:1", "welcome")
    return sim, calls, instrument(MemoryStore(sim), sim, latency=0.001), source


def at_once(sim, calls, cache, readers=20):
    sim.run(lambda: [sim.spawn(cache.read, "page:1") for _ in range(readers)])
    return calls.counts()["read"]


sim, calls, store, source = page_world()
plain = at_once(sim, calls, Plain(store, source))
sim, calls, store, source = page_world()
through = at_once(sim, calls, ReadThrough.over(store, source, ttl=60, runtime=sim))
loads.compare(f"{plain} and {through}")

# %% [markdown]
# That the loading is in one place is what makes this cheap to get right: one load for each key and
# process, in one method. (Our cache-aside shares that method, so it loads once too. Between several
# processes it takes more: lesson 11.)
#
# The loader is given the key. The longest prefix that fits decides, and a loader can come with the call.

# %%
from cachelab.ports import MISSING, MemoryStore
from cachelab.strategies import ReadThrough

names = {"7": "Ada", "8": ""}
pages = ReadThrough(MemoryStore(), ttl=60)
pages.register_loader("user", lambda key: names.get(key.split(":")[1], MISSING))
pages.register_loader("user:session", lambda key: f"session {key.split(':')[2]}")
print(pages.get("user:7"), repr(pages.get("user:8")), pages.get("user:9"))
print(pages.get("user:session:3"), pages.get("app:config", loader=lambda key: {"of": key}, ttl=5))
try:
    pages.get("product:1")
except ValueError as error:
    print(error)

# %% jupyter={"source_hidden": true}
explain(
    "A colleague says: with read-through the program knows nothing of misses. What does it still see?",
    answer="Their time, and their errors: whoever misses waits for the loader and gets what the "
    "loader raises. What is hidden is the code, not the cost.",
)

# %% [markdown]
# **Break it.** A loader that fails: does the cache keep the error? It should not, or one bad second of the
# database would last for a whole time to live.

# %%
from contextlib import suppress

from cachelab.ports import ManualClock

clock, attempts = ManualClock(), []


def moody(key):
    attempts.append(key)
    if len(attempts) == 1:
        raise ConnectionError("the price service is away")
    return 995


prices = ReadThrough(MemoryStore(clock), ttl=60)
for pause in (0, 1, 1, 5, 1):
    clock.advance(pause)
    with suppress(ConnectionError):
        prices.get("price:1", moody)
    print(f"at {clock.now():.0f} s: {len(attempts)} loads")

# %% [markdown]
# The error is not kept: the next call loads, and what that brings stays. So the reader that failed must
# also have taken its lease back. One that dies in the middle of a load cannot: its lease stays for five
# seconds at most (`lease_ttl`), and meanwhile others are answered and nothing is stored.

# %% [markdown]
# ## What does a cache cost that does not answer?
#
# A server that is down refuses a connection at once. A server that hangs, or one whose network drops
# packets, says nothing, and the client waits: redis-py 8.1 by itself 5 seconds a try, up to eleven tries
# (its defaults `socket_timeout=5` and ten retries).
#
# **Predict.** The database takes 8 ms. The cache hangs. Our client gives up after 50 ms, and the read
# goes on to the database. A timeout is set, a fallback is there.

# %%
import os
import signal

from cachelab.lab import explain, predict, zipf

p99 = predict("p99 of the reads while the cache hangs?", unit="ms", low=0, high=10_000)
p99

# %%
from cachelab.operations import Resilient, Retries
from cachelab.ports import MemorySource, MemoryStore, SimRuntime, StoreError, instrument
from cachelab.strategies import CacheAside


def world(seconds, broken):
    sim, error = SimRuntime(), StoreError("no answer")
    fault = (lambda *_: error) if broken else None
    store = instrument(MemoryStore(sim), sim, latency=seconds, faults=fault)
    return sim, store, instrument(MemorySource(), sim, latency=0.008)


def with_breaker(store, sim):  # errors are handed on, since the strategy has a way out
    return Resilient(store, failed_reads="raise", retries=Retries(tries=1), runtime=sim)


# %%
def waits(seconds, broken=True, guard=lambda store, _sim: store):
    sim, store, source = world(seconds, broken)
    cache = CacheAside(guard(store, sim), source, ttl=60, runtime=sim)
    times = []
    for user in zipf(2_000, objects=100, alpha=1.0).keys:
        began = sim.now()
        cache.read(f"user:{user}")
        times.append(1_000 * (sim.now() - began))
    times.sort()
    return times[999], times[1979], times[-1]


def told(day, times):
    print(f"{day:28} p50 {times[0]:8.1f}   p99 {times[1]:8.1f}   worst {times[2]:8.1f} ms")


# %%
told("well", waits(0.0005, broken=False))
told("refuses at once", waits(0.0002))
told("hangs, no timeout (30 s)", waits(30))
told("hangs, timeout 50 ms", waits(0.05))
told("hangs, 50 ms and a breaker", waits(0.05, guard=with_breaker))
p99.compare(round(waits(0.05)[1], 1))

# %% jupyter={"source_hidden": true}
explain(
    "With the timeout nobody fails. Why is that not good enough, and what does the breaker add?",
    answer="Every read pays the timeout and then the database: 58 ms instead of 8, slower than no "
    "cache at all, and each one holds a thread for that time. The breaker counts failures and then "
    "stops asking: most reads go to the database at once, and now and then one tries the cache "
    "again. Its worst case, 58 ms, is met by the reads that do the counting.",
)

# %% [markdown]
# The [breaker](glossary.md#circuit-breaker) of the last line leaves a broken part alone for a while.
#
# **Break it.** Change the timeout to 5 ms, then to half a second: which line of the table moves?
#
# Now for real: a server that is killed, and one that is stopped in mid-run, which keeps its connections
# open and says nothing. The client gives up after 20 ms.

# %%
from statistics import median
from time import perf_counter

from cachelab.ports import RedisStore, connect, start_server


def read_after(accident, guard, source, reads=60):
    times = []
    with start_server() as server, connect(server.url, timeout=0.02) as client:
        cache = CacheAside(guard(RedisStore(client, prefix="app:"), None), source, ttl=60)
        cache.read("user:7")
        os.kill(server.pid, accident)
        for _ in range(reads):
            began = perf_counter()
            cache.read("user:7")
            times.append(perf_counter() - began)
    return 1_000 * median(times)


# %% tags=["live"]
from pathlib import Path
from tempfile import TemporaryDirectory

from cachelab.ports import SQLSource

with TemporaryDirectory() as folder:
    source = SQLSource(Path(folder) / "shop.db")
    source.write("user:7", "Ada")
    killed = read_after(signal.SIGKILL, lambda store, _: store, source)
    silent = read_after(signal.SIGSTOP, lambda store, _: store, source)
    broken = read_after(signal.SIGSTOP, with_breaker, source)
    source.close()
print("n = 60 reads each, all answered; median of a read, ms: server", end=" ")
print(f"killed {killed:.2f}, silent {silent:.2f}, silent behind a breaker {broken:.2f}")
assert silent > 2 * max(killed, broken), "a silent server costs a timeout, unless nobody asks it"

# %% [markdown]
# The killed server is the kind one: the operating system answers for it. Plan for the silent one, and
# test with it. (Loopback, two cores: the relation holds elsewhere, the milliseconds do not.)

# %% [markdown]
# ## Can the fallback kill the database?
#
# "Always have a fallback to the source" is good advice with a bill. Our shop gets 1,000 reads a second.
# Its database has two connections, and a read takes 8 ms, so it does at most 250 a second. With the
# cache that is plenty.
#
# `LimitedSource` is that database: who finds `queue` others waiting, or has waited `patience` seconds, is
# told that it is overloaded.
#
# **Predict.** The cache is down for two seconds. Every read falls back, and nobody is turned away.

# %%
import random
from contextlib import suppress

from cachelab.lab import explain, predict, zipf
from cachelab.operations import LimitedSource, Resilient, Retries
from cachelab.strategies import CacheAside

outage = predict("p99 of the reads that begin in these two seconds?", unit="s", low=0, high=60)
outage

# %%
from cachelab.ports import MISSING, MemorySource, MemoryStore, Overloaded, SimRuntime, StoreError


class Fallback:
    def __init__(self, store, source, _runtime):
        self.store, self.source = store, source

    def read(self, key):
        try:
            row = self.store.get(key)
            if row is MISSING:
                self.store.set(key, row := str(self.source.read(key)), ttl=60)
            return row
        except StoreError:
            return str(self.source.read(key))


# %%
from cachelab.ports import instrument


def two_seconds_without(strategy, queue, patience, rate=1_000):
    sim, rng, reads = SimRuntime(), random.Random(1), []
    fault = lambda *_: StoreError("down") if 3 <= sim.now() < 5 else None  # noqa: E731
    store = instrument(MemoryStore(sim), sim, latency=0.0005, faults=fault)
    slow = instrument(MemorySource(), sim, latency=0.008)
    source = LimitedSource(slow, 2, queue=queue, patience=patience, runtime=sim)
    cache = strategy(store, source, sim)

    def traffic():
        for page in zipf(8 * rate, objects=500, alpha=1.0, seed=3).keys:
            sim.sleep(rng.expovariate(rate))
            sim.spawn(one_read, sim, cache, f"page:{page}", reads)

    sim.run(traffic)
    return [read for read in reads if read[0] >= 3]


# %%
def one_read(sim, cache, key, reads):
    began = sim.now()
    answered = False
    with suppress(Overloaded):
        cache.read(key)
        answered = True
    reads.append((began, sim.now() - began, answered))


def report(name, reads):
    during = [(took, answered) for began, took, answered in reads if began < 5]
    p99 = sorted(took for took, _ in during)[int(0.99 * len(during))]
    answered = sum(answered for _, answered in during)
    slow = [began for began, took, _ in reads if took > 0.1]
    until = f"slow until {max(slow):.1f} s" if slow else "never slow"
    print(f"{name:18} {answered:,} of {len(during):,} answered, p99 {p99:.2f} s, {until}")
    return round(p99, 2)


# %%
def ours(store, source, sim):
    return CacheAside(store, source, ttl=60, negative_ttl=60, runtime=sim)


endless = {"queue": 10**6, "patience": 3_600}
slowest = report("everybody waits", two_seconds_without(Fallback, **endless))
report("one load for a key", two_seconds_without(ours, **endless))
report("at most 20 wait", two_seconds_without(Fallback, queue=20, patience=0.1))
outage.compare(slowest)

# %% jupyter={"source_hidden": true}
explain(
    "The outage lasts two seconds. Where do six seconds come from?",
    answer="1,000 reads a second arrive and 250 leave, so the queue grows by 750 a second: 1,500 "
    "wait when the cache is back, and the last of them is served 6 seconds later. All of them are "
    "answered, most of them after their callers have given up. A bounded queue answers a quarter "
    "within 0.1 s and tells the others at once, who can show an older page or say sorry.",
)

# %% [markdown]
# "Slow until" tells when the last slow read began. With an endless queue the trouble outlives its cause:
# the cache is back at 5 s, and misses still queue at 8 s, when our traffic ends. Sharing loads helps, the
# keys being few.
#
# **Break it.** Let `LimitedSource` have `queue=200` and the same patience. Who gains?
#
# <details><summary>What you will see</summary>
#
# Hardly anybody. In 0.1 s the database serves 25; whoever stands further back waits in vain. Let a
# queue be no longer than patience times rate.
#
# </details>

# %% [markdown]
# So the answer to "how do I handle cache failures gracefully?" has four parts: a fallback to the truth, a
# short timeout, a breaker, and a bound on what the fallback may ask of the database. And somebody has to
# be told. `Resilient` says all of it in one sentence.

# %%
sim, fault = SimRuntime(), StoreError("no answer")
broken = instrument(MemoryStore(sim), sim, latency=0.05, faults=lambda *_: fault)
guarded = Resilient(broken, failed_reads="raise", retries=Retries(tries=1), runtime=sim)
cache = CacheAside(guarded, MemorySource(), ttl=60, runtime=sim)
for number in range(200):
    cache.read(f"user:{number}")
print(guarded.health())

# %% [markdown]
# ## Errata hunt
#
# Three published pieces, in our words. Decide what goes wrong before you read on.
#
# **D3.** A repository reads `cached = cache.get(key)`, then `if cached: return json.loads(cached)`; a row
# that is None is returned without being stored. You have met it: it is `Careless`. With JSON text the
# empty cart is `"[]"`, which is true, so there only the empty *payload* and the absent row are missed.

# %%
for stored in ("[]", "0", "null", ""):
    print(f"{stored!r:7} counts as a {'hit' if stored else 'miss'}")

# %% [markdown]
# **D7.** A read-through cache registers `lambda key: db.get_user(key.split(":")[1])` for the prefix `user`.
# Its `get` finds the loader and runs `value = loader() if callable(loader) else loader`.

# %%
loader = {"user": lambda key: key.split(":")[1]}["user"]
try:
    print(loader() if callable(loader) else loader)
except TypeError as error:
    print("TypeError:", error)

# %% [markdown]
# The call without a key suits the loader given *with* a call, which knows its key. The registered one never
# worked: its own usage example fails on the first line. Two kinds of loader with one call between them
# need a test each.
#
# **D21.** A resilient cache reads with `self.cache.get(key, socket_timeout=0.1)`, and catches
# `redis.RedisError` and `socket.timeout`, so that a cache failure never fails a request.

# %%
import redis

try:
    redis.Redis().get("k", socket_timeout=0.1)
except (redis.RedisError, TimeoutError):
    print("caught: the request goes on")
except TypeError as error:
    print("not caught:", error)

# %% [markdown]
# The protection is what fails, on every call, with the server in perfect health. A timeout belongs to the
# connection: `connect(url, timeout=0.05)`. And no `except Exception`: that would have hidden this mistake
# for years, as a cache that never hits.

# %% [markdown]
# ## Quiz

# %% jupyter={"source_hidden": true}
from cachelab.lab import quiz

quiz(
    "Which errors should a cache-aside read swallow?",
    {
        "All: a cache must never fail a request.": "Then a misspelt argument is a miss for ever, and "
        "a dead database looks like an absent row. D21 would never be found.",
        "Those of the cache; those of the database and of the program pass.": "Yes. A cache error "
        "leaves a way to the answer. A database error leaves none, and a TypeError is a defect.",
        "None: the caller knows best what to do.": "Each caller would repeat the same fallback, and "
        "some would forget it.",
    },
    right="Those of the cache; those of the database and of the program pass.",
)

# %% jupyter={"source_hidden": true}
quiz(
    "A user signs up while the absence of her id is remembered. When is she seen?",
    {
        "At once, if she signed up through the cache's own write; else after negative_ttl at most.": ""
        "Yes: a write removes whatever stands under the key, an absence too.",
        "After the time to live of a row.": "Only if absences live as long as rows, which is why they "
        "get a shorter life of their own.",
        "At once: an absence is not a copy.": "It is: a copy of the answer 'no such row'. It is as "
        "stale as any other.",
    },
    right="At once, if she signed up through the cache's own write; else after negative_ttl at most.",
)

# %% jupyter={"source_hidden": true}
quiz(
    "The hit ratio is 0.95 and the cache dies. What happens to the database?",
    {
        "It gets 5 % more load.": "It had 5 % of the reads, and now it has all.",
        "It gets twenty times its load.": "Yes: 1 / (1 - 0.95). The better the cache, the harder the "
        "fall, so the bound in front of the database belongs to the design of the cache.",
        "Nothing, there is a fallback.": "The fallback is what sends the load there.",
    },
    right="It gets twenty times its load.",
)

# %% [markdown]
# ## Recap
#
# - `if cached:` loads an empty cart 100 times for 100 reads (*the first cell*).
# - Remembered absence: 50 calls, not 1,000, for ten ids; no gain for a thousand ids (*What does a row
#   that is not there cost?*).
# - One load, not 20 (*Who owns the loader?*).
# - With a timeout alone each read takes 58 ms, with a breaker mostly 8 (*What does a cache cost that does
#   not answer?*).
# - Two seconds of outage make six with an endless queue (*Can the fallback kill the database?*).

# %% [markdown]
# ## Interview minutes
#
# Answer aloud, two minutes each, then open the model answer.
#
# <details><summary>Explain cache-aside. What does it cost, and where does it go wrong? (Interview 2)</summary>
#
# The program looks into the cache; on a miss it reads the database and leaves a copy; a write goes to the
# database, then removes the copy. It goes wrong with absent and empty values, with a fill that races a
# write, and when the cache hangs. Start with it all the same (Do 1).
# Evidence: *Who asks the database?*
#
# </details>

# %% [markdown]
# <details><summary>How do you handle cache failures gracefully? (FAQ 3)</summary>
#
# Fallback to the truth, a timeout in milliseconds at the connection, a breaker, a bound on the loads, and
# an alert. Cache down is not system down (Do 4) only if the database survives the difference: with 1,000
# reads a second against 250 it needs the bound: 0.09 instead of 6 seconds. Never ignore the failures
# themselves (Don't 3): count and report them. Evidence: the last two experiments.
#
# </details>

# %% [markdown]
# ## Now you
#
# [Exercise 04](../exercises/ex04_cache_aside/ex04_cache_aside.ipynb): build `CacheAside`, `ReadThrough` and
# their remembered absences, 40 points. The judge cuts entries off, lets the cache hang, and lets writers come
# between your calls. Next: [What does the caller's "OK" promise?](05_write_strategies.ipynb)
#
# Words: [cache-aside](glossary.md#cache-aside), [negative entry](glossary.md#negative-entry),
# [penetration](glossary.md#penetration), [read-through](glossary.md#read-through).
