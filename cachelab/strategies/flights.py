"""
Loads under way: at most one per key in this process, however many ask.

The first task that misses a key loads it, those that miss it meanwhile wait and share what comes.
A write in between makes later readers start a load of their own: the one under way may be old.
"""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

from cachelab.ports import Runtime


class Flight:
    """One load, and what came of it."""

    def __init__(self, runtime: Runtime) -> None:
        self.done = runtime.event()
        self.passengers = 0
        self.value: Any = None
        self.error: BaseException | None = None


class Flights:
    """
    The loads of one strategy, by key.

    Those who wait get a copy each, so that nobody can change another's row. An error is shared,
    being the same for all who asked then; Ctrl-C in the loading task is not. Who has waited
    `patience` seconds loads alone.
    """

    def __init__(self, runtime: Runtime, patience: float) -> None:
        self.runtime = runtime
        self.patience = patience
        self.under_way: dict[str, Flight] = {}
        self._lock = runtime.lock()

    def share(self, key: str, load: Callable[[], Any]) -> Any:
        """Return what `load()` brings, from the load under way for `key` if there is one."""
        with self._lock:
            flight = self.under_way.get(key)
            if flight is None:
                own = self.under_way[key] = Flight(self.runtime)
            else:
                flight.passengers += 1
        if flight is None:
            return self._fly(key, own, load)
        if not flight.done.wait(self.patience):
            return load()
        if flight.error is None:
            return deepcopy(flight.value)
        if isinstance(flight.error, Exception):
            raise flight.error
        return self.share(key, load)

    def overtake(self, key: str) -> None:
        """Note that `key` was written: readers that come from now on do not join older loads."""
        with self._lock:
            self.under_way.pop(key, None)

    def _fly(self, key: str, flight: Flight, load: Callable[[], Any]) -> Any:
        try:
            flight.value = load()
        except BaseException as error:
            flight.error = error
            raise
        finally:
            with self._lock:
                if self.under_way.get(key) is flight:
                    del self.under_way[key]
            flight.done.set()
        return deepcopy(flight.value) if flight.passengers else flight.value
