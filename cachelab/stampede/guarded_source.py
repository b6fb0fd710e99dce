"""
A guard for any strategy: a source around a source, whose reads go through the guard.

Strategies merge the misses of one process, and load once in each. Given a guarded source, what
they load comes through the guard, so the database sees one load for all processes.
"""

from collections.abc import Mapping
from typing import Any

from cachelab.ports import MISSING, Source, Versioned
from cachelab.ports.stores import Absent

from .base import Guard


class GuardedSource:
    """
    A `Source` whose rows are read through `guard`, and forgotten there when they are written.

    Give the guard a short `ttl`, a second or two: it has only to outlive the rush. Its copies lie
    between the database and the strategy's, so a change from outside is seen that much later.
    A guard that stores whatever was forgotten meanwhile (`Unguarded`, `EarlyExpiration`, and a
    `SingleFlight` around either) may keep a row from before a write, for its ttl and then that of
    the strategy; over any other a strategy promises what it does without. A row that the guard's
    store cannot carry is read, and not kept. To `close` it closes nothing.

    Round trips: a read costs what the guard's does; a write is 1 more to the store for each row.

    >>> from cachelab.ports import MemorySource, MemoryStore
    >>> from cachelab.stampede import LeasedLoad
    >>> source = GuardedSource(MemorySource(), LeasedLoad(MemoryStore(), ttl=1))
    >>> source.write("greeting", "hello"), source.read("greeting")
    (1, Versioned(value='hello', version=1))
    """

    def __init__(self, source: Source, guard: Guard) -> None:
        self.source = source
        self.guard = guard

    def read(self, key: str) -> Versioned | Absent:
        """Return the row of `key`, or MISSING."""
        row = self.guard.get(key, self._load)
        return MISSING if row is MISSING else Versioned(row[1], row[0])

    def write(self, key: str, value: Any, version: int | None = None) -> int:
        """Make `value` the row of `key` unless that is older; return the version now stored."""
        try:
            return self.source.write(key, value, version)
        finally:  # after an error too: it may have come after the commit
            self.guard.forget(key)

    def write_many(self, rows: Mapping[str, Versioned]) -> None:
        """Store those of `rows` that are newer, in one transaction: all of them or none."""
        try:
            self.source.write_many(rows)
        finally:
            for key in rows:
                self.guard.forget(key)

    def delete(self, key: str, version: int | None = None) -> int:
        """Leave `key` without a row unless that is older; return the version now stored."""
        try:
            return self.source.delete(key, version)
        finally:
            self.guard.forget(key)

    def close(self) -> None:
        """Do nothing: the source and the guard are yours to close."""

    def __repr__(self) -> str:
        return f"GuardedSource({self.source!r}, {self.guard!r})"

    def _load(self, key: str) -> list[Any] | Absent:
        row = self.source.read(key)
        return MISSING if row is MISSING else [row.version, row.value]
