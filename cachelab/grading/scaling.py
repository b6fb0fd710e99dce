"""
The check of growth: the work of one call, counted at several sizes, must not grow with the size.

No stopwatch: the player counts steps of the text, comparisons and items walked over. Four times the
keys may cost a little more (a tree, a heap: O(log n)), not several times as much.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import lru_cache
from random import Random
from typing import Any

from .exercise import Examine, Finding
from .player.values import decode
from .process import PlayerLost
from .report import Counterexample, Row, Step
from .runs import Operation, call_text
from .session import Session
from .slips import Slip
from .wording import reason, show_outcome
from .world import wired

SIZES = (100, 400, 1600)
STEEPEST = 4.0
"""From the smallest size to the largest, 16-fold: log n gives 1.5, a scan gives 16."""

NOTICEABLE = 150.0
"""Units of work per call below which growth does not matter."""

REHEARSED = 4
"""The size at which all calls are made once before any is counted."""

SMALL = 8
"""The size of the case that can be stepped through, where what was measured is far too long."""

OBJECT = "subject"
"""What the object that is weighed is called in such a case."""

MOST_ROWS = 12

Plan = Callable[[Random, int], dict[str, Any]]
"""Draws the calls for one size: capacity, keys to fill in, calls to count."""


def count_work(plan: Plan, sizes: Sequence[int] = SIZES) -> Examine:
    """
    Return a check that compares the work per call at the smallest and the largest size.

    Counting at the largest ends as soon as a kind of call has used up all that it may. Those
    between are counted where it grows, for the table that shows how. The calls of one state of the
    generator are drawn once: a class of submissions shares them.
    """

    @lru_cache(maxsize=1)
    def draw_all(state: Any) -> dict[int, dict[str, Any]]:
        random = Random()
        random.setstate(state)
        return {size: plan(random, size) for size in (sizes[0], sizes[-1], *sizes[1:-1])}

    def examine(session: Session, random: Random) -> Finding | None:
        endless = _rehearse(session, plan)
        if endless is not None:
            return endless
        costs: dict[int, dict[str, float]] = {}
        worst: str | None = None
        drawn = draw_all(random.getstate())
        for size, asked in drawn.items():
            most = _allowed(costs[sizes[0]], asked["calls"]) if size == sizes[-1] else {}
            try:
                costs[size] = _costs(session, asked, most)
            except PlayerLost as lost:
                return Finding(f"with {size} keys in the cache, the submission {lost}")
            if size == sizes[-1]:
                worst = _steepest(costs[sizes[0]], costs[size])
                if worst is None:
                    return None
        assert worst is not None
        ends = [drawn[size] for size in (sizes[0], sizes[-1])]
        prints = "print(" in session.source and _is_by_printing(session, worst, ends)
        shown = _growing(worst, [costs[size] for size in sizes], sizes, prints=prints)
        return Finding(
            f"the work of one {worst} grows with the cache", replace(shown, **_small(plan, worst))
        )

    return examine


def _small(plan: Plan, worst: str) -> dict[str, Any]:
    """Return a run in a small cache that ends with a call of the kind that grows."""
    drawn = plan(Random(1), SMALL)
    kinds = [kind for kind, *_ in drawn["calls"]]
    operations = _operations(drawn["fill"], drawn["calls"][: kinds.index(worst) + 1])
    return {"capacity": drawn["capacity"], "operations": operations, "measured": True}


def _operations(fill: Sequence[int], calls: Sequence[Sequence[Any]]) -> tuple[Operation, ...]:
    """Return the calls of a plan, those that fill the cache first, in the recorder's format."""
    made = (("put", number, number) for number in fill)
    return (*made, *((verb, *arguments) for _, verb, *arguments in calls))


def _costs(session: Session, asked: dict[str, Any], most: dict[str, float]) -> dict[str, float]:
    totals = session.ask({"op": "cost", **asked, "most": most})
    return {kind: work / calls for kind, (work, calls) in totals.items()}


def _is_by_printing(session: Session, kind: str, ends: Sequence[dict[str, Any]]) -> bool:
    """
    Tell whether a kind of call grows for no other reason than that something is printed in it.

    To print all that a cache holds is work like any other, and a server that does so on each call
    is slow: it counts. But whoever looks for a mistake that way should be told what grows.
    """
    try:
        first, last = (_costs(session, {**asked, "silent": True}, {}) for asked in ends)
    except PlayerLost:
        return False
    both = kind in first and kind in last
    return both and _steepest({kind: first[kind]}, {kind: last[kind]}) is None


def _rehearse(session: Session, plan: Plan) -> Finding | None:
    """
    Make each kind of call once in a small cache: one that never returns is found out in seconds.

    Where work is counted a call has no time of its own: all could only be seen to be over.
    """
    drawn = plan(Random(1), REHEARSED)
    operations = _operations(drawn["fill"], drawn["calls"])
    steps = [[0, "new", drawn["capacity"]], *([0, *map(wired, one)] for one in operations)]
    outcomes = session.play(steps)
    if "lost" not in outcomes[-1]:
        return None
    texts = [f"cache = {session.name}({drawn['capacity']})"]
    texts += [call_text("cache", one) for one in operations]
    rows = [Row(text, "", "") for text in texts[: len(outcomes)][-MOST_ROWS:]]
    rows[-1] = Row(rows[-1].call, "an answer", show_outcome(outcomes[-1]))
    why = reason(outcomes[-1], "every call has to come back", session.name, session.source)
    return Finding("a call is not over", Counterexample(tuple(rows), why))


def weigh_object(
    draw: Callable[[Random, int], list[list[Any]]],
    *,
    what: str,
    why: str,
    sizes: tuple[int, int] = (500, 8_000),
    most: float = 1.5,
) -> Examine:
    """
    Return a check that compares the memory of an object after few calls and after many.

    `draw(random, size)` gives the steps, in the form that the player takes; the object is in slot 0
    and takes at most `most` times as much memory in the end, give or take 2,000 bytes.
    """

    def examine(session: Session, random: Random) -> Finding | None:
        weights: list[int] = []
        for size in sizes:
            try:
                request = {"op": "weigh", "steps": draw(random, size)}
                weights.append(session.ask(request))
            except PlayerLost as lost:
                return Finding(f"after {size} {what}, the submission {lost}")
        limit = most * weights[0] + 2_000
        if weights[1] <= limit:
            return None
        rows = (
            Row(f"after {sizes[0]:,} {what}", "", f"{weights[0]:,} bytes"),
            Row(f"after {sizes[1]:,} {what}", f"at most {limit:,.0f}", f"{weights[1]:,} bytes"),
        )
        steps = tuple(_step(session.name, *step) for step in draw(Random(1), SMALL))
        shown = Counterexample(rows, why, steps=steps, measured=True)
        return Finding("the memory grows with the calls", shown)

    return examine


def _step(kind: str, _: int, verb: str, *wires: Any) -> Step:
    """Return a step of the player's as one that can be made again."""
    arguments = tuple(map(decode, wires))
    if verb != "new":
        return Step(call_text(OBJECT, (verb, *arguments)), OBJECT, verb, arguments)
    made = f"{OBJECT} = {kind}({', '.join(map(repr, arguments))})"
    return Step(made, OBJECT, f"new:{kind}", arguments)


def count_function_work(
    name: str,
    draw: Callable[[Random, int], tuple[Any, ...]],
    *,
    steepest: float = STEEPEST,
    sizes: Sequence[int] = SIZES,
) -> Examine:
    """
    Return a check that compares the work of one call for each item over growing sizes.

    `draw(random, size)` gives arguments with `size` items. With 16 times as many, an item costs 1.6
    times as much if all is O(n log n), and 16 times if each looks at all the others.
    """

    def examine(session: Session, random: Random) -> Finding | None:
        [outcome] = session.play([_call(name, draw(Random(1), REHEARSED))])
        if "lost" in outcome:
            return Finding(f"{name} of {REHEARSED} items {outcome['lost']}")
        costs: list[float] = []
        for size in sizes:
            most = 1e7
            if costs:  # enough to fail, and no more
                most = 1.5 * size * max(steepest * costs[0], NOTICEABLE + costs[0])
            wires = [wired(argument) for argument in draw(random, size)]
            request = {"op": "work", "function": name, "arguments": wires, "most": most}
            try:
                costs.append(session.ask(request) / size)
            except PlayerLost as lost:
                return Finding(f"with {size} items, {name} {lost}")
            if costs[-1] > steepest * costs[0] and (costs[-1] - costs[0]) > NOTICEABLE:
                small = draw(Random(1), SMALL)
                return _too_steep(name, small, costs, sizes, steepest)
        return None

    return examine


def _call(name: str, arguments: tuple[Any, ...]) -> list[Any]:
    return [0, f"call:{name}", *map(wired, arguments)]


def _too_steep(
    name: str,
    small: tuple[Any, ...],
    costs: Sequence[float],
    sizes: Sequence[int],
    steepest: float,
) -> Finding:
    rows = [
        Row(f"{name} of {size} items", "", f"about {cost:.0f} steps for each")
        for size, cost in zip(sizes, costs, strict=False)
    ]
    got = rows[-1].got.replace("about", "over")
    rows[-1] = Row(rows[-1].call, f"no more than {steepest:g} times {costs[0]:.0f}", got)
    why = "the work for each item grows with their number: for each, all the others are looked at"
    shown = Counterexample(tuple(rows), why, arguments=small, measured=True)
    return Finding(f"the work of {name} grows too fast", shown)


def _allowed(first: dict[str, float], calls: Sequence[Sequence[Any]]) -> dict[str, float]:
    """Return for each kind the work that all its calls together may take without growing."""
    times = Counter(kind for kind, *_ in calls)
    return {
        kind: max(STEEPEST * max(1.0, cost), cost + NOTICEABLE) * times[kind]
        for kind, cost in first.items()
    }


def _steepness(kind: str, first: dict[str, float], last: dict[str, float]) -> float:
    """Tell how many times the work a kind of call is at the last size."""
    return last[kind] / max(1.0, first[kind])


def _steepest(first: dict[str, float], last: dict[str, float]) -> str | None:
    """Return the kind of call that grows most, if any grows too much."""
    kinds = [kind for kind in first if kind in last]
    worst = max(kinds, key=lambda kind: _steepness(kind, first, last))
    rise = last[worst] - first[worst]
    is_flat = _steepness(worst, first, last) < STEEPEST or rise < NOTICEABLE
    return None if is_flat else worst


def _growing(
    worst: str, costs: list[dict[str, float]], sizes: Sequence[int], *, prints: bool
) -> Counterexample:
    """Return the figures of the kind of call that grows most."""
    rows = [
        Row(f"{worst}, with {size} keys in the cache", "", f"about {cost[worst]:.0f} steps")
        for size, cost in zip(sizes, costs, strict=True)
        if worst in cost
    ]
    wanted = f"no more than {STEEPEST:.0f} times {rows[0].got}"
    rows[-1] = Row(rows[-1].call, wanted, rows[-1].got)
    times = sizes[-1] // sizes[0]
    why = (
        f"{times} times the keys cost {_steepness(worst, costs[0], costs[-1]):.0f} times the work: "
        "this call walks over the whole cache"
    )
    if prints:
        why = f"to print {sizes[-1]:,} entries is work too: without its print this call is constant"
        why = Slip(why)
    return Counterexample(tuple(rows), why)
