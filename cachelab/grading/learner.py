"""
The report as a learner gets it in the notebook: it plays his runs, and opens what he has earned.

A hint opens on the third failure in a row, the solution after full marks or the third attempt that
failed. Neither is ever hidden for good, and neither gets into what nbgrader or a teacher reads.
"""

from dataclasses import dataclass, field, fields
from types import FunctionType
from typing import TYPE_CHECKING, Any

from cachelab.lab.notebook import has_somebody

from .attempts import STUCK, failed_attempts, noted
from .judging import find_exercise
from .report import CheckResult, Counterexample, Report, Row
from .solutions import Solution, find_solution, is_graded, is_the_same

if TYPE_CHECKING:
    from cachelab.lab import EvictionStepper, FrameView


@dataclass(frozen=True, slots=True)
class LearnersReport(Report):
    """
    A report on what is defined in this kernel.

    `subjects` are the classes and functions that were judged; `solution` is what may be opened now.
    """

    subjects: tuple[Any, ...] = field(default=(), compare=False, repr=False)
    solution: Solution | None = None

    def play(self, check: str | None = None) -> "FrameView | EvictionStepper":
        """
        Return the shortest run of a check that failed, by itself the first, to step through.

        A function, or a cache without ports, runs here once more and is watched line by line, with
        its variables or its containers beside it; another class call by call, with all that its
        objects hold. What touches ports, or was measured, is shown as the judge saw it.

        Raises:
            ValueError: no check failed, or there is no run of that one to show.
        """
        from .replay import find_failure, play_check

        found = find_failure(self, check)
        shown, view = found.counterexample, None
        if shown is not None:
            view = (
                self._watched(found, shown)
                or self._traced(found, shown)
                or self._called(found, shown)
            )
        return view or play_check(self, check)

    def _watched(self, check: CheckResult, shown: Counterexample) -> "EvictionStepper | None":
        """Return the run in the stepper on the learner's own class, if it can be watched there."""
        from cachelab.lab import EvictionStepper

        kind = self._kind_of(shown)
        if kind is None or type(shown.capacity) is not int or not shown.operations:
            return None
        try:
            zoom = "lines" if shown.measured else "requests"
            notes = _notes(check, shown)
            return EvictionStepper(kind, shown.operations, shown.capacity, zoom, notes)
        except (TypeError, ValueError):  # it has no containers to draw, or never comes to an end
            return None

    def _kind_of(self, shown: Counterexample) -> type | None:
        """Return the class that a run is about: the one that it makes, or the only one."""
        classes = {one.__name__: one for one in self.subjects if isinstance(one, type)}
        if shown.steps:
            return classes.get(shown.steps[0].verb.removeprefix("new:"))
        return next(iter(classes.values())) if len(classes) == 1 else None

    def _traced(self, check: CheckResult, shown: Counterexample) -> "FrameView | None":
        """Return the call line by line, if it is one of a function that is defined here."""
        from .function_replay import play_function
        from .tracing import is_plain

        row = _played(shown)
        name = row.call.partition("(")[0]
        named = (one for one in self.subjects if getattr(one, "__name__", "") == name)
        function = next(named, None)
        if not isinstance(function, FunctionType) or shown.arguments is None:
            return None
        if not is_plain(shown.arguments) or row.got.startswith("the call "):
            return None  # nothing that only the judge has, and nothing that never comes back
        return play_function(self._title(check), row, shown.why, function, shown.arguments)

    def _called(self, check: CheckResult, shown: Counterexample) -> "FrameView | None":
        """Return the run call by call with what its objects hold, if it can be made here."""
        from .object_picture import play_calls
        from .object_replay import call_again

        if shown.rows[-1].got.startswith("the call "):
            return None  # it never comes back
        made = call_again(shown.steps, {one.__name__: one for one in self.subjects})
        if not made:
            return None
        about = f"{self.exercise} {check.id}, {len(made):,} call{'s' * (len(made) > 1)}"
        return play_calls(self._title(check), about, made, _played(shown).expected, shown.why)

    def _title(self, check: CheckResult) -> str:
        shown = check.counterexample
        case = " (a small case)" if shown and shown.measured else ""
        return f"{self.exercise} {check.id}: {check.message}{case}"

    def _ipython_display_(self) -> None:
        """
        Let buttons for its runs follow below the report, which is then shown as any other value.
        """
        if not is_graded() and has_somebody():
            from .stepping import offer

            offer(self)
        raise NotImplementedError

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        """Return the table for a notebook, and the points as its plain text."""
        from .html import render

        if is_graded():
            return {"text/plain": str(self.points), "text/html": render(self)}
        page = render(self, plays=True, solution=self.solution)
        return {"text/plain": str(self.points), "text/html": page}


def _played(shown: Counterexample) -> Row:
    """Return the row that a view ends with: of figures, the call of a small case instead."""
    row = shown.rows[-1]
    if not shown.measured:
        return row
    name, given = row.call.partition(" ")[0], ", ".join(map(repr, shown.arguments or ()))
    return Row(f"{name}({given})", "", "")


def _notes(check: CheckResult, shown: Counterexample) -> tuple[str, str]:
    """Return what the stepper says besides at its beginning and at its end."""
    if shown.measured:
        first = f"A small case of what was measured: {check.message}."
        return first, f"Why: {shown.why}."
    hope = shown.rows[-1].expected
    return "", f"Expected: {hope}. Why: {shown.why}." if hope else f"Why: {shown.why}."


_last: list[Report] = []
"""The report that `check` returned last, for `play`."""


def answered(report: Report, text: str, subjects: tuple[Any, ...]) -> LearnersReport:
    """Log an attempt; return its report with all that the learner may open now."""
    known = noted(report, text)
    given = {one.name: getattr(known, one.name) for one in fields(Report)}
    answer = LearnersReport(**given, subjects=subjects, solution=_earned(known, text))
    _last[:] = [answer]
    return answer


def play(check: str | None = None) -> "FrameView | EvictionStepper":
    """
    Step through the shortest run of a failed check of the last report, by itself the first.

    Raises:
        ValueError: nothing was judged in this kernel, or there is no such run.
    """
    if not _last:
        raise ValueError("nothing was judged here so far: run the cell with check(...) first")
    return _last[0].play(check)


def _earned(report: Report, text: str) -> Solution | None:
    """Return the solution if it may be opened, and if it is not what was handed in."""
    is_through = report.points == report.max_points
    if is_graded() or not (is_through or failed_attempts(report.exercise) >= STUCK):
        return None
    found = find_solution(find_exercise(report.exercise))
    return None if is_the_same(found, text) else found
