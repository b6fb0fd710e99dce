"""
Refresh-ahead: a copy that is read near its end is renewed in the background, before it dies.

With expiry alone, every `ttl` seconds some reader of a popular key waits for the database. Here
the last fifth of a copy's life is notice enough: who reads it then gets it at once, and has it
renewed. The new copy replaces the very one that was seen, so a write in between is not undone.
"""

import math
from collections.abc import Callable
from typing import Any, Unpack, cast

from cachelab.ports import MISSING, Runtime, Source, Store, StoreError
from cachelab.ports.stores import Absent

from .base import Written
from .cache_aside import CacheAside
from .copies import Copy
from .fill_on_miss import Lifetimes
from .heat import Heat, Track
from .refresher import Refresher


class RefreshAhead(CacheAside):
    """
    Cache-aside, with copies renewed from `factor` of their life on if somebody reads them.

    Consistency: cache-aside's, word for word. A renewal never brings back what an invalidation
    removed. A loader that fails is tried again after `lease_ttl` seconds, then twice as many; until
    then, and until it expires, the copy is served.

    A crash loses nothing: the source has every row that was acknowledged. A renewal that a crash
    cut short is tried again `lease_ttl` seconds later, by anybody.

    Round trips: a hit is 1 to the store, and 2 when this process meets the copy for the first time
    (the second asks how long it has left, to the millisecond); a miss is 3 to the store and 1 to
    the source; a renewal is 2 and 1, in the background; a write is 1 and 1. One process renews a
    key at a time, on at most `workers` tasks, the most read keys first.

    `source` may be a function of the key that returns a row or MISSING; then there is no writing.

    Raises:
        ValueError: a time is not above zero, or `factor` is not between 0 and 1.
        SourceError: the source failed while a reader waited for it.

    >>> from cachelab.ports import MemoryStore, ThreadRuntime
    >>> with RefreshAhead(MemoryStore(), str.upper, ThreadRuntime(), ttl=60) as names:
    ...     names.read("ada")
    'ADA'
    """

    name = "refresh_ahead"

    def __init__(
        self,
        store: Store,
        source: Source | Callable[[str], Any],
        runtime: Runtime | None = None,
        ttl: float = 60.0,
        factor: float = 0.8,
        *,
        workers: int = 4,
        tracked: int = 10_000,
        half_life: float = 60.0,
        on_error: Callable[[str, Exception], None] | None = None,
        **lifetimes: Unpack[Lifetimes],
    ) -> None:
        if not 0 < factor < 1:
            raise ValueError(f"factor must be between 0 and 1, not {factor!r}")
        super().__init__(store, cast(Source, source), ttl, runtime=runtime, **lifetimes)
        self.loader = source if callable(source) else None
        self.factor = factor
        self.on_error = on_error
        self.heat = Heat(self.runtime, tracked, half_life)
        self.refresher = Refresher(self.runtime, self.heat.of, workers=workers, waiting=1_000)

    def write(self, key: str, row: Any) -> Written:
        """Make `row` the row of `key` in the source, then remove the copy."""
        self._refuse_without_source(key)
        return super().write(key, row)

    def delete(self, key: str) -> Written:
        """Remove the row of `key` from the source, then its copy."""
        self._refuse_without_source(key)
        return super().delete(key)

    def close(self) -> None:
        """Begin no more renewals, and wait for those under way."""
        self.refresher.close()

    def _served(self, key: str, copy: Copy) -> Any | Absent:
        """Serve `copy`, and have it renewed if its time has come."""
        track = self.heat.read(key)
        if copy.value is not MISSING and self._is_due(key, copy, track):
            self.refresher.ask(key, lambda: self._renew(key, copy, track))
        return copy.value

    def _is_due(self, key: str, copy: Copy, track: Track) -> bool:
        if track.stamp != copy.stamp:  # met for the first time
            try:
                left = self.copies.store.ttl(key)
            except StoreError:
                return False
            track.due = self._due(left, copy)
            track.stamp, track.failures = copy.stamp, 0
        return self.runtime.now() >= track.due

    def _due(self, left: float | Absent | None, copy: Copy) -> float:
        """Say when a copy with `left` seconds to live should be renewed, on our own clock."""
        if left is MISSING or left is None:  # gone meanwhile, or there for good
            return math.inf
        return self.runtime.now() + left - (1 - self.factor) * copy.ttl

    def _renew(self, key: str, copy: Copy, track: Track) -> None:
        """Put a new copy in place of `copy`, unless another process is about to, or it is gone."""
        track.due = self.runtime.now() + self.copies.lease_ttl * 2**track.failures
        track.failures += 1
        # The stamp is part of the name, so that each copy is renewed once and no token is given
        # back; after a failure the token keeps everybody from trying again at once.
        if not self.copies.is_first(f"{key}\0renews {copy.stamp}"):
            return
        try:
            self.copies.fill(key, copy, self._fetch(key))
        except Exception as error:  # noqa: BLE001 - whatever a loader raises, no reader waits here
            if self.on_error is not None:
                self.on_error(key, error)

    def _fetch(self, key: str) -> Any | Absent:
        return super()._fetch(key) if self.loader is None else self.loader(key)

    def _refuse_without_source(self, key: str) -> None:
        if self.loader is not None:
            raise ValueError(f"{key!r} cannot be written: there is a loader here, and no source")
