"""A dict subclass whose lock is a Condition, with acquire and release written out."""

import threading


class LRUCache(dict):
    def __init__(self, capacity):
        super().__init__()
        if capacity < 0:
            raise ValueError(capacity)
        self.capacity = capacity
        self.free = threading.Condition()
        self.hits = 0
        self.lookups = 0

    def get(self, key, default=None):
        self.free.acquire()
        try:
            self.lookups += 1
            if key in self:
                self.hits += 1
                value = dict.pop(self, key)
                dict.__setitem__(self, key, value)
                return value
            return default
        finally:
            self.free.release()

    def put(self, key, value):
        with self.free:
            if key in self:
                dict.pop(self, key)
            dict.__setitem__(self, key, value)
            if len(self) > self.capacity:
                oldest = next(iter(self))
                dict.pop(self, oldest)
            self.free.notify_all()

    def delete(self, key):
        with self.free:
            if key in self:
                dict.pop(self, key)
                return True
            return False

    def hit_rate(self):
        with self.free:
            return self.hits / self.lookups if self.lookups else 0.0
