"""A plain dict: taking a key out and putting it back makes it the youngest."""

from threading import Lock

_ABSENT = object()


class LRUCache:
    def __init__(self, capacity, *, name="cache"):
        if capacity <= 0:
            raise ValueError("a cache needs room for at least one entry")
        self.capacity, self.name = capacity, name
        self.table = {}
        self.asked = self.found = 0
        self.lock = Lock()

    def get(self, key, default=None):
        with self.lock:
            self.asked += 1
            value = self.table.pop(key, _ABSENT)
            if value is _ABSENT:
                return default
            self.found += 1
            self.table[key] = value
            return value

    def put(self, key, value):
        with self.lock:
            self.table.pop(key, None)
            while len(self.table) >= self.capacity:
                del self.table[next(iter(self.table))]
            self.table[key] = value

    def delete(self, key):
        with self.lock:
            return self.table.pop(key, _ABSENT) is not _ABSENT

    def hit_rate(self):
        return self.found / self.asked if self.asked else 0.0

    def __contains__(self, key):
        return key in self.table

    def __len__(self):
        return len(self.table)

    def __repr__(self):
        return f"LRUCache({self.capacity}, {self.name!r})"
