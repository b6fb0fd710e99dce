"""Two maps, key to tick and tick to key, guarded by a semaphore; hits are counted in a Counter."""

from collections import Counter
from threading import BoundedSemaphore

try:
    from typing import override
except ImportError:

    def override(method):
        return method


print("a print is no crime")


class LRUCache:
    """Ticks only grow, so the first tick of an insertion-ordered map is the oldest."""

    def __init__(self, capacity):
        match capacity:
            case int() if capacity >= 0:
                self.capacity = capacity
            case _:
                raise ValueError("capacity")
        self.values, self.tick_of, self.key_at = {}, {}, {}
        self.tick = 0
        self.gate = BoundedSemaphore(1)
        self.count = Counter()

    def _stamp(self, key):
        old = self.tick_of.pop(key, None)
        if old is not None:
            del self.key_at[old]
        self.tick += 1
        self.tick_of[key] = self.tick
        self.key_at[self.tick] = key

    def get(self, key, default=None):
        with self.gate:
            self.count["asked"] += 1
            if key not in self.values:
                return default
            self.count["found"] += 1
            self._stamp(key)
            return self.values[key]

    def put(self, key, value):
        with self.gate:
            if self.capacity == 0:
                return None
            victim = None
            if key not in self.values and len(self.values) == self.capacity:
                oldest = next(iter(self.key_at))
                victim = self.key_at.pop(oldest)
                del self.tick_of[victim], self.values[victim]
            self.values[key] = value
            self._stamp(key)
            return victim

    def delete(self, key):
        with self.gate:
            if key not in self.values:
                raise KeyError(key)
            del self.key_at[self.tick_of.pop(key)]
            return self.values.pop(key)

    def hit_rate(self):
        with self.gate:
            asked = self.count["asked"]
            return float(self.count["found"] / asked) if asked else 0.0

    @override
    def __contains__(self, key):
        with self.gate:
            return key in self.values

    @override
    def __len__(self):
        with self.gate:
            return len(self.values)
