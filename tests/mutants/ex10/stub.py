import json
from uuid import uuid4

from cachelab.ports import MISSING

LEASE_SECONDS = 10


class VersionedNamespace:
    """
    Rows by namespace and key, all of a namespace gone with one write.
    """

    def __init__(self, store, ttl):
        self.store, self.ttl = store, ttl

    def version(self, name):
        raise NotImplementedError()

    def bump(self, name):
        raise NotImplementedError()

    def get(self, name, key, loader):
        raise NotImplementedError()


class LeasedFill:
    """
    A cache that is filled only by who holds the lease.
    """

    def __init__(self, store, source, ttl):
        self.store, self.source, self.ttl = store, source, ttl

    def lease(self, key):
        raise NotImplementedError()

    def fill(self, key, lease, row):
        raise NotImplementedError()

    def cancel(self, key):
        raise NotImplementedError()

    def read(self, key):
        raise NotImplementedError()

    def write(self, key, row):
        raise NotImplementedError()


class InvalidationFeed:
    """
    Applies what a log says, once and in order, and notices what it missed.
    """

    def __init__(self, log, apply):
        raise NotImplementedError()

    def poll(self):
        raise NotImplementedError()

    def receive(self, number, key):
        raise NotImplementedError()
