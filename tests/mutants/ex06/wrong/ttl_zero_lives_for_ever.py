# rejected by: own_life
# 0 is taken for a life without an end
import math

from cachelab.ports import MISSING, StoreError


def ttl_for(budget, rates):
    """
    The longest life of a copy, in seconds, that keeps the share of older answers within the budget.
    """
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


def jittered(ttl, fraction, rng):
    """
    A life that is shorter than `ttl` by chance, by up to `fraction` of it.
    """
    if not ttl > 0 or not 0 <= fraction < 1:
        raise ValueError(f"nothing to spread: {ttl!r}, {fraction!r}")
    return ttl * (1 - fraction * rng.random())


class RefreshAhead:
    """
    Copies that are read near their end are renewed in the background.
    """

    def __init__(self, store, runtime, factor):
        self.store, self.runtime, self.factor = store, runtime, factor
        self.under_way = set()
        self.lock = runtime.lock()

    def get(self, key, loader, ttl):
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


class TTLCache:
    """
    Entries that die at the end of their life.
    """

    def __init__(self, capacity, ttl, clock):
        self.capacity, self.ttl, self.clock = capacity, ttl, clock
        self.entries = {}
        self.given_up = 0

    def set(self, key, value, ttl=None):
        now = self.clock.now()
        if key not in self.entries and len(self.entries) >= self.capacity:
            self.purge()
            if len(self.entries) >= self.capacity:
                del self.entries[min(self.entries, key=lambda other: self.entries[other][1])]
                self.given_up += 1
        self.entries[key] = (value, now + (self.ttl if ttl is None else ttl or math.inf))

    def get(self, key, default=None):
        value, end = self.entries.get(key, (default, math.inf))
        return value if self.clock.now() < end else default

    def purge(self):
        now = self.clock.now()
        dead = [key for key, (_, end) in self.entries.items() if end <= now]
        for key in dead:
            del self.entries[key]
        return len(dead)

    def evictions(self):
        return self.given_up

    def __len__(self):
        now = self.clock.now()
        return sum(now < end for _, end in self.entries.values())

    def __contains__(self, key):
        return key in self.entries and self.clock.now() < self.entries[key][1]
