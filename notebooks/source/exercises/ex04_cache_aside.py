# %% [markdown]
# # Exercise 04: Who loads a row, and what if the cache is broken, empty or late?
#
# 90 to 120 minutes, 40 points. Before: lesson 04. Write your code in the solution cell; the cell below
# it asks the judge. You may ask as often as you like.

# %% [markdown]
# ## The contract of CacheAside
#
# | call | what it promises |
# |---|---|
# | `CacheAside(store, source, ttl, negative_ttl)` | times in seconds; other programs use the same store and source |
# | `read(key)` | the row, or MISSING; a hit asks the source nothing, a miss asks it once and leaves a copy for `ttl` seconds, for `negative_ttl` if there is no row; SourceError if there is neither copy nor source |
# | `write(key, row)` | stores the row in the source, then removes the copy; True, or False if the store failed and an older copy may be left; SourceError passes, and the copy goes then too |

# %% [markdown]
# ## The contract of ReadThrough
#
# | call | what it promises |
# |---|---|
# | `ReadThrough(store, ttl, negative_ttl)` | a cache without loaders |
# | `register_loader(prefix, loader)` | `loader(key)` serves the key `prefix` and all that begin with `prefix:`; the longest prefix decides |
# | `get(key, loader=None, ttl=None)` | the copy; or what the loader returns, kept for `ttl` or the cache's own; a loader given here goes first; without any, ValueError or KeyError |
#
# A loader returns a row or MISSING, which is kept for `negative_ttl`. What it raises reaches the caller
# and is not kept.

# %% [markdown]
# ## The ports
#
# | call | what it does |
# |---|---|
# | `store.get(key)` | a text, or MISSING |
# | `store.set(key, text, ttl=...)`, `store.delete(key)` | keeps, drops |
# | `store.add(key, text, ttl=...)` | keeps if nothing is there; True if it did |
# | `store.replace(key, old, text, ttl=...)` | keeps if `old` is there, in one step; True if it did |
# | `source.read(key)` | a `Versioned`: `.value` is the row, `.version` counts its writes from 1; or MISSING, and ask `is MISSING` before you take `.value` |
# | `source.write(key, row)` | stores; returns the version |
#
# The store raises StoreError, the source SourceError; a `write` may have stored the row all the same, with
# only its answer lost. A store that hangs raises after 0.25 seconds. MISSING has no truth value.

# %% [markdown]
# ## What the judge looks at
#
# - **Any row that JSON can carry is a row**: `None`, `0`, `""`, `[]` and `False` too.
# - **After one StoreError a call goes on without the store**: no error, and one time-out at most.
# - **An entry that was cut off** is a miss; a whole one takes its place.
# - **Races**: when a read and a write have met, in any order, the next read gives the new row.
# - The store keeps text alone; keys and texts are yours. Copies may die up to half their time early.

# %% [markdown]
# ## One check, by hand
#
# The source has one row, `user:7`.
#
# ```
# cache = CacheAside(store, source, ttl=60, negative_ttl=10)
# cache.read("user:7")       -> {'name': 'Ada'}    asks the source, leaves a copy
# cache.read("user:7")       -> {'name': 'Ada'}    the copy answers
# cache.read("user:8")       -> MISSING            asks the source, and remembers that
# cache.write("user:8", 0)   -> True               what was remembered is gone
# cache.read("user:8")       -> 0
# ```

# %% [markdown]
# ## Your caches
#
# Both classes go into this one cell, with whatever they need: the judge runs this cell and nothing
# else, with Python's standard library and the words of `cachelab.ports`. `encode`, `decode` and `Copies`
# are a start, and yours to change: both classes have the same copies.

# %% solution="cache-aside"
import json
from uuid import uuid4

from cachelab.ports import MISSING, StoreError

MARK_SECONDS = 5


def encode(row):
    """
    The text that is kept for a row, or for MISSING.
    """
    ### BEGIN SOLUTION
    return json.dumps({} if row is MISSING else {"row": row})
    ### END SOLUTION


def decode(text):
    """
    What `encode` was given, in an envelope: {"row": row}, {} for MISSING, None for any other text.
    """
    ### BEGIN SOLUTION
    try:
        envelope = None if text is MISSING else json.loads(text)
    except ValueError:
        return None
    return envelope if isinstance(envelope, dict) else None
    ### END SOLUTION


class Copies:
    """
    The copies of rows in a store.
    """

    def __init__(self, store, ttl, negative_ttl):
        self.store, self.ttl, self.negative_ttl = store, ttl, negative_ttl

    def read(self, key, load, ttl=None):
        """
        The row of the copy, or else what `load(key)` returns, which leaves a copy.
        """
        ### BEGIN SOLUTION
        try:
            text = self.store.get(key)
            envelope = decode(text)
            if envelope is not None:
                return envelope.get("row", MISSING)
            mark = self._mark(key, text)
        except StoreError:
            return load(key)
        row = load(key)
        self._fill(key, mark, row, self.ttl if ttl is None else ttl)
        return row

    def _mark(self, key, found):
        """
        Put a text nobody else could have written where the copy will stand.
        """
        mark = f"mark {uuid4()}"
        if found is MISSING:
            self.store.add(key, mark, ttl=MARK_SECONDS)
        else:
            self.store.replace(key, found, mark, ttl=MARK_SECONDS)
        return mark

    def _fill(self, key, mark, row, ttl):
        """
        Put the copy in place of the mark, unless a write or another reader took that away.
        """
        life = self.negative_ttl if row is MISSING else ttl
        try:
            self.store.replace(key, mark, encode(row), ttl=life)
        except StoreError:
            pass  # a copy would have been an advantage, no more
        ### END SOLUTION

    def drop(self, key):
        """
        Remove the copy; tell whether it is known to be gone.
        """
        ### BEGIN SOLUTION
        try:
            self.store.delete(key)
        except StoreError:
            return False
        return True
        ### END SOLUTION


class CacheAside:
    """
    Reads fill the cache, writes empty it.
    """

    def __init__(self, store, source, ttl, negative_ttl):
        ### BEGIN SOLUTION
        self.source = source
        self.copies = Copies(store, ttl, negative_ttl)
        ### END SOLUTION

    def read(self, key):
        ### BEGIN SOLUTION
        return self.copies.read(key, self._load)

    def _load(self, key):
        found = self.source.read(key)
        return MISSING if found is MISSING else found.value
        ### END SOLUTION

    def write(self, key, row):
        ### BEGIN SOLUTION
        try:
            self.source.write(key, row)
        finally:  # after an error too: the row may have been stored
            is_gone = self.copies.drop(key)
        return is_gone
        ### END SOLUTION


class ReadThrough:
    """
    A cache that loads what it lacks, each key by the loader of its prefix.
    """

    def __init__(self, store, ttl, negative_ttl):
        ### BEGIN SOLUTION
        self.copies = Copies(store, ttl, negative_ttl)
        self.loaders = {}
        ### END SOLUTION

    def register_loader(self, prefix, loader):
        ### BEGIN SOLUTION
        self.loaders[prefix] = loader
        ### END SOLUTION

    def get(self, key, loader=None, ttl=None):
        ### BEGIN SOLUTION
        load = self._loader_for(key) if loader is None else loader
        return self.copies.read(key, load, ttl)

    def _loader_for(self, key):
        prefix = key
        while prefix not in self.loaders:
            if ":" not in prefix:
                raise ValueError(f"no loader is registered for {key!r}")
            prefix = prefix.rpartition(":")[0]
        return self.loaders[prefix]
        ### END SOLUTION


# %% [markdown]
# ## Ask the judge

# %%
from cachelab.grading import check

# %% graded="cache-aside-check" points=40
check("ex04", CacheAside, ReadThrough)

# %% [markdown]
# ## Use it
#
# A thousand reads of keys that do not exist, ten seconds in which their absence is remembered. Before
# you run the cell: how often is the source asked? Then set `negative_ttl` so that it is asked half as
# often, and say what that costs.

# %%
from cachelab.ports import ManualClock, MemorySource, MemoryStore


class CountingSource(MemorySource):
    """
    A source that knows how often it was asked.
    """

    asked = 0

    def read(self, key):
        self.asked += 1
        return super().read(key)


try:
    clock, source = ManualClock(), CountingSource()
    cache = CacheAside(MemoryStore(clock), source, ttl=60, negative_ttl=10)
    for number in range(1000):
        cache.read(f"nobody:{number % 20}")
        clock.advance(0.1)
    print("1,000 reads of 20 absent keys in 100 seconds:", source.asked, "questions to the source")
except NotImplementedError:
    print("write your part first")

# %% [markdown]
# <details><summary>Hint 1: where do I begin?</summary>
#
# With the envelope. Decide what text stands for a row, what text for "there is no row", and what your
# program does with any other text. Then write `read` for a store that never fails.
#
# </details>
#
# <details><summary>Hint 2: which exceptions are mine?</summary>
#
# StoreError has a way out, so it is yours: ask the source. SourceError, and whatever a loader raises,
# has none: let it pass. No call of the source belongs between `try` and `except StoreError`.
#
# </details>

# %% [markdown]
# <details><summary>Hint 3: the race</summary>
#
# A reader holds an old row while somebody writes a new one; then it stores the old one. It must notice.
# Before it asks the source it leaves a unique mark under the key with `add`; a write deletes that; and
# `replace(key, mark, text)` stores only where the mark still is.
#
# </details>

# %% [markdown]
# ## Afterwards
#
# The second-best design has no marks: it deletes the copy twice, once after the write and once more a
# second later. It needs nothing but `delete`, and it lost because it bounds the harm instead of ending
# it: a reader that is slower than that second still puts the old row back, for a whole `ttl`. Versions
# in the copies close the gap too, at the price of a mark that outlives each write.

# %% [markdown]
# Reflection: your cache server is down and each read now costs the source one question. Which number
# would you look up first to know whether the source survives that, and what could `read` do about it?
