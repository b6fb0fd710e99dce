import ast
import random
from functools import partial

from cachelab.ports import MISSING, StoreError

NOBODY = "-"


class Base:
    """
    Texts of Python, checked by their last sign; copies die up to two fifths early.
    """

    def __init__(self, store, ttl, negative_ttl):
        self.store = store
        self.life = ttl
        self.short_life = negative_ttl
        self.rng = random.Random()

    def fetch(self, key, load, life):
        entry = "copy of " + key
        try:
            text = self.store.get(entry)
            if text is not MISSING and text.startswith("=") and text.endswith("."):
                return ast.literal_eval(text[1:-1])
            if text is not MISSING and text == "absent.":
                return MISSING
            ticket = f"ticket {self.rng.getrandbits(128):x}"
            self.store.set(entry, ticket, ttl=2)
        except StoreError:
            return load(key)
        row = load(key)
        new, seconds = ("absent.", self.short_life) if row is MISSING else (f"={row!r}.", life)
        try:
            self.store.replace(entry, ticket, new, ttl=seconds * self.rng.uniform(0.6, 1))
        except StoreError:
            pass
        return row


class CacheAside(Base):
    def __init__(self, store, source, ttl, negative_ttl):
        super().__init__(store, ttl, negative_ttl)
        self.source = source

    def read(self, key):
        return self.fetch(key, self.ask, self.life)

    def ask(self, key):
        row = self.source.read(key)
        return row if row is MISSING else row.value

    def write(self, key, row):
        error = None
        try:
            self.source.write(key, row)
        except Exception as failure:
            error = failure
        try:
            self.store.delete("copy of " + key)
            fresh = True
        except StoreError:
            fresh = False
        if error is not None:
            raise error
        return fresh


class ReadThrough(Base):
    def __init__(self, store, ttl, negative_ttl):
        super().__init__(store, ttl, negative_ttl)
        self.tree = {}

    def register_loader(self, prefix, loader):
        node = self.tree
        for part in prefix.split(":"):
            node = node.setdefault(part, {})
        node[None] = loader

    def get(self, key, loader=None, ttl=None):
        call = partial(self.choose(key) if loader is None else loader)
        return self.fetch(key, call, self.life if ttl is None else ttl)

    def choose(self, key):
        node, best = self.tree, None
        for part in key.split(":"):
            node = node.get(part)
            if node is None:
                break
            best = node.get(None, best)
        if best is None:
            raise LookupError(f"who loads {key}?")
        return best
