from collections import OrderedDict
from heapq import heappop, heappush


class Bounded(OrderedDict):
    """
    An ordered dictionary in the order of the last use, with room for so many keys.
    """

    def __init__(self, capacity):
        super().__init__()
        if capacity < 0:
            raise ValueError("capacity is negative")
        self.capacity = capacity

    def get(self, key, default=None):
        if key in self:
            self.used(key)
            return self[key]
        return default

    def put(self, key, value):
        if self.capacity == 0:
            return
        known = key in self
        if not known:
            self.arriving(key)
            if len(self) == self.capacity:
                del self[self.leaving()]
        self[key] = value
        (self.used if known else self.arrived)(key)


class LRUKCache(Bounded):
    """
    A heap of (k-th last use, last use, key); old entries are skipped when they come up.
    """

    def __init__(self, capacity, k=2):
        super().__init__(capacity)
        self.k, self.time, self.history, self.heap = k, 0, {}, []

    def used(self, key):
        self.time += 1
        self.history.setdefault(key, []).insert(0, self.time)
        heappush(self.heap, (*self.rank(key), key))

    arrived = used

    def arriving(self, key):
        return None

    def rank(self, key):
        uses = self.history[key]
        return (uses[self.k - 1] if len(uses) >= self.k else -1, uses[0])

    def leaving(self):
        while True:
            kth, last, key = heappop(self.heap)
            if key in self and self.rank(key) == (kth, last):
                return key


class TwoQueueCache(Bounded):
    """
    Am is what is marked as proven, in the order of the last use; the rest in the order of arrival.
    """

    def __init__(self, capacity, kin_ratio=0.25, kout_ratio=0.5):
        super().__init__(capacity)
        self.kin, self.kout = int(capacity * kin_ratio), int(capacity * kout_ratio)
        self.proven, self.ghosts, self.comes_back = set(), [], False

    def arriving(self, key):
        self.comes_back = key in self.ghosts
        if self.comes_back:
            self.ghosts.remove(key)

    def arrived(self, key):
        if self.comes_back:
            self.proven.add(key)

    def used(self, key):
        if key in self.proven:
            self.move_to_end(key)

    def leaving(self):
        newcomers = [key for key in self if key not in self.proven]
        if len(newcomers) > self.kin:
            self.ghosts = [*self.ghosts, newcomers[0]][-self.kout :] if self.kout else []
            return newcomers[0]
        key = next(key for key in self if key in self.proven)
        self.proven.remove(key)
        return key


class SieveCache(Bounded):
    """
    Two lists: what the hand has passed, and what is still before it.
    """

    def __init__(self, capacity):
        super().__init__(capacity)
        self.passed, self.ahead, self.marks = [], [], {}

    def arriving(self, key):
        return None

    def arrived(self, key):
        self.ahead.append(key)
        self.marks[key] = False

    def used(self, key):
        self.marks[key] = True

    def leaving(self):
        while True:
            key = self.ahead.pop(0)
            is_marked = self.marks.pop(key)
            if is_marked:
                self.passed.append(key)
                self.marks[key] = False
            if not self.ahead:
                self.ahead, self.passed = self.passed, []
            if not is_marked:
                return key


class First(Bounded):
    def arriving(self, key):
        return None

    arrived = used = arriving

    def leaving(self):
        return next(iter(self))


def count(cache, trace):
    hits = 0
    for key in trace:
        hits += cache.get(key) is not None
        if key not in cache:
            cache.put(key, 1)
    return hits


def break_it(policy):
    """
    A walk over all short patterns of a growing number of keys, until one does it.
    """
    import random

    kind = {"lru": LRUKCache, "lru_k": LRUKCache, "two_queue": TwoQueueCache, "sieve": SieveCache}
    options = {"k": 1} if policy == "lru" else {}
    for seed in range(10_000):
        dice = random.Random(seed)
        trace = [dice.choice("abcdefghijklm") for _ in range(60 + seed % 130)]
        if count(kind[policy](10, **options), trace) < count(First(10), trace):
            return trace
    return []
