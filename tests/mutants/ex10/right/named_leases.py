import uuid
from collections import namedtuple

from cachelab.ports import MISSING


class VersionedNamespace:
    def __init__(self, store, ttl):
        self._cache = store
        self._seconds = ttl

    def _slot(self, name):
        return "ns:" + name

    def version(self, name):
        got = self._cache.get(self._slot(name))
        if got is MISSING:
            return 0
        return got["v"]

    def bump(self, name):
        self._cache.set(self._slot(name), {"v": uuid.uuid4().hex})

    def get(self, name, key, loader):
        version = self.version(name)
        if version == 0:
            self._cache.add(self._slot(name), {"v": uuid.uuid4().hex})
            version = self.version(name)
        where = f"row:{len(name)}:{name}:{key}"
        box = self._cache.get(where)
        if box is not MISSING and box["version"] == version:
            return box["row"]
        row = loader(name, key)
        self._cache.set(where, {"version": version, "row": row}, ttl=self._seconds)
        return row


Lease = namedtuple("Lease", "key token")


class LeasedFill:
    def __init__(self, store, source, ttl):
        self.store, self.source, self.ttl = store, source, ttl

    def lease(self, key):
        token = uuid.uuid4().hex
        if self.store.add(key, ["lease", token], ttl=10):
            return Lease(key, token)
        return None

    def fill(self, key, lease, row):
        if lease is None:
            return False
        return self.store.replace(key, ["lease", lease.token], ["row", row], ttl=self.ttl)

    def cancel(self, key):
        self.store.delete(key)

    def read(self, key):
        kind, row = self._look(key)
        if kind == "row":
            return row
        lease = self.lease(key)
        filled = False
        try:
            found = self.source.read(key)
            if found is MISSING:
                return MISSING
            if lease:
                filled = self.fill(key, lease, found.value)
            return found.value
        finally:
            if lease and not filled:
                self.store.replace(key, ["lease", lease.token], MISSING)

    def _look(self, key):
        entry = self.store.get(key)
        return (None, None) if entry is MISSING else entry

    def write(self, key, row):
        try:
            self.source.write(key, row)
        finally:
            self.cancel(key)


class InvalidationFeed:
    def __init__(self, log, apply):
        self.log = log
        self.apply = apply
        self.seen = self.log.last()

    def poll(self):
        newest = self.log.last()
        if newest < self.seen:
            return self._drop(newest)
        while True:
            page = list(self.log.read(self.seen))
            if not page:
                if self.log.last() > self.seen:
                    self._drop(self.log.last())
                return None
            for number, key in page:
                if number > self.seen + 1:
                    return self._drop(self.log.last())
                if number == self.seen + 1:
                    self.apply(key)
                    self.seen = number

    def _drop(self, newest):
        self.apply(None)
        self.seen = newest

    def receive(self, number, key):
        if number <= self.seen:
            return
        if number == self.seen + 1:
            self.apply(key)
            self.seen += 1
            return
        self.poll()
