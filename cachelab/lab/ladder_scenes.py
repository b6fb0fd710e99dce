"""
Scenes of the latency ladder: rung after rung on a log axis, yours beside published ones.

A rung is revealed by a step, so that one can guess first. A measured rung is a dot with a line to
its 99th percentile, a published one a hollow diamond with its year.
"""

from collections.abc import Sequence

from .chart import Axis
from .ladder import KNOWN_LIST, LATER, Rung
from .ladder.chart import told
from .marks import SERIES, dot, line, number, path, rect, text, zone
from .scenes import Control, Question, Row, Run, Scene

LISTS = {"of 2007": KNOWN_LIST, "of 2020": LATER, "both": KNOWN_LIST + LATER, "none": ()}
LEFT, RIGHT, TOP, BOTTOM = 240, 590, 16, 400
ROOM = (22, 32)
"""The least and the most pixels from one rung to the next, in the longest list."""
WIDEST = 64
"""The most in a shorter one, which takes up the height of the longest."""
ASKED = 10
"""A guess is asked for where the next rung takes so many times as long."""

GUESSES = ((3, "up to 3 times"), (30, "3 to 30 times"), (300, "30 to 300 times"))
MORE = "over 300 times"
SPANS = (
    (365.25 * 86_400, "years"),
    (86_400, "days"),
    (3_600, "hours"),
    (60, "minutes"),
    (1, "seconds"),
)


def ladder_controls(measured: Sequence[Rung]) -> list[Control]:
    """Return which published list stands beside; without measured rungs it can't be none."""
    names = tuple(name for name, rungs in LISTS.items() if rungs or measured)
    return [Control("list", "published numbers", names, "choice")]


def ladder_runs(measured: Sequence[Rung]) -> list[Run]:
    """Return one run for each published list, with a scene for each rung."""
    lists = [
        sorted([*measured, *rungs], key=lambda rung: rung.seconds)
        for rungs in LISTS.values()
        if measured or rungs
    ]
    bottom = _bottom(max(map(len, lists)))
    return [
        Run(
            tuple(_scene(ordered, at, bottom) for at in range(len(ordered))),
            _backdrop(ordered, bottom),
            _table(ordered),
        )
        for ordered in lists
    ]


def ladder_size(runs: Sequence[Run]) -> tuple[int, int]:
    """Return how large the picture is: the longest list has its rungs as near as can be read."""
    rungs = max(len(run.scenes) for run in runs)
    return 720, round(_bottom(rungs)) + 48


def human(times: float) -> str:
    """
    Return so many seconds in the unit that suits them, for a ratio that nobody can picture.

    >>> human(1), human(200), human(1_000_000), human(300_000_000)
    ('1 second', '3.3 minutes', '11.6 days', '9.5 years')
    """
    size, unit = next((pair for pair in SPANS if times >= 0.9995 * pair[0]), SPANS[-1])
    count = f"{times / size:.1f}".removesuffix(".0")
    return f"{count} {unit[:-1] if count == '1' else unit}"


def _rounded(times: float) -> str:
    return f"{float(f'{times:.3g}'):,.10g}"


def _bottom(rungs: int) -> float:
    """Return where the axis is, below so many rungs."""
    return TOP + rungs * max(ROOM[0], min(ROOM[1], (BOTTOM - TOP) / rungs))


def _step(rungs: int, bottom: float) -> float:
    return min(WIDEST, (bottom - TOP) / rungs)


def _across(rungs: Sequence[Rung]) -> Axis:
    first = 10.0 ** round(-10 + (rungs[0].seconds > 1e-9))
    slowest = max(rung.p99 or rung.seconds for rung in rungs)
    return Axis(first, max(slowest, first * 10), LEFT, RIGHT, log=True)


def _backdrop(rungs: Sequence[Rung], bottom: float) -> str:
    across, step = _across(rungs), _step(len(rungs), bottom)
    parts = [text(LEFT, bottom + 38, "time of one operation (log scale)", 12, soft=True)]
    for seconds in across.ticks():
        at = across.place(seconds)
        parts.append(text(at, bottom + 18, told(seconds), 12, "middle", soft=True))
    for row, rung in enumerate(rungs):
        top = TOP + step * row
        parts.append(text(LEFT - 12, top + step / 2 + 4, rung.name, 12, "end"))
        parts.append(_rung(rung, top + step / 2, across))
        parts.append(zone(0, top, 720, step, f"step={row}"))
    return "".join(parts)


def _rung(rung: Rung, y: float, across: Axis) -> str:
    x = across.place(rung.seconds)
    if rung.kind == "published":
        colour = SERIES[1][0]
        mark = dot(x, y, "none", "diamond", 5, stroke=colour, stroke_width=2)
        return mark + text(x + 12, y + 4, f"{told(rung.seconds)}, {rung.year}", 12)
    colour, right = SERIES[0][0], across.place(rung.p99 or rung.seconds)
    tail = line(x, y, right, y, colour, 3) if right > x else ""
    words = text(right + 12, y + 4, f"{told(rung.seconds)}, here", 12, weight=600)
    return tail + dot(x, y, colour, size=6) + words


def _scene(rungs: Sequence[Rung], at: int, bottom: float) -> Scene:
    step = _step(len(rungs), bottom)
    top = TOP + step * (at + 1)
    veil = (
        f'<rect data-key="veil" x="{LEFT - 6}" y="{top:.1f}" width="{720 - LEFT + 6}" '
        f'height="{bottom - top:.1f}" fill="#ffffff" pointer-events="none" '
        'style="fill: var(--jp-layout-color1, #ffffff)"/>'
    )
    here = rect(
        4, top - step, 712, step, SERIES[0][0], 0.08, 1, data_key="here", pointer_events="none"
    )
    grid = _grid(_across(rungs), bottom)
    return Scene(veil + grid + here, _say(rungs, at), row=at, ask=_question(rungs, at))


def _grid(across: Axis, bottom: float) -> str:
    """Return the lines of the axis, which the veil must not cover."""
    strokes = (
        f"M{number(across.place(seconds))} {TOP - 6}V{number(bottom)}" for seconds in across.ticks()
    )
    return path("".join(strokes), "currentColor", 1, opacity=0.16, data_key="grid")


def _say(rungs: Sequence[Rung], at: int) -> str:
    rung, fastest = rungs[at], rungs[0]
    where = "measured here" if rung.kind == "measured" else f"published for {rung.year}"
    said = f"{rung.name[0].upper()}{rung.name[1:]}: {told(rung.seconds)}, {where}"
    if at == 0:
        return f"{said}; the fastest of {len(rungs)}."
    times = rung.seconds / fastest.seconds
    return (
        f"{said}; {_rounded(times)} times the fastest: were that one second, this would be "
        f"{human(times)}."
    )


def _question(rungs: Sequence[Rung], at: int) -> Question | None:
    if at + 1 == len(rungs) or rungs[at + 1].seconds < ASKED * rungs[at].seconds:
        return None
    times = rungs[at + 1].seconds / rungs[at].seconds
    right = next((n for n, (most, _) in enumerate(GUESSES) if times <= most), len(GUESSES))
    return Question(
        f"How many times as long does the next one take: {rungs[at + 1].name}?",
        (*(words for _, words in GUESSES), MORE),
        (right,),
        f"It is {_rounded(times)} times.",
    )


def _table(rungs: Sequence[Rung]) -> tuple[Row, ...]:
    header = ("operation", "time", "p99", "times the fastest", "from")
    rows = [
        (
            rung.name,
            told(rung.seconds),
            "" if rung.p99 is None else told(rung.p99),
            _rounded(rung.seconds / rungs[0].seconds),
            "here" if rung.kind == "measured" else f"{rung.source}, {rung.year}",
        )
        for rung in rungs
    ]
    return (header, *rows)
