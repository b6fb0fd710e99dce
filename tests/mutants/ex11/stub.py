import math
from uuid import uuid4

from cachelab.ports import MISSING

LOCK_SECONDS = 5
PAUSE = 0.05


class Flight:
    """
    A load under way: what came of it, and the event that tells.
    """

    def __init__(self, landed):
        self.landed = landed
        self.value = self.error = None


class SingleFlight:
    """
    One load for all tasks of this program that want the same key at once.
    """

    def __init__(self, runtime):
        raise NotImplementedError()

    def load(self, key, loader):
        raise NotImplementedError()


class TokenLock:
    """
    Locks among programs that share a store.
    """

    def __init__(self, store, runtime):
        self.store, self.runtime = store, runtime

    def acquire(self, name, ttl, patience=0):
        raise NotImplementedError()

    def release(self, name, token):
        raise NotImplementedError()


def xfetch(now, expiry, delta, beta, rng):
    """
    Whether a reader at `now` renews a value before its end.
    """
    raise NotImplementedError()


class ProtectedCache:
    """
    A cache that several programs share, with one load for each miss.
    """

    def __init__(self, store, runtime, ttl):
        self.store, self.runtime, self.ttl = store, runtime, ttl

    def get(self, key, loader):
        raise NotImplementedError()
