"""
A protected cache: one load for all programs that miss at once, also when it fails or is slow.
"""

from dataclasses import dataclass
from typing import Any, ClassVar

from cachelab.grading.expecting import anything, refusal, satisfying
from cachelab.grading.runs import Expectation, Operation
from cachelab.grading.session import Outcome
from cachelab.grading.stories import TOGETHER
from cachelab.grading.world import Named, Ported
from cachelab.ports import MISSING, MemoryStore

from .copies_model import one_of
from .flight_case import LATE, LoadWorld

TTL = 60.0
LOCK_SECONDS = 5.0


class ProtectedWorld(LoadWorld):
    """A store that two programs share, and a loader that gives the row as it was at its start."""

    subject = "cache"
    others = ("other",)
    words: ClassVar[dict[str, str]] = {
        **LoadWorld.words,
        "@changed": "the row of {0!r} becomes {1!r}",
        "@removed": "the row of {0!r} is removed",
    }

    def __init__(self, settings: tuple[Any, ...], schedule: Any = None) -> None:
        super().__init__(settings, schedule)
        self.store = MemoryStore(self.runtime)
        self.rows: dict[str, Any] = {}

    def making(self) -> tuple[Any, ...]:
        return self.add("store", self.store), Ported("runtime"), Named("ttl", TTL)

    def value(self, key: str, number: int) -> Any:  # noqa: ARG002 - the same for each load
        return self.rows.get(key, MISSING)

    def do_changed(self, key: str, row: Any) -> None:
        self.rows[key] = row

    def do_removed(self, key: str) -> None:
        self.rows.pop(key, None)


class ProtectedModel:
    """The contract of `ProtectedCache` for calls one after another."""

    def __init__(self, settings: tuple[Any, ...]) -> None:
        self.now = 0.0
        self.rows: dict[str, Any] = {}
        self.copies: dict[str, tuple[Any, float]] = {}
        self.loads: dict[str, int] = {}
        self.failing = settings[1]
        self.last = ""

    def born(self) -> Expectation:
        return anything("a store, a runtime and a time are all it takes")

    def expect(self, operation: Operation) -> Expectation:
        """Expect the answer of one operation, and perform it."""
        verb, *arguments = operation
        self.last = verb
        if verb == TOGETHER:
            return self._together(arguments[0])
        name = verb.removeprefix("@").rpartition(".")[2]
        answer: Expectation = getattr(self, f"_{name}")(*arguments)
        return answer

    def is_clear(self, seconds: float) -> bool:
        """Tell whether every copy must be served, or must not, that many seconds from now."""
        ages = [self.now + seconds - since for _, since in self.copies.values()]
        return all(age <= TTL / 2 or age >= TTL for age in ages)

    def _together(self, _: Any) -> Expectation:
        return anything("all calls end")

    def _get(self, key: str, _: Any) -> Expectation:
        row, since = self.copies.get(key, (MISSING, -TTL))
        if self.now - since < TTL:
            return one_of([row], f"it was loaded {self.now - since:g} seconds ago: a hit")
        row = self.rows.get(key, MISSING)
        number = self.loads[key] = self.loads.get(key, 0) + 1
        if number in self.failing:
            return refusal("SourceError", why="the loader failed, and its caller has to know")
        if row is not MISSING:
            self.copies[key] = (row, self.now)
        return one_of([row], "there is no copy, and this is what the loader gives")

    def _changed(self, key: str, row: Any) -> Expectation:
        self.rows[key] = row
        return anything()

    def _removed(self, key: str) -> Expectation:
        self.rows.pop(key, None)
        return anything()

    def _sleep(self, seconds: float) -> Expectation:
        self.now += seconds
        return anything()

    def _loads(self, key: str) -> Expectation:
        count = self.loads.get(key, 0)
        why = "a miss loads once, a hit not at all; an absent row is not kept"
        return satisfying(lambda n: n == count, str(count), why)


@dataclass(frozen=True, slots=True)
class Ends:
    """What has to come of a scene: what each task may get, how many loads, how long, and why."""

    together: dict[str, tuple[Any, ...]]
    loads: int
    took: float
    why: str

    def model(self, settings: tuple[Any, ...]) -> "SceneModel":
        return SceneModel(settings, self)


class SceneModel(ProtectedModel):
    """The contract for several tasks at once, in a given scene."""

    def __init__(self, settings: tuple[Any, ...], ends: Ends) -> None:
        super().__init__(settings)
        self.ends = ends

    def _get(self, key: str, _: Any) -> Expectation:
        return one_of([self.rows[key]], self.ends.why)

    def _loads(self, key: str) -> Expectation:
        count = self.ends.loads
        return satisfying(lambda n: n == count, str(count), f"{self.ends.why} ({key!r})")

    def _took(self) -> Expectation:
        longest = self.ends.took
        return satisfying(lambda s: s <= longest + LATE, f"about {longest:g}", self.ends.why)

    def _together(self, actors: Any) -> Expectation:
        for _, steps in actors:
            for operation in steps:
                if operation[0] == "@changed":
                    self._changed(*operation[1:])
        wanted = self.ends.together

        def accepts(outcome: Outcome) -> bool:
            tasks = outcome.get("together", {})
            return all(_last(tasks.get(name)) in wanted[name] for name, _ in actors)

        text = "; ".join(f"{name} {' or '.join(wanted[name])}" for name, _ in actors)
        return Expectation(text, accepts, self.ends.why)


def _last(outcomes: list[Outcome] | None) -> Any:
    """Return what a task's last call gave, an exception by its name."""
    if not outcomes:
        return None
    return outcomes[-1]["raised"][0] if "raised" in outcomes[-1] else outcomes[-1].get("value")
