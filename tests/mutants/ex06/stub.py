import math

from cachelab.ports import MISSING, StoreError


def ttl_for(budget, rates):
    """
    The longest life of a copy, in seconds, that keeps the share of older answers within the budget.
    """
    raise NotImplementedError()


def jittered(ttl, fraction, rng):
    """
    A life that is shorter than `ttl` by chance, by up to `fraction` of it.
    """
    raise NotImplementedError()


class RefreshAhead:
    """
    Copies that are read near their end are renewed in the background.
    """

    def __init__(self, store, runtime, factor):
        raise NotImplementedError()

    def get(self, key, loader, ttl):
        raise NotImplementedError()


class TTLCache:
    """
    Entries that die at the end of their life.
    """

    def __init__(self, capacity, ttl, clock):
        raise NotImplementedError()

    def set(self, key, value, ttl=None):
        raise NotImplementedError()

    def get(self, key, default=None):
        raise NotImplementedError()

    def purge(self):
        raise NotImplementedError()

    def evictions(self):
        raise NotImplementedError()

    def __len__(self):
        raise NotImplementedError()

    def __contains__(self, key):
        raise NotImplementedError()
