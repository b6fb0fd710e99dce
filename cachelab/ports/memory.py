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
from .stores import MISSING, Absent, OnCorrupt, check_key, check_ttl, log_corrupt


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

    def __init__(self, clock: Clock | None = None, on_corrupt: OnCorrupt = log_corrupt) -> None:
        self.clock: Clock = ThreadRuntime() if clock is None else clock
        self.on_corrupt = on_corrupt
        self.entries: dict[str, Entry] = {}
        self._lock = Lock()

    def get(self, key: str) -> Any | Absent:
        """Return the value of `key`, or MISSING."""
        entry = self.entries.get(check_key(key))
        if entry is None:
            return MISSING
        if self._seconds_left(entry) <= 0:
            self._drop(key, entry)
            return MISSING
        try:
            return decode(entry.payload)
        except ValueError as error:
            self._drop(key, entry)
            self.on_corrupt(key, error)
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
        dies_at = self._end(ttl)
        fresh = {check_key(key): Entry(encode(value), dies_at) for key, value in entries.items()}
        with self._lock:
            self.entries.update(fresh)

    def add(self, key: str, value: Any, ttl: float | None = None) -> bool:
        """Keep `value` under `key` if nothing is there; tell whether it was kept."""
        fresh = Entry(encode(value), self._end(ttl))
        with self._lock:
            if self._alive(check_key(key)) is not None:
                return False
            self.entries[key] = fresh
        return True

    def replace(self, key: str, old: Any, new: Any | Absent, ttl: float | None = None) -> bool:
        """Put `new`, or nothing if MISSING, in the place of `old`; tell whether that was there."""
        expected, dies_at = encode(old), self._end(ttl)
        fresh = None if new is MISSING else Entry(encode(new), dies_at)
        with self._lock:
            found = self._alive(check_key(key))
            if found is None or found.payload != expected:
                return False
            if fresh is None:
                del self.entries[key]
            else:
                self.entries[key] = fresh
        return True

    def delete(self, key: str) -> bool:
        """Drop `key`; tell whether it was there, and alive."""
        with self._lock:
            found = self._alive(check_key(key))
            self.entries.pop(key, None)
        return found is not None

    def ttl(self, key: str) -> float | Absent | None:
        """Return the seconds that `key` has left, None if it never expires, or MISSING."""
        entry = self.entries.get(check_key(key))
        left = 0.0 if entry is None else self._seconds_left(entry)
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

    def _end(self, ttl: float | None) -> float | None:
        ttl = check_ttl(ttl)
        return None if ttl is None else self.clock.now() + ttl

    def _alive(self, key: str) -> Entry | None:
        entry = self.entries.get(key)
        return None if entry is None or self._seconds_left(entry) <= 0 else entry

    def _drop(self, key: str, entry: Entry) -> None:
        # Another thread may have put a new entry here since `entry` was looked at: that one stays.
        with self._lock:
            if self.entries.get(key) is entry:
                del self.entries[key]
