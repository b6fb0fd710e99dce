# %% [markdown]
# # Exercise 07: Can you build an LRU cache that holds up?
#
# 60 to 120 minutes, 40 points. Before: lesson 07. Write your code in the solution cell; the cell
# below it asks the judge. You may ask as often as you like.

# %% [markdown]
# ## The contract
#
# | call | what it promises |
# |---|---|
# | `LRUCache(capacity)` | an empty cache; capacity 0 stores nothing or raises ValueError, a negative one raises ValueError |
# | `get(key, default=None)` | the value, and the key becomes the most recent; `default` if it is not there |
# | `put(key, value)` | stores; the key becomes the most recent, also if it was there; a full cache gives up its least recent key, and only for a new one |
# | `delete(key)` | the key is gone; of an absent key: no effect, or KeyError |
# | `hit_rate()` | hits over calls of `get`; 0.0 before the first |
# | `len(cache)`, `key in cache` | asking changes nothing |

# %% [markdown]
# ## What the judge looks at
#
# - **Any value is a value**: `None`, `0`, `""` and `False` are stored and come back.
# - **Constant work**: the steps for one request do not grow with the number of keys. The judge counts
#   the lines you run and the comparisons of keys; it has no stopwatch.
# - **Threads**: two calls at once must look like one after the other. One lock around each whole
#   operation is enough.
# - Only what you promise counts, never the names inside. Extra methods cost nothing.

# %% [markdown]
# ## One check, by hand
#
# ```
# cache = LRUCache(2)
# cache.put("a", 1)
# cache.put("b", 2)
# cache.get("a")        -> 1        a is now the most recent
# cache.put("c", 3)                 full: b goes
# cache.get("b", "no")  -> "no"
# cache.hit_rate()      -> 0.5
# ```

# %% [markdown]
# ## Your cache
#
# Everything that your class needs goes into this one cell, imports and helper classes too: the judge
# runs this cell and nothing else, with Python's standard library.
#
# For the sake of what you learn, build the list yourself: `Node` is a start, and yours to change. The
# judge does not look: an `OrderedDict` that keeps the contract gets the same points.

# %% solution="lru-cache"
from threading import RLock


class Node:
    """
    One entry between an older and a newer neighbour; alone, it is its own neighbour.
    """

    def __init__(self, key=None, value=None):
        self.key, self.value = key, value
        self.older = self.newer = self

    def leave(self):
        ### BEGIN SOLUTION
        self.older.newer, self.newer.older = self.newer, self.older
        ### END SOLUTION

    def enter_before(self, place):
        ### BEGIN SOLUTION
        self.older, self.newer = place.older, place
        place.older.newer = place.older = self
        ### END SOLUTION


class LRUCache:
    """
    At most `capacity` entries; when it is full, the least recently used one goes.
    """

    def __init__(self, capacity):
        ### BEGIN SOLUTION
        if capacity < 0:
            raise ValueError(f"capacity must not be negative: {capacity}")
        self._capacity = capacity
        self._nodes = {}
        self._ring = Node()
        self._hits = self._lookups = 0
        self._lock = RLock()
        ### END SOLUTION

    def get(self, key, default=None):
        ### BEGIN SOLUTION
        with self._lock:
            self._lookups += 1
            node = self._nodes.get(key)
            if node is None:
                return default
            self._hits += 1
            node.leave()
            node.enter_before(self._ring)
            return node.value
        ### END SOLUTION

    def put(self, key, value):
        ### BEGIN SOLUTION
        with self._lock:
            if self._capacity == 0:
                return
            if key not in self._nodes and len(self._nodes) == self._capacity:
                self.delete(self._ring.newer.key)
            node = self._nodes.setdefault(key, Node(key))
            node.value = value
            node.leave()
            node.enter_before(self._ring)
        ### END SOLUTION

    def delete(self, key):
        ### BEGIN SOLUTION
        with self._lock:
            node = self._nodes.pop(key, None)
            if node is not None:
                node.leave()
        ### END SOLUTION

    def hit_rate(self):
        ### BEGIN SOLUTION
        with self._lock:
            return self._hits / self._lookups if self._lookups else 0.0
        ### END SOLUTION

    def __len__(self):
        ### BEGIN SOLUTION
        with self._lock:
            return len(self._nodes)
        ### END SOLUTION

    def __contains__(self, key):
        ### BEGIN SOLUTION
        with self._lock:
            return key in self._nodes
        ### END SOLUTION


# %% [markdown]
# ## Ask the judge

# %%
from cachelab.grading import check

# %% graded="lru-check" points=40
check("ex07", LRUCache)

# %% [markdown]
# ## Watch it run
#
# A counterexample is easier to understand in motion. The stepper draws your class: type the requests
# of the counterexample, and switch to *Line by line* to see which line does it.

# %%
from cachelab.lab import EvictionStepper

EvictionStepper(policy=LRUCache, requests="a b a c b", capacity=2)

# %% [markdown]
# <details><summary>Hint 1: where do I begin?</summary>
#
# With a class for one entry that knows its two neighbours, and two operations on it: leave the list,
# and enter it before another entry. Test these two before the cache uses them.
#
# </details>
#
# <details><summary>Hint 2: my list breaks with one or two entries</summary>
#
# Add an entry that is always there and holds no key. Then no entry is ever the first, the last or the
# only one, and every `if` about ends disappears.
#
# </details>

# %% [markdown]
# <details><summary>Hint 3: the last six points</summary>
#
# `get` changes the list, so it needs the lock as much as `put`. Take the lock on the first line of
# each method and let go on the last; an `RLock` lets a method call another one.
#
# </details>

# %% [markdown]
# ## The second-best design, and why it lost
#
# An `OrderedDict` with `move_to_end` at each use and `popitem(last=False)` when it is full is a third
# as long and keeps the whole contract; in a program of yours, take it. It lost here since it hides the
# list that this exercise is about. A dict with the time
# of the last use in each entry comes third: to find the oldest it looks at every key, and the steps for
# one request grow with the cache.
