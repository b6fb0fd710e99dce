"""
A store in this process: a dict, a clock, and the same rules as a server.

Values are kept encoded, so what a program reads here is what it would read from a server, and
nobody can change an entry by changing the object that was stored. Expiry is lazy, as in most
caches: a dead entry is found dead when somebody asks for it.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any

from .codec import decode, encode
from .runtime import Clock, ThreadRuntime
from .stores import MISSING, Absent, check_key, check_ttl


@dataclass(frozen=True, slots=True)
class Entry:
    """An encoded value and the moment it dies, None for never."""

    payload: bytes
    dies_at: float | None


class MemoryStore:
    """
    A `Store` over a dict, whose entries die by the clock it is given.

    An entry stored at t with a ttl of 10 is alive before t + 10 and dead from t + 10 on. Dead
    entries that nobody asks for stay in `entries`, and nothing bounds their number: to bound it
    is what `cachelab.eviction` is about. Any number of threads may use one store.

    Complexity: O(size of the value) for `get` and `set`, O(1) for the rest but `clear`.

    >>> from cachelab.ports import ManualClock
    >>> clock = ManualClock()
    >>> store = MemoryStore(clock)
    >>> store.set("greeting", "hello", ttl=10)
    >>> clock.advance(9)
    >>> store.get("greeting"), store.ttl("greeting")
    ('hello', 1.0)
    >>> clock.advance(1)
    >>> store.get("greeting")
    MISSING
    """

    def __init__(self, clock: Clock | None = None) -> None:
        self.clock: Clock = ThreadRuntime() if clock is None else clock
        self.entries: dict[str, Entry] = {}
        self._lock = Lock()

    def get(self, key: str) -> Any | Absent:
        """Return the value of `key`, or MISSING."""
        entry = self.entries.get(check_key(key))
        if entry is None:
            return MISSING
        try:
            if self._seconds_left(entry) > 0:
                return decode(entry.payload)
        except ValueError:
            pass  # the bytes are damaged: as good as dead
        self._drop(key, entry)
        return MISSING

    def get_many(self, keys: Iterable[str]) -> dict[str, Any]:
        """Return the keys that are present with their values, in the order asked."""
        found = ((key, self.get(key)) for key in keys)
        return {key: value for key, value in found if value is not MISSING}

    def set(self, key: str, value: Any, ttl: float | None = None) -> None:
        """Keep `value` under `key` for `ttl` seconds, or for good."""
        self.set_many({key: value}, ttl)

    def set_many(self, entries: Mapping[str, Any], ttl: float | None = None) -> None:
        """Keep each of `entries` for `ttl` seconds; all are checked before the first is kept."""
        ttl = check_ttl(ttl)
        payloads = {check_key(key): encode(value) for key, value in entries.items()}
        dies_at = None if ttl is None else self.clock.now() + ttl
        with self._lock:
            for key, payload in payloads.items():
                self.entries[key] = Entry(payload, dies_at)

    def delete(self, key: str) -> bool:
        """Drop `key`; tell whether it was there, and alive."""
        with self._lock:
            entry = self.entries.pop(check_key(key), None)
        return entry is not None and self._seconds_left(entry) > 0

    def ttl(self, key: str) -> float | Absent | None:
        """Return the seconds that `key` has left, None if it never expires, or MISSING."""
        entry = self.entries.get(check_key(key))
        if entry is None:
            return MISSING
        left = self._seconds_left(entry)
        if left <= 0:
            return MISSING
        return None if left == math.inf else left

    def clear(self) -> None:
        """Drop every entry."""
        with self._lock:
            self.entries.clear()

    def close(self) -> None:
        """Do nothing: a dict holds nothing open."""

    def __repr__(self) -> str:
        return "MemoryStore()"

    def _seconds_left(self, entry: Entry) -> float:
        return math.inf if entry.dies_at is None else entry.dies_at - self.clock.now()

    def _drop(self, key: str, entry: Entry) -> None:
        # Another thread may have put a new entry here since `entry` was looked at: that one stays.
        with self._lock:
            if self.entries.get(key) is entry:
                del self.entries[key]
