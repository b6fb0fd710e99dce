"""
Something to measure: a function whose calls take known times on the judge's clock.
"""

from itertools import cycle
from random import Random
from typing import Any

from cachelab.grading.exercise import Examine, Finding
from cachelab.grading.expecting import exactly, plain_answer, satisfying
from cachelab.grading.runs import Expectation, Operation
from cachelab.grading.session import Session
from cachelab.grading.stories import Script, Tale
from cachelab.grading.world import Ported, World

FIGURES = ("n", "mean", "p50", "p99", "max")


class BenchWorld(World):
    """A clock, and `fn`, whose first call takes the first of the durations, and so on."""

    def __init__(self, settings: tuple[Any, ...], schedule: Any) -> None:
        super().__init__(schedule)
        self.durations = cycle(settings[0])
        self.add("clock", self.ports["runtime"])
        self.add("fn", lambda: self.runtime.sleep(next(self.durations)))

    @staticmethod
    def arguments_of(n: int) -> tuple[Any, ...]:
        """Return what `bench` is called with."""
        return Ported("fn"), Ported("clock"), n

    def do_calls(self) -> int:
        """Tell how often fn was called."""
        return self.count("fn")

    words = World.words | {"@calls": "how often fn was called"}


class BenchModel:
    """What a bench of these durations has to report."""

    def __init__(self, settings: tuple[Any, ...]) -> None:
        self.durations = list(settings[0])
        self.calls = 0
        self.is_new = False
        """Whether fn was called since somebody asked how often."""

    def born(self) -> Expectation:
        return exactly(None, "")

    def expect(self, operation: Operation) -> Expectation:
        if operation[0] == "@calls":
            self.is_new = False
            why = "one call warms up, and each of the n after it is timed"
            return exactly(self.calls, why)
        n = operation[3]
        places = [(self.calls + 1 + k) % len(self.durations) for k in range(n)]
        timed = sorted(self.durations[place] for place in places)
        self.calls += n + 1
        self.is_new = True
        return _report(timed)


def _report(timed: list[float]) -> Expectation:
    n = len(timed)
    ranks = {"p50": -(-50 * n // 100), "p99": -(-99 * n // 100), "max": n}
    wanted = {"n": n, "mean": sum(timed) / n} | {k: timed[r - 1] for k, r in ranks.items()}

    def fits(value: Any) -> bool:
        return isinstance(value, dict) and all(
            isinstance(value.get(name), int | float) and abs(value[name] - wanted[name]) < 1e-6
            for name in FIGURES
        )

    text = "{" + ", ".join(f"{name!r}: {wanted[name]:.6g}" for name in FIGURES) + "}"
    times = ", ".join(f"{t:g}" for t in timed)
    return satisfying(fits, text, f"the timed calls took {times} seconds; the first one warmed up")


def figures_by_its_percentile(message: str, *settings: tuple[float, ...]) -> Examine:
    """
    Return the check that a bench's figures are right if the submission's `percentile` is.

    What is wrong with that is told elsewhere. It gets the durations as they came, and sorted.
    """

    def examine(session: Session, _: Random) -> Finding | None:
        scenes = ((durations, n) for durations in settings for n in (1, 4, 6))
        is_right = all(_are_its_own(session, durations, n) for durations, n in scenes)
        return None if is_right else Finding(message)

    return examine


def _are_its_own(session: Session, durations: tuple[float, ...], n: int) -> bool:
    timed = list(durations[1 : n + 1])
    asked = [("percentile", values, p) for p in (50, 99) for values in (timed, sorted(timed))]
    steps = (("bench", *BenchWorld.arguments_of(n)), *asked)
    played = Tale(BenchWorld, BenchModel).play(session, Script((durations,), steps))
    given = [plain_answer(one) for one in played.outcomes[1:]]
    if len(given) < len(steps) or not isinstance(given[0], dict):
        return False
    figures, middle, high = given[0], given[1:3], given[3:5]
    wanted: dict[str, list[Any]] = {"n": [n], "mean": [sum(timed) / n], "max": [max(timed)]}
    wanted |= {"p50": middle, "p99": high}
    return all(
        any(_is_close(figures.get(name), right) for right in rights)
        for name, rights in wanted.items()
    )


def _is_close(value: Any, right: Any) -> bool:
    numbers = isinstance(value, int | float) and isinstance(right, int | float)
    return numbers and bool(abs(value - right) < 1e-6)
