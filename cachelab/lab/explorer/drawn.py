"""
Schedules that Hypothesis draws, for scenarios with more of them than can be tried.

A schedule is given by its switches alone: at which choices somebody else goes on, and who. So few
numbers say much, and when a promise is broken Hypothesis shrinks them: fewer switches, and earlier.
"""

import random
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, Phase, find, settings
from hypothesis import strategies as st
from hypothesis.configuration import set_hypothesis_home_dir, storage_directory
from hypothesis.errors import NoSuchExample

from .runs import Outcome, Plan, Run
from .search import Budget, first_ready

MOST_SWITCHES = 12
SHRINKS = 300
"""How many runs are spent on making a bad schedule smaller, once there is one."""

Switches = dict[int, int]
"""By the number of a choice, who goes on there: the first of the ready ones, or a later one."""


class Spent(BaseException):
    """Raised where Hypothesis would go on and the budget says no; it catches every `Exception`."""


class Drawn:
    """The search of one plan among schedules that Hypothesis draws, the same for the same `rng`."""

    def __init__(self, plan: Plan, budget: Budget, rng: random.Random) -> None:
        self.plan = plan
        self.budget = budget
        self.rng = rng
        self.found: Outcome | None = None
        """The smallest run so far that breaks a promise."""
        self._left = SHRINKS

    def search(self) -> Outcome | None:
        """Return a run that breaks a promise, or None when the budget is at its end."""
        self.budget.runs += 1
        calm = Run(self.plan, first_ready).play()
        if calm.broken is not None:
            return calm
        with _caches_elsewhere(), suppress(NoSuchExample, Spent):
            find(self._switches(calm), self._is_bad, settings=self._settings(), random=self.rng)
        return self.found

    def _switches(self, calm: Outcome) -> st.SearchStrategy[Switches]:
        """Draw switches from twice the choices of a calm day: those that are switched take more."""
        choices = st.integers(0, max(1, 2 * len(calm.turns)))
        others = st.integers(1, max(1, len(calm.actors) - 1))
        return st.dictionaries(choices, others, max_size=MOST_SWITCHES)

    def _settings(self) -> settings:
        return settings(
            max_examples=max(1, self.budget.max_runs - self.budget.runs),
            phases=(Phase.generate, Phase.shrink),
            suppress_health_check=list(HealthCheck),
            database=None,
            deadline=None,
        )

    def _is_bad(self, switches: Switches) -> bool:
        if self.budget.is_spent or self._left == 0:
            raise Spent
        self.budget.runs += 1
        self._left -= self.found is not None
        outcome = Run(self.plan, Switching(switches)).play()
        if outcome.broken is None:
            return False
        if self.found is not None and outcome.broken is not self.found.broken:
            return False  # another promise than the one whose schedule is being shrunk
        if self.found is None or outcome.size < self.found.size:
            self.found = outcome
        return True


class Switching:
    """A guide that lets whoever is on go on, but for the `switches`."""

    def __init__(self, switches: Switches) -> None:
        self.switches = switches
        self.number = -1

    def __call__(self, run: Run, names: tuple[str, ...], is_on: bool) -> str:  # noqa: ARG002
        """Return who goes on at the next choice."""
        self.number += 1
        return names[self.switches.get(self.number, 0) % len(names)]


@contextmanager
def _caches_elsewhere() -> Iterator[None]:
    """Have Hypothesis keep what it caches in a folder that goes away, not in the learner's."""
    before = storage_directory(intent_to_write=False).home_directory
    with TemporaryDirectory() as folder:
        set_hypothesis_home_dir(folder)
        try:
            yield
        finally:
            set_hypothesis_home_dir(before)
