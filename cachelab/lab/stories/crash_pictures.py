"""
A crash drawn: the events as a score of four lanes, the crash as a line across it, and what is left.
"""

from collections.abc import Callable, Sequence
from itertools import count, pairwise
from typing import Any

from cachelab.lab.figures import PALETTE
from cachelab.lab.marks import dot, group, line, rect, text, zone
from cachelab.lab.scenes import Control, Run, Scene

from .crashes import Crash, Happened
from .lifelines import HALO, short
from .tape import Holdings, name_of

SIZE = (720, 316)
LANES = {"program": 48, "cache": 78, "log": 108, "database": 138}
NAMES = {"program": "acknowledged", "cache": "cache", "log": "log", "database": "database"}
SHAPES = {"program": "triangle", "cache": "circle", "log": "diamond", "database": "square"}
COLOURS = {
    "program": PALETTE["green"],
    "cache": PALETTE["blue"],
    "log": PALETTE["purple"],
    "database": PALETTE["vermillion"],
}
LEFT, RIGHT, BELOW = 112, 704, 184
BOX, GAP = 166, 14
ABOVE, UNDER, LETTER = -9, 19, 7.5
"""Where the values of what is acknowledged stand to their marks, and how wide a letter is."""


def crash_controls(
    kinds: Sequence[Callable[..., Any]], runs: Sequence[Sequence[Crash]]
) -> list[Control]:
    """Return what can be turned: the strategy if there are several, and the moment of the crash."""
    most = max(map(len, runs))
    losses = [len(crash.lost) for crash in runs[0]]
    start = losses.index(max(losses)) if any(losses) else most // 2
    places = tuple(f"after event {place}" if place else "at once" for place in range(most))
    crash = Control("crash", "crash", places, start=start)
    if len(kinds) == 1:
        return [crash]
    return [Control("strategy", "strategy", tuple(map(name_of, kinds)), "choice"), crash]


def crash_runs(kind: Callable[..., Any], crashes: Sequence[Crash], most: int) -> list[Run]:
    """
    Return a run of one scene for each crash; the last stands for those that come after the end.

    >>> from cachelab.lab.stories.crashes import record_crashes
    >>> from cachelab.strategies import QueuedWriteBehind
    >>> crashes = record_crashes(QueuedWriteBehind)
    >>> print(crash_runs(QueuedWriteBehind, crashes, 9)[1].scenes[0].say.partition(",")[0])
    QueuedWriteBehind
    """
    backdrop, table = _backdrop(crashes), _table(crashes)
    runs = []
    for place in range(most):
        crash = crashes[min(place, len(crashes) - 1)]
        say = f"{name_of(kind)}, crash at {1000 * crash.at:.3g} ms: {_verdict(crash)}"
        runs.append(
            Run(
                (Scene(_picture(crash, crashes[-1].at), say, place_in(crashes, crash)),),
                backdrop,
                table,
            )
        )
    return runs


def place_in(crashes: Sequence[Crash], crash: Crash) -> int:
    """Return which row of the table a crash has."""
    return next(place for place, other in enumerate(crashes) if other is crash)


def _verdict(crash: Crash) -> str:
    keys = len(crash.acknowledged)
    told = f"{keys} {'key is' if keys == 1 else 'keys are'} acknowledged"
    if not keys:
        return "nothing is acknowledged yet, so nothing can be lost."
    if not crash.lost:
        return f"{told}, and after the restart the database has that row of each or a newer one."
    return (
        f"{told}, and after the restart the database lacks the last row of {', '.join(crash.lost)}."
    )


def _x(at: float, end: float) -> float:
    return LEFT + (RIGHT - LEFT) * at / end


def _backdrop(crashes: Sequence[Crash]) -> str:
    """The lanes, what would have happened without a crash, and where a crash can be dropped."""
    end = crashes[-1].at
    parts = [text(8, 20, "time, ms", 12, soft=True)]
    step = next(s for s in (2, 5, 10, 20, 50, 100) if 1000 * end / s <= 12)
    ticks = range(0, int(1000 * end) + 1, step)
    parts += [text(_x(tick / 1000, end), 20, tick, 12, "middle", soft=True) for tick in ticks]
    for side, y in LANES.items():
        parts.append(text(8, y + 4, NAMES[side], 13))
        parts.append(line(LEFT, y, RIGHT, y, opacity=0.35))
    parts += _events(crashes[-1].events, end, 0.3)
    edges = [LEFT, *(_x((one.at + other.at) / 2, end) for one, other in pairwise(crashes)), RIGHT]
    for place, (left, right) in enumerate(pairwise(edges)):
        parts.append(zone(left, 26, right - left, 128, f"crash={place}"))
    return "".join(parts)


def _events(events: Sequence[Happened], end: float, opacity: float) -> list[str]:
    """Draw marks in their lanes, and the values of those that are acknowledged beside them."""
    parts, taken, names = [], {ABOVE: 0.0, UNDER: 0.0}, count()
    for event in events:
        x, y = _x(event.at, end), LANES[event.side]
        parts.append(dot(x, y, COLOURS[event.side], SHAPES[event.side], 5, opacity=str(opacity)))
        if event.side == "program":
            words = event.row.strip("'")
            half = LETTER * len(words) / 2
            # Above the mark unless another name is there, then below; the freer one in the end.
            side = ABOVE if taken[ABOVE] <= x - half else min(taken, key=lambda one: taken[one])
            at = max(x, taken[side] + half)
            taken[side] = at + half + 4
            if opacity == 1:  # with a key it is painted above the line of the crash
                name = text(at, y + side, words, 12, "middle", style=HALO)
                parts.append(group(name, data_key=f"name {next(names)}"))
            else:
                parts.append(text(at, y + side, words, 12, "middle", opacity=str(opacity)))
    return parts


def _picture(crash: Crash, end: float) -> str:
    x = _x(crash.at, end)
    middle = min(0.0, SIZE[0] - 28 - x)  # of the word: it stays inside the picture
    marker = group(
        line(0, 30, 0, 156, PALETTE["vermillion"], 3),
        rect(middle - 25, 152, 50, 20, PALETTE["vermillion"], 0.25),
        text(middle, 167, "crash", 13, "middle", 700),
        at=(x, 0),
        data_key="crash",
    )
    happened = "".join(_events(crash.events, end, 1))
    keeper = "the log, on a server" if crash.durable else "waiting in the process"
    return (
        marker
        + happened
        + _held(0, "the cache", crash.cache, "")
        + _held(1, keeper, crash.waiting, "" if crash.durable else "dies")
        + _held(2, "the database", crash.rows, "")
        + _promises(crash)
    )


def _held(column: int, title: str, held: Holdings, fate: str) -> str:
    x = 8 + column * (BOX + GAP)
    parts = [text(x, BELOW + 14, title, 13, weight=600)]
    for place, (key, value) in enumerate(held or [("", "nothing")]):
        y = BELOW + 24 + 28 * place
        is_dying = bool(fate and key)
        colour = PALETTE["vermillion"] if is_dying else "#8c959f"
        parts.append(rect(x, y, BOX, 24, colour, 0.12, 1.5, "5 3" if is_dying else ""))
        parts.append(text(x + 8, y + 16, short(f"{key}: {value}" if key else value, 20), 12))
        if is_dying:
            parts.append(text(x + BOX - 6, y + 16, fate, 12, "end", 600))
    return "".join(parts)


def _promises(crash: Crash) -> str:
    """Draw each acknowledged key with what became of it."""
    x = 8 + 3 * (BOX + GAP)
    parts = [text(x, BELOW + 14, "after the restart", 13, weight=600)]
    for place, (key, row) in enumerate(crash.acknowledged.items()):
        y, is_lost = BELOW + 24 + 28 * place, key in crash.lost
        colour = PALETTE["vermillion"] if is_lost else PALETTE["green"]
        parts.append(rect(x, y, BOX, 24, colour, 0.16, 2.5, "5 3" if is_lost else ""))
        parts.append(text(x + 8, y + 16, f"{key}: {row}", 12))
        is_same = dict(crash.recovered).get(key) == row
        word = "✕ lost" if is_lost else "✓ kept" if is_same else "✓ newer"
        parts.append(text(x + BOX - 6, y + 16, word, 12, "end", 700))
    if not crash.acknowledged:
        parts.append(text(x, BELOW + 40, "nothing was promised", 12, soft=True))
    return "".join(parts)


def _table(crashes: Sequence[Crash]) -> tuple[tuple[str, ...], ...]:
    head = ("crash at, ms", "last event", "acknowledged", "waiting", "in the database", "lost")
    rows = [
        (
            f"{1000 * crash.at:.3g}",
            f"{NAMES[crash.events[-1].side]}: {crash.events[-1].words}" if crash.events else "-",
            str(len(crash.acknowledged)),
            str(len(crash.waiting)),
            str(len(crash.rows)),
            str(len(crash.lost)),
        )
        for crash in crashes
    ]
    return (head, *rows)
