# rejected by: aside_reads
# gives the store something that is no text
import json
from uuid import uuid4

from cachelab.ports import MISSING, StoreError

LEASE_SECONDS = 5


def encode(row):
    """
    Return the text that is kept: an envelope, empty where there is no row.
    """
    return json.dumps({} if row is MISSING else {"row": row})


def decode(text):
    """
    Return the envelope of a text, or None if it is not one: broken, a lease, nothing at all.
    """
    try:
        envelope = None if text is MISSING else json.loads(text)
    except ValueError:
        return None
    return envelope if isinstance(envelope, dict) else None


class Copies:
    """
    The copies in a store, and the promise of a reader to bring one.
    """

    def __init__(self, store, ttl, negative_ttl):
        self.store, self.ttl, self.negative_ttl = store, ttl, negative_ttl

    def read(self, key, load, ttl=None):
        try:
            text = self.store.get(key)
            envelope = decode(text)
            if envelope is not None:
                return envelope.get("row", MISSING)
            lease = self.lease(key, text)
        except StoreError:
            return load(key)
        row = load(key)
        self.fill(key, lease, row, self.ttl if ttl is None else ttl)
        return row

    def lease(self, key, found):
        lease = f"lease {uuid4()}"
        if found is MISSING:
            self.store.add(key, lease, ttl=LEASE_SECONDS)
        else:
            self.store.replace(key, found, lease, ttl=LEASE_SECONDS)
        return lease

    def fill(self, key, lease, row, ttl):
        life = self.negative_ttl if row is MISSING else ttl
        try:
            self.store.replace(key, lease, encode(row), ttl=life)
        except StoreError:
            pass

    def drop(self, key):
        try:
            self.store.delete(key)
        except StoreError:
            return False
        return True


class OwnCopies(Copies):
    """
    Copies of this class alone.
    """

    def fill(self, key, lease, row, ttl):
        life = self.negative_ttl if row is MISSING else ttl
        try:
            self.store.replace(key, lease, {"row": row}, ttl=life)
        except StoreError:
            pass


class CacheAside:
    """
    Reads fill the cache, writes empty it.
    """

    def __init__(self, store, source, ttl, negative_ttl):
        self.source = source
        self.copies = OwnCopies(store, ttl, negative_ttl)

    def read(self, key):
        return self.copies.read(key, self.load)

    def load(self, key):
        found = self.source.read(key)
        return MISSING if found is MISSING else found.value

    def write(self, key, row):
        try:
            self.source.write(key, row)
        finally:
            gone = self.copies.drop(key)
        return gone


class ReadThrough:
    """
    A cache that loads what it lacks.
    """

    def __init__(self, store, ttl, negative_ttl):
        self.copies = Copies(store, ttl, negative_ttl)
        self.loaders = {}

    def register_loader(self, prefix, loader):
        self.loaders[prefix] = loader

    def get(self, key, loader=None, ttl=None):
        return self.copies.read(key, loader or self.loader_for(key), ttl)

    def loader_for(self, key):
        prefix = key
        while prefix not in self.loaders:
            if ":" not in prefix:
                raise ValueError(f"no loader is registered for {key!r}")
            prefix = prefix.rpartition(":")[0]
        return self.loaders[prefix]
