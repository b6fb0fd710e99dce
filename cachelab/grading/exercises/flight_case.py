"""
Single flight: a loader that takes its time and may fail, and who gets what of which load.
"""

from typing import Any, ClassVar

from cachelab.grading.expecting import anything, exactly, refusal, satisfying
from cachelab.grading.runs import Expectation, Operation
from cachelab.grading.session import Outcome
from cachelab.grading.stories import TOGETHER
from cachelab.grading.world import Ported, World
from cachelab.ports import SourceError

LATE = 0.5
"""Seconds by which a wait may be longer than it has to be."""


class LoadWorld(World):
    """
    What loads: `load(key)` answers "key 1", "key 2", ... or fails.

    Settings: how many seconds the first, second, ... load takes, and which of them fail.
    """

    words: ClassVar[dict[str, str]] = {
        "@sleep": "{0:g} seconds pass",
        "@loads": "how often was {0!r} loaded so far?",
        "@took": "how many seconds did that take?",
    }

    def __init__(self, settings: tuple[Any, ...], schedule: Any = None) -> None:
        super().__init__(schedule)
        self.seconds, self.failing = settings
        self.loads: dict[str, int] = {}
        self.began = 0.0
        self.add("load", self._loader())

    def _loader(self) -> Any:
        def load(key: str) -> Any:
            number = self.loads[key] = self.loads.get(key, 0) + 1
            value = self.value(key, number)
            if seconds := seconds_of(self.seconds, number):
                self.runtime.sleep(seconds)
            if number in self.failing:
                raise SourceError(f"load {number} of {key} failed")
            return value

        return load

    def value(self, key: str, number: int) -> Any:
        return f"{key} {number}"

    def do_loads(self, key: str) -> int:
        return self.loads.get(key, 0)

    def do_took(self) -> float:
        began, self.began = self.began, self.runtime.now()
        return self.began - began


def seconds_of(seconds: tuple[float, ...], number: int) -> float:
    """Return how long load `number` takes; the last figure is good for all that follow."""
    return seconds[min(number, len(seconds)) - 1]


class FlightWorld(LoadWorld):
    """For `SingleFlight(runtime)`."""

    subject = "flights"

    def making(self) -> tuple[Any, ...]:
        return (Ported("runtime"),)


class FlightModel:
    """The contract of `SingleFlight`: of one key, one load at a time, and all share it."""

    def __init__(self, settings: tuple[Any, ...]) -> None:
        self.seconds, self.failing = settings
        self.loads: dict[str, int] = {}
        self.most: dict[str, int] = {}
        self.took = 0.0

    def born(self) -> Expectation:
        return anything("a runtime is all it takes")

    def expect(self, operation: Operation) -> Expectation:
        """Expect the answer of one operation, and perform it."""
        verb, *arguments = operation
        if verb == TOGETHER:
            return self._together(arguments[0])
        answer: Expectation = getattr(self, f"_{verb.removeprefix('@')}")(*arguments)
        return answer

    def _load(self, key: str, _: Any) -> Expectation:
        number = self.loads[key] = self.most[key] = self.loads.get(key, 0) + 1
        self.took += seconds_of(self.seconds, number)
        if number in self.failing:
            return refusal("SourceError", why="the loader failed, and its caller has to know")
        return exactly(f"{key} {number}", "nothing is under way for this key: it is loaded anew")

    def _together(self, actors: Any) -> Expectation:
        asked = [step[1] for _, steps in actors for step in steps]
        wanted: dict[str, list[str]] = {}
        longest = 0.0
        for name, steps in actors:
            wanted[name] = [step[1] for step in steps]
        first = {key: self.loads.get(key, 0) + 1 for key in asked}
        for key, number in first.items():
            seconds = seconds_of(self.seconds, number)
            longest = max(longest, seconds)
            self.loads[key] = number
            self.most[key] = number if seconds else number + asked.count(key) - 1
        self.took += longest

        def accepts(outcome: Outcome) -> bool:
            ends = outcome.get("together", {})
            return all(
                self._is_right(key, first[key], end)
                for name, keys in wanted.items()
                for key, end in zip(keys, ends.get(name, [{}]), strict=True)
            )

        shared = ", ".join(f"load {number} of {key}" for key, number in first.items())
        why = "who asks while a load is under way for the key waits for it, and shares its end"
        return Expectation(f"all share {shared}", accepts, why)

    def _is_right(self, key: str, first: int, outcome: Outcome) -> bool:
        if "raised" in outcome:
            return first in self.failing and outcome["raised"][0] == "SourceError"
        numbers = range(first, self.most[key] + 1)
        right = [f"{key} {number}" for number in numbers if number not in self.failing]
        return "value" in outcome and outcome["value"] in right

    def _loads(self, key: str) -> Expectation:
        fewest, most = self.loads.get(key, 0), self.most.get(key, 0)
        text = str(fewest) if fewest == most else f"{fewest} to {most}"
        why = "one load for all who ask at once, a new one for who asks when it has ended"
        return satisfying(lambda n: fewest <= n <= most, text, why)

    def _took(self) -> Expectation:
        longest, self.took = self.took, 0.0
        why = "a load of one key holds up nobody who asks for another"
        return satisfying(lambda s: s <= longest + LATE, f"about {longest:g}", why)


def is_something(outcome: Outcome) -> bool:
    """Tell whether a call returned anything but None and False: a token, a lease."""
    return "value" in outcome and outcome["value"] is not None and outcome["value"] is not False
