"""
Bringing a copy through a strategy: by the same lease that its readers take.
"""

from typing import Protocol

from cachelab.ports import MISSING, StoreError
from cachelab.ports.stores import Absent
from cachelab.strategies.copies import Copies, Copy, NoCopy

from .filling import Filled


class FillsOnMiss(Protocol):
    """A strategy whose reads leave a copy: each of `STRATEGIES` is one."""

    copies: Copies

    def read(self, key: str) -> object | Absent:
        """Return the row of `key`, or MISSING."""
        ...


class Through:
    """
    A `Filling` that reads through the strategy `cache`, and looks whether a copy came of it.

    So the copies are those that the strategy's readers expect, under its leases, with its own times
    to live and its jitter; a key without a row leaves the strategy's short-lived absence.

    Complexity: a look, a read and a look; for a copy that is there a look.

    >>> from cachelab.ports import MemorySource, MemoryStore
    >>> from cachelab.strategies import CacheAside
    >>> source = MemorySource()
    >>> source.write("user:1", "Ada")
    1
    >>> warm = Through(CacheAside(MemoryStore(), source, ttl=60))
    >>> warm.fill("user:1").value, warm.fill("user:1").value, warm.fill("user:2").value
    ('kept', 'already there', 'without a row')
    """

    def __init__(self, cache: FillsOnMiss) -> None:
        self.cache = cache

    def fill(self, key: str) -> Filled:
        """Bring the copy of `key`, if there is none."""
        if self._is_there(key):
            return Filled.PRESENT
        value = self.cache.read(key)
        if value is MISSING:
            return Filled.ABSENT
        return Filled.KEPT if self._is_there(key) else Filled.OVERTAKEN

    def _is_there(self, key: str) -> bool:
        found = self.cache.copies.look(key)
        if found is NoCopy.UNREACHABLE:
            raise StoreError("the store failed: nothing can be kept in it")
        return isinstance(found, Copy)
