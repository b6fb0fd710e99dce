"""Python literals for texts, one base class for both caches, prefixes from the longest down."""

from __future__ import annotations
import ast
import itertools
import os
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial, singledispatchmethod
from cachelab.ports import MISSING, StoreError


@dataclass
class _Base:
    store: object
    ttl: float
    negative_ttl: float

    def _fetch(self, key, load, ttl):
        mark = "?" + os.urandom(12).hex()
        slot = "row/" + key
        try:
            old = self.store.get(slot)
        except StoreError:
            return load()
        if old is not MISSING and old[:1] != "?":
            with suppress(ValueError, SyntaxError, IndexError, TypeError):
                tag, *rest = ast.literal_eval(old)
                return rest[0] if tag == "row" else MISSING
            guarded = self._try(lambda: self.store.replace(slot, old, mark, ttl=9))
        elif old is MISSING:
            guarded = self._try(lambda: self.store.add(slot, mark, ttl=9))
        else:
            guarded = False
        row = load()
        if guarded:
            text = repr(("none",)) if row is MISSING else repr(("row", row))
            life = self.negative_ttl if row is MISSING else ttl
            self._try(lambda: self.store.replace(slot, mark, text, ttl=life))
        return row

    @staticmethod
    def _try(action):
        try:
            return action()
        except StoreError:
            return False

    def _forget(self, key):
        with suppress(StoreError):
            self.store.delete("row/" + key)
            return True
        return False


class CacheAside(_Base):
    def __init__(self, store, source, ttl, negative_ttl):
        super().__init__(store, ttl, negative_ttl)
        self._source = source

    def read(self, key):
        return self._fetch(
            key, lambda: MISSING if (v := self._source.read(key)) is MISSING else v.value, self.ttl
        )

    def write(self, key, row):
        done = False
        try:
            self._source.write(key, row)
        finally:
            done = self._forget(key)
        return done


@dataclass
class ReadThrough(_Base):
    _loaders: dict = field(default_factory=dict)

    def register_loader(self, prefix, loader):
        self._loaders |= {prefix: loader}

    def get(self, key, loader=None, ttl=None):
        parts = key.split(":")
        if loader is None:
            for n in range(len(parts), 0, -1):
                if loader := self._loaders.get(":".join(parts[:n])):
                    break
            else:
                raise KeyError(f"no loader for {key}")
        return self._fetch(key, partial(loader, key), self.ttl if ttl is None else ttl)
