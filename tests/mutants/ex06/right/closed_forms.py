import threading
from collections import OrderedDict
from math import exp, inf

from cachelab.ports import MISSING, StoreError


def ttl_for(budget, rates):
    reads, updates = rates
    if min(reads, updates) < 0:
        raise ValueError("a rate is negative")
    if budget < 0 or budget > 1:
        raise ValueError("a budget is a share")
    if not reads or not updates or budget >= 1:
        return inf
    if budget == 0:
        return 0.0

    def excess(t):
        return reads * (t - (1 - exp(-updates * t)) / updates) - budget * (1 + reads * t)

    # Convex, below 0 at 0 and rising without bound: Newton from the right comes down to the root.
    t = (budget / reads + 1 / updates) / (1 - budget) + 1 / updates
    for _ in range(200):
        slope = reads * (1 - exp(-updates * t)) - budget * reads
        if slope <= 0:
            break
        step = excess(t) / slope
        t -= step
        if abs(step) < 1e-13 * t:
            break
    return t


def jittered(ttl, fraction, rng):
    if ttl <= 0 or fraction < 0 or fraction >= 1:
        raise ValueError((ttl, fraction))
    return rng.uniform(ttl - ttl * fraction, ttl)


class RefreshAhead:
    """
    The moment of renewal is worked out when a copy is first met; tasks in a dictionary by key.
    """

    def __init__(self, store, runtime, factor):
        self.store = store
        self.runtime = runtime
        self.factor = factor
        self.tasks = {}
        self.guard = threading.Lock()

    def get(self, key, loader, ttl):
        name = f"copy:{key}"
        try:
            copy = self.store.get(name)
        except StoreError:
            return loader(key)
        if not isinstance(copy, list):
            row = loader(key)
            self.quietly(self.store.set, name, [row, "v1"], ttl)
            return row
        left = self.quietly(self.store.ttl, name)
        if isinstance(left, float) and ttl - left >= self.factor * ttl:
            self.start(key, name, copy, loader, ttl)
        return copy[0]

    def start(self, key, name, copy, loader, ttl):
        with self.guard:
            if self.tasks.get(key):
                return
            self.tasks[key] = True

        def renew():
            try:
                self.store.replace(name, copy, [loader(key), "v1"], ttl)
            except Exception:
                pass
            with self.guard:
                self.tasks.pop(key)

        try:
            self.runtime.spawn(renew)
        except Exception:
            with self.guard:
                self.tasks.pop(key)

    @staticmethod
    def quietly(call, *arguments):
        try:
            return call(*arguments)
        except StoreError:
            return MISSING


class TTLCache(OrderedDict):
    """
    Dead entries leave whenever somebody looks; the one that was set first goes from a full cache.
    """

    def __init__(self, capacity, ttl, clock):
        super().__init__()
        self.capacity, self.ttl, self.clock, self.count = capacity, ttl, clock, 0

    def purge(self):
        now = self.clock.now()
        ends = [(key, OrderedDict.__getitem__(self, key)[0]) for key in OrderedDict.keys(self)]
        for key in [key for key, end in ends if end <= now]:
            OrderedDict.__delitem__(self, key)

    def set(self, key, value, ttl=None):
        self.purge()
        OrderedDict.pop(self, key, None)
        if OrderedDict.__len__(self) == self.capacity:
            OrderedDict.popitem(self, last=False)
            self.count += 1
        OrderedDict.__setitem__(self, key, (self.clock.now() + (self.ttl if ttl is None else ttl), value))

    def get(self, key, default=None):
        self.purge()
        if not OrderedDict.__contains__(self, key):
            return default
        return OrderedDict.__getitem__(self, key)[1]

    def evictions(self):
        return self.count

    def __len__(self):
        self.purge()
        return OrderedDict.__len__(self)

    def __contains__(self, key):
        self.purge()
        return OrderedDict.__contains__(self, key)
