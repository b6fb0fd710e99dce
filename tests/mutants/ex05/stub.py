from threading import Lock
from uuid import uuid4

from cachelab.ports import MISSING, Overloaded, SourceError, StoreError


class WriteThrough:
    """
    Reads fill the cache, and so do writes.
    """

    def __init__(self, store, source, ttl):
        raise NotImplementedError()

    def read(self, key):
        raise NotImplementedError()

    def write(self, key, row):
        raise NotImplementedError()


class WriteBehind:
    """
    Writes wait in a queue; a flush brings them to the source.
    """

    def __init__(self, store, source, batch_size, max_retries, max_pending):
        raise NotImplementedError()

    def write(self, key, row):
        raise NotImplementedError()

    def read(self, key):
        raise NotImplementedError()

    def flush(self):
        raise NotImplementedError()

    def close(self):
        raise NotImplementedError()


def lost_writes(log):
    """
    The keys whose last acknowledged write the source does not have, with its version.
    """
    raise NotImplementedError()
