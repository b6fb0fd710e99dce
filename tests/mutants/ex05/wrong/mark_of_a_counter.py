# rejected by: through_race
# another program counts from 1 as well, and leaves the same mark
from itertools import count
from threading import Lock

from cachelab.ports import MISSING, Overloaded, SourceError, StoreError

NUMBERS = count(1)


class WriteThrough:
    """
    Reads fill the cache, and so do writes.
    """

    def __init__(self, store, source, ttl):
        self.store, self.source, self.ttl = store, source, ttl

    def read(self, key):
        try:
            entry = self.store.get(key)
            if isinstance(entry, dict) and "row" in entry:
                return entry["row"]
            mark = self._mark(key)
        except StoreError:
            return self._load(key)
        return self._fill(key, mark)

    def write(self, key, row):
        try:
            self.source.write(key, row)
        except SourceError:
            self._drop(key)  # the row may have been stored
            raise
        try:
            mark = self._mark(key)
        except StoreError:
            return self._drop(key)
        self._fill(key, mark)
        return True

    def _mark(self, key):
        """
        Take the place of any copy with something nobody else could have written.
        """
        mark = {"mark": str(next(NUMBERS))}
        self.store.set(key, mark, ttl=self.ttl)
        return mark

    def _fill(self, key, mark):
        """
        Put what the source has in the place of the mark, if it is still there; return it.
        """
        row = self._load(key)
        try:
            if row is not MISSING:
                self.store.replace(key, mark, {"row": row}, ttl=self.ttl)
        except StoreError:
            pass
        return row

    def _load(self, key):
        found = self.source.read(key)
        return MISSING if found is MISSING else found.value

    def _drop(self, key):
        try:
            self.store.delete(key)
        except StoreError:
            return False
        return True


class WriteBehind:
    """
    Writes wait in a queue; a flush brings them to the source.
    """

    def __init__(self, store, source, batch_size, max_retries, max_pending):
        self.store, self.source = store, source
        self.batch_size, self.max_retries, self.max_pending = batch_size, max_retries, max_pending
        self.waiting = {}
        self.lost = set()
        self.is_closed = False
        self.flushing = Lock()

    def write(self, key, row):
        if self.is_closed:
            raise ValueError(f"{key!r} cannot be written: the cache is closed")
        if key not in self.waiting and len(self.waiting) >= self.max_pending:
            raise Overloaded(f"{self.max_pending} keys wait already")
        self.waiting[key] = [row, 0]  # a list of its own: a flush can tell it from a newer one
        self.lost.discard(key)

    def read(self, key):
        if key in self.waiting:
            return self.waiting[key][0]
        try:
            entry = self.store.get(key)
        except StoreError:
            entry = MISSING
        if entry is not MISSING:
            return entry["row"]
        found = self.source.read(key)
        return MISSING if found is MISSING else found.value

    def flush(self):
        with self.flushing:
            batch = list(self.waiting.items())[: self.batch_size]
            return sum(self._bring(key, entry) for key, entry in batch)

    def _bring(self, key, entry):
        """
        Try to store one row; tell whether the source has taken it.
        """
        try:
            self.source.write(key, entry[0])
        except SourceError:
            entry[1] += 1
            if entry[1] > self.max_retries and self.waiting.get(key) is entry:
                del self.waiting[key]
                self.lost.add(key)
            return False
        self._remember(key, entry[0])
        if self.waiting.get(key) is entry:  # else a newer row has come meanwhile
            del self.waiting[key]
        return True

    def _remember(self, key, row):
        try:
            self.store.set(key, {"row": row}, ttl=60)
        except StoreError:
            pass

    def close(self):
        self.is_closed = True
        while self.waiting:
            self.flush()
        return len(self.lost)


def lost_writes(log):
    """
    The keys whose last acknowledged write the source does not have, with its version.
    """
    acked, stored = {}, {}
    for event, key, version in log:
        if event == "acked":
            acked[key] = max(version, acked.get(key, 0))
        elif event == "stored":
            stored[key] = version
    return {key: version for key, version in acked.items() if stored.get(key, 0) < version}
