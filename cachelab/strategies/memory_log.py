"""
A log of writes in this process: a dict that keeps the newest write of each key.

It dies with the process. Coalescing is free here: a key that is written a hundred times before the
next batch has one place.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from cachelab.ports import MISSING, Clock, Runtime, Store, Versioned
from cachelab.ports.codec import decode, encode

from .copies import Entry
from .log import Backlog, DeadLetter, Pending

MICROSECONDS = 1_000_000


@dataclass(slots=True)
class _Waiting:
    """A write, encoded so that its caller cannot change it any more, and when it was handed out."""

    version: int
    payload: bytes
    taken_at: float | None = None


class MemoryLog:
    """
    A `WriteLog` of at most `limit` keys in a dict; copies go into `store` if there is one.

    Versions are microseconds of `clock`, or the last one and 1: a clock of the wall lets the
    writes of several processes be told apart by age, as well as their clocks agree.

    Complexity: O(1) but for `take`, which passes over what is handed out already.
    """

    def __init__(
        self,
        runtime: Runtime,
        *,
        clock: Clock | None = None,
        store: Store | None = None,
        limit: int = 10_000,
        retry_after: float = 1.0,
    ) -> None:
        self.runtime = runtime
        self.clock: Clock = runtime if clock is None else clock
        self.store = store
        self.limit = limit
        self.retry_after = retry_after
        self.waiting: dict[str, _Waiting] = {}
        """By key, the longest waiting first."""
        self.buried: list[DeadLetter] = []
        self._last_version = 0
        self._lock = runtime.lock()

    def append(self, key: str, value: Any, copy: Entry, ttl: float) -> int:
        """Keep the write of `value`, and `copy` in the store; return its version."""
        payload = b"" if value is MISSING else encode(value)
        with self._lock:
            if key not in self.waiting and len(self.waiting) >= self.limit:
                raise Backlog(f"{self.limit} writes wait for the source, as many as may")
            now = int(self.clock.now() * MICROSECONDS)
            self._last_version = version = max(now, self._last_version + 1)
            self.waiting[key] = _Waiting(version, payload)
            if self.store is not None:
                self.store.set(key, copy, ttl)
        return version

    def newest(self, key: str) -> Versioned | None:
        """Return the row last written under `key` if it waits here, else None."""
        waiting = self.waiting.get(key)
        return None if waiting is None else _row(waiting)

    def take(self, count: int) -> list[Pending]:
        """Hand out at most `count` writes."""
        now = self.runtime.now()
        taken: list[Pending] = []
        with self._lock:
            for key, waiting in self.waiting.items():
                if waiting.taken_at is not None and now < waiting.taken_at + self.retry_after:
                    continue
                waiting.taken_at = now
                taken.append(Pending(str(waiting.version), key, _row(waiting)))
                if len(taken) == count:
                    break
        return taken

    def done(self, writes: Iterable[Pending]) -> None:
        """Forget `writes`, but not a newer write of the same key."""
        with self._lock:
            for write in writes:
                waiting = self.waiting.get(write.key)
                if waiting is not None and waiting.version <= write.row.version:
                    del self.waiting[write.key]

    def bury(self, write: Pending, reason: str) -> None:
        """Move `write` to the dead letters."""
        self.done([write])
        self.buried.append(DeadLetter(write.key, write.row, reason))

    def dead_letters(self) -> list[DeadLetter]:
        """Return what was buried, oldest first."""
        return list(self.buried)

    def size(self) -> int:
        """Count the writes that wait, those handed out included."""
        return len(self.waiting)

    def close(self) -> None:
        """Do nothing: a dict holds nothing open."""


def _row(waiting: _Waiting) -> Versioned:
    value = decode(waiting.payload) if waiting.payload else MISSING
    return Versioned(value, waiting.version)
