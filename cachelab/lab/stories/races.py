"""
All orders of the steps of a small scenario, each as a run of the real code: where does it break?

The explorer finds the shortest order that breaks a promise; here the others are played as well, so
that one can go from one order to the next and see which step made the difference.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from cachelab.lab.explorer import explore
from cachelab.lab.explorer.promises import AnyPromise, Ending, as_promise
from cachelab.lab.explorer.replays import source_of_test
from cachelab.lab.explorer.runs import EVERY_ACTOR_ENDS, THE_RUN, Outcome, Plan, Run
from cachelab.lab.explorer.world import Scenario, Step
from cachelab.ports import TooManySteps

from .tape import Holdings, answered, in_cache, in_database, plain, sent

MOST = 60
"""More orders than these are not played: those with the fewest changes come first."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A call of a port, what each side held after it, and whether it was about an older row."""

    step: Step
    cache: Holdings
    rows: Holdings
    is_stale: bool


@dataclass(frozen=True, slots=True)
class Order:
    """One order of the steps: the calls until all is at rest, and the promise that was broken."""

    seen: tuple[Seen, ...]
    outcome: Outcome
    plan: Plan

    @property
    def tasks(self) -> tuple[str, ...]:
        """Who made each call."""
        return tuple(seen.step.task for seen in self.seen)

    @property
    def is_broken(self) -> bool:
        return self.outcome.broken is not None

    def as_test(self, setup: str | None = None) -> str:
        """
        Return a test for pytest that plays this order again, and fails while it breaks a promise.

        Raises:
            ValueError: no promise was broken, or the scenario cannot be imported without `setup`.
        """
        turns = [turn.task for turn in self.outcome.turns]
        return source_of_test(self.plan, self.outcome.broken, turns, setup)

    @property
    def effort(self) -> tuple[bool, int, int]:
        """Broken orders first, then those with the fewest changes of the actor, then the short."""
        changes = sum(one != other for one, other in pairwise(self.tasks))
        return not self.is_broken, changes, len(self.tasks)


@dataclass(slots=True)
class _Play:
    """A run that follows a list of names, and notes where it could have gone another way."""

    plan: Plan
    names: tuple[str, ...]
    chosen: list[str] = field(default_factory=list)
    ready: list[tuple[str, ...]] = field(default_factory=list)
    seen: list[Seen] = field(default_factory=list)

    def guide(self, _run: Run, names: tuple[str, ...], _is_on: bool) -> str:
        place = len(self.chosen)
        wanted = self.names[place] if place < len(self.names) else names[0]
        self.chosen.append(wanted if wanted in names else names[0])
        self.ready.append(names)
        return self.chosen[-1]

    def go(self) -> Order:
        run = Run(self.plan, self.guide)
        told = run.world.on_step

        def note(step: Step) -> None:
            told(step)
            if step.kind == "answered" and step.task != "main":
                rows = in_database(run.world)
                past = [plain(value) for value in run.world.past.get(str(step.key), ())]
                stale = is_stale(step, dict(rows), past)
                self.seen.append(Seen(step, in_cache(run.world), rows, stale))

        run.world.on_step = note
        outcome = run.play()
        return Order(tuple(self.seen), outcome, self.plan)


def is_stale(step: Step, rows: dict[str, str], past: Sequence[str]) -> bool:
    """Tell whether a call of the cache found or stored a row that the database no longer has."""
    if step.port != "store" or step.error or not isinstance(step.key, str):
        return False
    stores = step.verb in ("set", "add", "replace") and step.result is not False
    value = plain(step.value) if stores else plain(step.result) if step.verb == "get" else ""
    return value in past and value not in (rows.get(step.key, "nothing"), "nothing")


def every_order(
    scenario: Scenario, promises: Sequence[AnyPromise], most: int = MOST
) -> list[Order]:
    """
    Return the orders of the steps of `scenario`, `most` at the most, those that break first.

    >>> from cachelab.lab.explorer.promises import cache_equals_source_at_rest
    >>> from cachelab.lab.stories.race_scenarios import delete_after_commit
    >>> orders = every_order(delete_after_commit, [cache_equals_source_at_rest])
    >>> len(orders), [order.is_broken for order in orders].count(True), orders[0].tasks
    (10, 1, ('reader', 'reader', 'writer', 'writer', 'reader'))
    """
    found = explore(scenario, promises, max_schedules=5_000, budget_seconds=5.0)
    _check_end(found.outcome)
    orders: dict[tuple[str, ...], Order] = {}
    if not found.holds:
        shortest = _Play(found.plan, found.turns).go()
        orders[_words(shortest)] = shortest
    plan = Plan(
        scenario,
        (EVERY_ACTOR_ENDS, *map(as_promise, promises)),
        every_point=found.plan.every_point,
    )
    waiting: list[tuple[str, ...]] = [()]
    while waiting and len(orders) < most:
        waiting.sort(key=_changes)
        play = _Play(plan, waiting.pop(0))
        order = play.go()
        orders.setdefault(_words(order), order)
        for place in range(len(play.names), len(play.chosen)):
            others = (name for name in play.ready[place] if name != play.chosen[place])
            waiting += [(*play.chosen[:place], other) for other in others]
    return sorted(orders.values(), key=lambda order: order.effort)


def _check_end(outcome: Outcome | None) -> None:
    """Raise the error of a run that goes on for ever: there is no end of it to be drawn."""
    error = None if outcome is None else outcome.ending.raised.get(THE_RUN)
    if isinstance(error, TooManySteps):
        raise error


def _words(order: Order) -> tuple[str, ...]:
    """Return what tells an order from others; tokens of leases are random, and left out."""
    return tuple(f"{seen.step.task} {sent(seen.step)} {answered(seen.step)}" for seen in order.seen)


def _changes(names: tuple[str, ...]) -> int:
    return sum(one != other for one, other in pairwise(names))


def swapped(orders: Sequence[Order], order: Order, place: int) -> int | None:
    """Return the place of the order that differs by two steps changed, from `place` on, if any."""
    wanted = list(order.tasks)
    wanted[place], wanted[place + 1] = wanted[place + 1], wanted[place]
    matches = [
        number
        for number, other in enumerate(orders)
        if list(other.tasks[: place + 2]) == wanted[: place + 2]
    ]
    return max(matches, key=lambda number: _common(orders[number].tasks, wanted), default=None)


def moved(orders: Sequence[Order], order: Order, place: int, to: int) -> int:
    """Return the place of the order nearest to `order` with the step at `place` dragged to `to`."""
    wanted = list(order.tasks)
    wanted.insert(to, wanted.pop(place))
    if wanted == list(order.tasks):
        return orders.index(order)
    return max(range(len(orders)), key=lambda number: _likeness(orders[number].tasks, wanted))


def _likeness(one: Sequence[str], other: Sequence[str]) -> tuple[int, int]:
    """Return in how many steps two orders agree, and for how many from the start."""
    same = sum(left == right for left, right in zip(one, other, strict=False))
    return same - abs(len(one) - len(other)), _common(one, other)


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    length = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        length += 1
    return length


def stale_answers(ending: Ending) -> list[str]:
    """Return the keys for which cache and database differ when all is at rest."""
    return [
        key
        for key, answer in ending.answers.items()
        if plain(answer) != plain(ending.rows.get(key))
    ]
