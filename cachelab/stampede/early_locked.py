"""
Early expiration and a lock: the die says when, the lock says who, and nobody waits.

Each mends the other's fault. Early expiration alone renews more than once and leaves a first miss
to everybody; a lock alone makes all wait for the one who loads.
"""

from typing import Any, Unpack

from cachelab.ports import Runtime, Store
from cachelab.ports.stores import Absent

from .base import Loader, Options
from .early_expiration import checked_beta, is_time
from .locked import LockedLoad
from .shelf import Found


class EarlyLocked(LockedLoad):
    """
    Whoever throws the die and gets the lock renews early; the others take the value that is there.

    Loads: at most one per key at a time, among all processes, as for `LockedLoad`, by which misses
    go. A renewal that comes late, after another or after a `forget`, is not stored. What a loader
    raises goes to the reader that renewed, though the value was still good.

    A crash of the one that renews keeps the others from it for `lock_ttl` seconds at most; they
    wait only if the value expires meanwhile.

    Round trips: a hit is 1 to the store; a miss is 5 and 1 call of the loader, and so is a renewal;
    a reader whose throw says so and who does not get the lock has 2.

    Source: as `is_time` and `LockedLoad`.

    >>> from cachelab.ports import MemoryStore
    >>> guard = EarlyLocked(MemoryStore(), ttl=60, beta=1.0, lock_ttl=5)
    >>> guard.get("ada", str.title), guard.get("ada", str.upper)
    ('Ada', 'Ada')
    """

    name = "early_locked"

    def __init__(
        self,
        store: Store,
        runtime: Runtime | None = None,
        *,
        beta: float = 1.0,
        lock_ttl: float = 5.0,
        patience: float | None = None,
        poll: float = 0.01,
        **options: Unpack[Options],
    ) -> None:
        super().__init__(store, runtime, lock_ttl=lock_ttl, patience=patience, poll=poll, **options)
        self.beta = checked_beta(beta)

    def get(self, key: str, loader: Loader) -> Any | Absent:
        """Return the value of `key`; renew it first if its time has come and nobody else does."""
        found = self.shelf.look(key)
        if not isinstance(found, Found):
            return self._miss(key, found, loader)
        now = self.shelf.clock.now()
        if not is_time(now, found.expires, found.delta, self.beta, self.rng):
            return found.value
        token = self.locks.take(key)
        return self._renew(key, found, token, loader) if isinstance(token, str) else found.value

    def _renew(self, key: str, found: Found, token: str, loader: Loader) -> Any | Absent:
        try:
            seen = self.shelf.look(key)
            if isinstance(seen, Found) and seen.expires != found.expires:
                return seen.value  # renewed between our look and our getting the lock
            return self._load(key, found, loader)
        finally:
            self.locks.free(key, token)
