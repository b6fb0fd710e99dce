# %% [markdown]
# # Exercise 11: A thousand readers miss at once: who loads, and what do the others do?
#
# 90 to 120 minutes, 40 points. Before: lesson 11. Write your code in the solution cell; the cell below
# it asks the judge. You may ask as often as you like.

# %% [markdown]
# ## The contracts of `SingleFlight(runtime)` and `TokenLock(store, runtime)`
#
# | call | what it promises |
# |---|---|
# | `flights.load(key, loader)` | what `loader(key)` returns or raises; who asks while a load of the key is under way shares its end; afterwards a new load |
# | `locks.acquire(name, ttl, patience=0)` | a token, and the lock is yours for `ttl` seconds; None if it could not be had within `patience` seconds |
# | `locks.release(name, token)` | True if that token holds the lock, which is free then; else False, and nothing changes |
#
# Keys of the store that begin with `~` are yours; any other may belong to another program.

# %% [markdown]
# ## The contract of `xfetch(now, expiry, delta, beta, rng)`
#
# True if a reader at `now` renews a value that ends at `expiry` and took `delta` seconds to load: at the
# end always, s seconds before it with probability exp(-s / (delta x beta)). `rng` is a
# `random.Random`; delta and beta are above 0. Vattani, Chierichetti and Lowenstein, *Optimal
# Probabilistic Cache Stampede Prevention*, VLDB 2015.

# %% [markdown]
# ## The contract of `ProtectedCache(store, runtime, ttl)`
#
# | call | what it promises |
# |---|---|
# | `get(key, loader)` | the copy; or what `loader(key)` gives, kept for `ttl` seconds |
#
# - Of all programs that miss at once **one loads**; the others wait for its row.
# - A lock lives for **5 seconds**. A load that takes longer stores nothing over a row that came later,
#   and ends nobody else's lock; its caller gets its row all the same.
# - When a loader raises, its caller gets the error, and one of those who wait loads next.
# - MISSING from a loader is returned and not kept. Any other row is, None too.

# %% [markdown]
# ## The ports
#
# | call | what it does |
# |---|---|
# | `runtime.now()`, `runtime.sleep(seconds)` | the judge's time, not the machine's |
# | `runtime.lock()` | a lock for `with` |
# | `runtime.event()` | `set()`, `wait()` |
# | `store.get`, `set`, `delete`, `add`, `replace` | as in lesson 10; `replace(key, old, MISSING)` drops the entry if it is `old` |
#
# Who waits looks again every 0.01 to 0.1 seconds.

# %% [markdown]
# ## What the judge looks at
#
# - Tasks meet in every order of their calls with few changes of turn. A counterexample prints the order.
# - Another program uses the same store: a lock in this process does not stop it.
# - `xfetch` is called 20,000 times for each of several distances. How you turn random numbers into
#   yes or no is your choice.

# %% [markdown]
# ## One check, by hand
#
# ```
# token_of_A = locks.acquire("k", 5)
#                                          6 seconds pass: A's lock has ended
# token_of_B = locks.acquire("k", 9)
# locks.release("k", token_of_A)  -> False  it is B's lock now
# locks.acquire("k", 5)           -> None   B still holds it
# ```

# %% [markdown]
# ## Your code
#
# All four go into this one cell: the judge runs this cell and nothing else, with Python's standard
# library and the words of `cachelab.ports`. `Flight` is a start, and yours to change.

# %% solution="stampedes"
import math
from uuid import uuid4

from cachelab.ports import MISSING

LOCK_SECONDS = 5
PAUSE = 0.05


class Flight:
    """
    A load under way: what came of it, and the event that tells.
    """

    def __init__(self, landed):
        self.landed = landed
        self.value = self.error = None


class SingleFlight:
    """
    One load for all tasks of this program that want the same key at once.
    """

    def __init__(self, runtime):
        ### BEGIN SOLUTION
        self.runtime = runtime
        self.lock = runtime.lock()
        self.flights = {}
        ### END SOLUTION

    def load(self, key, loader):
        ### BEGIN SOLUTION
        with self.lock:
            flight = self.flights.get(key)
            is_first = flight is None
            if is_first:
                flight = self.flights[key] = Flight(self.runtime.event())
        if is_first:
            return self.fly(key, flight, loader)
        flight.landed.wait()
        if flight.error is not None:
            raise flight.error
        return flight.value

    def fly(self, key, flight, loader):
        try:
            flight.value = loader(key)
        except Exception as error:
            flight.error = error
            raise
        finally:
            with self.lock:
                del self.flights[key]
            flight.landed.set()
        return flight.value
        ### END SOLUTION


class TokenLock:
    """
    Locks among programs that share a store.
    """

    def __init__(self, store, runtime):
        self.store, self.runtime = store, runtime

    def acquire(self, name, ttl, patience=0):
        ### BEGIN SOLUTION
        token = str(uuid4())
        deadline = self.runtime.now() + patience
        while not self.store.add(f"~lock:{name}", token, ttl=ttl):
            if self.runtime.now() >= deadline:
                return None
            self.runtime.sleep(PAUSE)
        return token
        ### END SOLUTION

    def release(self, name, token):
        ### BEGIN SOLUTION
        return self.store.replace(f"~lock:{name}", token, MISSING)
        ### END SOLUTION


def xfetch(now, expiry, delta, beta, rng):
    """
    Whether a reader at `now` renews a value before its end.
    """
    ### BEGIN SOLUTION
    gap = -delta * beta * math.log(1 - rng.random())
    return now + gap >= expiry
    ### END SOLUTION


class ProtectedCache:
    """
    A cache that several programs share, with one load for each miss.
    """

    def __init__(self, store, runtime, ttl):
        self.store, self.runtime, self.ttl = store, runtime, ttl

    def get(self, key, loader):
        ### BEGIN SOLUTION
        lock = {"lock": str(uuid4())}
        while True:
            found = self.store.get(key)
            if found is not MISSING and "row" in found:
                return found["row"]
            if self.store.add(key, lock, ttl=LOCK_SECONDS):
                return self.load(key, lock, loader)
            self.runtime.sleep(PAUSE)

    def load(self, key, lock, loader):
        row = MISSING
        try:
            row = loader(key)
        finally:
            if row is MISSING:
                self.store.replace(key, lock, MISSING)
        if row is not MISSING:
            self.store.replace(key, lock, {"row": row}, ttl=self.ttl)
        return row
        ### END SOLUTION


# %% [markdown]
# ## Ask the judge

# %%
from cachelab.grading import check

# %% graded="stampedes-check" points=40
check("ex11", SingleFlight, TokenLock, xfetch, ProtectedCache)

# %% [markdown]
# ## Use it
#
# Sixty programs read one row; a load takes half a second, and the row is kept for two. Before you run
# the cell: how often is it loaded in ten seconds, without protection and with it? Then let the load take
# six seconds, longer than a lock lives.

# %%
from cachelab.ports import MemoryStore, SimRuntime

LOAD_SECONDS, PAUSE_SECONDS = 0.5, 0.25


class Unprotected:
    """
    Loads whenever there is no copy.
    """

    def __init__(self, store, runtime, ttl):
        self.store, self.runtime, self.ttl = store, runtime, ttl

    def get(self, key, source):
        value = self.store.get(key)
        if value is MISSING:
            value = source(key)
            self.store.set(key, value, ttl=self.ttl)
        return value


def loads_in_ten_seconds(runtime, kind):
    store, loads = MemoryStore(runtime), []

    def load(key):
        loads.append(key)
        runtime.sleep(LOAD_SECONDS)
        return "row"

    def reader():
        cache = kind(store, runtime, 2)
        while runtime.now() < 10:
            cache.get("k", load)
            runtime.sleep(PAUSE_SECONDS)

    for task in [runtime.spawn(reader) for _ in range(60)]:
        task.join()
    return len(loads)


try:
    for kind in (Unprotected, ProtectedCache):
        runtime = SimRuntime(max_steps=1_000_000)
        print(kind.__name__, runtime.run(loads_in_ten_seconds, runtime, kind), "loads")
except NotImplementedError:
    print("write your part first")

# %% [markdown]
# <details><summary>Hint 1: where do I begin?</summary>
#
# With TokenLock: `store.add` takes the lock, `store.replace(key, token, MISSING)` frees it. Then
# SingleFlight: a dictionary of loads under way, a lock around each look into it, and an event for each.
#
# </details>
#
# <details><summary>Hint 2: somebody waits for ever</summary>
#
# Whoever loads must clean up whatever happens: remove the entry and set the event in a `finally`. Those
# who wait raise the error they find.
#
# </details>

# %% [markdown]
# <details><summary>Hint 3: ProtectedCache in one loop</summary>
#
# Put the lock where the row will be: `add(key, lock, ttl=5)` fails if a row or a lock is there. Who gets
# it loads, and stores with `replace(key, lock, row)`. Who does not sleeps for a moment and begins again.
#
# </details>

# %% [markdown]
# ## Afterwards
#
# The second-best design keeps the lock under a key of its own, looks at the cache again once it has the
# lock, and frees the lock by its token. It lost because the lock alone cannot keep a late loader from
# storing an old row: for that something under the row's own key has to be compared, and then the lock
# may as well be there.

# %% [markdown]
# Reflection: your loader takes 200 ms on a quiet day and 4 seconds on a busy one. How long should a lock
# live, what happens if that is too short, and what if the program that holds it dies?
