"""
What every strategy here does when it reads: take the copy, or load the row and leave a copy.

The order of the steps is the point. The lease goes into the store before the source is asked, so
whatever is written after that removes it, and a row that was read too early finds no place.
"""

import random
from collections.abc import Callable
from typing import Any, TypedDict

from cachelab.ports import Runtime, Store, ThreadRuntime
from cachelab.ports.stores import Absent

from .base import Strategy
from .copies import Copies, Copy, Lease, NoCopy
from .flights import Flights


class Lifetimes(TypedDict, total=False):
    """
    How long things live that are not copies of rows, and how evenly those die.

    Times are in seconds: `negative_ttl` (10) how long an absence is remembered, `lease_ttl` (5) the
    longest load that may still leave a copy. `jitter` (0.1) is the share of their life by which
    copies may die early, drawn from `rng`.
    """

    negative_ttl: float
    lease_ttl: float
    jitter: float
    rng: random.Random | None


class Options(Lifetimes, total=False):
    """What a strategy that fills on a miss takes by name: `Lifetimes`, and its `runtime`."""

    runtime: Runtime | None


class FillOnMiss(Strategy):
    """
    The reading half of a strategy: one look, and on a miss one load per key and process.

    When the store fails, a read leaves it alone after the first error and answers from the load. A
    load that fails gives its lease back, so that the next one may leave a copy.
    """

    def __init__(
        self,
        store: Store,
        ttl: float,
        *,
        negative_ttl: float = 10.0,
        lease_ttl: float = 5.0,
        jitter: float = 0.1,
        rng: random.Random | None = None,
        runtime: Runtime | None = None,
    ) -> None:
        self.copies = Copies(
            store,
            ttl=ttl,
            negative_ttl=negative_ttl,
            lease_ttl=lease_ttl,
            jitter=jitter,
            rng=random.Random() if rng is None else rng,
        )
        self.runtime: Runtime = ThreadRuntime() if runtime is None else runtime
        self.flights = Flights(self.runtime, patience=lease_ttl)

    def invalidate(self, key: str) -> bool:
        """Remove the copy of `key`; tell whether it is known to be gone."""
        self.flights.overtake(key)
        return self.copies.drop(key)

    def _answer(
        self, key: str, load: Callable[[str], Any | Absent], ttl: float | None = None
    ) -> Any | Absent:
        """Return what the copy of `key` says, or else what `load(key)` does."""
        found = self.copies.look(key)
        if isinstance(found, Copy):
            return self._served(key, found)
        if found is NoCopy.UNREACHABLE:
            return self.flights.share(key, lambda: load(key))
        return self.flights.share(key, lambda: self._fill(key, load, ttl))

    def _served(self, key: str, copy: Copy) -> Any | Absent:  # noqa: ARG002 - for subclasses
        """Return the value of a copy that was found; a strategy may take note of it."""
        return copy.value

    def _fill(
        self, key: str, load: Callable[[str], Any | Absent], ttl: float | None
    ) -> Any | Absent:
        """Load, and leave a copy unless a write or another reader comes first."""
        lease = self.copies.lease(key)
        if lease is NoCopy.LEASED and isinstance(found := self.copies.look(key), Copy):
            return found.value  # brought by another reader since the first look
        try:
            value = load(key)
        except Exception:
            if isinstance(lease, Lease):
                self.copies.give_back(key, lease)
            raise
        if isinstance(lease, Lease):
            self.copies.fill(key, lease, value, ttl)
        return value

    def __repr__(self) -> str:
        return f"{type(self).__name__}(ttl={self.copies.ttl!r})"
