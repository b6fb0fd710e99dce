"""
One load per key in this process: those who ask while it is under way wait and share it.

It costs nothing at the store, but sees only its own process: twenty of them load twenty times.
"""

from collections.abc import Callable
from copy import deepcopy
from typing import Any, Self, Unpack

from cachelab.ports import Runtime, Store
from cachelab.ports.stores import Absent

from .base import Guard, Loader, Options
from .shelf import seconds
from .unguarded import Unguarded


class Flight:
    """One call of the inner guard, and what came of it."""

    def __init__(self, runtime: Runtime) -> None:
        self.landed = runtime.event()
        self.passengers = 0
        self.value: Any = None
        self.error: BaseException | None = None


class SingleFlight(Guard):
    """
    Whoever asks first goes to the store and the loader; the others of the process share it.

    Loads: at most one per key and process at a time, unless it takes longer than `patience`
    seconds: then those who have waited that long load alone. A `forget` starts anew: readers that
    come after it do not share what was read before. An error is shared by all who waited for it.
    Those who wait get copies, so that nobody changes another's value.

    `inner` is the guard that the one goes through, `Unguarded` unless told: with a lock inside,
    there is one load among all processes, and only one task in each waits at the store.

    A crash takes those who wait along: they are of the same process.

    Round trips: a hit is 1 to the store, shared by those who ask at once; a miss is 2 and 1 call
    of the loader, shared likewise; with another `inner`, what that costs.

    Source: the package singleflight of Go, where it is called so.

    >>> from cachelab.ports import MemoryStore
    >>> guard = SingleFlight(MemoryStore(), ttl=60)
    >>> guard.get("ada", str.title), guard.get("ada", str.upper)
    ('Ada', 'Ada')
    """

    name = "single_flight"

    def __init__(
        self,
        store: Store,
        runtime: Runtime | None = None,
        *,
        inner: Guard | None = None,
        patience: float = 10.0,
        **options: Unpack[Options],
    ) -> None:
        super().__init__(store, runtime, **options)
        self.inner = Unguarded(store, runtime, **options) if inner is None else inner
        self.patience = seconds("patience", patience)
        self.under_way: dict[str, Flight] = {}
        self._lock = self.runtime.lock()

    @classmethod
    def around(cls, inner: Guard) -> Self:
        """Make a guard through which only one task of this process at a time goes to `inner`."""
        store, ttl = inner.shelf.store, inner.shelf.ttl
        return cls(store, inner.runtime, inner=inner, ttl=ttl)

    def get(self, key: str, loader: Loader) -> Any | Absent:
        """Return the value of `key`, from the call under way for it if there is one."""
        with self._lock:
            flight = self.under_way.get(key)
            if flight is None:
                own = self.under_way[key] = Flight(self.runtime)
            else:
                flight.passengers += 1
        if flight is None:
            return self._fly(key, own, lambda: self.inner.get(key, loader))
        if not flight.landed.wait(self.patience):
            return loader(key)
        if flight.error is None:
            return deepcopy(flight.value)
        if isinstance(flight.error, Exception):
            raise flight.error
        return self.get(key, loader)  # Ctrl-C was meant for the task that flew, not for this one

    def forget(self, key: str) -> bool:
        """Remove the value of `key`, and let nobody else share what is under way for it."""
        with self._lock:
            self.under_way.pop(key, None)
        return self.inner.forget(key)

    def close(self) -> None:
        """Close the guard inside."""
        self.inner.close()

    def _fly(self, key: str, flight: Flight, call: Callable[[], Any]) -> Any:
        try:
            flight.value = call()
        except BaseException as error:
            flight.error = error
            raise
        finally:
            with self._lock:
                if self.under_way.get(key) is flight:
                    del self.under_way[key]
            flight.landed.set()
        return deepcopy(flight.value) if flight.passengers else flight.value
