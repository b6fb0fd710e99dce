# rejected by: aged_is_lfu
# an AgedLFU cannot delete
from collections import OrderedDict, defaultdict


class LFUCache:
    """
    At most `capacity` entries; when it is full, the one used least often goes.
    """

    def __init__(self, capacity):
        if capacity < 0:
            raise ValueError(f"capacity must not be negative: {capacity}")
        self.capacity = capacity
        self.values = {}
        self.count = {}
        self.shelves = defaultdict(OrderedDict)
        self.lowest = 0

    def get(self, key, default=None):
        if key not in self.values:
            return default
        self.use(key)
        return self.values[key]

    def put(self, key, value):
        if key in self.values:
            self.values[key] = value
            self.use(key)
            return
        if self.capacity == 0:
            return
        if len(self.values) == self.capacity:
            self.delete(next(iter(self.shelves[self.lowest])))
        self.values[key] = value
        self.count[key] = self.lowest = 1
        self.shelves[1][key] = None
        self.after_use()

    def delete(self, key):
        if key in self.values:
            del self.values[key]
            self.leave(key)
            del self.count[key]

    def __len__(self):
        return len(self.values)

    def __contains__(self, key):
        return key in self.values

    def use(self, key):
        """Count a use of a key that is there (yours to change, or to leave out)."""
        self.leave(key)
        self.count[key] += 1
        self.shelves[self.count[key]][key] = None
        self.lowest = min(self.shelves, default=0)
        self.after_use()

    def leave(self, key):
        """Take a key off its shelf (yours to change, or to leave out)."""
        shelf = self.shelves[self.count[key]]
        del shelf[key]
        if not shelf:
            del self.shelves[self.count[key]]
            self.lowest = min(self.shelves, default=0)

    def after_use(self):
        """What a kind of LFU does after a use (yours to change, or to leave out)."""
        return


class AgedLFU(LFUCache):
    """
    LFU whose counts are halved, rounded up, every `period` uses.
    """

    def __init__(self, capacity, period):
        super().__init__(capacity)
        self.period = period
        self.uses = 0
        self.recency = OrderedDict()

    def get(self, key, default=None):
        if key in self.values:
            self.recency.move_to_end(key)
        return super().get(key, default)

    def put(self, key, value):
        if self.capacity:
            self.recency[key] = None
            self.recency.move_to_end(key)
        super().put(key, value)

    def delete(self, key):
        return None

    def after_use(self):
        self.uses += 1
        if self.uses % self.period == 0:
            self.shelves.clear()
            for key in self.recency:
                self.count[key] = (self.count[key] + 1) // 2
                self.shelves[self.count[key]][key] = None
            self.lowest = min(self.shelves)


def log_counter(counter, rng, factor=10):
    """
    What a use makes of an 8-bit counter.
    """
    if counter == 255:
        return 255
    base = max(0, counter - 5)
    return counter + (rng.random() < 1 / (base * factor + 1))
