"""
A lock in the place of the value: one key, and whoever deletes it takes the lease away too.

A reader that finds nothing gets a lease, and with it the right to store. A delete makes the lease
void, so a value that was read before it finds no place: no separate fence is needed.
"""

from typing import Any, Unpack

from cachelab.ports import Runtime, Store
from cachelab.ports.stores import Absent

from .base import Guard, Loader, Options
from .locks import pauses
from .shelf import Found, Gap, Place, seconds


class LeasedLoad(Guard):
    """
    Whoever finds nothing leaves a lease and loads; the others wait, or take the older value.

    Loads: at most one per key at a time, among all processes, as long as loads take less than
    `lease_ttl` seconds and nobody forgets the key meanwhile; then a new lease is given at once. A
    value whose lease is void, by time or by `forget`, is returned and not stored. When a loader
    raises, the lease is given up, so that the next one can go. Who has waited `patience` seconds
    (twice `lease_ttl` unless told) loads alone, and stores nothing.

    With `stale_for` above 0 values are kept that much longer than they are fresh. While one loads,
    the others get the old value, and nobody waits.

    A crash of the holder makes the others wait until its lease ends, `lease_ttl` seconds at most.

    Round trips: a hit is 1 to the store; a miss is 3 and 1 call of the loader; each look of those
    who wait is 1, or 2 where there is no lease by then.

    Source: R. Nishtala et al., Scaling Memcache at Facebook, NSDI 2013, section 3.2.1. There the
    server gives at most one lease per key in ten seconds, after a delete too; it keeps deleted
    values to be served as stale ones, where here a `forget` removes them.

    Raises:
        ValueError: `lease_ttl`, `patience` or `poll` is not above zero, or `stale_for` below it.

    >>> from cachelab.ports import MemoryStore
    >>> guard = LeasedLoad(MemoryStore(), ttl=60, lease_ttl=10)
    >>> guard.get("ada", str.title), guard.get("ada", str.upper)
    ('Ada', 'Ada')
    """

    name = "leased"

    def __init__(
        self,
        store: Store,
        runtime: Runtime | None = None,
        *,
        lease_ttl: float = 10.0,
        stale_for: float = 0.0,
        patience: float | None = None,
        poll: float = 0.01,
        **options: Unpack[Options],
    ) -> None:
        super().__init__(store, runtime, **options)
        self.lease_ttl = seconds("lease_ttl", lease_ttl)
        self.grace = seconds("stale_for", stale_for) if stale_for else 0.0
        self.patience = seconds("patience", 2 * lease_ttl if patience is None else patience)
        self.poll = seconds("poll", poll)

    def get(self, key: str, loader: Loader) -> Any | Absent:
        """Return the value of `key`, loading it under a lease if it is not there."""
        deadline = self.runtime.now() + self.patience
        for pause in pauses(self.rng, self.poll):
            seen = self.shelf.look(key)
            if isinstance(seen, Found) and self._is_fresh(seen):
                return seen.value
            lease = self._lease(key, seen)
            if lease is not None:
                return self._load(key, lease, loader)
            if isinstance(seen, Found):
                return seen.value  # another reader got the lease on it a moment ago
            if isinstance(seen, Place) and seen.old is not None:
                return seen.old.value
            if seen is Gap.UNREACHABLE or self.runtime.now() >= deadline:
                break
            self.runtime.sleep(pause)
        return loader(key)

    def _is_fresh(self, found: Found) -> bool:
        return not self.grace or self.shelf.clock.now() < found.expires

    def _lease(self, key: str, seen: Found | Place | Gap) -> Place | None:
        if isinstance(seen, Found):
            return self.shelf.exchange(key, seen, self.lease_ttl)
        return self.shelf.reserve(key, self.lease_ttl) if seen is Gap.VACANT else None

    def _load(self, key: str, lease: Place, loader: Loader) -> Any | Absent:
        try:
            value, delta = self._timed(key, loader)
        except BaseException:
            left = 0.0 if lease.old is None else lease.old.expires - self.shelf.clock.now()
            self.shelf.give_up(key, lease, left + self.grace)
            raise
        if not self.shelf.fill(key, lease, value, delta, self.grace):
            # A value that cannot be kept must not hold up the others.
            self.shelf.give_up(key, lease)
        return value
