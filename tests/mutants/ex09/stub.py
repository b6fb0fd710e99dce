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
        raise NotImplementedError()

    def use(self, key):
        raise NotImplementedError()

    def enter(self, key):
        raise NotImplementedError()

    def victim(self):
        raise NotImplementedError()


class TwoQueueCache(Values):
    """
    Newcomers pass through a FIFO; who comes back soon after is proven.
    """

    def __init__(self, capacity, kin_ratio=0.25, kout_ratio=0.5):
        raise NotImplementedError()

    def use(self, key):
        raise NotImplementedError()

    def enter(self, key):
        raise NotImplementedError()

    def victim(self):
        raise NotImplementedError()


class SieveCache(Values):
    """
    A queue, marks, and a hand that sifts.
    """

    def __init__(self, capacity):
        raise NotImplementedError()

    def use(self, key):
        raise NotImplementedError()

    def enter(self, key):
        raise NotImplementedError()

    def victim(self):
        raise NotImplementedError()


def break_it(policy):
    """
    A trace on which FIFO, with room for ten keys, misses less often than `policy`.
    """
    raise NotImplementedError()
