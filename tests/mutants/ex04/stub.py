import json
from uuid import uuid4

from cachelab.ports import MISSING, StoreError

MARK_SECONDS = 5


def encode(row):
    """
    The text that is kept for a row, or for MISSING.
    """
    raise NotImplementedError()


def decode(text):
    """
    What `encode` was given, in an envelope: {"row": row}, {} for MISSING, None for any other text.
    """
    raise NotImplementedError()


class Copies:
    """
    The copies of rows in a store.
    """

    def __init__(self, store, ttl, negative_ttl):
        self.store, self.ttl, self.negative_ttl = store, ttl, negative_ttl

    def read(self, key, load, ttl=None):
        """
        The row of the copy, or else what `load(key)` returns, which leaves a copy.
        """
        raise NotImplementedError()

    def drop(self, key):
        """
        Remove the copy; tell whether it is known to be gone.
        """
        raise NotImplementedError()


class CacheAside:
    """
    Reads fill the cache, writes empty it.
    """

    def __init__(self, store, source, ttl, negative_ttl):
        raise NotImplementedError()

    def read(self, key):
        raise NotImplementedError()

    def write(self, key, row):
        raise NotImplementedError()


class ReadThrough:
    """
    A cache that loads what it lacks, each key by the loader of its prefix.
    """

    def __init__(self, store, ttl, negative_ttl):
        raise NotImplementedError()

    def register_loader(self, prefix, loader):
        raise NotImplementedError()

    def get(self, key, loader=None, ttl=None):
        raise NotImplementedError()
