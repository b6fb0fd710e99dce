"""
A database that takes a second for one key, for the checks that say who has to wait for that.
"""

from typing import Any

from cachelab.grading.expecting import anything, exactly, returns
from cachelab.grading.runs import Expectation, Operation
from cachelab.grading.session import Outcome
from cachelab.grading.stories import TOGETHER, Tale
from cachelab.ports import Runtime, Versioned
from cachelab.ports.stores import Absent

from .writing_world import BehindWorld, ThroughWritingWorld, TrimmingSource

SLOW = "report:1"
SECONDS = 1.0
AT_ONCE = 0.1
"""Whoever waits for the slow key waits for longer than that."""


class UnhurriedSource(TrimmingSource):
    """A source that takes its time for the slow key."""

    def __init__(self, runtime: Runtime) -> None:
        super().__init__()
        self.runtime = runtime

    def read(self, key: str) -> Versioned | Absent:
        self._take_time(key)
        return super().read(key)

    def write(self, key: str, value: Any, version: int | None = None) -> int:
        self._take_time(key)
        return super().write(key, value, version)

    def _take_time(self, key: str) -> None:
        if key == SLOW:
            self.runtime.sleep(SECONDS)


class Unhurried:
    """Tells each task how long its last call took, from the end of its last pause."""

    since: dict[str, float]

    def do_sleep(self: Any, seconds: float) -> None:
        self.runtime.sleep(seconds)
        self.since[self.runtime.task_name()] = self.runtime.now()

    def do_waited(self: Any) -> float:
        waited: float = self.runtime.now() - self.since[self.runtime.task_name()]
        return waited


class UnhurriedThroughWorld(Unhurried, ThroughWritingWorld):
    """For `WriteThrough`."""

    def __init__(self, settings: tuple[Any, ...], schedule: Any = None) -> None:
        super().__init__(settings, schedule)
        self.source, self.since = UnhurriedSource(self.runtime), {}


class UnhurriedBehindWorld(Unhurried, BehindWorld):
    """For `WriteBehind`."""

    def __init__(self, settings: tuple[Any, ...], schedule: Any = None) -> None:
        super().__init__(settings, schedule)
        self.source, self.since = UnhurriedSource(self.runtime), {}


class UnhurriedModel:
    """
    What has to come of a meeting with the slow key: of tasks B and C one at least does not wait.

    Locks may be few, each for many keys: that both share theirs with the slow key is unlikely. In
    the end the source has what was written last.
    """

    def __init__(self, _settings: tuple[Any, ...]) -> None:
        self.rows: dict[str, Any] = {}

    def born(self) -> Expectation:
        return anything()

    def expect(self, operation: Operation) -> Expectation:
        """Expect the answer of one operation."""
        verb, *arguments = operation
        if verb == TOGETHER:
            return self._meeting(arguments[0])
        if verb == "@row":
            row = self.rows[arguments[0]]
            return exactly(row, f"{row!r} was written last")
        if verb in ("write", "@changed"):
            self.rows[arguments[0]] = arguments[1]
        return anything()

    def _meeting(self, actors: Any) -> Expectation:
        for _, operations in actors:
            for operation in operations:
                self.expect(operation)
        return Expectation("B or C at once", self._are_free, self.why)

    why = (
        f"the source takes {SECONDS:g} s for {SLOW!r}: other keys have nothing to do with it, so "
        "no lock that they need may be held meanwhile"
    )

    def _are_free(self, outcome: Outcome) -> bool:
        return returns(outcome) and min(self.waits(outcome)) < AT_ONCE

    @staticmethod
    def waits(outcome: Outcome) -> list[float]:
        """Return how long B and C have waited."""
        ends = [outcome["together"][name][-1]["value"] for name in "BC"]
        return [float(end["float"]) if isinstance(end, dict) else float(end) for end in ends]


class FlushModel(UnhurriedModel):
    """The same of a flush, and there neither waits."""

    why = "a flush waits for the source: what is only put into the queue, or read there, does not"

    def _meeting(self, actors: Any) -> Expectation:
        super()._meeting(actors)
        return Expectation("B and C at once", self._are_free, self.why)

    def _are_free(self, outcome: Outcome) -> bool:
        return returns(outcome) and max(self.waits(outcome)) < AT_ONCE


def _after_a_while(*operation: Any) -> tuple[Operation, ...]:
    """Let something be done when the slow call has begun, and ask how long it took."""
    return ("@sleep", SECONDS / 2), operation, ("@waited",)


def _meet(first: Operation, second: Operation, third: Operation) -> Operation:
    others = (("B", _after_a_while(*second)), ("C", _after_a_while(*third)))
    return (TOGETHER, (("A", (first,)), *others))


KEYS_APART = Tale(UnhurriedThroughWorld, UnhurriedModel)
FLUSH_APART = Tale(UnhurriedBehindWorld, FlushModel)

_OTHERS = ("write", "b", "new"), ("read", "c")
KEY_SCENES: tuple[tuple[tuple[Any, ...], tuple[Operation, ...]], ...] = (
    ((), (("@changed", "c", "row"), _meet(("write", SLOW, "new"), *_OTHERS), ("@row", "b"))),
    ((), (("@changed", "c", "row"), _meet(("read", SLOW), *_OTHERS), ("@row", "b"))),
)
FLUSH_SCENES: tuple[tuple[tuple[Any, ...], tuple[Operation, ...]], ...] = tuple(
    (
        (9, 1, 9),
        (
            *(("write", SLOW, 1), _meet(("flush",), write, ("read", SLOW))),
            *(("flush",), ("@row", write[1])),
        ),
    )
    for write in (("write", "b", 2), ("write", SLOW, 2))
)
