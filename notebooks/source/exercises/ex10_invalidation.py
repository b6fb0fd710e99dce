# %% [markdown]
# # Exercise 10: Who tells the copies that they are wrong?
#
# 90 to 120 minutes, 40 points. Before: lesson 10. Write your code in the solution cell; the cell below
# it asks the judge. You may ask as often as you like.

# %% [markdown]
# ## The contract of `VersionedNamespace(store, ttl)`
#
# | call | what it promises |
# |---|---|
# | `version(name)` | the version of a namespace; 0 if the store has none; the same until the next bump, but a first `get` may give it one |
# | `bump(name)` | makes every row of the namespace a miss, in every program; the version becomes one that there never was before |
# | `get(name, key, loader)` | the copy; or what `loader(name, key)` returns, kept for `ttl` seconds |
#
# What was loaded before a bump is never seen after it, whoever loaded it and however slowly. The store
# may drop any entry at any time: that costs loads, and brings nothing back.

# %% [markdown]
# ## The contract of `LeasedFill(store, source, ttl)`
#
# | call | what it promises |
# |---|---|
# | `lease(key)` | a lease, good for 10 seconds; None if the key is in the cache or somebody holds a lease on it |
# | `fill(key, lease, row)` | keeps the row for `ttl` seconds and says True, if the lease is still good; else False, and nothing changes |
# | `cancel(key)` | the row is a miss, and a lease on it is void |
# | `read(key)` | the row from the cache, or from the source, which fills the cache if a lease can be had; MISSING is not kept, SourceError passes, and neither leaves a lease behind |
# | `write(key, row)` | stores the row in the source, and makes the copy a miss |

# %% [markdown]
# ## The contract of `InvalidationFeed(log, apply)`
#
# | call | what it promises |
# |---|---|
# | `InvalidationFeed(log, apply)` | begins after `log.last()`: its cache is empty |
# | `poll()` | calls `apply(key)` for every new message, in order, each once |
# | `receive(number, key)` | a message that was pushed: the next one is applied, a known one is not, one further on means that some were lost: as `poll` |
#
# Where the log no longer has what comes next, or has begun anew (`last()` is below your number):
# `apply(None)`, which drops everything, and on from `log.last()`; messages read meanwhile may be applied
# too. What `apply` or the log raise passes; what failed is applied the next time, what was done is not.

# %% [markdown]
# ## The ports
#
# | call | what it does |
# |---|---|
# | `store.get`, `set`, `delete` | as in lesson 04; values are what JSON can carry; a `set` or `add` without `ttl` has no end |
# | `store.add(key, value, ttl=...)` | keeps if nothing is there; True if it did |
# | `store.replace(key, old, new, ttl=...)` | keeps if `old` is there, in one step; True if it did; MISSING for `new` drops it |
# | `source.read(key)`, `source.write(key, row)` | a `Versioned` with `.value`, or MISSING; stores |
# | `log.last()` | the number of the newest message; they count 1, 2, 3, ... |
# | `log.read(after)` | a page of `(number, key)` after that number, the oldest first; empty if there is none |

# %% [markdown]
# ## What the judge looks at
#
# - **Other programs** use the same store and source: nothing that matters is kept in your object.
# - **Races**: a load and a bump, a read and a write meet in every order of their calls that takes at
#   most two changes of turn.
# - **Any row that JSON can carry is a row**: `None`, `0`, `""`, `[]` and `False` too.
# - Keys, envelopes, leases and versions are yours to choose.

# %% [markdown]
# ## One check, by hand
#
# ```
# lease_of_A = cache.lease("k")              a lease
# lease_of_B = cache.lease("k")     -> None  A holds it
# cache.cancel("k")                          a write came: A's lease is void
# lease_of_B = cache.lease("k")              a lease
# cache.fill("k", lease_of_A, "old") -> False
# cache.fill("k", lease_of_B, "new") -> True
# ```

# %% [markdown]
# ## Your classes
#
# All three go into this one cell: the judge runs this cell and nothing else, with Python's standard
# library and the words of `cachelab.ports`.

# %% solution="invalidation"
import json
from uuid import uuid4

from cachelab.ports import MISSING

LEASE_SECONDS = 10


class VersionedNamespace:
    """
    Rows by namespace and key, all of a namespace gone with one write.
    """

    def __init__(self, store, ttl):
        self.store, self.ttl = store, ttl

    def version(self, name):
        ### BEGIN SOLUTION
        found = self.store.get(self.version_key(name))
        return 0 if found is MISSING else found
        ### END SOLUTION

    def bump(self, name):
        ### BEGIN SOLUTION
        self.store.set(self.version_key(name), str(uuid4()))
        ### END SOLUTION

    def get(self, name, key, loader):
        ### BEGIN SOLUTION
        entry = self.entry_key(name, self.version_to_fill(name), key)
        found = self.store.get(entry)
        if found is MISSING:
            found = loader(name, key)
            self.store.set(entry, found, ttl=self.ttl)
        return found

    def version_to_fill(self, name):
        version = self.version(name)
        if version == 0:
            self.store.add(self.version_key(name), str(uuid4()))
            version = self.version(name)
        return version

    def version_key(self, name):
        return json.dumps([name])

    def entry_key(self, name, version, key):
        return json.dumps([name, version, key])
        ### END SOLUTION


class LeasedFill:
    """
    A cache that is filled only by who holds the lease.
    """

    def __init__(self, store, source, ttl):
        self.store, self.source, self.ttl = store, source, ttl

    def lease(self, key):
        ### BEGIN SOLUTION
        lease = str(uuid4())
        is_mine = self.store.add(key, {"lease": lease}, ttl=LEASE_SECONDS)
        return lease if is_mine else None
        ### END SOLUTION

    def fill(self, key, lease, row):
        ### BEGIN SOLUTION
        return self.store.replace(key, {"lease": lease}, {"row": row}, ttl=self.ttl)
        ### END SOLUTION

    def cancel(self, key):
        ### BEGIN SOLUTION
        self.store.delete(key)
        ### END SOLUTION

    def read(self, key):
        ### BEGIN SOLUTION
        found = self.store.get(key)
        if found is not MISSING and "row" in found:
            return found["row"]
        lease = self.lease(key)
        try:
            row = self.source.read(key)
        except Exception:
            self.give_back(key, lease)
            raise
        if row is MISSING:
            self.give_back(key, lease)
            return MISSING
        if lease is not None:
            self.fill(key, lease, row.value)
        return row.value

    def give_back(self, key, lease):
        if lease is not None:
            self.store.replace(key, {"lease": lease}, MISSING)
        ### END SOLUTION

    def write(self, key, row):
        ### BEGIN SOLUTION
        self.source.write(key, row)
        self.cancel(key)
        ### END SOLUTION


class InvalidationFeed:
    """
    Applies what a log says, once and in order, and notices what it missed.
    """

    def __init__(self, log, apply):
        ### BEGIN SOLUTION
        self.log, self.apply = log, apply
        self.position = log.last()
        ### END SOLUTION

    def poll(self):
        ### BEGIN SOLUTION
        last = self.log.last()
        if last < self.position:
            self.start_over(last)
        while self.position < last:
            page = self.log.read(self.position)
            if not page or page[0][0] != self.position + 1:
                self.start_over(last)
                return
            for number, key in page:
                self.take(number, key)

    def start_over(self, last):
        self.apply(None)
        self.position = last
        ### END SOLUTION

    def receive(self, number, key):
        ### BEGIN SOLUTION
        if number == self.position + 1:
            self.take(number, key)
        elif number > self.position:
            self.poll()

    def take(self, number, key):
        self.apply(key)
        self.position = number
        ### END SOLUTION


# %% [markdown]
# ## Ask the judge

# %%
from cachelab.grading import check

# %% graded="invalidation-check" points=40
check("ex10", VersionedNamespace, LeasedFill, InvalidationFeed)

# %% [markdown]
# ## Use it
#
# A thousand rows, one bump. Before you run the cell: how many calls of the store does the bump take, how
# many loads follow, and how many entries does the store hold afterwards? Then say who removes the dead
# ones, and when.

# %%
from cachelab.ports import ManualClock, MemoryStore


def load(name, key):
    loads.append(key)
    return f"{name} {key}"


try:
    store = MemoryStore(ManualClock())
    space, loads = VersionedNamespace(store, ttl=60), []
    for round_of_reads in ("first", "second", "after the bump"):
        if round_of_reads == "after the bump":
            space.bump("page")
        before = len(loads)
        for number in range(1000):
            space.get("page", str(number), load)
        print(round_of_reads, "loads:", len(loads) - before, "entries:", len(store.entries))
except NotImplementedError:
    print("write your part first")

# %% [markdown]
# <details><summary>Hint 1: where do I begin?</summary>
#
# With LeasedFill: `store.add` gives a lease, `store.replace` fills, `store.delete` cancels. One envelope
# for leases, another for rows, so that neither passes for the other.
#
# </details>
#
# <details><summary>Hint 2: an old row comes back after a bump</summary>
#
# Ask for the version before you load, and store under that one. Make versions with uuid4: a number that
# is read, raised and stored can go back when two programs bump at once, or when the store drops it.
#
# </details>

# %% [markdown]
# <details><summary>Hint 3: the feed</summary>
#
# Keep one number: the last message that was applied. Move it after `apply` has returned, one message at
# a time. A page that does not begin with your number plus one, or an empty page below `log.last()`, is a
# gap.
#
# </details>

# %% [markdown]
# ## Afterwards
#
# The second-best design of a namespace counts: a version of 0, 1, 2, raised by the server's INCR. It is
# shorter, and two bumps at once do no harm. It lost because a cache may evict the counter: then it begins
# at 0 again, and rows that were stored under 0, 1 and 2 are still there to be found.

# %% [markdown]
# Reflection: messages come by push in a millisecond, the log is polled once a second. For how long can a
# copy be wrong in the usual case, at worst, and when a gap has made everything a miss?
