"""
A rush drawn: dots are clients who have no answer yet, at the cache, in the queue or at the origin.

A client that is answered at once is never a dot; it is counted. Below runs the time, with a mark
for each call of the origin so far.
"""

from collections.abc import Mapping, Sequence

from cachelab.lab.figures import PALETTE
from cachelab.lab.marks import dot, line, rect, text, zone
from cachelab.lab.scenes import Control, Run, Scene

from .lifelines import short
from .stampede import BEFORE, EXPIRY, SLOTS, Load, Rush

SIZE = (720, 330)
FRAME = 0.05
FRAMES = 28
"""From 0.45 s before the expiry to 0.9 s after it."""

STRIP, LEFT, RIGHT = 284, 24, 548
GRID = 15
CALM, SHORT = PALETTE["blue"], PALETTE["vermillion"]


def stampede_controls(rushes: Sequence[Rush]) -> list[Control]:
    """Return what can be turned: the protection."""
    if len(rushes) == 1:
        return []
    return [Control("guard", "protection", tuple(rush.guard for rush in rushes), "choice")]


def moments() -> list[float]:
    """Return the times of the scenes, in seconds from the expiry."""
    return [round(-BEFORE + FRAME * (step + 1), 3) for step in range(FRAMES)]


def stampede_runs(rushes: Sequence[Rush]) -> list[Run]:
    """Return a run for each rush; one scene every 50 ms."""
    table = _table(rushes)
    return [
        Run(
            tuple(_scene(rush, at, row) for at in moments()),
            _backdrop(),
            table,
        )
        for row, rush in enumerate(rushes)
    ]


def _backdrop() -> str:
    parts = [
        text(24, 24, "waiting at the cache", 13, weight=600),
        text(214, 24, "in the origin's queue", 13, weight=600),
        text(430, 24, "origin", 13, weight=600),
        rect(16, 36, 176, 206, "currentColor", 0.04),
        rect(206, 36, 196, 206, "currentColor", 0.04),
    ]
    for slot in range(SLOTS):
        parts.append(rect(428, 44 + 48 * slot, 120, 38, "currentColor", 0.06, 1.5))
        parts.append(text(540, 68 + 48 * slot, f"slot {slot + 1}", 12, "end", soft=True))
    parts.append(line(LEFT, STRIP, RIGHT, STRIP, opacity=0.5))
    for tenth in range(-4, 10, 2):
        x = _x(tenth / 10)
        parts.append(line(x, STRIP, x, STRIP + 5, opacity=0.5))
        if tenth:
            parts.append(text(x, STRIP + 20, f"{tenth / 10:+.1f} s", 12, "middle", soft=True))
    parts.append(line(_x(0), STRIP - 30, _x(0), STRIP + 6, SHORT, 2, "5 3"))
    parts.append(text(_x(0), STRIP + 20, "expiry", 12, "middle", 700))
    width = (RIGHT - LEFT) / FRAMES
    for step, at in enumerate(moments()):
        parts.append(zone(_x(at) - width / 2, STRIP - 34, width, 58, f"step={step}"))
    return "".join(parts)


def _x(seconds: float) -> float:
    first, last = moments()[0], moments()[-1]
    return LEFT + (RIGHT - LEFT) * (seconds - first) / (last - first)


def _scene(rush: Rush, seconds: float, row: int) -> Scene:
    at = EXPIRY + seconds
    came = [load for load in rush.loads if load.came <= at]
    served = [load for load in came if load.began <= at < load.ended]
    queue = sorted((load for load in came if at < load.began), key=lambda load: load.began)
    inside = {load.task for load in (*served, *queue)}
    waiting = [
        visit.task
        for visit in rush.visits
        if visit.asked <= at < visit.answered and visit.task not in inside
    ]
    svg = "".join(
        [
            *(_place(task, *_in_grid(22, place, 11), CALM) for place, task in enumerate(waiting)),
            *(_place(load.task, *_in_grid(212, n, 12), SHORT) for n, load in enumerate(queue)),
            *(_place(load.task, 446, 63 + 48 * load.slot, SHORT) for load in served),
            _strip(came, seconds),
            _counters(rush, at, len(came)),
        ]
    )
    return Scene(svg, _say(rush, seconds, len(waiting), len(queue), len(served), len(came)), row)


def _in_grid(left: float, place: int, columns: int) -> tuple[float, float]:
    """Return where the dot number `place` is, filled up row by row."""
    row, column = divmod(place, columns)
    return left + 8 + GRID * column, 52 + GRID * min(row, 12)


def _place(task: str, x: float, y: float, colour: str) -> str:
    shape = "circle" if task.startswith("c") else "square"
    return dot(x, y, colour, shape, 6, data_key=task)


def _strip(came: Sequence[Load], seconds: float) -> str:
    ticks = [_x(load.came - EXPIRY) for load in came]
    marks = [line(x, STRIP - 22, x, STRIP - 4, SHORT, 2) for x in ticks]
    x = _x(seconds)
    now = line(x, STRIP - 32, x, STRIP + 6, "currentColor", 2, data_key="now")
    return "".join(marks) + now


def _counters(rush: Rush, at: float, calls: int) -> str:
    done = [visit for visit in rush.visits if visit.answered <= at]
    slow = max((visit.answered - visit.asked for visit in done), default=0.0)
    waits = max((at - v.asked for v in rush.visits if v.asked <= at < v.answered), default=0.0)
    old = sum(visit.asked > EXPIRY and visit.value == 0 for visit in done)
    told = [
        ("calls of the origin", str(calls)),
        ("in the worst second", str(rush.worst_until(at))),
        ("answered", str(len(done))),
        ("with the old value", str(old)),
        ("longest wait", f"{1000 * max(slow, waits):.0f} ms"),
    ]
    parts = []
    for place, (words, number) in enumerate(told):
        y = 44 + 48 * place
        parts.append(text(566, y, words, 12, soft=True))
        parts.append(text(566, y + 23, number, 22, weight=700))
    return "".join(parts)


def _say(rush: Rush, seconds: float, waiting: int, queue: int, served: int, calls: int) -> str:
    when = f"{1000 * abs(seconds):.0f} ms {'before' if seconds < 0 else 'after'} the expiry"
    when = when if seconds else "at the expiry"
    return (
        f"{rush.guard}, {when}: {_calls(calls)} of the origin so far, {served} being served, "
        f"{queue} in its queue; {waiting} waiting at the cache.{_odd(rush)}"
    )


def _odd(rush: Rush) -> str:
    """Return a sentence on answers that no load gave: a guard that fails must not look good."""
    if not rush.odd:
        return ""
    (what, times), *others = rush.odd.most_common()
    more = f", {sum(number for _, number in others)} something else" if others else ""
    return (
        f" In the end {times} of {len(rush.visits)} get {short(what, 60)}{more}: no load gave that."
    )


def _calls(number: int) -> str:
    return "1 call" if number == 1 else f"{number} calls"


def _table(rushes: Sequence[Rush]) -> tuple[tuple[str, ...], ...]:
    head = ("protection", "origin calls", "worst second", "longest wait, ms", "old answers")
    rows = [
        (
            rush.guard,
            str(len(rush.loads)),
            str(rush.worst_second),
            f"{1000 * rush.longest_wait:.0f}",
            str(rush.old_answers),
        )
        for rush in rushes
    ]
    return (head, *rows)


def named(guards: Mapping[str, object] | Sequence[object] | object) -> dict[str, object]:
    """Return guards by name, however they were given."""
    if isinstance(guards, Mapping):
        return dict(guards)
    several = guards if isinstance(guards, Sequence) else [guards]
    return {str(getattr(one, "name", getattr(one, "__name__", one))): one for one in several}
