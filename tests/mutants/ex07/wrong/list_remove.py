# rejected by: constant_time
# keeps the order in a list and removes by value
from threading import RLock


class LRUCache:
    def __init__(self, capacity):
        if capacity < 0:
            raise ValueError("capacity must not be negative")
        self.capacity = capacity
        self.entries = {}
        self.order = []
        self.hits = 0
        self.lookups = 0
        self.lock = RLock()

    def get(self, key, default=None):
        with self.lock:
            self.lookups += 1
            if key not in self.entries:
                return default
            self.hits += 1
            self.order.remove(key)
            self.order.append(key)
            return self.entries[key]

    def put(self, key, value):
        with self.lock:
            if self.capacity == 0:
                return
            if key in self.entries:
                self.order.remove(key)
            elif len(self.entries) == self.capacity:
                del self.entries[self.order.pop(0)]
            self.entries[key] = value
            self.order.append(key)

    def delete(self, key):
        with self.lock:
            if key in self.entries:
                del self.entries[key]
                self.order.remove(key)
                return True
            return False

    def hit_rate(self):
        with self.lock:
            if self.lookups == 0:
                return 0.0
            return self.hits / self.lookups

    def __contains__(self, key):
        with self.lock:
            return key in self.entries

    def __len__(self):
        with self.lock:
            return len(self.entries)
