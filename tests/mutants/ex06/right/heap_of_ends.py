import heapq
import itertools
import math
import random

from cachelab.ports import MISSING, CachelabError


def ttl_for(budget, rates):
    reads, updates = map(float, rates)
    if not (0 <= budget <= 1 and reads >= 0 and updates >= 0):
        raise ValueError(rates)
    if reads * updates == 0 or budget == 1:
        return math.inf
    low, high = -60.0, 60.0
    for _ in range(200):
        middle = (low + high) / 2
        ttl = math.exp(middle)
        fresh = -math.expm1(-updates * ttl) / updates
        if reads * (ttl - fresh) <= budget * (1 + reads * ttl):
            low = middle
        else:
            high = middle
    return math.exp(low) if budget else 0.0


def jittered(ttl, fraction, rng: random.Random):
    if fraction == 0 and ttl > 0:
        return ttl
    if not (0 < fraction < 1 and ttl > 0):
        raise ValueError("nothing to draw from")
    shortest = ttl * (1 - fraction)
    return shortest + (ttl - shortest) * rng.random()


class RefreshAhead:
    """
    A renewal is a task that is looked up by its key; the end stands beside the row.
    """

    def __init__(self, store, runtime, factor):
        self.store, self.runtime, self.factor = store, runtime, factor
        self.numbers = itertools.count()
        self.busy = {}

    def get(self, key, loader, ttl):
        try:
            entry = self.store.get(key)
            left = self.store.ttl(key)
        except CachelabError:
            return loader(key)
        if entry is MISSING or left is MISSING:
            return self.bring(key, None, loader, ttl)
        if left is not None and ttl * self.factor <= ttl - left and not self.busy.get(key):
            self.busy[key] = True
            try:
                self.runtime.spawn(self.renew, key, entry, loader, ttl)
            except CachelabError:
                self.busy[key] = False
        return entry[1]

    def renew(self, key, entry, loader, ttl):
        try:
            self.bring(key, entry, loader, ttl)
        except Exception:
            return
        finally:
            self.busy[key] = False

    def bring(self, key, old, loader, ttl):
        row = loader(key)
        new = (f"{self.runtime.now()}/{next(self.numbers)}", row)
        try:
            if old is None:
                self.store.set(key, new, ttl)
            else:
                self.store.replace(key, old, new, ttl)
        except CachelabError:
            pass
        return row


class TTLCache:
    """
    A heap of ends; an end that is not the entry's own any more is passed over.
    """

    def __init__(self, capacity, ttl, clock):
        self.capacity, self.life, self.clock = capacity, ttl, clock
        self.values, self.ends, self.heap = {}, {}, []
        self.number = itertools.count()
        self.victims = 0

    def purge(self):
        removed = 0
        while self.heap and self.heap[0][0] <= self.clock.now():
            end, number, key = heapq.heappop(self.heap)
            if self.ends.get(key) == (end, number):
                del self.values[key], self.ends[key]
                removed += 1
        return removed

    def set(self, key, value, ttl=None):
        self.purge()
        if key not in self.values and len(self.values) == self.capacity:
            victim = next(iter(self.values))
            del self.values[victim], self.ends[victim]
            self.victims += 1
        life = self.life if ttl is None else ttl
        stamp = (self.clock.now() + life, next(self.number))
        self.values[key], self.ends[key] = value, stamp
        heapq.heappush(self.heap, (*stamp, key))

    def get(self, key, default=None):
        return self.values[key] if key in self else default

    def evictions(self):
        return self.victims

    def __contains__(self, key):
        return key in self.ends and self.clock.now() < self.ends[key][0]

    def __len__(self):
        return len([key for key in self.ends if key in self])
