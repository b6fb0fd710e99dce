"""
A store in this process that stays small: a dict whose keys an eviction policy chooses from.

`MemoryStore` grows without bound, and a `Cache` is no `Store`. This is both put together: the
first tier, in front of a store that many share.
"""

import math
from collections.abc import Iterable, Mapping
from threading import RLock
from typing import Any

from cachelab.eviction import Cache, EvictionPolicy
from cachelab.ports import MISSING, Clock, ThreadRuntime
from cachelab.ports.codec import decode, encode
from cachelab.ports.memory import Entry
from cachelab.ports.stores import Absent, OnCorrupt, check_key, check_ttl, log_corrupt


class LocalStore:
    """
    A `Store` of at most the policy's capacity in entries and `max_bytes` in encoded values.

    Reading a key is a use of it, asking for its ttl is not. Dead entries go before live ones are
    evicted. A value larger than `max_bytes` is not kept, and its key is missing. Any number of
    threads may use one store.

    Complexity: the policy's verb and O(size of the value); O(log n) more for an entry with a ttl.

    Raises:
        ValueError: the policy serves another cache, or `max_bytes` is not above zero.
        TypeError: it is no policy.

    >>> from cachelab.eviction import LRU
    >>> store = LocalStore(LRU(2))
    >>> store.set("a", 1), store.set("b", 2), store.get("a"), store.set("c", 3)
    (None, None, 1, None)
    >>> store.get_many("abc")
    {'a': 1, 'c': 3}
    """

    def __init__(
        self,
        policy: EvictionPolicy,
        *,
        max_bytes: int | None = None,
        clock: Clock | None = None,
        on_corrupt: OnCorrupt = log_corrupt,
    ) -> None:
        self.clock: Clock = ThreadRuntime() if clock is None else clock
        self.on_corrupt = on_corrupt
        self.cache = Cache(
            policy,
            weigh=None if max_bytes is None else lambda _, entry: len(entry.payload),
            max_weight=max_bytes,
            clock=self.clock,
        )
        self._lock = RLock()

    def get(self, key: str) -> Any | Absent:
        """Return the value of `key`, or MISSING."""
        check_key(key)
        with self._lock:
            entry = self.cache.get(key, MISSING)
        if entry is MISSING:
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
        """Keep `value` under `key` for `ttl` seconds, or until it must go."""
        self.set_many({key: value}, ttl)

    def set_many(self, entries: Mapping[str, Any], ttl: float | None = None) -> None:
        """Keep each of `entries` for `ttl` seconds; all are checked before the first is kept."""
        fresh = {check_key(key): self._entry(value, ttl) for key, value in entries.items()}
        with self._lock:
            for key, entry in fresh.items():
                self._put(key, entry, ttl)

    def add(self, key: str, value: Any, ttl: float | None = None) -> bool:
        """Keep `value` under `key` if nothing is there; tell whether it was kept."""
        fresh = self._entry(value, ttl)
        with self._lock:
            return check_key(key) not in self.cache and self._put(key, fresh, ttl)

    def replace(self, key: str, old: Any, new: Any | Absent, ttl: float | None = None) -> bool:
        """Put `new`, or nothing if MISSING, in the place of `old`; tell whether that was there."""
        expected = encode(old)
        check_ttl(ttl)
        fresh = None if new is MISSING else self._entry(new, ttl)
        with self._lock:
            entry = self.cache.peek(check_key(key), MISSING)
            if entry is MISSING or entry.payload != expected:
                return False
            if fresh is None:
                self.cache.delete(key)
            else:
                self._put(key, fresh, ttl)
        return True

    def delete(self, key: str) -> bool:
        """Drop `key`; tell whether it was there, and alive."""
        with self._lock:
            return self.cache.delete(check_key(key))

    def ttl(self, key: str) -> float | Absent | None:
        """Return the seconds that `key` has left, None if it never expires, or MISSING."""
        with self._lock:
            entry: Entry | Absent = self.cache.peek(check_key(key), MISSING)
        if entry is MISSING:
            return MISSING
        if entry.dies_at is None:
            return None
        left = entry.dies_at - self.clock.now()
        return MISSING if left <= 0 else left

    def clear(self) -> None:
        """Drop every entry."""
        with self._lock:
            self.cache.clear()

    def close(self) -> None:
        """Do nothing: a dict holds nothing open."""

    def _entry(self, value: Any, ttl: float | None) -> Entry:
        ttl = check_ttl(ttl)
        return Entry(encode(value), None if ttl is None else self.clock.now() + ttl)

    def _put(self, key: str, entry: Entry, ttl: float | None) -> bool:
        self.cache.put(key, entry, math.inf if ttl is None else ttl)
        return key in self.cache

    def _drop(self, key: str, entry: Entry) -> None:
        # Another thread may have put a new entry here since `entry` was looked at: that one stays.
        with self._lock:
            if self.cache.peek(key, MISSING) is entry:
                self.cache.delete(key)

    def __len__(self) -> int:
        with self._lock:
            return len(self.cache)

    def __repr__(self) -> str:
        return f"LocalStore({self.cache.policy!r})"
