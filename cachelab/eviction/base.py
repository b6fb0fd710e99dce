"""
The contract between a cache and the policy that says which key must go.

A policy knows keys; `Cache` holds values. A policy has three verbs: `hit(key)` for a resident key
that was asked for, `insert(key)` for a new one, which returns the keys that had to go, and
`remove(key)` for one that leaves for another reason. There is no `evict()`: some policies choose
their victim by looking at the key that comes in.
"""

from abc import ABC, abstractmethod
from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from threading import RLock
from typing import Any

Key = Hashable

_ABSENT: Any = object()


class EvictionPolicy(ABC):
    """
    A rule that chooses the key to give up when a cache of `capacity` keys is full.

    A subclass keeps its keys in public containers named as in its paper, and nothing else: no
    values, no counters of hits, no clock. `check()` states what must hold after every step.

    Raises:
        TypeError: `capacity` is not a whole number.
        ValueError: `capacity` is below 1.
    """

    name: str
    """Registry key, as in `POLICIES["lru"]`."""

    def __init__(self, capacity: int) -> None:
        if isinstance(capacity, bool) or not isinstance(capacity, int):
            raise TypeError(f"capacity must be a whole number of entries, not {capacity!r}")
        if capacity < 1:
            raise ValueError(f"capacity must be at least 1, not {capacity}")
        self.capacity = capacity

    @abstractmethod
    def hit(self, key: Key) -> None:
        """Note that the resident `key` was asked for."""

    @abstractmethod
    def insert(self, key: Key) -> list[Key]:
        """Take in the new `key`; return the keys evicted to make room, in order."""

    @abstractmethod
    def remove(self, key: Key) -> None:
        """Forget the resident `key`, which the cache has dropped for a reason of its own."""

    @abstractmethod
    def __contains__(self, key: object) -> bool:
        """Tell whether `key` is resident; asking is not a use."""

    @abstractmethod
    def __len__(self) -> int:
        """Count the resident keys."""

    @abstractmethod
    def __iter__(self) -> Iterator[Key]:
        """Go through the resident keys, the next victim first where the policy knows it."""

    def check(self) -> None:
        """Raise AssertionError if an invariant of the policy is broken."""
        residents = list(self)
        assert len(residents) == len(self) <= self.capacity
        assert len(set(residents)) == len(residents)
        assert all(key in self for key in residents)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.capacity})"


@dataclass(slots=True)
class CacheStats:
    """
    What a cache did so far, in requests and entries.

    `evictions` counts entries given up for space; entries deleted by the caller are not among
    them. `hit_ratio` is hits over lookups, and 0.0 before the first lookup.
    """

    hits: int = 0
    misses: int = 0
    evictions: int = 0

    @property
    def lookups(self) -> int:
        return self.hits + self.misses

    @property
    def hit_ratio(self) -> float:
        return self.hits / self.lookups if self.lookups else 0.0


class Cache:
    """
    A mapping that holds as many entries as its policy allows.

    The policy decides which key goes; this class keeps the values beside it. A lookup by `get` is
    a use, `in` and `len` are not. None is a value like any other: a lookup of an absent key
    answers the `default` that the caller gave.

    Complexity: what the policy's verb costs, plus O(1).

    >>> from cachelab.eviction import LRU
    >>> cache = Cache(LRU(2))
    >>> cache.put("a", 1), cache.put("b", 2), cache.get("a"), cache.put("c", 3)
    (None, None, 1, None)
    >>> "b" in cache, cache.get("b", "gone"), cache.stats.hit_ratio
    (False, 'gone', 0.5)
    """

    def __init__(self, policy: EvictionPolicy) -> None:
        if not isinstance(policy, EvictionPolicy):
            raise TypeError(f"a cache needs a policy such as LRU(100), not {policy!r}")
        if len(policy):
            raise ValueError(f"{policy!r} already serves a cache with {len(policy)} entries")
        self.policy = policy
        self.stats = CacheStats()
        self._values: dict[Key, Any] = {}

    @property
    def capacity(self) -> int:
        return self.policy.capacity

    def get(self, key: Key, default: Any = None) -> Any:
        """Return the value of `key`, or `default` when it is not resident."""
        value = self._values.get(key, _ABSENT)
        if value is _ABSENT:
            self.stats.misses += 1
            return default
        self.stats.hits += 1
        self.policy.hit(key)
        return value

    def put(self, key: Key, value: Any) -> None:
        """Store `value` under `key`; a resident key keeps its place and counts as used."""
        if key in self._values:
            self.policy.hit(key)
        else:
            for victim in self.policy.insert(key):
                self._values.pop(victim, None)
                self.stats.evictions += 1
                if victim == key:
                    return
        self._values[key] = value

    def delete(self, key: Key) -> bool:
        """Drop `key`; tell whether it was resident."""
        if self._values.pop(key, _ABSENT) is _ABSENT:
            return False
        self.policy.remove(key)
        return True

    def __contains__(self, key: object) -> bool:
        return key in self._values

    def __len__(self) -> int:
        return len(self._values)

    def __iter__(self) -> Iterator[Key]:
        return iter(list(self.policy))

    def check(self) -> None:
        """Raise AssertionError if the values and the policy's keys do not agree."""
        self.policy.check()
        assert self._values.keys() == set(self.policy)

    def __repr__(self) -> str:
        return f"Cache({self.policy!r})"


class Synchronized:
    """
    A cache whose operations happen one at a time, whatever the number of threads.

    One lock around each whole operation: a lookup and the move that follows it belong together.
    The lock may be entered again by its holder, so a key whose hash asks the cache is no deadlock.

    Complexity: the cache's own, plus one lock, which in CPython costs more than LRU's bookkeeping.

    >>> from cachelab.eviction import LRU
    >>> cache = Synchronized(Cache(LRU(2)))
    >>> cache.put("a", 1)
    >>> cache.get("a"), len(cache)
    (1, 1)
    """

    def __init__(self, cache: Cache) -> None:
        self.cache = cache
        self._lock = RLock()

    @property
    def capacity(self) -> int:
        return self.cache.capacity

    @property
    def stats(self) -> CacheStats:
        """The counters at one moment: a copy that later requests do not change."""
        with self._lock:
            now = self.cache.stats
            return CacheStats(now.hits, now.misses, now.evictions)

    def get(self, key: Key, default: Any = None) -> Any:
        """Return the value of `key`, or `default` when it is not resident."""
        with self._lock:
            return self.cache.get(key, default)

    def put(self, key: Key, value: Any) -> None:
        """Store `value` under `key`."""
        with self._lock:
            self.cache.put(key, value)

    def delete(self, key: Key) -> bool:
        """Drop `key`; tell whether it was resident."""
        with self._lock:
            return self.cache.delete(key)

    def __contains__(self, key: object) -> bool:
        with self._lock:
            return key in self.cache

    def __len__(self) -> int:
        with self._lock:
            return len(self.cache)

    def __iter__(self) -> Iterator[Key]:
        with self._lock:
            return iter(self.cache)

    def __repr__(self) -> str:
        return f"Synchronized({self.cache!r})"
