"""
Write-through: a write goes to the database and on into the cache, so the next read is a hit.

The database comes first, since only it can refuse. Then the writer does what a reader does after a
miss: it puts a lease under the key, reads back what the database made of the row, and stores that.
Two writers cannot leave the older row, because the second lease takes the place of the first.
"""

from contextlib import suppress
from typing import Any

from cachelab.ports import SourceError

from .base import Written
from .cache_aside import CacheAside
from .copies import Lease


class WriteThrough(CacheAside):
    """
    Reads fill the cache, and so do writes.

    Consistency: after `write` returns with `fresh`, no read that begins later is answered by an
    older copy, and until another write the cache holds the row as the source keeps it. Of two
    writers at once, the copy is never that of the earlier commit. Where the store failed (`fresh`
    is False), or the process died between the commit and the lease, an older copy may be served
    until it expires, at most `ttl` seconds after it was stored.

    A crash loses nothing: the source has every row that was acknowledged.

    Round trips: a hit is 1 to the store; a miss is 3 to the store and 1 to the source; a write is 2
    to the source (the row, and reading it back) and 2 to the store. A failing store costs a read
    one error and a write two, and fails neither.

    Raises:
        ValueError: a time is not above zero, or `jitter` is not from 0 to below 1.
        SourceError: the source failed before or at the commit.

    >>> from cachelab.ports import MemorySource, MemoryStore
    >>> users = WriteThrough(MemoryStore(), source := MemorySource(), ttl=60)
    >>> users.write("user:7", {"name": "Ada"})
    Written(version=1, fresh=True)
    >>> source.close()
    >>> users.read("user:7")  # from the cache
    {'name': 'Ada'}
    """

    name = "write_through"

    def write(self, key: str, row: Any) -> Written:
        """Make `row` the row of `key` in the source, then leave a copy of what the source has."""
        try:
            version = self.source.write(key, row)
        except BaseException:
            self.invalidate(key)  # the error may have come after the commit
            raise
        return Written(version, self._publish(key))

    def delete(self, key: str) -> Written:
        """Remove the row of `key` from the source, then leave word of its absence."""
        try:
            version = self.source.delete(key)
        except BaseException:
            self.invalidate(key)  # the error may have come after the commit
            raise
        return Written(version, self._publish(key))

    def _publish(self, key: str) -> bool:
        """Put what the source has now in place of any copy; tell whether no older one is left."""
        self.flights.overtake(key)
        lease = self.copies.claim(key)
        if isinstance(lease, Lease):
            return self._bring(key, lease)
        return self.copies.drop(key)  # a server without memory refuses a lease, and still deletes

    def _bring(self, key: str, lease: Lease) -> bool:
        # The old copy is gone and the row is committed: to leave a new copy may fail.
        with suppress(SourceError):
            self.copies.fill(key, lease, self._fetch(key))
        return True
