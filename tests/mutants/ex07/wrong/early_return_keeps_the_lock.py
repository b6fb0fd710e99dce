# rejected by: membership
# also breaks: hit_rate, edges, constant_time, threads
# a missed get returns without giving the lock back
from collections import OrderedDict
from threading import Lock


class LRUCache:
    def __init__(self, capacity):
        if capacity < 0:
            raise ValueError("capacity must not be negative")
        self.capacity = capacity
        self.entries = OrderedDict()
        self.hits = 0
        self.lookups = 0
        self.lock = Lock()

    def get(self, key, default=None):
        self.lock.acquire()
        self.lookups += 1
        if key not in self.entries:
            return default
        self.hits += 1
        self.entries.move_to_end(key)
        self.lock.release()
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
