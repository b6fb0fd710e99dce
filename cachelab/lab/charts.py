"""
Still charts for lessons and reports: one question each, labelled where the line ends.

Colours are told apart by colour-blind readers and never carry the meaning alone: every series has
its own marker, and its name beside its last point.
"""

from collections.abc import Sequence
from itertools import cycle
from typing import TYPE_CHECKING

from .simulator import Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
MARKERS = "os^Dvx"


def hit_ratio_chart(results: Sequence[Result], title: str = "") -> "Figure":
    """
    Draw hit ratio (0 to 1) against capacity (entries, log scale), one line a policy.

    With a single capacity there is no line to draw: the policies become bars instead.

    Raises:
        ValueError: there is no result to draw.
    """
    from matplotlib.figure import Figure

    if not results:
        raise ValueError("there is no result to draw")
    figure = Figure(figsize=(6.5, 3.2), layout="constrained")
    axes = figure.subplots()
    series: dict[str, list[Result]] = {}
    for result in results:
        series.setdefault(result.policy, []).append(result)
    if all(len(points) == 1 for points in series.values()):
        _bars(axes, series)
    else:
        _lines(axes, series)
    axes.set_title(title, loc="left", fontsize=10)
    axes.spines[["top", "right"]].set_visible(False)
    return figure


def _lines(axes: "Axes", series: dict[str, list[Result]]) -> None:
    ends: list[tuple[float, str, str]] = []
    last = max(result.capacity for points in series.values() for result in points)
    for (name, points), colour, marker in zip(
        series.items(), cycle(COLOURS), cycle(MARKERS), strict=False
    ):
        points = sorted(points, key=lambda result: result.capacity)
        ratios = [result.hit_ratio for result in points]
        axes.plot([r.capacity for r in points], ratios, color=colour, marker=marker, markersize=4)
        ends.append((ratios[-1], name, colour))
    top = max(r.hit_ratio for points in series.values() for r in points) or 1.0
    axes.set(xscale="log", xlabel="capacity, entries (log scale)", ylabel="hit ratio")
    axes.set_ylim(0, top * 1.08)
    ends.sort()
    heights = apart([ratio for ratio, _, _ in ends], gap=top * 0.075)
    for height, (_, name, colour) in zip(heights, ends, strict=True):
        axes.annotate(
            name,
            (last, height),
            xytext=(8, 0),
            textcoords="offset points",
            color=colour,
            va="center",
            fontsize=9,
            annotation_clip=False,
        )


def apart(heights: Sequence[float], gap: float) -> list[float]:
    """
    Move sorted heights as little as keeps them `gap` apart: labels that would overlap fan out.

    >>> apart([0.0, 5.0, 5.0], gap=1.0)
    [0.0, 4.5, 5.5]
    """
    crowds: list[list[float]] = []
    for height in heights:
        crowds.append([height])
        while len(crowds) > 1 and _bottom(crowds[-1], gap) - _top(crowds[-2], gap) < gap:
            crowds[-2:] = [crowds[-2] + crowds[-1]]
    return [_bottom(crowd, gap) + gap * place for crowd in crowds for place in range(len(crowd))]


def _bottom(crowd: list[float], gap: float) -> float:
    return sum(crowd) / len(crowd) - gap * (len(crowd) - 1) / 2


def _top(crowd: list[float], gap: float) -> float:
    return _bottom(crowd, gap) + gap * (len(crowd) - 1)


def _bars(axes: "Axes", series: dict[str, list[Result]]) -> None:
    names = list(series)
    ratios = [points[0].hit_ratio for points in series.values()]
    bars = axes.barh(names, ratios, color=COLOURS[0], height=0.6)
    axes.bar_label(bars, [f"{ratio:.4f}" for ratio in ratios], padding=4, fontsize=9)
    axes.invert_yaxis()
    axes.set_xlim(0, max(ratios, default=0) * 1.15 or 1.0)
    axes.set_xlabel(f"hit ratio at capacity {next(iter(series.values()))[0].capacity:,}")
