"""A heap of (tick, key) with stale entries skipped, rebuilt when most of it is stale."""

import heapq
import itertools
from dataclasses import dataclass, field
from threading import RLock


@dataclass
class LRUCache:
    capacity: int
    values: dict = field(default_factory=dict, repr=False)
    ticks: dict = field(default_factory=dict, repr=False)
    heap: list = field(default_factory=list, repr=False)

    def __post_init__(self):
        if self.capacity < 0:
            raise ValueError("negative capacity")
        self.clock = itertools.count()
        self.hits = self.misses = 0
        self.lock = RLock()

    def _use(self, key):
        tick = self.ticks[key] = next(self.clock)
        heapq.heappush(self.heap, (tick, id(key), key))
        if len(self.heap) > 2 * self.capacity + 16:
            self.heap = [item for item in self.heap if self.ticks.get(item[2]) == item[0]]
            heapq.heapify(self.heap)

    def _evict(self):
        while True:
            tick, _, key = heapq.heappop(self.heap)
            if self.ticks.get(key) == tick:
                del self.ticks[key], self.values[key]
                return

    def get(self, key, default=None):
        with self.lock:
            if key in self.values:
                self.hits += 1
                self._use(key)
                return self.values[key]
            self.misses += 1
            return default

    def put(self, key, value):
        with self.lock:
            if not self.capacity:
                return
            if key not in self.values and len(self.values) >= self.capacity:
                self._evict()
            self.values[key] = value
            self._use(key)

    def delete(self, key):
        with self.lock:
            self.ticks.pop(key, None)
            return self.values.pop(key, None)

    def hit_rate(self):
        with self.lock:
            return self.hits / max(1, self.hits + self.misses)

    def __contains__(self, key):
        with self.lock:
            return key in self.values

    def __len__(self):
        with self.lock:
            return len(self.values)
