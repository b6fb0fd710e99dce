"""
A layer of the shop: its places, what they hold, and who has the right to fill them.

A place is a real `Cache` of ours with a limit in bytes, under the simulation's clock. What arrives
in a layer arrives at a moment, so a fill that was sent before a deletion may come after it.
"""

import zlib
from typing import Any

from cachelab.eviction import POLICIES, Cache
from cachelab.ports import MISSING

from .budget import PLACES, Tier
from .values import Lease, Row

LEASE_SECONDS = 3.0
"""After so long without a fill, another caller gets the lease."""


class Moment:
    """The clock of a run: set from one event to the next."""

    def __init__(self) -> None:
        self.at = 0.0

    def now(self) -> float:
        """Return the moment that the run has come to."""
        return self.at


class Level:
    """
    One layer at work; without a `tier` nobody has bought it, and it holds nothing.

    `looks`, `hits` and their bytes are counted from the moment `counting` is set.
    """

    def __init__(self, name: str, tier: Tier | None, clock: Moment) -> None:
        self.name, self.tier, self.clock = name, tier, clock
        self.is_shared = name != "l1"
        self.places = [self._empty() for _ in range(PLACES[name])] if tier else []
        self.leases: dict[tuple[int, str], Lease] = {}
        self.filling: dict[tuple[int, str], tuple[float, Row]] = {}
        self.dead: set[int] = set()
        self.counting = False
        self.looks = self.hits = self.look_bytes = self.hit_bytes = 0

    def _empty(self) -> Any:
        assert self.tier is not None
        return Cache(
            POLICIES[self.tier.policy](self.tier.room),
            weigh=lambda _, row: row.bytes,
            max_weight=int(self.tier.megabytes * 1e6),
            clock=self.clock,
        )

    def place_of(self, key: str, process: int, edge: int) -> int:
        """Return where a key is looked for: at the edge, in the process, on its node."""
        if self.name == "l2":
            return zlib.crc32(key.encode()) % len(self.places)
        return process if self.name == "l1" else edge

    def look(self, place: int, key: str, size: int) -> Any:
        """Return what a place holds, MISSING if it holds nothing."""
        found = self._find(place, key)
        if self.counting:
            self.looks += 1
            self.look_bytes += size
            if found is not MISSING:
                self.hits += 1
                self.hit_bytes += size
        return found

    def _find(self, place: int, key: str) -> Any:
        return self.places[place].get(key, MISSING)

    def _is_free(self, place: int, key: str) -> bool:
        """Tell whether nobody holds a lease to fill a place that is still good."""
        held = self.leases.get((place, key))
        return held is None or self.clock.at >= held.granted + LEASE_SECONDS

    def foresee(self, place: int, key: str) -> tuple[Any, bool] | None:
        """
        Return what a look would find, and whether a lease would be granted; nothing is changed.

        None where that cannot be told beforehand.
        """
        if place in self.dead:
            return None
        return self.places[place].peek(key, MISSING), self._is_free(place, key)

    def grant(self, place: int, key: str) -> Lease | None:
        """Return a lease to fill a place, None while somebody else's holds."""
        if not self._is_free(place, key):
            return None
        lease = self.leases[place, key] = Lease(key, place, self.clock.at)
        return lease

    def announce(self, place: int, key: str, at: float, row: Row) -> None:
        """Note that the holder of the lease will fill a place: who waits for it can be told."""
        self.filling[place, key] = at, row

    def store(self, place: int, row: Row, ttl: float, lease: Lease | None) -> bool:
        """Fill a place; tell whether that was accepted."""
        if place in self.dead or (lease is not None and lease.cancelled):
            return False
        self.release(place, row.key)
        self.places[place].put(row.key, row, ttl=ttl)
        return True

    def remove(self, place: int, key: str) -> None:
        """Delete a key from a place, and cancel the lease to fill it."""
        self.places[place].delete(key)
        self.release(place, key)

    def release(self, place: int, key: str) -> None:
        """Cancel the lease on a place: a fill that holds it will be refused."""
        lease = self.leases.pop((place, key), None)
        self.filling.pop((place, key), None)
        if lease is not None:
            lease.cancelled = True

    def empty(self, place: int) -> None:
        """Lose everything in a place, as when it is flushed, dies, or starts anew."""
        self.places[place] = self._empty()
        for where, key in [held for held in self.leases if held[0] == place]:
            self.release(where, key)
