"""
The course of an exploration: which search comes when, and how what it finds is made small.

Few preemptions come first, so what is found has as few as can be. Then the actors that are not
needed are left out, and the schedule is shrunk to fewer changes and calls.
"""

import math
import random
from dataclasses import replace

from .runs import Outcome, Plan
from .search import FEW, Budget, Exhaustive, shrink


class Course:
    """One exploration: `go`, and then `outcome` is the shortest bad run, or None."""

    def __init__(
        self, plan: Plan, budget: Budget, mode: str, rng: random.Random, *, may_widen: bool
    ) -> None:
        self.plan = plan
        self.budget = budget
        self.mode = mode
        self.rng = rng
        self.may_widen = may_widen
        self.states = 0
        self.is_exhaustive = False
        self.preemptions: int | None = None
        """Up to how many preemptions every schedule is known to keep the promises."""
        self.outcome: Outcome | None = None

    def go(self) -> None:
        """Search, and shrink what is found."""
        if self.mode != "drawn":
            self._try_all()
        if self.outcome is None and not self.is_exhaustive and self.mode != "exhaustive":
            self._draw()
        if self.outcome is not None:
            self._leave_actors_out()
            self._make_small()

    def _draw(self) -> None:
        from .drawn import Drawn  # Hypothesis is slow to import, and seldom needed

        self.outcome = Drawn(self.plan, self.budget, self.rng).search()

    def _try_all(self) -> None:
        budget = self.budget if self.mode == "exhaustive" else self.budget.part(0.5)
        for bound in (*FEW, math.inf):
            tree = Exhaustive(self.plan, budget, bound, may_widen=self.may_widen)
            self.outcome = tree.search()
            if tree.spawns:
                self._widen()
                return
            self.states = max(self.states, len(tree.states))
            self.is_exhaustive = tree.is_complete and not tree.is_cut
            if self.outcome is not None or self.is_exhaustive or not tree.is_complete:
                break
            self.preemptions = int(bound)
        if budget is not self.budget:
            self.budget.take(budget)

    def _widen(self) -> None:
        """Start again: the objects under test run tasks of their own, which share their memory."""
        self.may_widen = False
        self.plan = replace(self.plan, every_point=True)
        self._try_all()

    def _leave_actors_out(self) -> None:
        """Drop each actor without whom the promise is broken as well."""
        assert self.outcome is not None
        if self.outcome.broken is None or not self.outcome.broken.of_any_actors:
            return
        for actor in self.outcome.actors:
            rest = tuple(name for name in self.outcome.actors if name != actor)
            if not rest or self.budget.is_spent:
                continue
            plan = replace(self.plan, only=rest)
            found = self._found_again(plan, self.outcome)
            if found is not None:
                self.plan, self.outcome = plan, found

    def _found_again(self, plan: Plan, known: Outcome) -> Outcome | None:
        budget = self.budget.part(0.2)
        found = None
        for bound in range(known.size[0] + 1):
            found = Exhaustive(plan, budget, bound).search()
            if found is not None:
                break
        self.budget.take(budget)
        return found if found is not None and found.broken is known.broken else None

    def _make_small(self) -> None:
        """Look for as few preemptions as can be, then for fewer changes and calls."""
        assert self.outcome is not None
        self.outcome = shrink(self.plan, self.outcome, self.budget)
        fewest = self.outcome.size[0]
        for bound in range(FEW[-1] + 1 if self.mode != "drawn" else 0, fewest):
            budget = self.budget.part(0.3)
            found = Exhaustive(self.plan, budget, bound).search()
            self.budget.take(budget)
            if found is not None and found.broken is self.outcome.broken:
                self.outcome = shrink(self.plan, found, self.budget)
                return
