"""
The worlds of exercise 06: loaders that take a second, and a clock to die by.
"""

from collections.abc import Callable
from typing import Any, ClassVar

from cachelab.grading.world import Named, Ported, TimePort, World
from cachelab.ports import MISSING, CachelabError

from .aside_world import ERRORS
from .outages import FaultyStore

LOAD_SECONDS = 1.0
LIFE = 20.0
FACTOR = 0.8


class AheadWorld(World):
    """For `RefreshAhead(store, runtime, factor)`: rows that others change, loaded in a second."""

    words: ClassVar[dict[str, str]] = {
        "@sleep": "{0:g} seconds pass",
        "@changed": "{1!r} is the row of {0!r} from now on",
        "@asked": "how often was the loader called since?",
        "@waited": "how long did the last call take?",
        "@store": "the store is {0}",
        "@loader": "the loader {0}",
        "@threads": "the runtime {0}",
        "@for_good": "somebody puts the entry of {0!r} in again, without an end",
        "@overwrite": "somebody else writes the row {1!r} of {0!r} and removes its entry",
        "@kept": "how many entries does the store have?",
    }

    def __init__(self, settings: tuple[Any, ...], schedule: Any = None) -> None:
        super().__init__(schedule)
        self.settings = settings
        self.store = FaultyStore(self.runtime, any_value=True)
        self.rows: dict[str, Any] = {}
        self.failure: str | None = None
        self.ports["runtime"] = self.threads = FewThreads(self)
        self.told = 0
        self.began = 0.0

    def making(self) -> tuple[Any, ...]:
        self.add("load", self._loader())
        return self.add("store", self.store), Ported("runtime"), Named("factor", FACTOR)

    def _loader(self) -> Callable[[str], Any]:
        def load(key: str) -> Any:
            row, failure = self.rows.get(key), self.failure
            self.runtime.sleep(LOAD_SECONDS)
            if failure is not None:
                raise ERRORS[failure]
            return row

        return load

    def do_changed(self, key: str, row: Any) -> None:
        self.rows[key] = row

    def do_asked(self) -> int:
        since, self.told = self.told, len(self.calls)
        return sum(call.port == "load" for call in self.calls[since : self.told])

    def do_waited(self) -> float:
        began, self.began = self.began, self.runtime.now()
        return self.began - began

    def do_sleep(self, seconds: float) -> None:
        super().do_sleep(seconds)
        self.began = self.runtime.now()

    def do_store(self, state: str) -> None:
        self.store.state = state

    def do_loader(self, state: str) -> None:
        self.failure = None if state == "works" else state.removeprefix("raises ")

    def do_threads(self, state: str) -> None:
        self.threads.are_gone = state != "starts tasks"

    def do_for_good(self, _key: str) -> None:
        kept = self.store.inner
        for name in list(kept.entries):
            value = kept.get(name)
            if value is not MISSING:
                kept.set(name, value)

    def do_overwrite(self, key: str, row: Any) -> None:
        self.rows[key] = row
        self.store.inner.clear()

    def do_kept(self) -> int:
        kept = self.store.inner
        return sum(kept.get(name) is not MISSING for name in list(kept.entries))


class FewThreads(TimePort):
    """A runtime that may have no task left to give."""

    are_gone = False

    def spawn(self, fn: Callable[..., Any], *args: Any, name: str | None = None) -> Any:
        if self.are_gone:
            raise CachelabError("no more tasks can be started")
        return super().spawn(fn, *args, name=name)


class DyingWorld(World):
    """For `TTLCache(capacity, ttl, clock)`: settings are the capacity."""

    words: ClassVar[dict[str, str]] = {"@sleep": "{0:g} seconds pass"}

    def __init__(self, settings: tuple[Any, ...], schedule: Any = None) -> None:
        super().__init__(schedule)
        self.capacity = settings[0]

    def making(self) -> tuple[Any, ...]:
        return self.capacity, 10.0, self.add("clock", TimePort(self))
