# %% [markdown]
# # Exercise 06: How long may a copy live, and who waits when it ends?
#
# 90 to 120 minutes, 40 points. Before: lesson 06. Write your code in the solution cell; the cell below
# it asks the judge. You may ask as often as you like.

# %% [markdown]
# ## The contract of the two functions
#
# | call | what it promises |
# |---|---|
# | `ttl_for(budget, rates)` | `rates` is `(reads, updates)` per second of one key: the longest life in seconds with which at most the share `budget` of the reads is answered by an older row; `math.inf` if every life will do, 0 if none will |
# | `jittered(ttl, fraction, rng)` | a life from `ttl * (1 - fraction)` to `ttl`, each as likely, drawn from `rng` alone |
#
# ValueError: a budget outside 0 to 1, a negative rate, `ttl` not above 0, `fraction` not from 0 to below 1.

# %% [markdown]
# ## The share of older answers
#
# Reads come at random, r per second, updates too, u per second. A miss loads the row, and its copy serves
# r T hits in its life of T seconds. At the age a, the row has changed with probability 1 - exp(-u a). So of
# 1 + r T reads, r (T - (1 - exp(-u T)) / u) get an older row. (The lesson's
# `ttl_for` takes an age; yours takes this share.) The judge allows your life an error of one in ten thousand.

# %% [markdown]
# ## The contract of RefreshAhead
#
# | call | what it promises |
# |---|---|
# | `RefreshAhead(store, runtime, factor)` | renews copies that have lived more than `factor` of their life when they are read; at that very moment it is yours |
# | `get(key, loader, ttl)` | with a copy: its row, at once; without: `loader(key)`, kept for `ttl` seconds, whose error passes |
#
# - A renewal runs in a task of `runtime.spawn`, one per key at a time; keys do not wait for each other.
# - It takes the place of the very copy that was seen, or is dropped.
# - If it fails, or no task can be started, the copy serves on, and the next read near the end tries again.
# - Without the store, each read calls the loader.
# - Two objects, also two `TTLCache`s, share nothing.

# %% [markdown]
# ## The contract of TTLCache
#
# | call | what it promises |
# |---|---|
# | `TTLCache(capacity, ttl, clock)` | room for `capacity` entries; all time is `clock.now()`, in seconds |
# | `set(key, value, ttl=None)` | a new life from now, of this or the usual length (0: over at once, or ValueError); a full cache drops dead entries first, then a living one of your choice, never the new one |
# | `get(key, default=None)` | the value while it lives: at exactly stored + ttl it is dead |
# | `len(cache)`, `key in cache` | the living only |
# | `purge()` | removes the dead; may return how many, or which |
# | `evictions()` | how many living entries had to go |

# %% [markdown]
# ## The ports
#
# | call | what it does |
# |---|---|
# | `store.get(key)`, `store.set(key, value, ttl=...)` | any value; MISSING if nothing is there |
# | `store.ttl(key)` | the seconds left, with their fraction; None for an entry that never ends; MISSING |
# | `store.replace(key, old, new, ttl=...)` | in one step, if `old` is there; True if it was |
# | `runtime.spawn(function, *arguments)` | starts a task |
# | `runtime.lock()`, `runtime.now()`, `runtime.sleep(seconds)` | a lock, the time, a pause |

# %% [markdown]
# ## One check, by hand
#
# ```
# cache = RefreshAhead(store, runtime, factor=0.8)
# cache.get("hot", load, ttl=20)   -> "old"   waits for the loader
#     17 seconds pass; the row becomes "new"
# cache.get("hot", load, ttl=20)   -> "old"   at once, and a renewal begins
#     2 seconds pass
# cache.get("hot", load, ttl=20)   -> "new"   at once, 19 seconds left
# ```

# %% [markdown]
# ## Your code
#
# Everything goes into this one cell, with whatever it needs: the judge runs this cell and nothing else,
# with Python's standard library and the words of `cachelab.ports`.

# %% solution="ageing"
import math

from cachelab.ports import MISSING, StoreError


def ttl_for(budget, rates):
    """
    The longest life of a copy, in seconds, that keeps the share of older answers within the budget.
    """
    ### BEGIN SOLUTION
    reads, updates = rates
    if not 0 <= budget <= 1 or reads < 0 or updates < 0:
        raise ValueError(f"no budget or no rates: {budget!r}, {rates!r}")
    if budget == 1 or reads == 0 or updates == 0:
        return math.inf

    def stale_share(ttl):
        return reads * (ttl + math.expm1(-updates * ttl) / updates) / (1 + reads * ttl)

    longest = 1.0
    while stale_share(longest) < budget:
        longest *= 2
    shortest = 0.0
    for _ in range(100):
        middle = (shortest + longest) / 2
        if stale_share(middle) < budget:
            shortest = middle
        else:
            longest = middle
    return shortest
    ### END SOLUTION


def jittered(ttl, fraction, rng):
    """
    A life that is shorter than `ttl` by chance, by up to `fraction` of it.
    """
    ### BEGIN SOLUTION
    if not ttl > 0 or not 0 <= fraction < 1:
        raise ValueError(f"nothing to spread: {ttl!r}, {fraction!r}")
    return ttl * (1 - fraction * rng.random())
    ### END SOLUTION


class RefreshAhead:
    """
    Copies that are read near their end are renewed in the background.
    """

    def __init__(self, store, runtime, factor):
        ### BEGIN SOLUTION
        self.store, self.runtime, self.factor = store, runtime, factor
        self.under_way = set()
        self.lock = runtime.lock()
        ### END SOLUTION

    def get(self, key, loader, ttl):
        ### BEGIN SOLUTION
        try:
            copy = self.store.get(key)
            left = MISSING if copy is MISSING else self.store.ttl(key)
        except StoreError:
            return loader(key)
        if copy is MISSING:
            return self._load(key, loader, ttl)
        if left is not None and left is not MISSING and left <= (1 - self.factor) * ttl:
            self._renew(key, copy, loader, ttl)
        return copy["row"]

    def _load(self, key, loader, ttl):
        row = loader(key)
        try:
            self.store.set(key, {"row": row}, ttl=ttl)
        except StoreError:
            pass
        return row

    def _renew(self, key, copy, loader, ttl):
        """
        Start a renewal unless one is under way; a runtime without tasks is no reason to fail.
        """
        with self.lock:
            if key in self.under_way:
                return
            self.under_way.add(key)
        try:
            self.runtime.spawn(self._bring, key, copy, loader, ttl)
        except Exception:  # noqa: BLE001 - whatever it is, the reader has a copy
            self.under_way.discard(key)

    def _bring(self, key, copy, loader, ttl):
        """
        Put a new copy in the place of the old one; no reader waits here, so no error goes anywhere.
        """
        try:
            self.store.replace(key, copy, {"row": loader(key)}, ttl=ttl)
        except Exception:  # noqa: BLE001 - nobody waits for this load
            pass
        finally:
            self.under_way.discard(key)
        ### END SOLUTION


class TTLCache:
    """
    Entries that die at the end of their life.
    """

    def __init__(self, capacity, ttl, clock):
        ### BEGIN SOLUTION
        self.capacity, self.ttl, self.clock = capacity, ttl, clock
        self.entries = {}
        self.given_up = 0
        ### END SOLUTION

    def set(self, key, value, ttl=None):
        ### BEGIN SOLUTION
        now = self.clock.now()
        if key not in self.entries and len(self.entries) >= self.capacity:
            self.purge()
            if len(self.entries) >= self.capacity:
                del self.entries[min(self.entries, key=lambda other: self.entries[other][1])]
                self.given_up += 1
        self.entries[key] = (value, now + (self.ttl if ttl is None else ttl))
        ### END SOLUTION

    def get(self, key, default=None):
        ### BEGIN SOLUTION
        value, end = self.entries.get(key, (default, math.inf))
        return value if self.clock.now() < end else default
        ### END SOLUTION

    def purge(self):
        ### BEGIN SOLUTION
        now = self.clock.now()
        dead = [key for key, (_, end) in self.entries.items() if end <= now]
        for key in dead:
            del self.entries[key]
        return len(dead)
        ### END SOLUTION

    def evictions(self):
        ### BEGIN SOLUTION
        return self.given_up
        ### END SOLUTION

    def __len__(self):
        ### BEGIN SOLUTION
        now = self.clock.now()
        return sum(now < end for _, end in self.entries.values())
        ### END SOLUTION

    def __contains__(self, key):
        ### BEGIN SOLUTION
        return key in self.entries and self.clock.now() < self.entries[key][1]
        ### END SOLUTION


# %% [markdown]
# ## Ask the judge

# %%
from cachelab.grading import check

# %% graded="ageing-check" points=40
check("ex06", ttl_for, jittered, RefreshAhead, TTLCache)

# %% [markdown]
# ## Use it
#
# A price is read twice a second and changes every five minutes. You may show an older one in one of a
# hundred reads. Before you run the cell: is the life nearer to three seconds, thirty, or three hundred?
# The last two lines are the rule of thumb "budget over update rate", and how far off it is.

# %%


try:
    reads, updates, budget = 2.0, 1 / 300, 0.01
    life = ttl_for(budget, (reads, updates))
    print(f"life {life:.2f} s, hit ratio {reads * life / (1 + reads * life):.3f}")
    print(f"budget over update rate: {budget / updates:.2f} s")
    print(f"twice that: {2 * budget / updates:.2f} s: on average a copy is half as old as its life")
except NotImplementedError:
    print("write your part first")

# %% [markdown]
# <details><summary>Hint 1: where do I begin?</summary>
#
# With `TTLCache`: one dictionary from a key to value and end. Then `jittered`, one line and one refusal.
# `ttl_for` needs no algebra: the share grows with the life, so you can close in on it from both sides.
#
# </details>
#
# <details><summary>Hint 2: my key is never renewed again</summary>
#
# You noted that it is being renewed, and the note is still there. Take it away in a `finally` of the
# task, and where `spawn` itself has raised.
#
# </details>

# %% [markdown]
# <details><summary>Hint 3: the renewal that comes too late</summary>
#
# While your loader was busy, somebody wrote the row and removed the copy. `set` would put the old row
# back. `replace(key, copy, new)` finds that the copy it was made for is gone, and does nothing.
#
# </details>

# %% [markdown]
# ## Afterwards
#
# The second-best design of `RefreshAhead` keeps the end in the value and lets the store keep it twice as
# long: a reader after the end still gets the old row at once (stale-while-revalidate). It never makes
# anybody wait, and lost here because it serves rows beyond their life, which is what the budget forbids.

# %% [markdown]
# Reflection: ten thousand keys were loaded in the same second with the same life. What does your database
# see at their end, with `RefreshAhead`, with `jittered`, and with both?
