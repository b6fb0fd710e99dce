"""Entries in a sorted line, and ageing by holding a cache instead of being one."""

from __future__ import annotations
from bisect import insort
from dataclasses import dataclass, field
from functools import total_ordering
from itertools import count as counting


@total_ordering
@dataclass(eq=False)
class Entry:
    key: object
    value: object
    uses: int = 1
    tick: int = 0

    def __lt__(self, other):
        return (self.uses, self.tick) < (other.uses, other.tick)

    def __eq__(self, other):
        return self is other


class _Ordered:
    def __init__(self, capacity):
        if capacity < 0:
            raise ValueError(f"capacity {capacity}")
        self._size = capacity
        self._by_key: dict = {}
        self._line: list[Entry] = []
        self._clock = counting()

    def _touch(self, e, by=1):
        if e in self._line:
            self._line.remove(e)
        e.uses += by
        e.tick = next(self._clock)
        insort(self._line, e)

    def get(self, key, default=None):
        if (e := self._by_key.get(key)) is None:
            return default
        self._touch(e)
        return e.value

    def put(self, key, value):
        if not self._size:
            return
        if e := self._by_key.get(key):
            e.value = value
            self._touch(e)
            return
        if len(self._line) == self._size:
            del self._by_key[self._line.pop(0).key]
        e = self._by_key[key] = Entry(key, value)
        self._touch(e, 0)

    def delete(self, key):
        self._line.remove(self._by_key.pop(key))

    def __len__(self):
        return len(self._line)

    def __contains__(self, key):
        return key in self._by_key


LFUCache = type("LFUCache", (_Ordered,), {})


class AgedLFU:
    def __init__(self, capacity, period):
        self.inner = LFUCache(capacity)
        self.left = self.period = period

    def _aged(self):
        self.left -= 1
        if not self.left:
            self.left = self.period
            for e in self.inner._line:
                e.uses = -(-e.uses // 2)
            self.inner._line.sort()

    def get(self, key, default=None):
        had = key in self.inner
        v = self.inner.get(key, default)
        if had:
            self._aged()
        return v

    def put(self, key, value):
        self.inner.put(key, value)
        self._aged()

    def __getattr__(self, name):
        return getattr(self.inner, name)

    def __len__(self):
        return len(self.inner)

    def __contains__(self, key):
        return key in self.inner


def log_counter(counter, rng, factor=10):
    odds = max(0, counter - 5) * factor + 1
    return min(255, counter + (rng.random() * odds < 1))
