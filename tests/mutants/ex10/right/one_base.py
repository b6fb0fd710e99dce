import time
import uuid
from dataclasses import dataclass
from typing import Any

from cachelab.ports import MISSING


@dataclass
class Port:
    store: Any

    def token(self):
        return f"{time.time_ns():x}-{uuid.uuid4().hex}"

    def look(self, key, default):
        found = self.store.get(key)
        return default if found is MISSING else found


class VersionedNamespace(Port):
    """
    Rows only under a version that somebody has made.
    """

    def __init__(self, store, ttl, prefix="ns"):
        super().__init__(store)
        self.ttl, self.prefix = ttl, prefix

    def version(self, name):
        return self.look(repr((self.prefix, name)), 0)

    def bump(self, name):
        key = repr((self.prefix, name))
        while True:
            old, new = self.store.get(key), self.token()
            if old is MISSING and self.store.add(key, new):
                return
            if old is not MISSING and self.store.replace(key, old, new):
                return

    def get(self, name, key, loader):
        version = self.version(name)
        if version == 0:
            self.bump(name)
            version = self.version(name)
        place = repr((self.prefix, name, version, key))
        kept = self.look(place, None)
        if kept is None:
            kept = {"row": loader(name, key)}
            self.store.set(place, kept, ttl=self.ttl)
        return kept["row"]


class LeasedFill(Port):
    """
    Leases beside the rows' keys would race; one envelope for both does not.
    """

    LIFE = 10

    def __init__(self, store, source, ttl):
        super().__init__(store)
        self.source, self.ttl = source, ttl

    def lease(self, key):
        token = self.token()
        return token if self.store.add(key, ["lease", token], ttl=self.LIFE) else None

    def fill(self, key, lease, row):
        return self.store.replace(key, ["lease", lease], ["row", row], self.ttl)

    def cancel(self, key):
        self.store.delete(key)

    def read(self, key):
        kind, row = self.look(key, ["nothing", None])
        if kind == "row":
            return row
        lease = self.lease(key)
        try:
            found = self.source.read(key)
        except BaseException:
            self.store.replace(key, ["lease", lease], MISSING)
            raise
        if found is MISSING:
            self.store.replace(key, ["lease", lease], MISSING)
            return MISSING
        self.fill(key, lease, found.value)
        return found.value

    def write(self, key, row):
        self.source.write(key, row)
        self.cancel(key)


class InvalidationFeed:
    """
    Everything goes by the log; a pushed message is only a reason to look.
    """

    def __init__(self, log, apply):
        self.log, self.apply, self.number = log, apply, log.last()

    def receive(self, number, key):
        if number == self.number + 1:
            self.apply(key)
            self.number = number
        elif number > self.number:
            self.poll()

    def poll(self):
        while (last := self.log.last()) != self.number:
            page = self.log.read(self.number)
            if last < self.number or not page or page[0][0] - self.number > 1:
                self.apply(None)
                self.number = last
                continue
            for number, key in page:
                self.apply(key)
                self.number = number
