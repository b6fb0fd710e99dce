"""
Cache-aside: look in the cache, else ask the database and leave a copy; a write removes the copy.

The most common strategy, and the one whose race is best known: a reader that found nothing can
store the old row after a writer has removed it. The lease (see `copies`) is what closes it.
"""

from typing import Any, Unpack

from cachelab.ports import Source, Store
from cachelab.ports.stores import Absent

from .base import Written, value_of
from .fill_on_miss import FillOnMiss, Options


class CacheAside(FillOnMiss):
    """
    Reads fill the cache, writes empty it.

    Consistency: after `write` returns with `fresh`, no read that begins later is answered by an
    older copy; in another process it may join a load that began before. Where the store failed
    (`fresh` is False), or the process died between the commit and the removal, an older copy may
    be served until it expires, at most `ttl` seconds after it was stored.
    A row that appears in the source by other ways is seen after at most `ttl` seconds, and after
    at most `negative_ttl` if its absence was remembered.

    A crash loses nothing: the source has every row that was acknowledged.

    Round trips: a hit is 1 to the store; a miss is 3 to the store and 1 to the source; a write is 1
    to the source and 1 to the store. When the store fails, a read leaves it alone after the first
    error. Of many readers in one process that miss a key at once, one asks the source.

    Raises:
        ValueError: a time is not above zero, or `jitter` is not from 0 to below 1.
        SourceError: the source failed; a store that fails raises nothing.

    Source: R. Nishtala et al., "Scaling Memcache at Facebook", NSDI 2013, 3.2.1 (leases). There
    the server hands out the lease; here it is an entry like any other.

    >>> from cachelab.ports import MemorySource, MemoryStore
    >>> users = CacheAside(MemoryStore(), MemorySource(), ttl=60)
    >>> users.write("user:7", {"name": "Ada"}).fresh
    True
    >>> users.read("user:7"), users.read("user:8")
    ({'name': 'Ada'}, MISSING)
    """

    name = "cache_aside"

    def __init__(
        self, store: Store, source: Source, ttl: float, **options: Unpack[Options]
    ) -> None:
        super().__init__(store, ttl, **options)
        self.source = source

    def read(self, key: str) -> Any | Absent:
        """Return the row of `key`, or MISSING when there is none."""
        return self._answer(key, self._fetch)

    def write(self, key: str, row: Any) -> Written:
        """Make `row` the row of `key` in the source, then remove the copy."""
        try:
            version = self.source.write(key, row)
        finally:  # after an error too: it may have come after the commit
            fresh = self.invalidate(key)
        return Written(version, fresh)

    def delete(self, key: str) -> Written:
        """Remove the row of `key` from the source, then its copy."""
        try:
            version = self.source.delete(key)
        finally:
            fresh = self.invalidate(key)
        return Written(version, fresh)

    def _fetch(self, key: str) -> Any | Absent:
        return value_of(self.source.read(key))
