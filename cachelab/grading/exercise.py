"""
An exercise as the judge sees it: names to define, cells to read, and checks in order.

A check is a row of a table: an id that never changes, points, the checks that must pass before it,
three hints, and a function that looks for a mistake.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random

from .report import CheckResult, Counterexample
from .sandbox import Level
from .session import Session


@dataclass(frozen=True, slots=True)
class Finding:
    """
    A mistake that a check found.

    A slip is one of writing Python, not of caching: it `is_slip`, or its counterexample says so.
    After one that `ends_all`, such as a text that cannot be executed, nothing else can be judged.
    """

    message: str
    counterexample: Counterexample | None = None
    is_slip: bool = False
    ends_all: bool = False


Examine = Callable[[Session, Random], Finding | None]
"""Looks for a mistake in the submission on a session; all its randomness is the given one."""


def in_turn(*examines: Examine) -> Examine:
    """Return the check that looks in each of these ways, up to the first mistake found."""

    def examine(session: Session, random: Random) -> Finding | None:
        for look in examines:
            finding = look(session, random)
            if finding is not None:
                return finding
        return None

    return examine


def in_any_way(*examines: Examine) -> Examine:
    """Return the check that is passed if one of these ways finds no mistake."""

    def examine(session: Session, random: Random) -> Finding | None:
        first: Finding | None = None
        for look in examines:
            finding = look(session, random)
            if finding is None:
                return None
            first = first or finding
        return first

    return examine


@dataclass(frozen=True, slots=True)
class Check:
    """
    One row of an exercise's table of points.

    It is not judged before all that it `needs` have passed. While one that it comes `after` has
    not, it is judged `apart`, by runs that the other's mistake leaves alone, or as ever if it has
    none: it passes, or it waits, so that one mistake is told once and has one price.

    `subject` is the class or function that it is about, by itself the first of the exercise. What a
    check has `measured` is observed within the submission's process, so its text must be plain.
    """

    id: str
    points: int
    title: str
    examine: Examine
    needs: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()
    seconds: float = 8.0
    subject: str | None = None
    measured: bool = False
    apart: Examine | None = None

    def waits_for(self, passed: set[str]) -> str | None:
        """Return the first check that must pass before this one is judged, if one has not."""
        return next((need for need in self.needs if need not in passed), None)

    def is_after(self, passed: set[str]) -> str | None:
        """Return the first check whose mistakes may show in this one, if one has not passed."""
        return next((other for other in self.after if other not in passed), None)


Panel = Callable[[Level, str, int | None, str | None], Iterator[CheckResult]]
"""Judges what no single check can: gives the parts of a score, from a text, a seed, and `only`."""


@dataclass(frozen=True, slots=True)
class Exercise:
    """
    What a learner hands in, and how it is judged.

    `names` are the classes or functions that the submission defines, `cells` the nbgrader ids of
    the notebook's solution cells. Besides the checks' points, a teacher gives `by_hand` more for
    written answers. Where a `panel` judges, there are no checks, and it has its own points to give.
    """

    id: str
    title: str
    names: tuple[str, ...]
    cells: tuple[str, ...]
    checks: tuple[Check, ...]
    by_hand: int = 0
    panel: Panel | None = None
    panel_points: int = 0

    @property
    def max_points(self) -> int:
        """What the judge can give."""
        return self.panel_points + sum(check.points for check in self.checks)
