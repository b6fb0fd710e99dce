# %% [markdown]
# # Exercise 08: Can you count uses, and forget them in time?
#
# 60 to 120 minutes, 40 points. Before: lesson 08. Write your code in the solution cell; the cell below
# it asks the judge. You may ask as often as you like.

# %% [markdown]
# ## The contract of `LFUCache(capacity)`
#
# | call | what it promises |
# |---|---|
# | `get(key, default=None)` | the value, and the key's count goes up by one; `default` if it is not there, and nothing changes |
# | `put(key, value)` | of a new key: stored with a count of 1; a full cache first gives up the key with the smallest count, and among equals the least recently used. Of a present key: the value is replaced, the count goes up by one |
# | `delete(key)` | the key is gone, with its count; of an absent key: no effect, or KeyError |
# | `len(cache)`, `key in cache` | asking changes nothing |

# %% [markdown]
# Capacity 0 stores nothing or raises ValueError, a negative one raises ValueError. A key that comes back
# starts at 1 again. Any value is a value, None too.

# %% [markdown]
# ## The contracts of `AgedLFU(capacity, period)` and `log_counter(counter, rng, factor=10)`
#
# | | what it promises |
# |---|---|
# | `AgedLFU` | an `LFUCache`; every `period` uses (hits and puts) all counts are halved, rounded up, after that use; the order of last use stays |
# | `log_counter` | what a use makes of an 8-bit counter: one more with probability 1 / (base x factor + 1), where base is counter - 5, at least 0; never above 255; `rng` has `random()` |

# %% [markdown]
# ## What the judge looks at
#
# - Only what you promise counts, never the names inside. How long a call takes is up to you: O(1) is
#   worth your while and is not judged.
# - `log_counter` is called 20,000 times for each of several counters; the share that rises has to fit
#   the formula. How you turn a random number into yes or no is your choice.

# %% [markdown]
# ## One check, by hand
#
# ```
# cache = LFUCache(2)
# cache.put("a", 1)             a 1
# cache.put("b", 2)             a 1, b 1
# cache.get("a")        -> 1    a 2, b 1
# cache.put("c", 3)             b goes: its count is the smallest
# cache.get("b", "no")  -> "no"
# ```

# %% [markdown]
# ## Your caches and the counter
#
# All three go into this one cell: the judge runs this cell and nothing else, with Python's standard
# library. What you take out of `AgedLFU` it has from `LFUCache`.

# %% solution="lfu"
from collections import OrderedDict, defaultdict


class LFUCache:
    """
    At most `capacity` entries; when it is full, the one used least often goes.
    """

    def __init__(self, capacity):
        ### BEGIN SOLUTION
        if capacity < 0:
            raise ValueError(f"capacity must not be negative: {capacity}")
        self.capacity = capacity
        self.values = {}
        self.count = {}
        self.shelves = defaultdict(OrderedDict)
        self.lowest = 0
        ### END SOLUTION

    def get(self, key, default=None):
        ### BEGIN SOLUTION
        if key not in self.values:
            return default
        self.use(key)
        return self.values[key]
        ### END SOLUTION

    def put(self, key, value):
        ### BEGIN SOLUTION
        if key in self.values:
            self.values[key] = value
            self.use(key)
            return
        if self.capacity == 0:
            return
        if len(self.values) == self.capacity:
            self.delete(next(iter(self.shelves[self.lowest])))
        self.values[key] = value
        self.count[key] = self.lowest = 1
        self.shelves[1][key] = None
        self.after_use()
        ### END SOLUTION

    def delete(self, key):
        ### BEGIN SOLUTION
        if key in self.values:
            del self.values[key]
            self.leave(key)
            del self.count[key]
        ### END SOLUTION

    def __len__(self):
        ### BEGIN SOLUTION
        return len(self.values)
        ### END SOLUTION

    def __contains__(self, key):
        ### BEGIN SOLUTION
        return key in self.values
        ### END SOLUTION

    def use(self, key):
        """Count a use of a key that is there (yours to change, or to leave out)."""
        ### BEGIN SOLUTION
        self.leave(key)
        self.count[key] += 1
        self.shelves[self.count[key]][key] = None
        self.lowest = min(self.shelves, default=0)
        self.after_use()
        ### END SOLUTION

    def leave(self, key):
        """Take a key off its shelf (yours to change, or to leave out)."""
        ### BEGIN SOLUTION
        shelf = self.shelves[self.count[key]]
        del shelf[key]
        if not shelf:
            del self.shelves[self.count[key]]
            self.lowest = min(self.shelves, default=0)
        ### END SOLUTION

    def after_use(self):
        """What a kind of LFU does after a use (yours to change, or to leave out)."""
        ### BEGIN SOLUTION
        return
        ### END SOLUTION


class AgedLFU(LFUCache):
    """
    LFU whose counts are halved, rounded up, every `period` uses.
    """

    def __init__(self, capacity, period):
        ### BEGIN SOLUTION
        super().__init__(capacity)
        self.period = period
        self.uses = 0
        self.recency = OrderedDict()
        ### END SOLUTION

    def get(self, key, default=None):
        ### BEGIN SOLUTION
        if key in self.values:
            self.recency.move_to_end(key)
        return super().get(key, default)
        ### END SOLUTION

    def put(self, key, value):
        ### BEGIN SOLUTION
        if self.capacity:
            self.recency[key] = None
            self.recency.move_to_end(key)
        super().put(key, value)
        ### END SOLUTION

    def delete(self, key):
        ### BEGIN SOLUTION
        self.recency.pop(key, None)
        super().delete(key)
        ### END SOLUTION

    def after_use(self):
        ### BEGIN SOLUTION
        self.uses += 1
        if self.uses % self.period == 0:
            self.shelves.clear()
            for key in self.recency:
                self.count[key] = (self.count[key] + 1) // 2
                self.shelves[self.count[key]][key] = None
            self.lowest = min(self.shelves)
        ### END SOLUTION


def log_counter(counter, rng, factor=10):
    """
    What a use makes of an 8-bit counter.
    """
    ### BEGIN SOLUTION
    if counter == 255:
        return 255
    base = max(0, counter - 5)
    return counter + (rng.random() < 1 / (base * factor + 1))
    ### END SOLUTION


# %% [markdown]
# ## Ask the judge

# %%
from cachelab.grading import check

# %% graded="lfu-check" points=40
check("ex08", LFUCache, AgedLFU, log_counter)

# %% [markdown]
# ## Watch it run
#
# The stepper draws your class. Type the requests of a counterexample, and switch to *Line by line* to see which
# line does it.

# %%
from cachelab.lab import EvictionStepper

EvictionStepper(policy=LFUCache, requests="a a b c b d a c", capacity=2)

# %% [markdown]
# <details><summary>Hint 1: where do I begin?</summary>
#
# With two dictionaries, values and counts, and `min` over the counts when room is needed. Put a number
# that goes up with each use beside the count: it decides between equals.
#
# </details>
#
# <details><summary>Hint 2: how does the victim cost O(1)?</summary>
#
# Keep a shelf for each count: an ordered dictionary of the keys with that count, the oldest use first.
# A use moves a key up by one shelf. The victim is the first key on the lowest shelf that is not empty.
#
# </details>

# %% [markdown]
# <details><summary>Hint 3: halving mixes up my order</summary>
#
# Two shelves fall onto one. Fill the new shelves in the order of last use over all keys, so keep that
# order as well, or a number for the last use of each key.
#
# </details>

# %% [markdown]
# ## Afterwards
#
# The second-best design is a heap of (count, last use, key) with old entries left in it and skipped. It
# is shorter. It lost because a halving changes every entry of the heap, and because a key with many uses
# leaves as many dead entries behind.

# %% [markdown]
# Reflection: a video is watched by millions on Monday and by nobody on Friday. With counts halved every
# 10,000 uses, how many uses of other keys does it take until it can go?
