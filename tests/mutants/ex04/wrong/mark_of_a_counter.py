# rejected by: aside_race
# a request of another program leaves the same mark: each program counts from 1
import json
from itertools import count

from cachelab.ports import MISSING, StoreError

MARK_SECONDS = 5
MARKS = count(1)


def encode(row):
    """
    The text that is kept for a row, or for MISSING.
    """
    return json.dumps({} if row is MISSING else {"row": row})


def decode(text):
    """
    What `encode` was given, in an envelope: {"row": row}, {} for MISSING, None for any other text.
    """
    try:
        envelope = None if text is MISSING else json.loads(text)
    except ValueError:
        return None
    return envelope if isinstance(envelope, dict) else None


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
        try:
            text = self.store.get(key)
            envelope = decode(text)
            if envelope is not None:
                return envelope.get("row", MISSING)
            mark = self._mark(key, text)
        except StoreError:
            return load(key)
        row = load(key)
        self._fill(key, mark, row, self.ttl if ttl is None else ttl)
        return row

    def _mark(self, key, found):
        """
        Put a text nobody else could have written where the copy will stand.
        """
        mark = f"mark {next(MARKS)}"
        if found is MISSING:
            self.store.add(key, mark, ttl=MARK_SECONDS)
        else:
            self.store.replace(key, found, mark, ttl=MARK_SECONDS)
        return mark

    def _fill(self, key, mark, row, ttl):
        """
        Put the copy in place of the mark, unless a write or another reader took that away.
        """
        life = self.negative_ttl if row is MISSING else ttl
        try:
            self.store.replace(key, mark, encode(row), ttl=life)
        except StoreError:
            pass  # a copy would have been an advantage, no more

    def drop(self, key):
        """
        Remove the copy; tell whether it is known to be gone.
        """
        try:
            self.store.delete(key)
        except StoreError:
            return False
        return True


class CacheAside:
    """
    Reads fill the cache, writes empty it.
    """

    def __init__(self, store, source, ttl, negative_ttl):
        self.source = source
        self.copies = Copies(store, ttl, negative_ttl)

    def read(self, key):
        return self.copies.read(key, self._load)

    def _load(self, key):
        found = self.source.read(key)
        return MISSING if found is MISSING else found.value

    def write(self, key, row):
        try:
            self.source.write(key, row)
        finally:  # after an error too: the row may have been stored
            is_gone = self.copies.drop(key)
        return is_gone


class ReadThrough:
    """
    A cache that loads what it lacks, each key by the loader of its prefix.
    """

    def __init__(self, store, ttl, negative_ttl):
        self.copies = Copies(store, ttl, negative_ttl)
        self.loaders = {}

    def register_loader(self, prefix, loader):
        self.loaders[prefix] = loader

    def get(self, key, loader=None, ttl=None):
        load = self._loader_for(key) if loader is None else loader
        return self.copies.read(key, load, ttl)

    def _loader_for(self, key):
        prefix = key
        while prefix not in self.loaders:
            if ":" not in prefix:
                raise ValueError(f"no loader is registered for {key!r}")
            prefix = prefix.rpartition(":")[0]
        return self.loaders[prefix]
