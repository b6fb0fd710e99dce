# rejected by: two_fifo
# also breaks: two_ghosts, two_small, two_update
# a hit in A1in moves the key to Am at once
import random
from collections import OrderedDict, defaultdict


class Values:
    """
    The values, and when a policy is asked what: a use, a new key, a victim.
    """

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
    """
    Gives up the key whose k-th last use is longest ago.
    """

    def __init__(self, capacity, k=2):
        super().__init__(capacity)
        self.k, self.now = k, 0
        self.uses = defaultdict(list)

    def use(self, key):
        self.now += 1
        self.uses[key] = [*self.uses[key], self.now][-self.k :]

    def enter(self, key):
        self.make_room()
        self.use(key)

    def victim(self):
        return min(self.values, key=self.rank)

    def rank(self, key):
        uses = self.uses[key]
        return (uses[0] if len(uses) == self.k else 0, uses[-1])


class TwoQueueCache(Values):
    """
    Newcomers pass through a FIFO; who comes back soon after is proven.
    """

    def __init__(self, capacity, kin_ratio=0.25, kout_ratio=0.5):
        super().__init__(capacity)
        self.kin, self.kout = int(capacity * kin_ratio), int(capacity * kout_ratio)
        self.a1_in, self.a1_out, self.am = OrderedDict(), OrderedDict(), OrderedDict()

    def use(self, key):
        if key in self.am:
            self.am.move_to_end(key)
        else:
            del self.a1_in[key]
            self.am[key] = None

    def enter(self, key):
        is_proven = key in self.a1_out
        if is_proven:
            del self.a1_out[key]
        self.make_room()
        (self.am if is_proven else self.a1_in)[key] = None

    def victim(self):
        if len(self.a1_in) <= self.kin:
            return self.am.popitem(last=False)[0]
        key, _ = self.a1_in.popitem(last=False)
        self.a1_out[key] = None
        if len(self.a1_out) > self.kout:
            self.a1_out.popitem(last=False)
        return key


class SieveCache(Values):
    """
    A queue, marks, and a hand that sifts.
    """

    def __init__(self, capacity):
        super().__init__(capacity)
        self.queue, self.marked, self.hand = [], set(), 0

    def use(self, key):
        self.marked.add(key)

    def enter(self, key):
        self.make_room()
        self.queue.append(key)

    def victim(self):
        while self.queue[self.hand] in self.marked:
            self.marked.remove(self.queue[self.hand])
            self.hand = (self.hand + 1) % len(self.queue)
        key = self.queue.pop(self.hand)
        if self.hand == len(self.queue):
            self.hand = 0
        return key


def break_it(policy):
    """
    A trace on which FIFO, with room for ten keys, misses less often than `policy`.
    """
    kinds = {
        "lru": lambda: LRUKCache(10, k=1),
        "lru_k": lambda: LRUKCache(10),
        "two_queue": lambda: TwoQueueCache(10),
        "sieve": lambda: SieveCache(10),
    }
    rng = random.Random(1)
    while True:
        trace = [rng.randrange(14) for _ in range(120)]
        if misses(kinds[policy](), trace) > misses(FIFOCache(10), trace):
            return trace


class FIFOCache(Values):
    """
    Gives up the oldest key.
    """

    def use(self, key):
        pass

    def enter(self, _):
        self.make_room()

    def victim(self):
        return next(iter(self.values))


def misses(cache, trace):
    """
    How many requests of the trace miss.
    """
    count = 0
    for key in trace:
        if cache.get(key) is None:
            count += 1
            cache.put(key, True)
    return count
