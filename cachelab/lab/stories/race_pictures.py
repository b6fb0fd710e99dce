"""
Orders of steps drawn: each is a sequence of calls; a call can be dragged, neighbours be swapped.

A call that finds or stores an old row lights up. The last scenes give the verdict, and the test
that keeps the order for good.
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise

from cachelab.lab.explorer.promises import Ending
from cachelab.lab.figures import PALETTE
from cachelab.lab.marks import drag, group, live, path, rect, text, zone
from cachelab.lab.scenes import Control, Run, Scene

from . import lifelines
from .lifelines import Call
from .races import Order, Seen, moved, stale_answers, swapped
from .tape import answered, plain, sent

SHOWN = 12
"""So many orders of each scenario can be chosen; the broken ones come first."""

LOOKS = ((PALETTE["blue"], ""), (PALETTE["purple"], "9 3"), (PALETTE["green"], "3 3"))
FIRST, STEP = 56, 92
PAPER = "fill:var(--paper,var(--jp-layout-color0,#fff))"


def race_controls(orders: Mapping[str, Sequence[Order]]) -> list[Control]:
    """Return what can be turned: the design if there are several, and the order of the steps."""
    most = min(SHOWN, max(map(len, orders.values())))
    order = Control("order", "order of the steps", tuple(str(n + 1) for n in range(most)))
    if len(orders) == 1:
        return [order]
    return [Control("design", "the writer's way", tuple(orders), "choice"), order]


def picture_height(orders: Mapping[str, Sequence[Order]]) -> int:
    """Return the height that the longest order needs."""
    return lifelines.height(max(len(one.seen) for several in orders.values() for one in several))


def race_runs(orders: Sequence[Order], most: int, height: int, setup: str | None) -> list[Run]:
    """Return a run for each of the first `most` orders; the last stands for those there are not."""
    shown = orders[:most]
    table = _table(orders)
    runs = [_run(shown, place, len(orders), table, height, setup) for place in range(len(shown))]
    return runs + [runs[-1]] * (most - len(runs))


def _run(
    orders: Sequence[Order],
    place: int,
    total: int,
    table: tuple[tuple[str, ...], ...],
    height: int,
    setup: str | None,
) -> Run:
    order = orders[place]
    places = _places(order)
    calls = [_call(seen, places) for seen in order.seen]
    opening = f"Order {place + 1} of {total}: {', '.join(order.tasks) or 'no call at all'}."
    scenes = [Scene(_holdings(order, -1), opening, place)]
    scenes += [_step(order, calls, places, row, place) for row in range(len(calls))]
    scenes.append(_verdict(order, place))
    if order.is_broken:
        scenes.append(_export(order, place, height, setup))
    backdrop = _diagram(calls, places, height) + _drags(orders, order) + _handles(orders, order)
    return Run(tuple(scenes), backdrop, table)


def _diagram(calls: Sequence[Call], places: Mapping[str, float], height: int) -> str:
    """Draw the whole order, as calm as a plan: a scene makes one of its calls strong."""
    rows = max(0, (height - lifelines.TOP - 12) // lifelines.ROW - 1)
    names = {name: name for name in places if name not in lifelines.PORTS}
    return lifelines.columns(rows, names, places) + "".join(
        lifelines.arrow(call, lifelines.row_at(row), places, strong=False)
        for row, call in enumerate(calls)
    )


def _places(order: Order) -> dict[str, float]:
    names = order.outcome.actors
    step = min(STEP, 184 / max(1, len(names) - 1))  # however many, they stand left of the cache
    actors = {name: FIRST + step * at for at, name in enumerate(names)}
    return {**actors, "cache": 322, "database": 440}


def _call(seen: Seen, places: Mapping[str, float]) -> Call:
    step = seen.step
    words = " → ".join(filter(None, [sent(step), answered(step)]))
    look = LOOKS[list(places).index(step.task) % len(LOOKS)]
    to = "cache" if step.port == "store" else "database"
    return Call(to, words, step.at, bool(step.error), step.task, look)


def _handles(orders: Sequence[Order], order: Order) -> str:
    """Draw a handle between two calls that can change places."""
    parts = []
    for row, (one, other) in enumerate(pairwise(order.tasks)):
        target = swapped(orders, order, row) if one != other else None
        if target is None:
            continue
        x, y = 14, lifelines.row_at(row) + lifelines.ROW / 2
        arrows = path("M-3 4V-5l-3 3m3 -3l3 3M3 -4V5l-3 -3m3 3l3 -3", "currentColor", 1.5)
        box = rect(x - 12, y - 12, 24, 24, "currentColor", 0.08, 1.25, radius=12)
        parts.append(
            box + group(arrows, at=(x, y)) + zone(x - 14, y - 14, 28, 28, f"order={target}")
        )
    return live(text(2, 44, "swap", 12, soft=True), *parts) if parts else ""


def _drags(orders: Sequence[Order], order: Order) -> str:
    """Lay over each call what lets it be dragged: each row leads to the order nearest to that."""
    calls, top, high = range(len(order.tasks)), lifelines.row_at(0), lifelines.ROW
    return "".join(
        drag(FIRST - 8, lifelines.row_at(row) - 22, 436, high, "order", (top, high), targets)
        for row in calls
        if len(set(targets := [moved(orders, order, row, to) for to in calls])) > 1
    )


def _step(
    order: Order, calls: Sequence[Call], places: Mapping[str, float], row: int, place: int
) -> Scene:
    call, seen = calls[row], order.seen[row]
    y = lifelines.row_at(row)
    strong = lifelines.arrow(call, y, places, strong=True, with_words=False)
    strong += rect(FIRST - 8, y - 22, 436, 32, "currentColor", 0.09, 0)
    note = ""
    if seen.is_stale:
        verb = "finds" if seen.step.verb == "get" else "stores"
        note = f": it {verb} a row that the database no longer has"
    say = f"Step {row + 1}: the {call.by} calls {call.words}, at the {call.to}{note}."
    return Scene(strong + _lights(order, row) + _holdings(order, row), say, place)


def _lights(order: Order, row: int) -> str:
    parts = []
    for at, seen in enumerate(order.seen[: row + 1]):
        if seen.is_stale:
            y = lifelines.row_at(at)
            parts.append(rect(428, y - 11, 46, 22, PALETTE["vermillion"], 1, 0, radius=11))
            parts.append(
                f'<text x="451" y="{y + 4:g}" font-size="12" font-weight="700" '
                'text-anchor="middle" fill="#000">stale</text>'
            )
    return "".join(parts)


def _holdings(order: Order, row: int) -> str:
    past = [((), ()), *((seen.cache, seen.rows) for seen in order.seen)]
    cache, rows = past[row + 1]
    old_cache, old_rows = past[row] if row >= 0 else past[0]
    if row < 0:
        first = order.seen[0] if order.seen else None
        rows = old_rows = first.rows if first and first.step.port == "store" else ()
    elif row == 0:
        old_rows = rows if order.seen[0].step.port == "store" else old_rows
    return lifelines.held("in the cache", cache, old_cache, 60) + lifelines.held(
        "in the database", rows, old_rows, 150
    )


def _at_rest(order: Order) -> str:
    cache, rows = (order.seen[-1].cache, order.seen[-1].rows) if order.seen else ((), ())
    return lifelines.held("in the cache", cache, cache, 60) + lifelines.held(
        "in the database", rows, rows, 150
    )


def _verdict(order: Order, place: int) -> Scene:
    ending, broken = order.outcome.ending, order.outcome.broken
    differ = stale_answers(ending)
    if broken is None:
        say = "At rest the cache and the database agree: this order breaks no promise."
    elif differ:
        key = differ[0]
        say = (
            f"Broken: at rest the cache answers {plain(ending.answers[key])} for {key}, and the "
            f"database holds {plain(ending.rows[key])}, until the copy expires."
        )
    else:
        say = f"Broken: {_errors(ending) or broken.sentence}."
    last = len(order.seen) - 1
    y = lifelines.row_at(last + 1) + 6
    words, colour = ("✕ broken", "vermillion") if broken else ("✓ keeps the promise", "green")
    left = max(x for name, x in _places(order).items() if name not in lifelines.PORTS) + 8
    mark = rect(left, y - 16, 158, 24, PALETTE[colour], 0.2, 2.5, "5 3" if broken else "")
    return Scene(
        _lights(order, last) + _at_rest(order) + mark + text(left + 10, y, words, 13, weight=700),
        say,
        place,
    )


def _errors(ending: Ending) -> str:
    """Return in words which actors ended with an error, if any did."""
    raised = ending.raised.items()
    return "; ".join(f"{who} ended with {type(error).__name__}: {error}" for who, error in raised)


def _export(order: Order, place: int, height: int, setup: str | None) -> Scene:
    try:
        lines = order.as_test(setup).strip().splitlines()
    except ValueError as error:
        last = len(order.seen) - 1
        return Scene(_lights(order, last) + _at_rest(order), f"As a test: {error}.", place)
    room = (height - 20) // 16
    shown = lines if len(lines) <= room else [*lines[: room - 1], "..."]
    cover = f'<rect x="0" y="0" width="720" height="{height}" style="{PAPER}"/>'
    mono = "font-family:ui-monospace,Menlo,Consolas,monospace;white-space:pre"
    code = "".join(
        text(10, 22 + 16 * row, lifelines.short(words, 96), 12, style=mono)
        for row, words in enumerate(shown)
    )
    return Scene(
        cover + code, "This order as a test: it fails as long as the race is there.", place
    )


def _table(orders: Sequence[Order]) -> tuple[tuple[str, ...], ...]:
    rows = [
        (
            str(number),
            " ".join(order.tasks),
            str(sum(seen.is_stale for seen in order.seen)),
            "broken" if order.is_broken else "kept",
        )
        for number, order in enumerate(orders, start=1)
    ]
    return (("order", "who calls", "stale calls", "promise"), *rows)
