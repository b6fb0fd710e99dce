"""
Read-through: the cache itself knows how to load, so its callers only ever ask the cache.

Loaders are registered for the keys they understand, by prefix: `user` serves `user:7` and, unless
somebody registered `user:session` too, `user:session:3`.
"""

from collections.abc import Callable
from typing import Any, Self, TypeAlias, TypeVar, Unpack

from cachelab.ports import MISSING, Source, Store
from cachelab.ports.stores import Absent, check_key, check_ttl

from .base import Written, value_of
from .fill_on_miss import FillOnMiss, Options

T = TypeVar("T")

Loader: TypeAlias = Callable[[str], Any]
"""Takes the whole key; returns its row, or MISSING when there is none."""

Writer: TypeAlias = Callable[[str, Any], int]
"""Takes a key and its new row, or MISSING to remove it; returns the version stored."""


class ReadThrough(FillOnMiss):
    """
    A cache that loads what it lacks.

    Consistency: as cache-aside's, for writes and invalidations that go through it. A change that
    the cache is not told of is seen after at most `ttl` seconds, or `negative_ttl` for a row that
    was MISSING. What a loader raises goes to those who asked, and is not kept.

    A crash loses nothing: the cache holds copies only.

    Round trips: a hit is 1 to the store; a miss is 3 to the store and 1 call of the loader, shared
    by all readers of one process that miss the key at once; `write` is 1 call of the writer and 1
    to the store, `invalidate` 1 to the store.

    Raises:
        ValueError: no loader was registered for a key, whether it is in the cache or not.

    >>> from cachelab.ports import MemoryStore
    >>> cache = ReadThrough(MemoryStore(), ttl=60)
    >>> cache.register_loader("square", lambda key: int(key.split(":")[1]) ** 2)
    >>> cache.get("square:12"), cache.get("config", loader=str.upper, ttl=5)
    (144, 'CONFIG')
    """

    name = "read_through"

    def __init__(self, store: Store, ttl: float, **options: Unpack[Options]) -> None:
        super().__init__(store, ttl, **options)
        self.loaders: dict[str, Loader] = {}
        self.writers: dict[str, Writer] = {}

    @classmethod
    def over(cls, store: Store, source: Source, *, ttl: float, **options: Any) -> Self:
        """Make a cache that loads every key from `source`, and writes to it."""

        def write(key: str, row: Any) -> int:
            return source.delete(key) if row is MISSING else source.write(key, row)

        cache = cls(store, ttl, **options)
        cache.register_loader("", lambda key: value_of(source.read(key)), write)
        return cache

    def register_loader(self, prefix: str, loader: Loader, writer: Writer | None = None) -> None:
        """
        Let `loader` load the keys that are `prefix`, or begin with it and a colon.

        The longest prefix that fits a key decides; the empty one fits every key.

        Raises:
            ValueError: the prefix has a loader already.
        """
        prefix = check_key(prefix).removesuffix(":")
        if prefix in self.loaders:
            raise ValueError(f"the prefix {prefix!r} has a loader already")
        self.loaders[prefix] = loader
        if writer is not None:
            self.writers[prefix] = writer

    def get(self, key: str, loader: Loader | None = None, ttl: float | None = None) -> Any | Absent:
        """
        Return the row of `key`, or MISSING when there is none.

        `loader` loads it instead of the registered one, and the copy lives `ttl` seconds instead
        of the cache's own; both matter only to the call that loads.
        """
        check_ttl(ttl)
        load = _registered(self.loaders, key) if loader is None else loader
        return self._answer(key, load, ttl)

    def read(self, key: str) -> Any | Absent:
        """Return the row of `key`, or MISSING when there is none."""
        return self.get(key)

    def write(self, key: str, row: Any) -> Written:
        """Hand `row` to the writer that was registered with the key's loader; remove the copy."""
        writer = _registered(self.writers, key)
        try:
            version = writer(key, row)
        finally:  # after an error too: it may have come after the commit
            fresh = self.invalidate(key)
        return Written(version, fresh)

    def delete(self, key: str) -> Written:
        """Have the row of `key` removed by its writer; remove the copy."""
        return self.write(key, MISSING)


def _registered(by_prefix: dict[str, T], key: str) -> T:
    """Find what the longest prefix of `key` stands for, cutting it at one colon after another."""
    prefix = check_key(key)
    while prefix not in by_prefix:
        if not prefix:
            raise ValueError(f"nothing is registered that could handle the key {key!r}")
        prefix = prefix.rpartition(":")[0]
    return by_prefix[prefix]
