"""
The worlds of exercise 04: a cache server that keeps text, and a database or loaders behind it.
"""

from collections.abc import Callable
from typing import Any, ClassVar

from cachelab.grading.world import Named, World
from cachelab.ports import MISSING, SourceError

from .outages import FaultySource, FaultyStore

TTL = 60.0
NEGATIVE_TTL = 10.0

ERRORS: dict[str, Exception] = {
    "SourceError": SourceError("the database is down"),
    "TimeoutError": TimeoutError("the service behind the loader did not answer"),
    "KeyError": KeyError("a column is missing"),
}
"""What a loader can fail with, by name."""


class CopiesWorld(World):
    """What the two classes of the exercise have in common: a store, and rows that others change."""

    words: ClassVar[dict[str, str]] = {
        "@sleep": "{0:g} seconds pass",
        "@changed": "somebody else makes {1!r} the row of {0!r}",
        "@removed": "somebody else removes the row of {0!r}",
        "@asked": "how often was the source asked for a row since?",
        "@store": "the store is {0}",
        "@source": "the source is {0}",
        "@lose_answer": "the next write to the source is carried out, and its answer is lost",
        "@cut": "every entry of the store is cut off in the middle",
        "@waited": "how long did the last call take?",
    }

    def __init__(self, settings: tuple[Any, ...], schedule: Any = None) -> None:
        super().__init__(schedule)
        self.settings = settings
        self.store = FaultyStore(self.runtime)
        self.source = FaultySource()
        self.told = 0
        self.began = 0.0

    def do_changed(self, key: str, row: Any) -> None:
        self.source.inner.write(key, row)

    def do_removed(self, key: str) -> None:
        self.source.inner.delete(key)

    def do_asked(self) -> Any:
        since, self.told = self.told, len(self.calls)
        return sum(
            call.port == "source" and call.verb == "read" for call in self.calls[since : self.told]
        )

    def do_store(self, state: str) -> None:
        self.store.state = state
        self.began = self.runtime.now()

    def do_source(self, state: str) -> None:
        self.source.state = state

    def do_lose_answer(self) -> None:
        self.source.state = "losing the answer"

    def do_cut(self) -> None:
        kept = self.store.inner
        for key in list(kept.entries):
            text, left = kept.get(key), kept.ttl(key)
            if isinstance(text, str) and left is not MISSING:
                kept.set(key, text[: len(text) // 2], left)

    def do_waited(self) -> float:
        began, self.began = self.began, self.runtime.now()
        return self.began - began

    def times(self) -> tuple[Named, Named]:
        return Named("ttl", TTL), Named("negative_ttl", NEGATIVE_TTL)


class AsideWorld(CopiesWorld):
    """For `CacheAside(store, source, ttl, negative_ttl)`."""

    def making(self) -> tuple[Any, ...]:
        return self.add("store", self.store), self.add("source", self.source), *self.times()


class TwoProgramsWorld(AsideWorld):
    """The same, with a second program that uses the same store and source."""

    others = ("other",)


class AnyValueWorld(AsideWorld):
    """A cache server that keeps anything: that text was asked for is told elsewhere."""

    def __init__(self, settings: tuple[Any, ...], schedule: Any = None) -> None:
        super().__init__(settings, schedule)
        self.store.any_value = True


class AnyValueProgramsWorld(AnyValueWorld, TwoProgramsWorld):
    """The same, with a second program."""


class ThroughWorld(CopiesWorld):
    """For `ReadThrough(store, ttl, negative_ttl)`: loaders of which each tells its name."""

    words: ClassVar[dict[str, str]] = {
        **CopiesWorld.words,
        "@asked": "which loaders were called since?",
        "@loaders": "the loaders {0}",
    }

    def making(self) -> tuple[Any, ...]:
        for name in ("load", "load_user", "load_session", "load_other"):
            self.add(name, self._loader(name))
        self.failure: str | None = None
        return self.add("store", self.store), *self.times()

    def _loader(self, name: str) -> Callable[[str], Any]:
        def load(key: str) -> Any:
            if self.failure is not None:
                raise ERRORS[self.failure]
            row = self.source.inner.read(key)
            if "named" in self.settings:
                return f"{name} made {key}"
            return MISSING if row is MISSING else row.value

        return load

    def do_loaders(self, state: str) -> None:
        self.failure = None if state == "work" else state.removeprefix("raise ")

    def do_asked(self) -> list[str]:
        since, self.told = self.told, len(self.calls)
        calls = self.calls[since : self.told]
        return [str(call) for call in calls if call.port.startswith("load")]
