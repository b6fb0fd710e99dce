"""
A cache: values kept beside a policy that says which key must go.

An entry can also have a time to live and a weight. Both are looked after in `_prepare`, which runs
before an entry comes in, and in `purge`, which takes out the dead; a cache that uses neither pays
one test for them. With FIFO, LRU or LFU it even has a shorter way: see `fused`.
"""

import time
from collections import deque
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any
from weakref import WeakSet

from .base import EvictionPolicy, Key
from .deadlines import Deadlines, checked_ttl
from .fused import fuse
from .mapping import ABSENT, MappingVerbs
from .stats import CacheStats
from .weights import Weigh, Weights

if TYPE_CHECKING:
    # Entering the room of ports would load its stores and their codec as well.
    from cachelab.ports.runtime import Clock

OnEvict = Callable[[Any, Any, str], object]
"""Called with key, value and "evicted" or "expired"."""

_SERVING: WeakSet[EvictionPolicy] = WeakSet()


class Cache(MappingVerbs):
    """
    A mapping that holds as many entries as its policy allows.

    The policy decides which key goes; this class keeps the values beside it. A lookup by `get` or
    in square brackets is a use, `peek`, `in` and `len` are not. None is a value like any other: a
    lookup of an absent key answers the `default` that the caller gave.

    With `ttl`, an entry is dead at exactly the time it was stored plus `ttl` seconds. Nobody sees a
    dead entry: it neither counts nor takes the place of a live one. With `weigh(key, value)`, the
    weights together stay within `max_weight`, and an entry heavier than that is refused. Room for
    weight is made in the policy's order; a policy with ghosts does not remember these victims.

    `on_evict(key, value, reason)` is called for entries that were "evicted" or "expired", not for
    those that the caller deleted or replaced, once the cache is whole again: it may use the cache.

    Complexity: what the policy's verb costs, plus O(1); O(log n) more for an entry with a `ttl`.

    Raises:
        TypeError: `policy` is not a policy, or an argument is of the wrong kind.
        ValueError: `policy` serves another cache, or a number is out of range.

    >>> from cachelab.eviction import LRU
    >>> cache = Cache(LRU(2))
    >>> cache.put("a", 1), cache.put("b", 2), cache.get("a"), cache.put("c", 3)
    (None, None, 1, None)
    >>> "b" in cache, cache.get("b", "gone"), cache.stats.hit_ratio
    (False, 'gone', 0.5)
    """

    def __init__(
        self,
        policy: EvictionPolicy,
        *,
        ttl: float | None = None,
        weigh: Weigh | None = None,
        max_weight: int | None = None,
        on_evict: OnEvict | None = None,
        clock: "Clock | None" = None,
    ) -> None:
        if (weigh is None) != (max_weight is None):
            raise ValueError("weigh and max_weight go together: give both or neither")
        if on_evict is not None and not callable(on_evict):
            raise TypeError(f"on_evict must be a function, not {on_evict!r}")
        self.ttl = None if ttl is None else checked_ttl(ttl)
        self.on_evict = on_evict
        self.stats = CacheStats()
        self._values: Any = {}
        self._deadlines = Deadlines()
        self._weights = Weights(weigh, max_weight) if weigh and max_weight is not None else None
        self._now = time.monotonic if clock is None else clock.now
        self._gone: deque[tuple[Key, Any, str]] = deque()
        """Entries that left, until `on_evict` is told."""
        self._prepares = ttl is not None or weigh is not None
        self._serve(policy)
        self._shorten()

    def _shorten(self) -> None:
        # A subclass may have verbs of its own, and limits need the long way from the start.
        if type(self) is Cache and not self._prepares:
            fuse(self)

    def _serve(self, policy: EvictionPolicy) -> None:
        if not isinstance(policy, EvictionPolicy):
            raise TypeError(f"a cache needs a policy such as LRU(100), not {policy!r}")
        if policy in _SERVING or len(policy):
            raise ValueError(f"{policy!r} already serves a cache; a policy serves one only")
        _SERVING.add(policy)
        self.policy = policy
        # Looked up once here instead of once a request.
        self._hit, self._insert = policy.hit, policy.insert
        self._dies_at = self._deadlines.at

    @property
    def capacity(self) -> int:
        return self.policy.capacity

    @property
    def weight(self) -> int:
        """What the entries weigh together; their number where no weight was asked for."""
        self.purge()
        return len(self._values) if self._weights is None else self._weights.total

    @property
    def max_weight(self) -> int | None:
        return None if self._weights is None else self._weights.limit

    def get(self, key: Key, default: Any = None) -> Any:
        """Return the value of `key`, or `default` when it is not resident."""
        value = self._values.get(key, ABSENT)
        if value is ABSENT or (self._dies_at and self._is_dead(key)):
            self.stats.misses += 1
            if self._dies_at:
                self.purge()
            return default
        self.stats.hits += 1
        self._hit(key)
        return value

    def put(self, key: Key, value: Any, ttl: float | None = None) -> None:
        """
        Store `value` under `key`; a resident key keeps its place and counts as used.

        The entry lives for `ttl` seconds, or as long as the cache's own `ttl` says; `math.inf` is
        for ever. A value too heavy for the cache is not stored, and an older one under the same
        key is dropped: it is not the key's value any more.
        """
        if self._prepares or ttl is not None or self.on_evict is not None:
            self._put_with_limits(key, value, ttl)
        elif key in self._values:
            self._values[key] = value
            self._hit(key)
        else:
            self._values[key] = value
            for victim in self._insert(key):
                del self._values[victim]
                self.stats.evictions += 1

    def delete(self, key: Key) -> bool:
        """Drop `key`; tell whether it was resident."""
        self.purge()
        return self._drop(key)

    def peek(self, key: Key, default: Any = None) -> Any:
        """Return the value of `key` as `get` does, but neither count nor use it."""
        return self._values[key] if key in self else default

    def get_or_load(
        self, key: Key, loader: Callable[[Any], Any], *, ttl: float | None = None
    ) -> Any:
        """
        Return the value of `key`; on a miss, store what `loader(key)` answers and return that.

        An error of the loader reaches the caller, and nothing is stored.
        """
        value = self.get(key, ABSENT)
        if value is ABSENT:
            value = loader(key)
            self.put(key, value, ttl=ttl)
        return value

    def purge(self) -> int:
        """Drop the entries that are dead by now; return how many there were."""
        if not self._dies_at:
            return 0
        purged = self._drop_dead()
        self._tell()
        return purged

    def clear(self) -> None:
        """Drop all entries, as the caller's wish: it counts as no eviction. Counters go on."""
        self.purge()
        for key in list(self._values):
            self._drop(key)

    def reset_stats(self) -> None:
        """Start counting anew."""
        self.stats = CacheStats()

    def items(self) -> list[tuple[Key, Any]]:
        """Return the entries as they are now, in the policy's order; looking is not a use."""
        self.purge()
        return [(key, self._values[key]) for key in self.policy]

    def __contains__(self, key: object) -> bool:
        return key in self._values and not (self._dies_at and self._is_dead(key))

    def __len__(self) -> int:
        self.purge()
        return len(self._values)

    def __iter__(self) -> Iterator[Key]:
        self.purge()
        return iter(list(self.policy))

    def _is_dead(self, key: Key) -> bool:
        dies_at = self._dies_at.get(key)
        return dies_at is not None and dies_at <= self._now()

    def _put_with_limits(self, key: Key, value: Any, ttl: float | None) -> None:
        """Do the same where entries have deadlines or weights, or somebody hears of evictions."""
        if self._prepare(key, value, ttl):
            resident = key in self._values
            self._values[key] = value
            if resident:
                self._hit(key)
            for victim in [] if resident else self._insert(key):
                self.stats.evictions += 1
                self._forget(victim, "evicted")
        self._tell()

    def _prepare(self, key: Key, value: Any, ttl: float | None) -> bool:
        """Make room for an entry with a deadline or a weight; tell whether it may come in."""
        seconds = self.ttl if ttl is None else checked_ttl(ttl)
        hash(key)
        weight = 0 if self._weights is None else self._weights.weigh(key, value)
        self._prepares = True
        self._drop_dead()
        if self._weights is not None:
            if weight > self._weights.limit:
                self.stats.refused += 1
                self._drop(key)
                return False
            self._make_room(self._weights, key, weight)
        if seconds is None:
            self._deadlines.forget(key)
        else:
            self._deadlines.note(key, self._now() + seconds)
        return True

    def _make_room(self, weights: Weights, key: Key, weight: int) -> None:
        """Evict others until `key` may weigh `weight`, and note that it does."""
        while not weights.fits(key, weight):
            victim = next(other for other in self.policy if other is not key and other != key)
            self.stats.evictions += 1
            self._drop(victim, "evicted")
        weights.note(key, weight)

    def _drop_dead(self) -> int:
        dead = self._deadlines.due(self._now()) if self._dies_at else []
        for key in dead:
            self.stats.expirations += 1
            self._drop(key, "expired")
        return len(dead)

    def _drop(self, key: Key, reason: str = "") -> bool:
        """Take `key` out everywhere; tell whether it was there."""
        if key not in self._values:
            return False
        self.policy.remove(key)
        self._forget(key, reason)
        return True

    def _forget(self, key: Key, reason: str = "") -> None:
        """Take out what is kept of `key` beside the policy."""
        # Where the policy's own containers hold the values, it is gone by now.
        value = self._values.pop(key, None)
        if self._prepares:
            self._deadlines.forget(key)
            if self._weights is not None:
                self._weights.forget(key)
        if reason and self.on_evict is not None:
            self._gone.append((key, value, reason))

    def _tell(self) -> None:
        # One at a time: if `on_evict` raises, the next operation tells of the others.
        while self._gone and self.on_evict is not None:
            self.on_evict(*self._gone.popleft())

    def check(self) -> None:
        """Raise AssertionError if values, deadlines, weights and the policy's keys disagree."""
        self.policy.check()
        self._deadlines.check()
        assert self._values.keys() == set(self.policy)
        assert self._values.keys() >= self._deadlines.at.keys()
        if self._weights is not None:
            self._weights.check(set(self._values))

    def __getstate__(self) -> dict[str, Any]:
        # What `fuse` wrote is for this cache alone: a copy gets its own.
        return {name: part for name, part in vars(self).items() if name not in {"get", "put"}}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)
        _SERVING.add(self.policy)
        self._shorten()

    def __repr__(self) -> str:
        return f"Cache({self.policy!r})"
