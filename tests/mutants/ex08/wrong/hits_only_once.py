# rejected by: victim
# counts at most two uses
"""Counts and ticks in one dictionary, the victim by min over all of them."""


class LFUCache:
    def __init__(self, capacity):
        if capacity < 1:
            raise ValueError("a cache needs room for at least one entry")
        self.room = capacity
        self.now = 0
        self.entries = {}

    def touch(self, key):
        self.now += 1
        entry = self.entries[key]
        entry[1] = min(2, entry[1] + 1)
        entry[2] = self.now
        self.used()

    def used(self):
        return None

    def get(self, key, default=None):
        if key in self.entries:
            self.touch(key)
            return self.entries[key][0]
        return default

    def put(self, key, value):
        if key in self.entries:
            self.entries[key][0] = value
        else:
            if len(self.entries) >= self.room:
                del self.entries[min(self.entries, key=lambda k: self.entries[k][1:])]
            self.entries[key] = [value, 0, 0]
        self.touch(key)

    def delete(self, key):
        del self.entries[key]

    def __len__(self):
        return len(self.entries)

    def __contains__(self, key):
        return key in self.entries


class AgedLFU(LFUCache):
    def __init__(self, capacity, period):
        super().__init__(capacity)
        self.left = self.period = period

    def used(self):
        self.left -= 1
        if self.left == 0:
            self.left = self.period
            for entry in self.entries.values():
                entry[1] -= entry[1] // 2


def log_counter(counter, rng, factor=10):
    if counter >= 255:
        return counter
    if counter <= 5:
        return counter + 1
    return counter + 1 if rng.uniform(0, (counter - 5) * factor + 1) < 1 else counter
