"""
Scenes of the shift lab: popularity moves to other objects, and policies recover or do not.

One long trace has the change in its middle; where a run begins in it says when the change comes.
Each scene is the end of one window of requests.
"""

from collections.abc import Sequence
from math import inf

from .chart import LEFT, Axis, axes, curve
from .contestants import PolicyLike
from .marks import SERIES, dot, group, line, rect, text, zone
from .scenes import Control, Question, Row, Run, Scene
from .timelines import Timeline, hits_over_time
from .traces import Trace, shift

SIZE = (720, 320)
WINDOWS, WINDOW = 40, 500
PLACES = (8, 12, 16, 20, 24, 28)
"""Windows before the change, by the position of its control."""

RIGHT, TOP, BOTTOM = 510, 50, 276
ACROSS = Axis(0, WINDOWS, LEFT, RIGHT)


def shift_control() -> Control:
    """Return when the popular objects change."""
    labels = tuple(f"request {place * WINDOW:,}" for place in PLACES)
    return Control("shift", "popularity shifts at", labels, start=2)


def shift_runs(
    policies: Sequence[PolicyLike], objects: int, capacity: int, alpha: float
) -> list[Run]:
    """
    Return one run for each place of the change.

    Complexity: plays each policy on 20,000 requests for each of six places.
    """
    half = WINDOWS * WINDOW
    whole = shift(2 * half, objects, alpha)
    runs = []
    for place in PLACES:
        first = half - place * WINDOW
        part = Trace(whole.keys[first : first + half], "shift")
        runs.append(_run(hits_over_time(part, policies, capacity, WINDOW), place))
    return runs


def _run(lines: Sequence[Timeline], change: int) -> Run:
    table = _table(lines, change)
    scenes = tuple(_scene(lines, change, step) for step in range(WINDOWS + 1))
    return Run(scenes, _backdrop(lines, change), table)


def _scale(lines: Sequence[Timeline]) -> Axis:
    highest = max(max(timeline.hit_ratios) for timeline in lines)
    return Axis(0, min(1.0, highest * 1.1) or 1.0, BOTTOM, TOP)


def _backdrop(lines: Sequence[Timeline], change: int) -> str:
    up = _scale(lines)
    requests = Axis(0, WINDOWS * WINDOW, LEFT, RIGHT)
    parts = [axes(requests, up, "requests", "", range(0, WINDOWS * WINDOW + 1, 5_000))]
    parts.append(text(LEFT - 44, 16, f"hit ratio in windows of {WINDOW} requests", 12, soft=True))
    for series, timeline in enumerate(lines):
        points = [(at, ratio) for at, ratio in enumerate(timeline.hit_ratios, start=1)]
        parts += [curve(ACROSS, up, points, series, marks=6), _name(series, timeline.policy)]
    x = ACROSS.place(change)
    parts.append(line(x, TOP, x, BOTTOM, width=1.5, dash="3 3"))
    parts.append(rect(x - 24, TOP - 22, 48, 20, opacity=0.08))
    parts.append(text(x, TOP - 8, "shift", 12, "middle"))
    width = (RIGHT - LEFT) / WINDOWS
    for step in range(WINDOWS + 1):
        x = ACROSS.place(step)
        parts.append(zone(x - width / 2, TOP, width, BOTTOM - TOP + 24, f"step={step}"))
    for place, before in enumerate(PLACES):
        parts.append(
            zone(ACROSS.place(before) - 2 * width, TOP - 26, 4 * width, 26, f"shift={place}")
        )
    return "".join(parts)


def _scene(lines: Sequence[Timeline], change: int, step: int) -> Scene:
    up, x = _scale(lines), ACROSS.place(step)
    veil = (
        f'<rect data-key="veil" x="{x:.1f}" y="{TOP}" width="{RIGHT + 6 - x:.1f}" '
        f'height="{BOTTOM - TOP - 1}" fill="#ffffff" pointer-events="none" '
        'style="fill: var(--jp-layout-color1, #ffffff)"/>'
    )
    rule = line(0, TOP, 0, BOTTOM, width=1.5, opacity=0.7)
    parts = [veil, group(rule, at=(x, 0), data_key="rule")]
    for series, timeline in enumerate(lines):
        colour, _, shape = SERIES[series % len(SERIES)]
        parts.append(
            text(RIGHT + 58, _row(series) + 18, _now(timeline, change, step), 12, soft=True)
        )
        if step:
            ratio = timeline.hit_ratios[step - 1]
            mark = dot(0, 0, colour, shape, 6)
            parts.append(group(mark, at=(x, up.place(ratio)), data_key=f"dot{series}"))
    ask = _question(lines, change) if step == change else None
    return Scene("".join(parts), _say(lines, change, step), ask=ask)


def _row(series: int) -> int:
    return TOP + 24 + 52 * series


def _name(series: int, name: str) -> str:
    colour, dash, shape = SERIES[series % len(SERIES)]
    top = _row(series) - 5
    return (
        line(RIGHT + 22, top, RIGHT + 50, top, colour, 2.25, dash)
        + dot(RIGHT + 36, top, colour, shape)
        + text(RIGHT + 58, top + 5, name, weight=600)
    )


def _now(timeline: Timeline, change: int, step: int) -> str:
    if step == 0:
        return "nothing played yet"
    ratio = timeline.hit_ratios[step - 1]
    if step <= change:
        return f"hit ratio {ratio:.2f}"
    back = timeline.recovery(change)
    if back is None or back >= step - change:
        return f"{ratio:.2f}, not yet back"
    return f"{ratio:.2f}, back after {(back + 1) * WINDOW:,}"


def _say(lines: Sequence[Timeline], change: int, step: int) -> str:
    if step == 0:
        return f"Start: the caches are empty; the popular objects change after {change * WINDOW:,}."
    ratios = ", ".join(f"{line.policy} {line.hit_ratios[step - 1]:.2f}" for line in lines)
    when = "" if step != change else " The popular objects change now."
    return f"After {step * WINDOW:,} requests, hit ratio in the last {WINDOW}: {ratios}.{when}"


def _question(lines: Sequence[Timeline], change: int) -> Question | None:
    """Ask who is back first, unless nobody is or all are at once."""
    found = [line.recovery(change) for line in lines]
    back = [inf if windows is None else windows for windows in found]
    right = tuple(at for at, windows in enumerate(back) if windows == min(back))
    if len(right) == len(lines):
        return None
    return Question(
        "Which policy is first back at nine tenths of the hit ratio it had?",
        tuple(line.policy for line in lines),
        right,
        f"It takes {(min(back) + 1) * WINDOW:,.0f} requests.",
    )


def _table(lines: Sequence[Timeline], change: int) -> tuple[Row, ...]:
    rows: list[Row] = [("policy", "before the shift", "lowest after", "back after", "at the end")]
    for timeline in lines:
        back = timeline.recovery(change)
        rows.append(
            (
                timeline.policy,
                f"{timeline.level(max(0, change - 5), change):.3f}",
                f"{min(timeline.hit_ratios[change:]):.3f}",
                "not" if back is None else f"{(back + 1) * WINDOW:,}",
                f"{timeline.level(-5, len(timeline.hit_ratios)):.3f}",
            )
        )
    return tuple(rows)
