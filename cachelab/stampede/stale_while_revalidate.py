"""
An old value now is often better than a new one later: serve it, and have one reader renew it.

And when the database is down, an old value is better than none: serve it for longer then.
"""

import logging
from collections.abc import Callable
from typing import Any, TypeAlias, Unpack

from cachelab.ports import Runtime, Store, Task
from cachelab.ports.stores import Absent

from .base import Loader, Options
from .locked import LockedLoad
from .shelf import Found, seconds

OnError: TypeAlias = Callable[[str, Exception], None]
"""Is told the key and the error of a load that failed while an old value was served instead."""


def log_error(key: str, error: Exception) -> None:
    """Log a warning about a load that failed: what the guard does unless told better."""
    logging.getLogger("cachelab.stampede").warning("%r is served stale: %r", key, error)


class StaleWhileRevalidate(LockedLoad):
    """
    A value that is past its time is served for a while, and renewed behind the reader's back.

    Loads: at most one per key at a time, among all processes, as for `LockedLoad`. For
    `stale_for` seconds after the end of its `ttl` a value is served at once while one renewal runs
    as a task of its own. After that readers wait for a load; if that raises, the old value is
    served until `stale_if_error` seconds after the end of its `ttl`. An error that is not raised
    goes to `on_error`; by itself the guard logs a warning. An absence is never served stale.

    A crash of the one that renews keeps the others from it for `lock_ttl` seconds at most, while
    the old value is served; `close` waits for the renewals that run.

    Round trips: a hit is 1 to the store; a miss is 5 and 1 call of the loader; a stale value is 2
    to its reader, and 3 more and 1 call of the loader to the renewal.

    Source: M. Nottingham, RFC 5861 (2010), which gives HTTP the two directives of these names.

    Raises:
        ValueError: `stale_for` or `stale_if_error` is not above zero.

    >>> from cachelab.ports import MemoryStore
    >>> guard = StaleWhileRevalidate(MemoryStore(), ttl=60, stale_for=30, stale_if_error=600)
    >>> guard.get("ada", str.title), guard.get("ada", str.upper)
    ('Ada', 'Ada')
    """

    name = "stale_while_revalidate"

    def __init__(
        self,
        store: Store,
        runtime: Runtime | None = None,
        *,
        stale_for: float = 10.0,
        stale_if_error: float = 60.0,
        on_error: OnError = log_error,
        lock_ttl: float = 5.0,
        patience: float | None = None,
        poll: float = 0.01,
        **options: Unpack[Options],
    ) -> None:
        super().__init__(store, runtime, lock_ttl=lock_ttl, patience=patience, poll=poll, **options)
        self.stale_for = seconds("stale_for", stale_for)
        self.stale_if_error = seconds("stale_if_error", stale_if_error)
        self.grace = max(stale_for, stale_if_error)
        self.on_error = on_error
        self.renewals: list[Task] = []
        self._list_lock = self.runtime.lock()

    def get(self, key: str, loader: Loader) -> Any | Absent:
        """Return the value of `key`, a stale one for a while; load it if there is none."""
        found = self.shelf.look(key)
        if not isinstance(found, Found):
            return self._miss(key, found, loader)
        if not self._is_good(found):
            return self._load_or_old(key, found, loader)
        if self._age(found) >= 0:
            self._renew_behind(key, found, loader)
        return found.value

    def close(self) -> None:
        """Wait for the renewals that run."""
        with self._list_lock:
            tasks, self.renewals = self.renewals, []
        for task in tasks:
            task.join()

    def _age(self, found: Found) -> float:
        """The seconds since the value's time was over, negative before."""
        return self.shelf.clock.now() - found.expires

    def _is_good(self, found: Found) -> bool:
        return self._age(found) < self.stale_for

    def _load_or_old(self, key: str, found: Found, loader: Loader) -> Any | Absent:
        try:
            return self._miss(key, found, loader)
        except Exception as error:
            if self._age(found) >= self.stale_if_error:
                raise
            self.on_error(key, error)
            return found.value

    def _renew_behind(self, key: str, found: Found, loader: Loader) -> None:
        token = self.locks.take(key)
        if not isinstance(token, str):
            return  # somebody renews it, or the store cannot say: the old value will do
        try:
            task = self.runtime.spawn(self._renew, key, found, token, loader)
        except RuntimeError:  # the machine has no thread left
            self.locks.free(key, token)
            return
        with self._list_lock:
            self.renewals = [*(other for other in self.renewals if not other.done()), task]

    def _renew(self, key: str, found: Found, token: str, loader: Loader) -> None:
        try:
            seen = self.shelf.look(key)
            if isinstance(seen, Found) and seen.expires == found.expires:  # not renewed since
                self._load(key, found, loader)
        except Exception as error:  # noqa: BLE001 - nobody waits for it, and the old value is there
            self.on_error(key, error)
        finally:
            self.locks.free(key, token)
