"""
The explorer: does any order of steps break the promise, and which is the shortest that does?

Bad interleavings hide from threads and luck: a race of two round trips is met once in a thousand
runs, on somebody else's machine. Here the order is an input. The code is ordinary Python, ours or a
learner's; each call of a port is a point at which another actor may come in between.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cachelab.lab.subjects import with_short_traces

from .course import Course
from .promises import AnyPromise, Promise, as_promise
from .replays import source_of_test
from .runs import EVERY_ACTOR_ENDS, Outcome, Plan, Run
from .search import Budget, first_ready, follow
from .sequence import sequence_svg, sequence_text
from .world import Scenario, Step

if TYPE_CHECKING:
    from cachelab.lab.widgets import FrameView

MODES = ("auto", "exhaustive", "drawn")


@dataclass(frozen=True, slots=True, repr=False)
class Exploration:
    """
    What an exploration has found: a broken promise and the shortest way to break it, or none.

    `schedules` is how many runs there were, `states` how many states they came through, `mode` how
    it was gone about. `is_exhaustive` tells whether all schedules are known to keep the promises;
    if not, all with at most `preemptions` are.
    """

    plan: Plan
    mode: str
    schedules: int
    states: int
    is_exhaustive: bool
    preemptions: int | None
    seconds: float
    outcome: Outcome | None

    @property
    def broken(self) -> Promise | None:
        """The promise that was broken, None if none was."""
        return None if self.outcome is None else self.outcome.broken

    @property
    def holds(self) -> bool:
        """Whether no schedule that was tried breaks a promise."""
        return self.broken is None

    @property
    def turns(self) -> tuple[str, ...]:
        """Who goes on at each choice of the shortest schedule that breaks the promise."""
        return () if self.outcome is None else tuple(turn.task for turn in self.outcome.turns)

    @property
    def steps(self) -> tuple[Step, ...]:
        """What happened in that schedule, call by call, what was done at rest as well."""
        if self.outcome is None:
            return ()
        return tuple(step for step in self.outcome.steps if step.kind != "asks")

    def replay(self) -> tuple[Step, ...]:
        """
        Run that schedule again, on a new world; return what happens this time.

        It is the same as `steps`, but for random tokens, unless the code has been changed.
        """
        outcome = follow(self.plan, self.turns)
        return tuple(step for step in outcome.steps if step.kind != "asks")

    def text(self) -> str:
        """Return that schedule as a sequence diagram in plain text."""
        return sequence_text(self.steps)

    def svg(self) -> str:
        """Return that schedule as a sequence diagram in SVG."""
        return sequence_svg(self.steps, title=str(self).splitlines()[0])

    def play(self) -> "FrameView":
        """
        Return that schedule as a view to step through, call by call.

        Raises:
            ValueError: no promise was broken, so there is no schedule to play.
        """
        from .player import play_steps  # widgets are slow to import, and seldom needed

        return play_steps(self.steps, title=str(self).partition(". ")[0])

    def as_test(self, setup: str | None = None) -> str:
        """
        Return a test for pytest: it fails as long as the promise is broken under that schedule.

        A scenario that cannot be imported (it is in a notebook, or within a function) needs
        `setup`, the text that defines it and the promise, if that is none of ours.

        Raises:
            ValueError: no promise was broken, or the scenario cannot be imported without `setup`.
        """
        return source_of_test(self.plan, self.broken, self.turns, setup)

    def _repr_html_(self) -> str:
        return self.svg() if self.outcome is not None else f"<p>{self}</p>"

    def __repr__(self) -> str:
        found = "holds" if self.broken is None else f"broken: {self.broken.sentence}"
        return f"Exploration({found}; schedules={self.schedules})"

    def __str__(self) -> str:
        return self._bad_news() if self.outcome is not None else self._good_news()

    def _bad_news(self) -> str:
        assert self.outcome is not None
        assert self.broken is not None
        preemptions, _, calls = self.outcome.size
        raised = self.outcome.ending.raised.items()
        errors = "".join(f"\n{who}: {type(error).__name__}: {error}" for who, error in raised)
        return (
            f"Broken: {self.broken.sentence}. The shortest schedule has {calls} calls and "
            f"{preemptions} preemption{'' if preemptions == 1 else 's'} ({self._effort()}).\n"
            f"{self.text()}{errors}"
        )

    def _good_news(self) -> str:
        named = [p.sentence for p in self.plan.promises if p is not EVERY_ACTOR_ENDS]
        promises = "; ".join(named)
        if self.is_exhaustive:
            return f"No schedule breaks the promise: {promises} ({self._effort()}, all there are)."
        reach = (
            "" if self.preemptions is None else f", all with up to {self.preemptions} preemptions"
        )
        return (
            f"No schedule that was tried breaks the promise: {promises} "
            f"({self._effort()}, not all there are{reach})."
        )

    def _effort(self) -> str:
        return f"{self.schedules:,} schedules, {self.states:,} states, {self.seconds:.2f} s"


@with_short_traces
def explore(
    scenario: Scenario,
    promises: AnyPromise | Sequence[AnyPromise],
    *,
    max_schedules: int = 100_000,
    mode: str = "auto",
    budget_seconds: float = 30.0,
    seed: int = 0,
    every_point: bool | None = None,
) -> Exploration:
    """
    Look for the shortest schedule of `scenario` under which one of `promises` is broken.

    `scenario` is given a new `World` for each run, and returns its actors by name and what is done
    at rest (see `Scenario`). Every actor must come to its end without an error but those of the
    world (`CachelabError`), and no run may come to a deadlock: that is one more promise.

    "exhaustive" tries all schedules; "drawn" has Hypothesis draw some, the same for the same
    `seed`, and shrink what it finds; "auto" draws when half the budget was not enough for all.
    `every_point` makes locks, events and the way back from a port points of choice too, as it must
    be where actors share memory; None finds that out: so let actors of different processes share no
    object, and there are far fewer schedules to try.

    Complexity: exhaustively, a run for each transition between states: for n actors of k calls
    at least n * (k + 1)^n, and half as many more for the few preemptions that are tried first.

    Raises:
        ValueError: an option is out of range.
        NotRepeatable: the scenario does not do the same twice.

    >>> def scenario(world):
    ...     world.source.write("visits", 0)
    ...     def visit():
    ...         world.source.write("visits", world.source.read("visits").value + 1)
    ...     return {"Ada": visit, "Ben": visit}, lambda: None
    >>> def both_count(ending):
    ...     return ending.rows["visits"] == 2
    >>> print(explore(scenario, both_count).text())
    Ada                     Ben                     source
     |--read visits -> 0---------------------------->|
     |                       |--read visits -> 0---->|
     |                       |--write visits 1 -> 2->|
     |--write visits 1 -> 3------------------------->|
    """
    _check(max_schedules, mode, budget_seconds)
    several = [promises] if callable(promises) or isinstance(promises, Promise) else promises
    kept = (EVERY_ACTOR_ENDS, *map(as_promise, several))
    plan = Plan(scenario, kept, every_point=bool(every_point))
    if every_point is None:
        plan = replace(plan, every_point=Run(plan, first_ready).shares_memory())
    budget = Budget(max_schedules, budget_seconds)
    course = Course(plan, budget, mode, random.Random(seed), may_widen=every_point is None)
    course.go()
    return Exploration(
        course.plan,
        mode,
        budget.runs,
        course.states,
        course.is_exhaustive,
        course.preemptions,
        budget.used,
        course.outcome,
    )


def _check(max_schedules: int, mode: str, budget_seconds: float) -> None:
    if mode not in MODES:
        raise ValueError(f"mode must be one of {', '.join(MODES)}, not {mode!r}")
    if max_schedules < 1:
        raise ValueError(f"max_schedules must be at least 1, not {max_schedules!r}")
    if not budget_seconds > 0:
        raise ValueError(f"budget_seconds must be above 0, not {budget_seconds!r}")
