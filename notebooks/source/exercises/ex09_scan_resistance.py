# %% [markdown]
# # Exercise 09: Can your cache survive a scan, and can you find what it does not survive?
#
# 90 to 120 minutes, 40 points. Before: lesson 09. Write your code in the solution cell; the cell below
# it asks the judge. You may ask as often as you like.

# %% [markdown]
# ## What the three caches have in common
#
# | call | what it promises |
# |---|---|
# | `get(key, default=None)` | the value, and the key is used; `default` if it is not there, which is no use and changes nothing |
# | `put(key, value)` | of a present key: replaces the value, and is a use like a get; of a new one: stores it, and is its first use; a full cache gives up one key before |
# | `len(cache)`, `key in cache` | asking changes nothing |
#
# Capacity 0 stores nothing or raises ValueError, a negative one raises ValueError. Any value is a value,
# None too.

# %% [markdown]
# ## The contract of `LRUKCache(capacity, k=2)`
#
# The victim is the key whose k-th last use is longest ago. A key with fewer than k uses counts as never:
# it goes before any other, and among such keys the least recently used goes first. The uses of a key are
# remembered while it is away: coming back is one more of them. O'Neil, O'Neil, Weikum, *The LRU-K page
# replacement algorithm*, SIGMOD 1993, without correlated references and with a history that never ends.

# %% [markdown]
# ## The contract of `TwoQueueCache(capacity, kin_ratio=0.25, kout_ratio=0.5)`
#
# | what comes | what happens |
# |---|---|
# | a hit in Am | it becomes the most recent of Am |
# | a hit in A1in | nothing |
# | a new key with a ghost in A1out | the ghost goes, then room is made, then the key enters Am |
# | any other new key | room is made, then the key enters A1in |
#
# Johnson, Shasha, *2Q*, VLDB 1994, full version.

# %% [markdown]
# Room is made only when A1in and Am together are full. If A1in has more than Kin keys, its oldest goes
# and leaves a ghost, of which the last Kout are kept; if not, the least recent key of Am goes and leaves
# none. Kin and Kout are `capacity * ratio`, rounded down: for small capacities Kin is 0.

# %% [markdown]
# ## The contract of `SieveCache(capacity)`
#
# A queue from the oldest to the newest key; a use marks a key and never moves it. When room is needed,
# the hand, which begins at the oldest, takes marks away and moves on until it finds a key without one:
# that goes, and the hand moves on. On means to the next newer key, and from the newest to the oldest. Only
# then the new key enters, as the newest, without a mark. Zhang and others, *SIEVE is simpler than LRU*,
# NSDI 2024.

# %% [markdown]
# ## The contract of `break_it(policy)`
#
# Takes "lru", "lru_k", "two_queue" or "sieve"; returns a list of at most 199 keys, whole numbers or
# texts. With room for 10 keys, the package's own policy of that name has to miss more often on it than
# FIFO does. Each request is a get, and a put if it missed.

# %% [markdown]
# ## One check, by hand
#
# ```
# cache = LRUKCache(2)          uses, counted over all keys
# cache.put("a", 1)             a: 1
# cache.get("a")        -> 1    a: 1, 2
# cache.put("b", 2)             b: 3
# cache.put("c", 3)             b goes: it has fewer than two uses
# cache.put("b", 4)             b: 3, 5   c goes
# cache.put("d", 5)             a goes: its last use but one is 1, that of b is 3
# ```

# %% [markdown]
# ## Your caches
#
# Everything goes into this one cell: the judge runs this cell and nothing else, with Python's standard
# library. `Values` is a start, and yours to change.

# %% solution="scan-resistance"
import random
from collections import OrderedDict, defaultdict


class Values:
    """
    The values, and when a policy is asked what: a use, a new key, a victim.
    """

    def __init__(self, capacity):
        if capacity < 0:
            raise ValueError(f"capacity must not be negative: {capacity}")
        self.capacity = capacity
        self.values = {}

    def get(self, key, default=None):
        if key not in self.values:
            return default
        self.use(key)
        return self.values[key]

    def put(self, key, value):
        if self.capacity == 0:
            return
        if key in self.values:
            self.use(key)
        else:
            self.enter(key)
        self.values[key] = value

    def make_room(self):
        if len(self.values) == self.capacity:
            del self.values[self.victim()]

    def __len__(self):
        return len(self.values)

    def __contains__(self, key):
        return key in self.values


class LRUKCache(Values):
    """
    Gives up the key whose k-th last use is longest ago.
    """

    def __init__(self, capacity, k=2):
        ### BEGIN SOLUTION
        super().__init__(capacity)
        self.k, self.now = k, 0
        self.uses = defaultdict(list)
        ### END SOLUTION

    def use(self, key):
        ### BEGIN SOLUTION
        self.now += 1
        self.uses[key] = [*self.uses[key], self.now][-self.k :]
        ### END SOLUTION

    def enter(self, key):
        ### BEGIN SOLUTION
        self.make_room()
        self.use(key)
        ### END SOLUTION

    def victim(self):
        ### BEGIN SOLUTION
        return min(self.values, key=self.rank)

    def rank(self, key):
        uses = self.uses[key]
        return (uses[0] if len(uses) == self.k else 0, uses[-1])
        ### END SOLUTION


class TwoQueueCache(Values):
    """
    Newcomers pass through a FIFO; who comes back soon after is proven.
    """

    def __init__(self, capacity, kin_ratio=0.25, kout_ratio=0.5):
        ### BEGIN SOLUTION
        super().__init__(capacity)
        self.kin, self.kout = int(capacity * kin_ratio), int(capacity * kout_ratio)
        self.a1_in, self.a1_out, self.am = OrderedDict(), OrderedDict(), OrderedDict()
        ### END SOLUTION

    def use(self, key):
        ### BEGIN SOLUTION
        if key in self.am:
            self.am.move_to_end(key)
        ### END SOLUTION

    def enter(self, key):
        ### BEGIN SOLUTION
        is_proven = key in self.a1_out
        if is_proven:
            del self.a1_out[key]
        self.make_room()
        (self.am if is_proven else self.a1_in)[key] = None
        ### END SOLUTION

    def victim(self):
        ### BEGIN SOLUTION
        if len(self.a1_in) <= self.kin:
            return self.am.popitem(last=False)[0]
        key, _ = self.a1_in.popitem(last=False)
        self.a1_out[key] = None
        if len(self.a1_out) > self.kout:
            self.a1_out.popitem(last=False)
        return key
        ### END SOLUTION


class SieveCache(Values):
    """
    A queue, marks, and a hand that sifts.
    """

    def __init__(self, capacity):
        ### BEGIN SOLUTION
        super().__init__(capacity)
        self.queue, self.marked, self.hand = [], set(), 0
        ### END SOLUTION

    def use(self, key):
        ### BEGIN SOLUTION
        self.marked.add(key)
        ### END SOLUTION

    def enter(self, key):
        ### BEGIN SOLUTION
        self.make_room()
        self.queue.append(key)
        ### END SOLUTION

    def victim(self):
        ### BEGIN SOLUTION
        while self.queue[self.hand] in self.marked:
            self.marked.remove(self.queue[self.hand])
            self.hand = (self.hand + 1) % len(self.queue)
        key = self.queue.pop(self.hand)
        if self.hand == len(self.queue):
            self.hand = 0
        return key
        ### END SOLUTION


def break_it(policy):
    """
    A trace on which FIFO, with room for ten keys, misses less often than `policy`.
    """
    ### BEGIN SOLUTION
    kinds = {
        "lru": lambda: LRUKCache(10, k=1),
        "lru_k": lambda: LRUKCache(10),
        "two_queue": lambda: TwoQueueCache(10),
        "sieve": lambda: SieveCache(10),
    }
    rng = random.Random(1)
    while True:
        trace = [rng.randrange(14) for _ in range(120)]
        if misses(kinds[policy](), trace) > misses(FIFOCache(10), trace):
            return trace


class FIFOCache(Values):
    """
    Gives up the oldest key.
    """

    def use(self, key):
        pass

    def enter(self, _):
        self.make_room()

    def victim(self):
        return next(iter(self.values))


def misses(cache, trace):
    """
    How many requests of the trace miss.
    """
    count = 0
    for key in trace:
        if cache.get(key) is None:
            count += 1
            cache.put(key, True)
    return count
    ### END SOLUTION


# %% [markdown]
# ## Ask the judge

# %%
from cachelab.grading import check

# %% graded="scan-resistance-check" points=40
check("ex09", LRUKCache, TwoQueueCache, SieveCache, break_it)

# %% [markdown]
# ## Use it
#
# A hundred hot keys with room for sixty, and a scan of 300 others in the middle of 2,000 requests.
# Before you run the cell: which of your caches loses most by the scan, and which hardly notices? Then
# let the loop be over 120 keys, with no scan at all.

# %%
from cachelab.lab import simulate

try:
    rng = random.Random(9)
    hot = [min(rng.randrange(100), rng.randrange(100)) for _ in range(2000)]
    scanned = [*hot[:1000], *range(1000, 1300), *hot[1000:]]
    for kind in (LRUKCache, TwoQueueCache, SieveCache, "lru", "fifo"):
        name = kind if isinstance(kind, str) else kind.__name__
        ratios = [simulate(trace, kind, 60).hit_ratio for trace in (hot, scanned)]
        print(f"{name:14} without the scan {ratios[0]:.3f}, with it {ratios[1]:.3f}")
except NotImplementedError:
    print("write your part first")

# %% [markdown]
# ## Watch it run
#
# The stepper draws your class. Type the requests of a counterexample, and switch to *Line by line* to see which
# line does it.

# %%
from cachelab.lab import EvictionStepper

EvictionStepper(policy=TwoQueueCache, requests="a b c d e a f g a h", capacity=4)

# %% [markdown]
# <details><summary>Hint 1: where do I begin?</summary>
#
# With LRUKCache: number all uses, keep a list of numbers for each key, and let `min` find the victim.
# It is slow and it is right; a heap can come later, and the judge does not ask for it.
#
# </details>
#
# <details><summary>Hint 2: my 2Q is wrong after the first ghost</summary>
#
# Draw the three queues on paper and play the counterexample. Take the ghost out of A1out before you make
# room: making room may push another one out. Only victims of A1in leave ghosts.
#
# </details>

# %% [markdown]
# <details><summary>Hint 3: breaking a policy</summary>
#
# You have the policies: your own classes. LRU is LRU-K with k = 1, and FIFO is three lines. Draw random
# traces over a few keys more than fit, play both, and keep the first on which FIFO misses less.
#
# </details>

# %% [markdown]
# ## Afterwards
#
# The second-best design of LRU-K forgets a key's uses when it goes. It needs no memory for absent keys,
# and it lost because a key that is wanted every now and then never collects two uses: on a database trace
# it falls back to little more than a count of uses while the keys are there.

# %% [markdown]
# Reflection: each of the four policies loses to FIFO somewhere. What would you have to know about your
# own traffic before you believe a claim that one of them is better?
