"""A heap with dead entries; ageing by building it anew; the counter by the other end of the dice."""

import heapq
from itertools import count


class LFUCache:
    def __init__(self, capacity):
        if capacity < 0:
            raise ValueError(capacity)
        self.capacity, self.ticks = capacity, count()
        self.table, self.heap = {}, []

    def _push(self, key, value, uses):
        mark = (uses, next(self.ticks))
        self.table[key] = (value, mark)
        heapq.heappush(self.heap, (*mark, key))
        self._count_use()

    def _count_use(self):
        pass

    def _pop_victim(self):
        while True:
            uses, tick, key = heapq.heappop(self.heap)
            if self.table.get(key, (None, None))[1] == (uses, tick):
                del self.table[key]
                return

    def get(self, key, default=None):
        found = self.table.get(key)
        if found is None:
            return default
        value, (uses, _) = found
        self._push(key, value, uses + 1)
        return value

    def put(self, key, value):
        if key in self.table:
            self._push(key, value, self.table[key][1][0] + 1)
        elif self.capacity:
            if len(self.table) == self.capacity:
                self._pop_victim()
            self._push(key, value, 1)

    def delete(self, key):
        return self.table.pop(key, None) is not None

    def __len__(self):
        return len(self.table)

    def __contains__(self, key):
        return key in self.table


class AgedLFU(LFUCache):
    def __init__(self, capacity, period):
        super().__init__(capacity)
        self.period, self.uses = period, 0

    def _count_use(self):
        self.uses += 1
        if self.uses == self.period:
            self.uses = 0
            self.table = {
                key: (value, ((uses + 1) // 2, tick))
                for key, (value, (uses, tick)) in self.table.items()
            }
            self.heap = [(*mark, key) for key, (_, mark) in self.table.items()]
            heapq.heapify(self.heap)


def log_counter(counter, rng, factor=10):
    p = 1.0 / (max(counter - 5, 0) * factor + 1)
    rises = rng.random() >= 1.0 - p
    return min(255, counter + int(rises))
