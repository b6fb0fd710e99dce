# rejected by: edges
# a missing key always gives None
from collections import OrderedDict
from threading import RLock


class LRUCache:
    def __init__(self, capacity):
        if capacity < 0:
            raise ValueError("capacity must not be negative")
        self.capacity = capacity
        self.entries = OrderedDict()
        self.hits = 0
        self.lookups = 0
        self.lock = RLock()

    def get(self, key, default=None):
        with self.lock:
            self.lookups += 1
            if key not in self.entries:
                return None
            self.hits += 1
            self.entries.move_to_end(key)
            return self.entries[key]

    def put(self, key, value):
        with self.lock:
            if self.capacity == 0:
                return
            if key in self.entries:
                self.entries.move_to_end(key)
            elif len(self.entries) == self.capacity:
                self.entries.popitem(last=False)
            self.entries[key] = value

    def delete(self, key):
        with self.lock:
            if key in self.entries:
                del self.entries[key]
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
