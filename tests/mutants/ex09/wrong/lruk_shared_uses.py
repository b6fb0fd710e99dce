# rejected by: lruk_history
# The uses belong to the class: two caches count them together.
import random
from collections import OrderedDict, defaultdict


class Values:
    def __init__(self, capacity):
        if capacity < 0:
            raise ValueError(f"capacity must not be negative: {capacity}")
        self.capacity = capacity
        self.values = {}

    def get(self, key, default=None):
        if key not in self.values:
            return default
        self.use(key)
        return self.values[key]

    def put(self, key, value):
        if self.capacity == 0:
            return
        if key in self.values:
            self.use(key)
        else:
            self.enter(key)
        self.values[key] = value

    def make_room(self):
        if len(self.values) == self.capacity:
            del self.values[self.victim()]

    def __len__(self):
        return len(self.values)

    def __contains__(self, key):
        return key in self.values


class LRUKCache(Values):
    uses = defaultdict(list)

    def __init__(self, capacity, k=2):
        super().__init__(capacity)
        self.k = k
        self.clock = 0

    def use(self, key):
        self.clock += 1
        self.uses[key].append(self.clock)

    def enter(self, key):
        self.make_room()
        self.use(key)

    def victim(self):
        def rank(key):
            times = self.uses[key]
            if len(times) < self.k:
                return (0, times[-1])
            return (1, times[-self.k])

        return min(self.values, key=rank)


class TwoQueueCache(Values):
    def __init__(self, capacity, kin_ratio=0.25, kout_ratio=0.5):
        super().__init__(capacity)
        self.kin = int(capacity * kin_ratio)
        self.kout = int(capacity * kout_ratio)
        self.a1in = OrderedDict()
        self.a1out = OrderedDict()
        self.am = OrderedDict()

    def use(self, key):
        if key in self.am:
            self.am.move_to_end(key)

    def enter(self, key):
        if key in self.a1out:
            del self.a1out[key]
            self.make_room()
            self.am[key] = None
        else:
            self.make_room()
            self.a1in[key] = None

    def victim(self):
        if len(self.a1in) > self.kin:
            key, _ = self.a1in.popitem(last=False)
            self.a1out[key] = None
            while len(self.a1out) > self.kout:
                self.a1out.popitem(last=False)
        else:
            key, _ = self.am.popitem(last=False)
        return key


class SieveCache(Values):
    def __init__(self, capacity):
        super().__init__(capacity)
        self.queue = []
        self.marks = {}
        self.hand = 0

    def use(self, key):
        self.marks[key] = True

    def enter(self, key):
        self.make_room()
        self.queue.append(key)
        self.marks[key] = False

    def victim(self):
        if self.hand >= len(self.queue):
            self.hand = 0
        while self.marks[self.queue[self.hand]]:
            self.marks[self.queue[self.hand]] = False
            self.hand = (self.hand + 1) % len(self.queue)
        key = self.queue.pop(self.hand)
        if self.hand == len(self.queue):
            self.hand = 0
        del self.marks[key]
        return key


def _fifo(trace, room):
    have, misses = [], 0
    for key in trace:
        if key not in have:
            misses += 1
            if len(have) == room:
                have.pop(0)
            have.append(key)
    return misses


def _own(cache, trace):
    misses = 0
    for key in trace:
        if cache.get(key) is None:
            misses += 1
            cache.put(key, 1)
    return misses


def break_it(policy):
    make = {
        "lru": lambda: LRUKCache(10, 1),
        "lru_k": lambda: LRUKCache(10),
        "two_queue": lambda: TwoQueueCache(10),
        "sieve": lambda: SieveCache(10),
    }[policy]
    rng = random.Random(1)
    while True:
        trace = [rng.randrange(13) for _ in range(199)]
        if _own(make(), trace) > _fifo(trace, 10):
            return trace
