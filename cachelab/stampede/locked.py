"""
One load per key among all processes: who gets the lock loads, the others look again soon.

The lock decides who loads; it cannot decide whose value stays, for it may have died under a slow
holder. That the store decides, by the place that the holder puts where the value will be.
"""

from typing import Any, Unpack

from cachelab.ports import Runtime, Store
from cachelab.ports.stores import Absent

from .base import Guard, Loader, Options
from .locks import Locks, pauses
from .shelf import Found, Gap, Place, seconds


class LockedLoad(Guard):
    """
    Whoever misses and gets the lock loads; the others wait, and look again.

    Loads: at most one per key at a time, among all processes, as long as loads take less than
    `lock_ttl` seconds. A load of T seconds runs beside at most T / `lock_ttl` others, rounded
    up to whole ones less one. A holder that comes late finds its place taken by the next one and
    stores nothing, and a value that was forgotten meanwhile is not stored either. When a loader
    raises, its caller gets the error and one of those who wait goes next. Who has waited
    `patience` seconds (twice `lock_ttl` unless told) loads alone, and stores nothing.

    A crash of the holder makes the others wait until its lock dies, for `lock_ttl` seconds at most.

    Round trips: a hit is 1 to the store; a miss is 5 and 1 call of the loader; each look of those
    who wait is 2, and the looks come after pauses from `poll` seconds up to `LONGEST` times that.

    Source: the lock is that of the Redis documentation, Distributed Locks, for one instance; the
    place does the work of a fencing token, M. Kleppmann, How to do distributed locking (2016).

    Raises:
        ValueError: `lock_ttl`, `patience` or `poll` is not above zero.

    >>> from cachelab.ports import MemoryStore
    >>> guard = LockedLoad(MemoryStore(), ttl=60, lock_ttl=5)
    >>> guard.get("ada", str.title), guard.get("ada", str.upper)
    ('Ada', 'Ada')
    """

    name = "locked"

    def __init__(
        self,
        store: Store,
        runtime: Runtime | None = None,
        *,
        lock_ttl: float = 5.0,
        patience: float | None = None,
        poll: float = 0.01,
        **options: Unpack[Options],
    ) -> None:
        super().__init__(store, runtime, **options)
        self.locks = Locks(store, lock_ttl)
        self.patience = seconds("patience", 2 * lock_ttl if patience is None else patience)
        self.poll = seconds("poll", poll)

    def get(self, key: str, loader: Loader) -> Any | Absent:
        """Return the value of `key`, loading it under the lock if it is not there."""
        found = self.shelf.look(key)
        return found.value if isinstance(found, Found) else self._miss(key, found, loader)

    def _miss(self, key: str, found: Found | Place | Gap, loader: Loader) -> Any | Absent:
        """Load if the lock can be had; wait and look again until there is a value, if not."""
        deadline = self.runtime.now() + self.patience
        for pause in pauses(self.rng, self.poll):
            token = found if found is Gap.UNREACHABLE else self.locks.take(key)
            if isinstance(token, str):
                return self._with_lock(key, token, loader)
            if token is Gap.UNREACHABLE or self.runtime.now() >= deadline:
                break
            self.runtime.sleep(pause)
            found = self.shelf.look(key)
            if isinstance(found, Found) and self._is_good(found):
                return found.value
        return loader(key)

    def _with_lock(self, key: str, token: str, loader: Loader) -> Any | Absent:
        try:
            seen = self._second_look(key)
            if isinstance(seen, Found) and self._is_good(seen):
                return seen.value  # stored between our first look and our getting the lock
            return self._load(key, seen, loader)
        finally:
            self.locks.free(key, token)

    def _second_look(self, key: str) -> Found | Place | None:
        """Put our place where nothing is, in one step with the look whether something is."""
        place = self.shelf.reserve(key, self.locks.ttl)
        if place is not None:
            return place
        found = self.shelf.look(key)
        if isinstance(found, Place):  # of a holder that is late, or dead: it comes too late now
            return self.shelf.exchange(key, found, self.locks.ttl)
        return found if isinstance(found, Found) else None

    def _load(self, key: str, seen: Found | Place | None, loader: Loader) -> Any | Absent:
        """Load, and store it where `seen` still is."""
        try:
            value, delta = self._timed(key, loader)
        except BaseException:
            if isinstance(seen, Place):
                self.shelf.give_up(key, seen)
            raise
        if seen is None or self.shelf.fill(key, seen, value, delta, self.grace):
            return value
        if isinstance(seen, Place):
            self.shelf.give_up(key, seen)  # a value that cannot be kept leaves no place behind
        return value

    def _is_good(self, found: Found) -> bool:  # noqa: ARG002 - for subclasses
        """Tell whether a value that is there may be served; a guard may keep older ones."""
        return True
