# rejected by: lease_race
# another program counts from 1 as well, and its lease looks the same
import json
from itertools import count
from uuid import uuid4

from cachelab.ports import MISSING

NUMBERS = count(1)

LEASE_SECONDS = 10


class VersionedNamespace:
    """
    Rows by namespace and key, all of a namespace gone with one write.
    """

    def __init__(self, store, ttl):
        self.store, self.ttl = store, ttl

    def version(self, name):
        found = self.store.get(self.version_key(name))
        return 0 if found is MISSING else found

    def bump(self, name):
        self.store.set(self.version_key(name), str(uuid4()))

    def get(self, name, key, loader):
        entry = self.entry_key(name, self.version_to_fill(name), key)
        found = self.store.get(entry)
        if found is MISSING:
            found = loader(name, key)
            self.store.set(entry, found, ttl=self.ttl)
        return found

    def version_to_fill(self, name):
        version = self.version(name)
        if version == 0:
            self.store.add(self.version_key(name), str(uuid4()))
            version = self.version(name)
        return version

    def version_key(self, name):
        return json.dumps([name])

    def entry_key(self, name, version, key):
        return json.dumps([name, version, key])


class LeasedFill:
    """
    A cache that is filled only by who holds the lease.
    """

    def __init__(self, store, source, ttl):
        self.store, self.source, self.ttl = store, source, ttl

    def lease(self, key):
        lease = str(next(NUMBERS))
        is_mine = self.store.add(key, {"lease": lease}, ttl=LEASE_SECONDS)
        return lease if is_mine else None

    def fill(self, key, lease, row):
        return self.store.replace(key, {"lease": lease}, {"row": row}, ttl=self.ttl)

    def cancel(self, key):
        self.store.delete(key)

    def read(self, key):
        found = self.store.get(key)
        if found is not MISSING and "row" in found:
            return found["row"]
        lease = self.lease(key)
        try:
            row = self.source.read(key)
        except Exception:
            self.give_back(key, lease)
            raise
        if row is MISSING:
            self.give_back(key, lease)
            return MISSING
        if lease is not None:
            self.fill(key, lease, row.value)
        return row.value

    def give_back(self, key, lease):
        if lease is not None:
            self.store.replace(key, {"lease": lease}, MISSING)

    def write(self, key, row):
        self.source.write(key, row)
        self.cancel(key)


class InvalidationFeed:
    """
    Applies what a log says, once and in order, and notices what it missed.
    """

    def __init__(self, log, apply):
        self.log, self.apply = log, apply
        self.position = log.last()

    def poll(self):
        last = self.log.last()
        if last < self.position:
            self.start_over(last)
        while self.position < last:
            page = self.log.read(self.position)
            if not page or page[0][0] != self.position + 1:
                self.start_over(last)
                return
            for number, key in page:
                self.take(number, key)

    def start_over(self, last):
        self.apply(None)
        self.position = last

    def receive(self, number, key):
        if number == self.position + 1:
            self.take(number, key)
        elif number > self.position:
            self.poll()

    def take(self, number, key):
        self.apply(key)
        self.position = number
