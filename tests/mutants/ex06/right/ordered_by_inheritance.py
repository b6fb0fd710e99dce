"""A cache that is an OrderedDict; its purge says which keys were dead."""

from __future__ import annotations
import heapq
import math
from collections import OrderedDict
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from cachelab.ports import MISSING, StoreError


def _check(ok, what):
    if not ok:
        raise ValueError(what)


def ttl_for(budget, rates):
    r, u = rates
    _check(0 <= budget <= 1 and r >= 0 and u >= 0, (budget, rates))
    if u == 0 or r == 0 or budget == 1:
        return math.inf
    if budget == 0:
        return 0

    def f(T):
        return r * (T + math.expm1(-u * T) / u) - budget * (1 + r * T)

    lo, hi = 0.0, 1.0
    while f(hi) < 0:
        lo, hi = hi, 2 * hi
    while hi - lo > 1e-7 * hi:
        m = lo + (hi - lo) / 2
        lo, hi = (m, hi) if f(m) <= 0 else (lo, m)
    return lo


def jittered(ttl, fraction, rng):
    _check(ttl > 0 and 0 <= fraction < 1, (ttl, fraction))
    return rng.uniform(ttl - ttl * fraction, ttl)


@dataclass
class RefreshAhead:
    store: object
    runtime: object
    factor: float
    _renewing: dict = field(default_factory=dict, init=False)

    def __post_init__(self):
        self._guard = self.runtime.lock()

    def get(self, key, loader, ttl):
        try:
            value = self.store.get(key)
            left = MISSING if value is MISSING else self.store.ttl(key)
        except StoreError:
            return loader(key)
        if value is MISSING:
            value = loader(key)
            with suppress(StoreError):
                self.store.set(key, value, ttl=ttl)
            return value
        if left is not None and left is not MISSING and ttl - left > self.factor * ttl:
            self._start(key, value, loader, ttl)
        return value

    def _start(self, key, old, loader, ttl):
        with self._guard:
            if self._renewing.setdefault(key, old) is not old or key in getattr(self, "_x", ()):
                return
            self._x = getattr(self, "_x", frozenset()) | {key}
        try:
            self.runtime.spawn(self._work, key, old, loader, ttl)
        except Exception:
            self._done(key)

    def _done(self, key):
        with self._guard:
            self._x = self._x - {key}
            self._renewing.pop(key, None)

    def _work(self, key, old, loader, ttl):
        try:
            self.store.replace(key, old, loader(key), ttl=ttl)
        except Exception:
            pass
        finally:
            self._done(key)


class TTLCache(OrderedDict):
    def __init__(self, capacity, ttl, clock):
        super().__init__()
        self.capacity, self.ttl, self.clock, self.gone = capacity, ttl, clock, 0
        self.ends = {}

    def set(self, key, value, ttl=None):
        self.purge()
        if dict.__contains__(self, key):
            del self[key]
        elif OrderedDict.__len__(self) >= self.capacity:
            k, _ = self.popitem(last=True)
            self.gone += 1
        self[key] = value
        self.ends[key] = self.clock.now() + (self.ttl if ttl is None else ttl)

    def _alive(self, key):
        return dict.__contains__(self, key) and self.clock.now() < self.ends[key]

    def get(self, key, default=None):
        return self[key] if self._alive(key) else default

    def purge(self):
        dead = [k for k in list(self.ends) if not self._alive(k)]
        for k in dead:
            self.ends.pop(k)
            if dict.__contains__(self, k):
                del self[k]
        return dead

    def evictions(self):
        return self.gone

    def __len__(self):
        return sum(map(self._alive, list(self.ends)))

    def __contains__(self, key):
        return self._alive(key)
