import itertools
import json
import os

from cachelab.ports import MISSING

NUMBERS = itertools.count()


def unique():
    return f"{os.urandom(8).hex()}.{next(NUMBERS)}"


class VersionedNamespace:
    """
    The version stands in each entry, and is compared when it is read.
    """

    def __init__(self, store, ttl):
        self.store = store
        self.ttl = ttl

    def version(self, name):
        found = self.store.get_many([f"version {name}"])
        return found.get(f"version {name}", 0)

    def bump(self, name):
        version = unique()
        self.store.set(f"version {name}", version)
        return version

    def get(self, name, key, loader):
        entry = f"entry {len(name)} {name} {key}"
        found = self.store.get_many([f"version {name}", entry])
        version = found.get(f"version {name}")
        if version is not None and entry in found and found[entry][0] == version:
            return found[entry][1]
        if version is None:
            version = unique()
            if not self.store.add(f"version {name}", version):
                version = self.store.get(f"version {name}")
        row = loader(name, key)
        self.store.set(entry, [version, row], ttl=self.ttl)
        return row


class LeasedFill:
    """
    Texts in the store: "L" and a number for a lease, "R" and JSON for a row.
    """

    def __init__(self, store, source, ttl):
        self.store, self.source, self.ttl = store, source, ttl

    def lease(self, key):
        text = f"L{unique()}"
        if self.store.add(key, text, ttl=10):
            return text
        return None

    def fill(self, key, lease, row):
        if not lease:
            return False
        return self.store.replace(key, lease, "R" + json.dumps(row), ttl=self.ttl)

    def cancel(self, key):
        return self.store.delete(key)

    def read(self, key):
        text = self.store.get(key)
        if text is not MISSING and text.startswith("R"):
            return json.loads(text[1:])
        lease = self.lease(key)
        kept = False
        try:
            found = self.source.read(key)
            row = MISSING if found is MISSING else found.value
            kept = row is not MISSING and self.fill(key, lease, row)
            return row
        finally:
            if lease and not kept:
                self.store.replace(key, lease, MISSING)

    def write(self, key, row):
        try:
            return self.source.write(key, row)
        finally:
            self.cancel(key)


class InvalidationFeed:
    """
    A generator of what comes next, with what was read and not yet applied put aside.
    """

    def __init__(self, log, apply):
        self.log = log
        self.apply = apply
        self.done = log.last()
        self.waiting = {}

    def poll(self):
        end = self.log.last()
        if end < self.done:
            self.apply(None)
            self.done = 0
        while True:
            page = self.log.read(self.done)
            if page and page[0][0] > self.done + 1 or not page and end > self.done:
                self.apply(None)
                self.done = page[0][0] - 1 if page else end
                continue
            for number, key in page:
                self.waiting[number] = key
                self.settle()
            if not page:
                return self.done

    def receive(self, number, key):
        if number <= self.done:
            return
        if number > self.done + 1:
            self.poll()
            return
        self.waiting[number] = key
        self.settle()

    def settle(self):
        while self.done + 1 in self.waiting:
            self.apply(self.waiting[self.done + 1])
            self.done += 1
            del self.waiting[self.done]
