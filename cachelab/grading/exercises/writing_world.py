"""
The worlds of exercise 05: a database that has its own idea of a row, or refuses one.
"""

from typing import Any, ClassVar

from cachelab.grading.player.values import decode, travels
from cachelab.grading.wording import show_outcome
from cachelab.grading.world import Named
from cachelab.ports import MISSING

from .aside_world import TTL, CopiesWorld
from .outages import FaultySource, FaultyStore

FROZEN = "frozen:1"
"""A row of this key stays as it is, whatever is written to it, and a missing one stays missing."""


class WritingWorld(CopiesWorld):
    """What both kinds of writing have in common."""

    words: ClassVar[dict[str, str]] = {
        **CopiesWorld.words,
        "@agrees": "does a read of {0!r} give what the source has?",
        "@row": "what does the source have for {0!r}?",
        "@refuse_once": "the source will refuse the next write, once",
    }

    def do_agrees(self, key: str) -> str:
        outcome = self.drive({"step": [0, "read", key]})
        row = self.do_row(key)
        if "value" in outcome and travels(outcome["value"]):
            answer = decode(outcome["value"])
            if repr(answer) == repr(row):
                return "yes"
        return f"no: the read gives {show_outcome(outcome)}, the source has {row!r}"

    def do_row(self, key: str) -> Any:
        row = self.source.inner.read(key)
        return MISSING if row is MISSING else row.value

    def do_refuse_once(self) -> None:
        self.source.state = "refusing once"


class ThroughWritingWorld(WritingWorld):
    """For `WriteThrough(store, source, ttl)`: the source trims text, and keeps frozen rows."""

    def __init__(self, settings: tuple[Any, ...], schedule: Any = None) -> None:
        super().__init__(settings, schedule)
        self.store = FaultyStore(self.runtime, any_value=True)
        self.source = TrimmingSource()

    def making(self) -> tuple[Any, ...]:
        return self.add("store", self.store), self.add("source", self.source), Named("ttl", TTL)


class TwoWritersWorld(ThroughWritingWorld):
    """The same, with a second program that uses the same store and source."""

    others = ("other",)


class TrimmingSource(FaultySource):
    """A source that takes the blanks off a text, and leaves frozen rows alone."""

    def __init__(self) -> None:
        super().__init__(lambda _, value: trimmed(value))

    def write(self, key: str, value: Any, version: int | None = None) -> int:
        if key != FROZEN:
            return super().write(key, value, version)
        self._reach()
        self._check(key)
        self._answer()
        row = self.inner.read(key)
        return 0 if row is MISSING else row.version


class BehindWorld(WritingWorld):
    """For `WriteBehind(store, source, batch_size, max_retries, max_pending)`."""

    words: ClassVar[dict[str, str]] = {
        **WritingWorld.words,
        "@bad": "the source refuses rows of {0!r} from now on",
        "@good": "the source takes rows of {0!r} again",
        "@tries": "how often was {0!r} written to the source, well or badly?",
        "@evict": "the store loses all its entries",
        "@touched": "how often was the source called since?",
        "@kept": "does a read of {0!r} call the source?",
    }

    def __init__(self, settings: tuple[Any, ...], schedule: Any = None) -> None:
        super().__init__(settings, schedule)
        self.store = FaultyStore(self.runtime, any_value=True)

    def making(self) -> tuple[Any, ...]:
        names = ("batch_size", "max_retries", "max_pending")
        sizes = (Named(name, size) for name, size in zip(names, self.settings, strict=True))
        return self.add("store", self.store), self.add("source", self.source), *sizes

    def do_bad(self, key: str) -> None:
        self.source.bad.add(key)

    def do_good(self, key: str) -> None:
        self.source.bad.discard(key)

    def do_evict(self) -> None:
        self.store.inner.clear()

    def do_tries(self, key: str) -> int:
        writes = (c for c in self.calls if c.port == "source" and c.verb.startswith("write"))
        return sum(
            key == call.arguments[0] if call.verb == "write" else key in call.arguments[0]
            for call in writes
            if call.arguments
        )

    def do_kept(self, key: str) -> str:
        before = self.count("source")
        self.drive({"step": [0, "read", key]})
        return "no" if self.count("source") == before else "yes"

    def do_touched(self) -> int:
        since, self.told = self.told, len(self.calls)
        return sum(call.port == "source" for call in self.calls[since : self.told])


def trimmed(value: Any) -> Any:
    """Return what the source makes of a value."""
    return value.strip() if isinstance(value, str) else value
