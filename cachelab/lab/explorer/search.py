"""
The way through all the schedules of a scenario, and from a bad one to a smaller.

All means depth first, a run for each way on that was not taken, and none from a state that some run
has gone on from already. It is done for 0 preemptions first, then for 1 and 2, then for any number:
so what is found first has as few as can be. A preemption stops somebody who could have gone on.
"""

import math
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field

from cachelab.ports import ThreadRuntime

from .runs import Abandoned, Memory, NotRepeatable, Outcome, Plan, Run, Turn

FEW = (0, 1, 2)
"""The numbers of preemptions that are tried one by one before all are."""


@dataclass(slots=True)
class Budget:
    """How many runs and seconds there still are, and what was used."""

    max_runs: int
    seconds: float
    runs: int = 0
    now: Callable[[], float] = field(default_factory=lambda: ThreadRuntime().now)
    began: float = 0.0

    def __post_init__(self) -> None:
        self.began = self.now()

    @property
    def used(self) -> float:
        """The seconds since the start."""
        return self.now() - self.began

    @property
    def is_spent(self) -> bool:
        """Whether the search has to end."""
        return self.runs >= self.max_runs or self.used >= self.seconds

    def part(self, share: float) -> "Budget":
        """Return a budget of `share` of what is left; what it uses is to be added with `take`."""
        runs = max(1, int((self.max_runs - self.runs) * share))
        return Budget(runs, max(0.0, self.seconds - self.used) * share, now=self.now)

    def take(self, part: "Budget") -> None:
        """Add the runs that `part` has used."""
        self.runs += part.runs


@dataclass(slots=True)
class _Node:
    """A choice on the way: who was ready, which of them is tried now, and what led here."""

    names: tuple[str, ...]
    is_on: bool
    preempted: int
    memory: Memory
    place: int = 0

    def cost(self) -> int:
        """Return the preemptions on the way, this choice included."""
        return self.preempted + (self.is_on and self.place > 0)


class Exhaustive:
    """
    The search of one plan, depth first, for at most `bound` preemptions.

    Complexity: a run for each transition between states; memory for a number per state.
    """

    def __init__(
        self, plan: Plan, budget: Budget, bound: float = math.inf, *, may_widen: bool = False
    ) -> None:
        self.plan = plan
        self.may_widen = may_widen
        """Whether to stop when a task turns up that the plan did not reckon with."""
        self.budget = budget
        self.bound = bound
        self.states: dict[Hashable, float] = {}
        """By state, the preemptions that were left when it was gone on from."""
        self.is_complete = False
        self.is_cut = False
        """Whether a way was left out for its preemptions."""
        self.spawns = False
        self._path: list[_Node] = []
        self._depth = 0

    def search(self) -> Outcome | None:
        """Return a run that breaks a promise, or None when the ways or the budget are at an end."""
        while not self.budget.is_spent:
            outcome = self._run()
            if self.spawns or (outcome is not None and outcome.broken is not None):
                return outcome
            if not self._go_on():
                self.is_complete = True
                return None
        return None

    def _run(self) -> Outcome | None:
        self.budget.runs += 1
        self._depth = 0
        run = Run(self.plan, self._guide, keeps_state=True)
        run.is_replay = bool(self._path)
        try:
            return run.play()
        except Abandoned:
            return None
        finally:
            self.spawns = run.spawns and self.may_widen

    def _guide(self, run: Run, names: tuple[str, ...], is_on: bool) -> str:
        if self._depth < len(self._path):
            return self._again(run, names)
        preempted = self._path[-1].cost() if self._path else 0
        left = self.bound - preempted
        # With a bound, who is on matters: to let that one go on is free.
        who = run.runtime.task_name() if is_on and self.bound < math.inf else ""
        state = run.state(names, who)
        if self.states.get(state, -1.0) >= left:
            raise Abandoned
        self.states[state] = left
        self._path.append(_Node(names, is_on, preempted, run.memory.copy()))
        self._depth += 1
        return names[0]

    def _again(self, run: Run, names: tuple[str, ...]) -> str:
        node = self._path[self._depth]
        if node.names != names:
            raise NotRepeatable(
                f"under the same schedule {', '.join(names)} were ready where "
                f"{', '.join(node.names)} were before: a scenario must do the same twice, "
                "so seed what is random in it"
            )
        self._depth += 1
        if self._depth == len(self._path):
            run.is_replay, run.memory = False, node.memory.copy()
        return names[node.place]

    def _go_on(self) -> bool:
        """Turn to the next way that was not taken; tell whether there is one."""
        while self._path:
            node = self._path[-1]
            node.place += 1
            if node.place < len(node.names):
                if node.cost() <= self.bound:
                    return True
                self.is_cut = True
            self._path.pop()
        return False


def first_ready(run: Run, names: tuple[str, ...], is_on: bool) -> str:  # noqa: ARG001
    """Let whoever is on go on, or else the one who came first: the guide of a calm day."""
    return names[0]


def follow(plan: Plan, tasks: tuple[str, ...]) -> Outcome:
    """
    Return the run in which `tasks` are chosen, one after the other.

    Where the next of them is not ready, and after the last, whoever is on goes on.
    """
    wanted = iter(tasks)

    def guide(run: Run, names: tuple[str, ...], is_on: bool) -> str:  # noqa: ARG001
        name = next(wanted, names[0])
        return name if name in names else names[0]

    return Run(plan, guide).play()


def shrink(plan: Plan, found: Outcome, budget: Budget) -> Outcome:
    """
    Return the smallest run that breaks the same promise and is a few small changes away.

    A change lets one task go on for longer, or ends the schedule earlier.
    """
    best, improved = found, True
    while improved and not budget.is_spent:
        improved = False
        for tasks in _smaller(best.turns):
            if budget.is_spent:
                break
            budget.runs += 1
            outcome = follow(plan, tasks)
            if outcome.broken is found.broken and outcome.size < best.size:
                best, improved = outcome, True
                break
    return best


def _smaller(turns: tuple[Turn, ...]) -> list[tuple[str, ...]]:
    """Return schedules near `turns` with fewer changes: a stretch of one task moved or left out."""
    tasks = tuple(turn.task for turn in turns)
    starts = [place for place in range(1, len(tasks)) if tasks[place] != tasks[place - 1]]
    ends = [*starts, len(tasks)][1:]
    found = [tasks[:start] for start in starts]
    for start, end in zip(starts, ends, strict=True):
        stretch = tasks[start:end]
        found.append(tasks[:start] + tasks[end:])
        found.append(tasks[:start] + tasks[end:] + stretch)
        found.append(stretch + tasks[:start] + tasks[end:])
        found.append(tasks[:start] + (tasks[start - 1],) * len(stretch) + tasks[end:])
    return found
