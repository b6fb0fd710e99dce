"""
The cache inside a database: pages of its files, kept in memory.

It is what is left of the "database cache" of older drawings. A cache of whole answers (MySQL's
query cache) was removed in version 8.0, for one lock in the way of all; and a pool of connections
keeps connections, not data: no miss passes through it.
"""

import zlib
from typing import Any

from cachelab.eviction import EvictionPolicy
from cachelab.ports import Source
from cachelab.ports.stores import Absent


class BufferPool:
    """
    A source's rows on pages, of which a policy keeps some in memory; `reads` counts the others.

    A page holds many rows, so a row that nobody asked for may be in memory because of a neighbour.
    The rows themselves always come from the source: a database's own cache is never stale.

    Complexity: the policy's verb, and the source's.

    Raises:
        ValueError: there is not at least one page.

    >>> from cachelab.eviction import LRU
    >>> from cachelab.ports import MemorySource
    >>> pool = BufferPool(MemorySource(), LRU(4), pages=16)
    >>> pool.read("row:1"), pool.read("row:1"), pool.reads
    (MISSING, MISSING, 1)
    """

    def __init__(self, source: Source, policy: EvictionPolicy, *, pages: int = 64) -> None:
        if pages < 1:
            raise ValueError(f"a table has at least 1 page, not {pages!r}")
        self.source, self.policy, self.pages = source, policy, pages
        self.reads = 0
        """Pages that were read from disk."""

    def page_of(self, key: str) -> int:
        """Return the page that the row is on."""
        return zlib.crc32(key.encode("utf-8", "surrogatepass")) % self.pages

    def read(self, key: str) -> Any | Absent:
        """Return the row of `key`, by way of its page."""
        page = self.page_of(key)
        if page in self.policy:
            self.policy.hit(page)
        else:
            self.policy.insert(page)
            self.reads += 1
        return self.source.read(key)
