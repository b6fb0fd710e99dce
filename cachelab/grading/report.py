"""
What the judge found: a value that reads as text, as JSON, and in a notebook as a table.

Equal submissions give equal reports: no clock time, no folder and no memory address gets into what
is shown. Only the level of the sandbox depends on the machine, and it stands in one place.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cachelab.lab import EvictionStepper, FrameView


@dataclass(frozen=True, slots=True)
class Row:
    """One step of a counterexample; `expected` is empty where nothing is compared."""

    call: str
    expected: str
    got: str


@dataclass(frozen=True, slots=True)
class Moment:
    """
    One call of a counterexample as the judge saw it, one scene of the run when it is played.

    `caller` and `callee` are equal for what somebody notes without calling. `line` and `code` are
    where in the submission a call was made, and `held` has what stores and sources held after it.
    """

    caller: str
    callee: str
    call: str
    answer: str = ""
    at: float = 0.0
    line: int | None = None
    code: str = ""
    held: tuple[tuple[str, tuple[str, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """
    One call of a run as it can be made again: its text, and the object it is a call of.

    The verb "new:Name" makes that object, "call:name" calls a function, any other is a method.
    """

    text: str
    target: str
    verb: str
    arguments: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Counterexample:
    """
    The shortest run found that shows the mistake; its last row is where the answers part.

    `operations` is the same run in the format of the recorder, for playing it again, and `moments`
    are all its calls, those of ports too, in the order in which they happened. `arguments` are
    those of the call of a function that went wrong, and `steps` the calls of a run without ports.
    One that is `measured` has figures for rows, and what can be played is a small case of it. One
    that `is_table` has nothing to step through.
    """

    rows: tuple[Row, ...]
    why: str
    capacity: Any = None
    operations: tuple[tuple[Any, ...], ...] = ()
    moments: tuple[Moment, ...] = field(default=(), compare=False, repr=False)
    arguments: tuple[Any, ...] | None = field(default=None, compare=False, repr=False)
    steps: tuple[Step, ...] = field(default=(), compare=False, repr=False)
    measured: bool = field(default=False, compare=False, repr=False)
    is_table: bool = field(default=False, compare=False, repr=False)

    def to_json(self) -> dict[str, Any]:
        """Return the run as lists and dictionaries."""
        steps = [{"call": r.call, "expected": r.expected, "got": r.got} for r in self.rows]
        operations = [list(operation) for operation in self.operations]
        return {
            "steps": steps,
            "why": self.why,
            "capacity": self.capacity,
            "operations": operations,
        }


@dataclass(frozen=True, slots=True)
class CheckResult:
    """
    One check's verdict; `waits_for` names the check that must pass before this one is judged.

    A check that `is_unfinished` has found no mistake and not played all it was to play: no verdict.
    One that failed by a mistake of Python's, a slip, `is_slip`: its hints are no help there.
    """

    id: str
    title: str
    points: int
    max_points: int
    message: str
    counterexample: Counterexample | None = None
    hints: tuple[str, ...] = ()
    waits_for: str | None = None
    is_unfinished: bool = False
    is_slip: bool = False

    @property
    def passed(self) -> bool:
        return self.points == self.max_points

    @property
    def word(self) -> str:
        """The verdict in a word or two, never a colour."""
        if self.passed:
            return "passed"
        if self.is_unfinished:
            return "unfinished"
        if self.waits_for:
            return "not judged"
        return "partly" if self.points else "failed"

    def to_json(self) -> dict[str, Any]:
        """Return the verdict as a dictionary."""
        shown = self.counterexample
        return {
            "id": self.id,
            "points": self.points,
            "max_points": self.max_points,
            "passed": self.passed,
            "message": self.message,
            "counterexample": shown.to_json() if shown else None,
        }


@dataclass(frozen=True, slots=True)
class Report:
    """
    The verdict on one submission.

    In a notebook the last value of a cell shows as a table, and as plain text it is the points, a
    number: that is what nbgrader reads as the score of the cell.
    """

    exercise: str
    title: str
    checks: tuple[CheckResult, ...]
    sandbox: str
    seconds: float
    offers: tuple[tuple[str, int], ...] = ()
    """Checks on which the learner is stuck, and how many of their hints to open."""

    @property
    def points(self) -> int:
        return sum(check.points for check in self.checks)

    @property
    def max_points(self) -> int:
        return sum(check.max_points for check in self.checks)

    @property
    def failed(self) -> tuple[CheckResult, ...]:
        """The checks that were judged and did not get all their points, in order."""
        return tuple(check for check in self.checks if check.word in ("failed", "partly"))

    @property
    def failures(self) -> str:
        """The ids of the checks that failed, and in words what keeps a text from running at all."""
        ids = ", ".join(check.id for check in self.failed)
        slip = self.failed[0] if self.failed and self.failed[0].is_slip else None
        return f"{ids} ({slip.message})" if slip else ids

    @property
    def unfinished(self) -> tuple[CheckResult, ...]:
        """The checks that could not be judged to their end, in order."""
        return tuple(check for check in self.checks if check.is_unfinished)

    def to_json(self) -> dict[str, Any]:
        """Return the report as a dictionary that `json.dumps` takes."""
        return {
            "exercise": self.exercise,
            "points": self.points,
            "max_points": self.max_points,
            "sandbox": self.sandbox,
            "seconds": round(self.seconds, 2),
            "checks": [check.to_json() for check in self.checks],
        }

    def play(self, check: str | None = None) -> "FrameView | EvictionStepper":
        """
        Return the shortest run of a check that failed, by itself the first, to step through.

        Raises:
            ValueError: no check failed, or there is no run of that one to show.
        """
        from .replay import play_check  # widgets are slow to import, and seldom needed

        return play_check(self, check)

    def to_dict(self) -> dict[str, Any]:
        """
        Return the report for `from_dict`, hints and all; JSON carries it.

        What a run is played from is left out.
        """
        data = asdict(self)
        for check in data["checks"]:
            if check["counterexample"]:
                for name in ("moments", "arguments", "steps"):
                    del check["counterexample"][name]
        return data

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> "Report":
        """
        Return the report that `to_dict` was made of.

        Raises:
            KeyError, TypeError: that is no report.
        """
        checks = tuple(map(_check_from, data["checks"]))
        offers = tuple(map(tuple, data.get("offers", ())))
        return cls(**{**data, "checks": checks, "offers": offers})

    def __str__(self) -> str:
        head = f"{self.exercise} {self.title}: {self.points} of {self.max_points} points"
        width = max((len(check.id) for check in self.checks), default=0) + 2
        lines = [head, *(_line(check, width) for check in self.checks), f"sandbox: {self.sandbox}"]
        lines += _waiting(self.checks)
        for check in (*self.failed, *self.unfinished):
            lines += ["", *_explain(check)]
        return "\n".join(lines)

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        """Return the table for a notebook, and the points as its plain text."""
        from .html import render

        return {"text/plain": str(self.points), "text/html": render(self)}


def _check_from(data: dict[str, Any]) -> CheckResult:
    shown = data["counterexample"]
    if shown is not None:
        rows = tuple(Row(**row) for row in shown["rows"])
        operations = tuple(map(tuple, shown["operations"]))
        shown = Counterexample(**{**shown, "rows": rows, "operations": operations})
    return CheckResult(**{**data, "counterexample": shown, "hints": tuple(data["hints"])})


def _line(check: CheckResult, width: int) -> str:
    points = f"{check.points}/{check.max_points}"
    return f"  {check.word:<10}  {points:>5}  {check.id:<{width}}{check.title}"


def _waiting(checks: Sequence[CheckResult]) -> list[str]:
    """Return why checks were not judged, one line for all that wait for the same."""
    waiting: dict[str, list[str]] = {}
    for check in checks:
        if check.waits_for:
            waiting.setdefault(check.message, []).append(check.id)
    return [f"{', '.join(ids)}: {message}" for message, ids in waiting.items()]


def _explain(check: CheckResult) -> list[str]:
    lines = [f"{check.id}: {check.message}"]
    if check.counterexample:
        lines += _table(check.counterexample.rows)
        lines.append(f"  why: {check.counterexample.why}")
    is_of_use = check.hints and not check.is_slip
    return [*lines, f"  hint: {check.hints[0]}"] if is_of_use else lines


def _table(rows: Sequence[Row]) -> list[str]:
    width = max(len(row.call) for row in rows)
    lines = []
    for number, row in enumerate(rows, 1):
        answer = f"expected {row.expected}, got {row.got}" if row.expected else row.got
        lines.append(f"  {number:>3}  {row.call:<{width}}  {answer}".rstrip())
    return lines
