import uuid
from collections import deque
from dataclasses import dataclass, field
from threading import RLock
from typing import Any

from cachelab.ports import MISSING, CachelabError, Overloaded, StoreError


class WriteThrough:
    """
    Writers check after storing whether somebody else has been at the source meanwhile.
    """

    def __init__(self, store, source, ttl):
        self.store = store
        self.source = source
        self.ttl = ttl

    def read(self, key):
        works = True
        try:
            entry = self.store.get(key)
        except StoreError:
            entry, works = MISSING, False
        if isinstance(entry, tuple):
            return entry[0]
        token = uuid.uuid4().hex
        if works:
            try:
                if entry is MISSING:
                    self.store.add(key, token, 1)
                else:
                    self.store.replace(key, entry, token, 1)
            except StoreError:
                works = False
        row = self.source.read(key)
        if row is MISSING:
            return MISSING
        if works:
            try:
                self.store.replace(key, token, (row.value, row.version), self.ttl)
            except StoreError:
                pass
        return row.value

    def write(self, key, row):
        try:
            self.source.write(key, row)
        except CachelabError:
            self.forget(key)
            raise
        kept = None
        while True:
            now = self.source.read(key)
            found = None if now is MISSING else (now.value, now.version)
            if found == kept:
                return True
            kept = found
            try:
                if found is None:
                    self.store.delete(key)
                else:
                    self.store.set(key, found, ttl=self.ttl)
            except StoreError:
                return self.forget(key)

    def forget(self, key):
        try:
            self.store.delete(key)
            return True
        except StoreError:
            return False


@dataclass
class Row:
    value: Any
    number: int
    failures: int = 0


@dataclass
class WriteBehind:
    """
    A round of keys, and the rows beside it by number; the cache hears of a write first.
    """

    store: Any
    source: Any
    batch_size: int
    max_retries: int
    max_pending: int
    rows: dict = field(default_factory=dict)
    round: deque = field(default_factory=deque)
    failed: dict = field(default_factory=dict)
    open: bool = True
    count: int = 0
    guard: Any = field(default_factory=RLock)
    one_flush: Any = field(default_factory=RLock)

    def write(self, key, row):
        with self.guard:
            if not self.open:
                raise ValueError("closed")
            if key not in self.rows:
                if len(self.rows) == self.max_pending:
                    raise Overloaded("full")
                self.round.append(key)
            self.count += 1
            self.rows[key] = Row(row, self.count)
            self.failed.pop(key, None)
        self.cached(lambda: self.store.set(key, [row]))
        return True

    def read(self, key):
        with self.guard:
            if key in self.rows:
                return self.rows[key].value
        copy = self.cached(lambda: self.store.get(key))
        if isinstance(copy, list):
            return copy[0]
        row = self.source.read(key)
        return MISSING if row is MISSING else row.value

    def flush(self):
        with self.one_flush:
            stored = 0
            for _ in range(min(self.batch_size, len(self.round))):
                stored += self.store_one(self.round.popleft())
            return stored

    def store_one(self, key):
        row = self.rows[key]
        try:
            self.source.write(key, row.value)
            done = True
        except CachelabError:
            done = False
            row.failures += 1
        with self.guard:
            newer = self.rows[key].number != row.number
            given_up = not done and row.failures > self.max_retries
            if newer or not (done or given_up):
                self.round.append(key)
                return done
            del self.rows[key]
            if given_up:
                self.failed[key] = row
        if given_up:
            self.cached(lambda: self.store.delete(key))
        return done

    def close(self):
        self.open = False
        while self.round:
            self.flush()
        return len(self.failed)

    def cached(self, call):
        try:
            return call()
        except StoreError:
            return None


def lost_writes(log):
    keys = {key for _, key, _ in log}
    lost = {}
    for key in sorted(keys):
        promised = [v for event, k, v in log if k == key and event == "acked"]
        there = [v for event, k, v in log if k == key and event == "stored"]
        if promised and (not there or there[-1] < max(promised)):
            lost[key] = max(promised)
    return lost
