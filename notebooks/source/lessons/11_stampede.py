# %% [markdown]
# # What happens in the 50 ms after expiry?
#
# 70 minutes. Before: [06_ttl_and_refresh_ahead](06_ttl_and_refresh_ahead.ipynb) and
# [10_invalidation](10_invalidation.ipynb). Lanes: SIM (exact, the same on every machine) and LIVE (a
# real server and SQLite on yours).

# %% [markdown]
# You will be able to
#
# - **derive** how many loads one expiry costs, and how long the last client waits;
# - **build** a single flight and a lock, and name what each does not see;
# - **show** why renewing early, alone, can make a stampede worse;
# - **choose** a protection by who waits, who loads and who is served something old.

# %%
from cachelab.lab.stories.stampede import record_rush
from cachelab.stampede import GUARDS

rush = record_rush(GUARDS["unguarded"])
print(len(rush.visits), "clients in 1.4 s, one key, one expiry; a load takes 100 ms")
print(len(rush.loads), "loads of the same row; the last client waits", end=" ")
print(f"{1_000 * rush.longest_wait:.0f} ms")

# %% [markdown]
# One popular entry expires at 400 reads a second. Until the first client has loaded the row again, all
# who come miss too, and each of them loads. The database has four slots, so they queue, and a client
# waits eight times as long as the query takes. All that for a row that every one of them could have
# shared.
#
# This is a **stampede**, also called a dog pile or a thundering herd.

# %% [markdown]
# ## How many loads does one expiry cost?
#
# Let L be the reads of the key a second and delta the seconds a load takes. Here the database never
# queues, so that nothing but the misses counts. Time is virtual: a second costs nothing, and each run
# is the same.


# %%
from cachelab.ports import MemoryStore, SimRuntime
from cachelab.stampede import GUARDS, Unguarded


def loads_at_expiry(per_second, delta, ttl=10):
    sim, began = SimRuntime(), []
    guard = Unguarded(MemoryStore(sim), sim, ttl=ttl)

    def load(_key):
        began.append(sim.sleep(delta))

    def clients():
        guard.get("page", load)
        sim.sleep(ttl)
        for _ in range(per_second):
            sim.spawn(guard.get, "page", load)
            sim.sleep(1 / per_second)

    sim.run(clients)
    return len(began) - 1


# %% [markdown]
# **Predict.** A thousand reads a second, and a load of 100 ms.

# %%
from cachelab.lab import StampedeTheatre, explain, predict

loads = predict("Loads for one expiry?", unit="loads", low=0, high=1_000)
loads

# %% [markdown]
# **Run.**

# %%
for per_second in (10, 100, 1_000):
    counted = [loads_at_expiry(per_second, delta) for delta in (0.05, 0.1, 0.2)]
    print(f"{per_second:5} reads a second: loads of 50, 100, 200 ms:", *counted)
loads.compare(loads_at_expiry(1_000, 0.1))

# %% [markdown]
# About L times delta, and one: everyone who comes between the expiry and the end of the first load. The
# slower the query and the more popular the key, the more of them, which is to say: it hits where it
# hurts. With 10 reads a second there is nothing to protect.
#
# In the theatre a dot is a client, and the origin has four slots. Step through the moment of the first
# cell. `GUARDS` has the package's protections by name; they come below, one after the other.

# %%
StampedeTheatre({"unguarded": GUARDS["unguarded"]})

# %% jupyter={"source_hidden": true}
explain(
    "In the first cell 34 loads of 100 ms met four slots, and the last client waited 809 ms. Derive "
    "that time.",
    answer="Thirty-four loads on four slots are eight full rounds and a half one: the last is in the "
    "ninth round and ends about 0.9 s after the expiry. Its client came while the first load was "
    "under way, about a tenth of a second later than the first, so it waited about 0.8 s.",
)

# %% [markdown]
# **Break it.** Clients do not always come one after the other. A push message sends a thousand to the
# same page in the same moment; what does L times delta say then?

# %%
sim, began = SimRuntime(), []
guard = Unguarded(MemoryStore(sim), sim, ttl=10)


def load(_key):
    began.append(sim.now())
    sim.sleep(0.1)


def everybody():
    for _ in range(1_000):
        sim.spawn(guard.get, "page", load)


sim.run(everybody)
print(len(began), "loads, of which at once:", began.count(began[0]))

# %% [markdown]
# ## What can one process do?
#
# Whoever misses first loads, and the others of the process wait for the same end: a *single flight*.
# It needs a dictionary of what is under way, and no server. Here is a short one.


# %%
class OneLoad:
    def __init__(self, store, ttl, runtime):
        self.store, self.ttl, self.runtime, self.under_way = store, ttl, runtime, {}

    def get(self, key, loader):
        if (found := self.store.get(key)) is not MISSING:
            return found
        landed, mine = self.under_way.get(key), self.runtime.event()
        if landed is not None:
            landed.wait()
            return self.store.get(key)
        self.under_way[key] = mine
        value = loader(key)
        self.store.set(key, value, self.ttl)
        self.under_way.pop(key).set()
        return value


# %% [markdown]
# **Predict.** The same rush of 560 clients as above, spread over four processes with one `OneLoad` each.

# %%
from cachelab.lab import StampedeTheatre, explain, listing, predict
from cachelab.lab.stories.stampede import record_rush
from cachelab.ports import MISSING, MemoryStore, SimRuntime
from cachelab.stampede import SingleFlight

loads = predict("Loads for the expiry?", unit="loads", low=0, high=40)
loads

# %% [markdown]
# **Run.** Your class and the package's, on the same stage.

# %%
for kind in (OneLoad, SingleFlight):
    rush = record_rush(kind)
    print(
        f"{kind.__name__:13}{len(rush.loads)} loads, last wait {1_000 * rush.longest_wait:.0f} ms"
    )
print(loads.compare(len(record_rush(OneLoad).loads)))
StampedeTheatre([OneLoad, SingleFlight])

# %% jupyter={"source_hidden": true}
explain(
    "Four loads fit the four slots, and nobody waits longer than one load. With 40 processes?",
    answer="Forty loads, for a dictionary sees only its own process: ten rounds on four slots. A "
    "single flight divides the stampede by the clients of a process. It costs nothing, so it "
    "belongs in front of every other protection, and it is not enough for a large fleet.",
)

# %% [markdown]
# **Break it.** The database answers the first load with an error. What becomes of those who wait?

# %%
from cachelab.ports import Deadlock


def failing(_key):
    sim.sleep(0.1)
    raise ConnectionError("the database is away")


def two_clients():
    tasks = [sim.spawn(guard.get, "page", failing) for _ in range(2)]
    print("first: ", outcome(tasks[0]))
    print("second:", outcome(tasks[1]))


def outcome(task):
    try:
        return task.join()
    except ConnectionError as error:
        return repr(error)


# %%
for kind in (OneLoad, SingleFlight):
    sim = SimRuntime()
    guard = kind(MemoryStore(sim), runtime=sim, ttl=10)
    print(kind.__name__)
    try:
        sim.run(two_clients)
    except Deadlock:
        print("second: waits for ever")

# %% [markdown]
# The flight never landed, and every later reader of the key waits too, until the process is restarted:
# a failed query of 100 ms has become an outage. The end of a flight belongs in a `finally`, with the
# error kept for the passengers.

# %%
listing(SingleFlight._fly)

# %% [markdown]
# ## Whose lock is it?
#
# For many processes the one who loads must be known to all: a key that only one can `add`, with a life
# of its own, so that a crash does not hold it for ever. Many programs store "1" in it and delete it
# when they are done.
#
# **Predict.** A takes the lock for a second and loads for one and a half. B takes it when it has died. A
# is done and deletes the lock. Now C comes, and B is still loading.

# %%
import random

from cachelab.lab import explain, predict
from cachelab.ports import MISSING, ManualClock, MemoryStore, SimRuntime
from cachelab.stampede import LockedLoad

free = predict("Does C get the lock?", options=("yes", "no"))
free

# %% [markdown]
# **Run.** Once as described, and once with a token: the lock holds its owner's word, and only that word
# can be removed.

# %%
for with_token in (False, True):
    clock = ManualClock()
    store = MemoryStore(clock)
    store.add("lock", "A's", 1)
    clock.advance(1.2)
    store.add("lock", "B's", 1)
    clock.advance(0.3)
    if with_token:
        store.replace("lock", "A's", MISSING)
    else:
        store.delete("lock")
    print("token " if with_token else "delete", "-> C gets the lock:", store.add("lock", "C's", 1))
free.compare("yes")

# %% jupyter={"source_hidden": true}
explain(
    "With the token C waits for B. But A and B did load at the same time. What was the lock for?",
    answer="It keeps a crowd from loading; it does not promise one at a time. A holder that is slower "
    "than the lock's life goes on without it. So what it does at the end must be safe without the "
    "lock: free only its own, and store only where its own place still is.",
)

# %% [markdown]
# `LockedLoad` does both. Who has the lock leaves a place where the value will be, as with the
# [lease](glossary.md#lease) of lesson 10. Who is late finds another's place, or a value, and stores
# nothing. That is [fencing](glossary.md#fencing): the store refuses, whatever the late one believes.
#
# How long should the lock live? Thirty clients want a row whose load takes 2.5 seconds. We count the
# loads, and how many ran at once.


# %%
def thirty(lock_ttl, seconds=2.5):
    sim, running, most = SimRuntime(), [], []
    store = MemoryStore(sim)

    def load(_key):
        running.append(1)
        most.append(len(running))
        sim.sleep(seconds)
        running.pop()

    def clients():
        for rng in map(random.Random, range(30)):
            guard = LockedLoad(store, sim, ttl=60, lock_ttl=lock_ttl, patience=99, rng=rng)
            sim.spawn(guard.get, "page", load)

    sim.run(clients)
    return len(most), max(most)


# %%
for lock_ttl in (0.5, 1, 2, 3, 10):
    loads, at_once = thirty(lock_ttl)
    print(f"lock of {lock_ttl:4} s: {loads} loads, {at_once} at once")

# %% [markdown]
# A holder that is late stores nothing here, for its place belongs to the next one. If *every* load
# outlives the lock, nothing is ever stored and all thirty load. So a lock must outlive the slow loads
# you accept. But one whose holder crashes keeps the others waiting for as long as it lives: take a high
# percentile of the load time.

# %% [markdown]
# **Break it.** What if the loader raises under the lock? Clients that poll for the *value* wait for a
# value that nobody is making. Ours give the lock back and look at both.

# %%
sim = SimRuntime()
store, failures = MemoryStore(sim), [ConnectionError("away")]


def first_fails(_key):
    sim.sleep(0.1)
    if failures:
        raise failures.pop()


def client(number):
    try:
        LockedLoad(store, sim, ttl=60, rng=random.Random(number)).get("page", first_fails)
    except ConnectionError:
        print(f"client {number} is told of the error")
    print(f"client {number} is done after {sim.now():.1f} s")


for number in (1, 2, 3):
    sim.spawn(client, number)
sim.run(lambda: None)

# %% [markdown]
# ## Can it be renewed before it dies?
#
# With a lock somebody still waits. XFetch lets each reader throw a die before the end: s seconds before
# it, with a load that took delta, it renews with probability exp(-s / (beta * delta)); beta is
# mostly 1, and more is earlier. No lock, no waiting (Vattani, Chierichetti, Lowenstein, VLDB 2015).

# %%
from cachelab.lab import explain, figure, listing, predict, show
from cachelab.stampede import is_time

listing(is_time)

# %% [markdown]
# A published variant renews with exp(-s / (beta * ttl / 10)): it looks at the life of the value where
# XFetch looks at the cost of the load. Here is a value that lives a minute and takes 100 ms to load.

# %%
import math

left = [0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30]
by_cost = [math.exp(-s / 0.1) for s in left]
by_life = [math.exp(-s / 6) for s in left]
chart, axes = figure()
axes.semilogx(left, by_cost, marker="o")
axes.semilogx(left, by_life, marker="s")
axes.annotate("by the load: 0.1 s", (0.16, 0.22))
axes.annotate("by the life: 60 s / 10", (2.2, 0.75))
axes.set(xlabel="seconds left (log axis)", ylabel="share of readers that renew", ylim=(0, 1.05))
words = "Share of readers that renew against seconds left: by the load's cost only the last "
words += "few tenths of a second; by the life already a fifth of them ten seconds before the end."
show(chart, alt=words, caption="By its life, a value is renewed far too early.")

# %%
for row in zip(left, by_cost, by_life, strict=True):
    print("{:5} s left: by cost {:.4f}, by life {:.4f}".format(*row))
for name, scale in (("cost", 0.1), ("life", 6)):
    first = scale * math.log(400 * scale)
    print(f"by {name}, at 400 reads a second: first renewal expected {first:.1f} s before the end")

# %% [markdown]
# Reads at rate L before s seconds to go expect L * c * exp(-s / c) renewals, c being the scale of the
# formula; that is 1 at s = c * ln(L * c). The variant gives away over three quarters of the life, and starts
# more renewals until the first has ended.
#
# **Predict.** 200 reads a second for 20 s, a ttl of 1 s, loads of 100 ms, no queue. Without a guard an
# expiry costs about 21 loads, and there is nearly one a second. With XFetch alone?

# %%
each = predict("Loads a second with early expiration alone?", unit="loads", low=0, high=25)
each

# %% [markdown]
# **Run.**


# %%
import random

from cachelab.ports import MemoryStore, SimRuntime
from cachelab.stampede import GUARDS


def loads_a_second(name, seconds=20):
    sim, began = SimRuntime(max_steps=2_000_000), []
    guard = GUARDS[name](MemoryStore(sim), sim, ttl=1, rng=random.Random(1))

    def clients():
        for _ in range(200 * seconds):
            sim.spawn(guard.get, "page", lambda _key: began.append(sim.sleep(0.1)))
            sim.sleep(1 / 200)

    sim.run(clients)
    return len(began) / seconds


# %%
found = {name: loads_a_second(name) for name in ("unguarded", "early_expiration", "early_locked")}
for name, loads in found.items():
    print(f"{name:18}{loads:6.1f} loads a second")
each.compare(found["early_expiration"])

# %% jupyter={"source_hidden": true}
explain(
    "The first miss of all is in these numbers. Which of the three protects it?",
    answer="Only the one with a lock. A die decides about a value that is there; on a cold key, after "
    "a restart or a delete, everybody misses, and the twenty readers of the first 100 ms all load. "
    "That is about a quarter of what early expiration loads in these 20 seconds.",
)

# %% [markdown]
# ## What does a real database say?
#
# **Break it**, on your machine. Sixty client threads, a real cache server, SQLite with four slots, a
# query of a few milliseconds, a ttl of a fifth of a second. In virtual time early expiration alone was
# good. Its delta is what the last load *took*, waiting included.
#
# **Predict.** The loads of one and a half seconds.

# %%
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path
from threading import Semaphore

from cachelab.lab import explain, predict
from cachelab.ports import RedisStore, ThreadRuntime, start_server
from cachelab.stampede import GUARDS

fewest = predict(
    "Which makes the fewest loads?", options=("unguarded", "XFetch alone", "with a lock")
)
fewest


# %%
def make_database(path):
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE sale (product INTEGER, price REAL)")
        rows = ((n % 97, n % 13 + 0.5) for n in range(20_000))
        db.executemany("INSERT INTO sale VALUES (?, ?)", rows)
    db.close()


def loader_of(path, began):
    slots = Semaphore(4)

    def load(_key):
        began.append(1)
        with slots, closing(sqlite3.connect(path)) as db:
            query = "SELECT product, SUM(price) FROM sale GROUP BY product"
            return db.execute(query).fetchall()[:5]

    return load


# %%
def rush_at(name, server, path, clients=60, seconds=1.5):
    runtime, began, waits = ThreadRuntime(), [], []
    store = RedisStore(server.client(timeout=10), prefix=f"{name}:")
    guard, load = GUARDS[name](store, ttl=0.2), loader_of(path, began)
    end = runtime.now() + seconds

    def reader():
        while (start := runtime.now()) < end:
            guard.get("report", load)
            waits.append(1e3 * (runtime.now() - start))
            runtime.sleep(0.02)

    [task.join() for task in [runtime.spawn(reader) for _ in range(clients)]]
    guard.close()
    return len(began), sorted(waits)


# %% [markdown]
# **Run.** Five protections, 1.5 seconds each; the first load of all is in the counts.

# %% tags=["live"]
loads = {}
with start_server() as server, tempfile.TemporaryDirectory() as folder:
    path = Path(folder, "shop.db")
    make_database(path)
    for name in [name for name in GUARDS if name not in ("single_flight", "leased")]:
        loads[name], waits = rush_at(name, server, path)
        p50, p99 = (waits[int(len(waits) * share)] for share in (0.5, 0.99))
        print(f"{name:23}{loads[name]:4} loads; n {len(waits):5}, p50 {p50:.1f}, p99 {p99:.1f} ms")
print(fewest.compare("with a lock"))
assert 2 * max(loads["locked"], loads["early_locked"]) < loads["unguarded"]

# %% [markdown]
# The locks load about once per life of the value. Early expiration alone varies from run to run, and
# often beats no protection by little or not at all (60 threads of one process, loopback; nothing is
# asserted about it). Run the cell a few times and look at that row. Then give it six clients in place of
# sixty.

# %% jupyter={"source_hidden": true}
explain(
    "Why can early renewal alone feed on itself when the database queues?",
    answer="Several readers renew at once and queue, so each load takes longer, waiting included. The "
    "longer time is stored as the cost of the value, and a costlier value is renewed earlier, by "
    "more readers. The lock cuts the circle: one load at a time does not queue behind itself.",
)

# %% [markdown]
# What remains is a choice. Under a **lock** nobody sees an old value, and all wait for one load. With
# **early expiration and a lock** hardly anybody waits. With **stale while revalidate** (RFC 5861) nobody
# waits, and some are served a value that is past its time. Here is the first cell's rush.
# (The one old answer under the lock is not old: its first copy was stored later, and so ends later.) `leased`
# needs one key: the lock lies where the value will be. Switch between three of them.

# %%
from cachelab.lab import StampedeTheatre
from cachelab.lab.stories.stampede import record_rush

for name in GUARDS:
    rush = record_rush(GUARDS[name])
    waited = f"longest wait {1_000 * rush.longest_wait:3.0f} ms"
    print(f"{name:24}{len(rush.loads):3} loads, {waited}, {rush.old_answers:2} old answers")
three = ("locked", "early_locked", "stale_while_revalidate")
StampedeTheatre({name: GUARDS[name] for name in three})

# %% [markdown]
# ## Errata hunt
#
# **D17.** A published lock stores "1" for ten seconds; the winner loads, stores and deletes it. You have
# seen that delete free another's lock. The losers look for the value only: if the winner's load fails
# after 0.1 s, they look a hundred times, for ten seconds. Ours take turns at once.
#
# **D18.** "Probabilistic early expiration" by the life of the value, as in your figure; its text has yet
# another formula. Each renewal is a thread that nobody counts. And a cold key?

# %%
import random

from cachelab.ports import MemoryStore, SimRuntime
from cachelab.stampede import GUARDS

for name in ("early_expiration", "early_locked"):
    sim, began = SimRuntime(max_steps=2_000_000), []
    guard = GUARDS[name](MemoryStore(sim), sim, ttl=10, rng=random.Random(1))

    def everybody(guard=guard, sim=sim, began=began):
        for _ in range(300):
            sim.spawn(guard.get, "page", lambda _key: began.append(sim.sleep(0.1)))

    sim.run(everybody)
    print(f"{name:18} 300 clients at a cold key: {len(began)} loads")

# %% [markdown]
# ## Quiz

# %% jupyter={"source_hidden": true}
from cachelab.lab import quiz

quiz(
    "Loads take 0.2 s, sometimes 3 s. What life for the lock?",
    {
        "0.2 s, so that a crash delays nobody.": "Then every slow load is joined by up to fourteen "
        "others, at the moment the database is slow.",
        "Above the slow loads you accept, say 5 s, and safe ends.": "Yes. A crash costs up to 5 s of "
        "waiting, and a later holder is not hurt by a late one.",
        "No end: the holder frees it.": "A holder that crashes frees nothing. The key cannot be "
        "loaded until somebody removes the lock by hand.",
    },
    right="Above the slow loads you accept, say 5 s, and safe ends.",
)

# %% jupyter={"source_hidden": true}
quiz(
    "In a single flight the loader raises. What should the passengers get?",
    {
        "They go on waiting for the next flight.": "The next flight starts only if somebody clears "
        "the old one. You have seen the deadlock.",
        "Each loads for itself.": "Then a database that fails gets the stampede after all.",
        "The same error, and the flight is over for the next caller.": "Yes: they shared the load, "
        "so they share its end.",
    },
    right="The same error, and the flight is over for the next caller.",
)

# %% jupyter={"source_hidden": true}
quiz(
    "A page may be a minute old, and no reader may wait. Which protection?",
    {
        "Stale while revalidate, for up to a minute.": "Yes: old values are allowed, so nobody has "
        "to wait for the one who renews.",
        "A lock.": "One loads, and all others wait for as long as that takes.",
        "A longer ttl.": "It makes the stampede rarer, not smaller: L times delta has no ttl in it.",
    },
    right="Stale while revalidate, for up to a minute.",
)

# %% [markdown]
# ## Recap
#
# - An expiry costs 1 + L * delta loads; 34 on four slots make a client wait 809 ms (*How many loads does
#   one expiry cost?*).
# - A single flight: one load a process, 4 for four (*What can one process do?*).
# - A lock shorter than all loads: 30 loads, 1 if longer (*Whose lock is it?*).
# - Early expiration alone: 300 loads at a cold key (*Errata hunt*).
# - On SQLite a lock makes less than half the loads (*What does a real database say?*).

# %% [markdown]
# ## Interview minutes
#
# Answer aloud, two minutes each, then open the model answer. Lesson 15 lists the fifteen interview
# questions by their numbers.
#
# <details><summary>Interview 7: what is a cache stampede, and how do you prevent it?</summary>
#
# Everybody who misses between an expiry and the end of the first load loads too: about 1 + L * delta.
# Single flight in each process, a lock with a token among them, and early renewal or stale values so
# that nobody waits. In the simulated rush: 34 loads, 4, and 1.
#
# </details>

# %% [markdown]
# <details><summary>Your lock has a token. Can two loads still run at once, and does it matter?</summary>
#
# Yes: a load that outlives the lock runs beside the next, 3 at once with a lock of 1 s and a load of
# 2.5 s. It matters at the end. The late one must not free another's lock, nor store over a newer value:
# it stores only where its own place still lies. Evidence: *Whose lock is it?*
#
# </details>

# %% [markdown]
# ## Now you
#
# [Exercise 11](../exercises/ex11_stampede/ex11_stampede.ipynb): build `SingleFlight`, `TokenLock`, `xfetch`
# and a `ProtectedCache`, 40 points. The judge lets a second program in between any two calls. This lesson
# answers Interview 7. Next: [How much moves when a node joins?](12_consistent_hashing.ipynb)
#
# Words: [coalescing](glossary.md#coalescing), [early expiration](glossary.md#early-expiration),
# [fencing](glossary.md#fencing), [single flight](glossary.md#single-flight),
# [stale-while-revalidate](glossary.md#stale-while-revalidate), [stampede](glossary.md#stampede), [thundering
# herd](glossary.md#thundering-herd).
