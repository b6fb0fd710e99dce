"""
A store that is watched: it does what the store in it does, and tells `CacheMetrics` of each call.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from cachelab.ports import MISSING, Store
from cachelab.ports.codec import encode
from cachelab.ports.stores import Absent

if TYPE_CHECKING:
    from .cache_metrics import CacheMetrics

T = TypeVar("T")

IsHit: TypeAlias = Callable[[Any], bool]
SizeOf: TypeAlias = Callable[[Any], int]


def is_a_copy(value: Any) -> bool:
    """
    Tell whether a lookup that found `value` had an answer to its question.

    A remembered absence is one. A lease of a strategy, or a place of a guard with no older value
    in it, is not: whoever finds it has to ask the source.
    """
    match value:
        case ["lease", str()] | ["place", _, None]:
            return False
    return value is not MISSING


def encoded_size(value: Any) -> int:
    """Return the bytes that a server keeps for `value`."""
    return len(encode(value))


class Measured:
    """
    A `Store` around a store, whose calls are counted and timed by `metrics`.

    What the caller gets is what the store said. `is_hit` decides which values answer a lookup.
    With `size_of` the sizes of values are noted for the biggest keys; that encodes each value once
    more. Around a store that hides its failures, they look like misses: measure that one inside.

    Complexity: the store's, plus O(1) for each key.

    >>> from cachelab.operations import CacheMetrics
    >>> from cachelab.ports import MemoryStore
    >>> metrics = CacheMetrics()
    >>> store = Measured(MemoryStore(), metrics)
    >>> store.set("user:1", "Ada"), store.get("user:1"), store.get("user:2")
    (None, 'Ada', MISSING)
    >>> metrics.totals().hit_ratio
    0.5
    """

    def __init__(
        self,
        store: Store,
        metrics: "CacheMetrics",
        *,
        is_hit: IsHit = is_a_copy,
        size_of: SizeOf | None = None,
    ) -> None:
        self.store = store
        self.metrics = metrics
        self.is_hit = is_hit
        self.size_of = size_of

    def get(self, key: str) -> Any | Absent:
        """Return the value of `key`, or MISSING."""
        value, seconds = self._timed(lambda: self.store.get(key))
        self.metrics.looked_up(key, self.is_hit(value), seconds)
        return value

    def get_many(self, keys: Iterable[str]) -> dict[str, Any]:
        """Return the keys that are present with their values, in the order asked."""
        wanted = list(keys)
        found, seconds = self._timed(lambda: self.store.get_many(wanted))
        hits = {key: self.is_hit(found.get(key, MISSING)) for key in wanted}
        self.metrics.looked_up_many(hits, seconds)
        return found

    def set(self, key: str, value: Any, ttl: float | None = None) -> None:
        """Keep `value` under `key`."""
        _, seconds = self._timed(lambda: self.store.set(key, value, ttl))
        self._wrote({key: value}, seconds)

    def set_many(self, entries: Mapping[str, Any], ttl: float | None = None) -> None:
        """Keep each of `entries`."""
        _, seconds = self._timed(lambda: self.store.set_many(entries, ttl))
        self._wrote(entries, seconds)

    def add(self, key: str, value: Any, ttl: float | None = None) -> bool:
        """Keep `value` under `key` if nothing is there; tell whether it was kept."""
        is_kept, seconds = self._timed(lambda: self.store.add(key, value, ttl))
        self._wrote({key: value} if is_kept else {}, seconds)
        return is_kept

    def replace(self, key: str, old: Any, new: Any | Absent, ttl: float | None = None) -> bool:
        """Put `new`, or nothing if MISSING, in the place of `old`; tell whether that was there."""
        is_done, seconds = self._timed(lambda: self.store.replace(key, old, new, ttl))
        if is_done and new is MISSING:
            self.metrics.deleted(key, seconds)
        else:
            self._wrote({key: new} if is_done else {}, seconds)
        return is_done

    def delete(self, key: str) -> bool:
        """Drop `key`; tell whether it was there."""
        was_there, seconds = self._timed(lambda: self.store.delete(key))
        self.metrics.deleted(key, seconds)
        return was_there

    def ttl(self, key: str) -> float | Absent | None:
        """Return the seconds that `key` has left; this is no lookup, and not counted."""
        return self.store.ttl(key)

    def clear(self) -> None:
        """Drop every entry."""
        self.store.clear()
        self.metrics.cleared()

    def close(self) -> None:
        """Close the store."""
        self.store.close()

    def _timed(self, call: Callable[[], T]) -> tuple[T, float]:
        now = self.metrics.clock.now
        start = now()
        try:
            answer = call()
        except Exception:
            self.metrics.failed(now() - start)
            raise
        return answer, now() - start

    def _wrote(self, entries: Mapping[str, Any], seconds: float) -> None:
        size_of = self.size_of
        sizes = {} if size_of is None else {key: size_of(value) for key, value in entries.items()}
        self.metrics.wrote(sizes, seconds)

    def __repr__(self) -> str:
        return f"Measured({self.store!r})"
