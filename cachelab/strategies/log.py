"""
The log of writes that were acknowledged and are not in the database yet.

It is what makes write-behind keep its word, so it is a contract with two keepers: a stream on a
cache server, which outlives the process, and a dict in the process, which does not.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Protocol

from cachelab.ports import CachelabError, Versioned

from .copies import Entry


class Backlog(CachelabError):  # noqa: N818 - reads as the sentence it is
    """The log is full: the write was refused, and nothing of it was done."""


@dataclass(frozen=True, slots=True)
class Pending:
    """One write that waits: its place in the log, its key, and its row (of value MISSING: none)."""

    place: str
    key: str
    row: Versioned


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A write that the source refuses for good, kept with what it said."""

    key: str
    row: Versioned
    reason: str


class WriteLog(Protocol):
    """
    Writes in order, each handed out until it is done.

    A write that was taken and neither done nor buried is handed out again after a while, perhaps
    to another process: whoever took it may be dead. So a write can reach the source twice, and
    its version, which grows with the log, is what keeps the second time harmless.

    Raises:
        StoreError: the server that keeps the log failed; what was asked may have happened or not.
    """

    def append(self, key: str, value: Any, copy: Entry, ttl: float) -> int:
        """
        Keep the write of `value` (MISSING: a removal), and `copy` in the cache; return its version.

        Raises:
            Backlog: the log is full.
        """
        ...

    def newest(self, key: str) -> Versioned | None:
        """Return the row last written under `key` if it waits here, else None."""
        ...

    def take(self, count: int) -> list[Pending]:
        """Hand out about `count` writes, those that nobody finished first."""
        ...

    def done(self, writes: Iterable[Pending]) -> None:
        """Forget `writes`: the source has them, or newer ones."""
        ...

    def bury(self, write: Pending, reason: str) -> None:
        """Move `write` to the dead letters."""
        ...

    def dead_letters(self) -> list[DeadLetter]:
        """Return what was buried, oldest first."""
        ...

    def size(self) -> int:
        """Count the writes that wait, those handed out included."""
        ...

    def close(self) -> None:
        """Leave the log as it is, and give back what it holds open."""
        ...
