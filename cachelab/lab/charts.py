"""
Still charts for lessons and reports: one question each, labelled where the line ends.

Colours are told apart by colour-blind readers and never carry the meaning alone: every series has
its own marker, and its name beside its last point.
"""

from bisect import bisect_right
from collections.abc import Sequence
from itertools import cycle
from operator import itemgetter
from typing import TYPE_CHECKING

from .curves import Curve
from .results import Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
MARKERS = "os^DvxP"
"""One more than there are colours, so that no pair of the two comes back soon."""
FANNED_OUT = 8
"""Up to so many lines have their names where they end, more have them in a list."""
BOUND = "belady"
"""The policy that knows the future: its line is dashed, being no choice but a limit."""
COLUMNS = 8
"""As many columns of numbers fit under a chart."""

Points = list[tuple[int, float]]


def hit_ratio_chart(results: Sequence[Result], title: str = "", *, table: bool = False) -> "Figure":
    """
    Draw hit ratio (0 to 1) against capacity (entries or bytes, log scale), one line a policy.

    With a single capacity there is no line to draw: the policies become bars instead. `table` puts
    the numbers under the chart, for a report in which nobody can ask for them.

    Raises:
        ValueError: there is no result to draw.
    """
    if not results:
        raise ValueError("there is no result to draw")
    series: dict[str, Points] = {}
    for result in results:
        series.setdefault(result.policy, []).append((result.capacity, result.hit_ratio))
    unit = results[0].unit
    if all(len(points) == 1 for points in series.values()):
        return _bars(series, title, f"hit ratio at capacity {results[0].capacity:,} {unit}")
    return _lines(series, title, f"capacity, {unit} (log scale)", "hit ratio", table)


def miss_ratio_chart(curves: Sequence[Curve], title: str = "", *, table: bool = False) -> "Figure":
    """
    Draw miss ratio (0 to 1) against capacity (entries or bytes, log scale), one line a curve.

    A sampled curve begins where it can be relied on. `table` puts numbers under the chart.

    Raises:
        ValueError: there is no curve to draw.
    """
    if not curves:
        raise ValueError("there is no curve to draw")
    series = {}
    for curve in curves:
        name = curve.policy if curve.sample == 1 else f"{curve.policy}, {curve.sample:g} sampled"
        pairs = zip(curve.capacities.tolist(), curve.miss_ratios.tolist(), strict=True)
        series[name] = [pair for pair in pairs if pair[0] >= curve.reliable_from]
    label = f"capacity, {curves[0].unit} (log scale)"
    return _lines(series, title, label, "miss ratio", table)


def _height(rows: int) -> float:
    return max(3.2, 0.22 * rows + 1)


def _canvas(rows: int, table: bool) -> tuple["Figure", "Axes", "Axes | None"]:
    from matplotlib.figure import Figure

    height, under = _height(rows), 0.22 * rows + 0.3
    if not table:
        figure = Figure(figsize=(6.5, height), layout="constrained")
        return figure, figure.subplots(), None
    figure = Figure(figsize=(6.5, height + under), layout="constrained")
    chart, numbers = figure.subplots(2, height_ratios=[height, under])
    return figure, chart, numbers


def _lines(
    series: dict[str, Points], title: str, across: str, upwards: str, table: bool
) -> "Figure":
    figure, axes, numbers = _canvas(len(series), table)
    ends: list[tuple[float, str, str]] = []
    for (name, points), colour, marker in zip(
        series.items(), cycle(COLOURS), cycle(MARKERS), strict=False
    ):
        points.sort()
        sizes, ratios = zip(*points, strict=True)
        every = 0.08 if len(points) > 40 else 1  # a float is a distance on the paper
        dash = "--" if name == BOUND else "-"
        axes.plot(
            sizes,
            ratios,
            color=colour,
            linestyle=dash,
            marker=marker,
            markersize=4,
            markevery=every,
            label=name,
        )
        ends.append((ratios[-1], name, colour))
    top = max(ratio for points in series.values() for _, ratio in points) or 1.0
    axes.set(xscale="log", xlabel=across, ylabel=upwards)
    axes.set_ylim(0, top * 1.08)
    axes.set_title(title, loc="left", fontsize=10)
    axes.spines[["top", "right"]].set_visible(False)
    gap = top * 0.19 / (_height(len(series)) - 0.8)  # a line of text, less the labels' inches
    meet = len(ends) > 1 and max(ends)[0] - min(ends)[0] < 0.002
    if meet or len(ends) > FANNED_OUT:
        _list_the_names(axes, series)
    else:
        last = max(points[-1][0] for points in series.values())
        _name_the_ends(axes, sorted(ends), last, gap)
    if numbers is not None:
        _numbers(numbers, series)
    return figure


def _list_the_names(axes: "Axes", series: dict[str, Points]) -> None:
    """Name the lines beside the chart, the highest first: they end where there is no room."""
    handles, names = axes.get_legend_handles_labels()
    first, last = (max(points[at][0] for points in series.values()) for at in (0, -1))
    middle = {name: _at(points, round((first * last) ** 0.5)) for name, points in series.items()}
    order = sorted(range(len(names)), key=lambda at: -middle[names[at]])
    axes.legend(
        [handles[at] for at in order],
        [names[at] for at in order],
        loc="center left",
        bbox_to_anchor=(1.01, 0.5),
        frameon=False,
        fontsize=9,
        labelcolor="linecolor",
        labelspacing=0.25,
    )


def _name_the_ends(axes: "Axes", ends: list[tuple[float, str, str]], last: int, gap: float) -> None:
    heights = apart([ratio for ratio, _, _ in ends], gap)
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


def _numbers(axes: "Axes", series: dict[str, Points]) -> None:
    """Write the ratios under the chart, at so many capacities that they can be read."""
    sizes = sorted({size for points in series.values() for size, _ in points})
    if len(sizes) > COLUMNS:
        first = max(points[0][0] for points in series.values())
        step = (sizes[-1] / first) ** (1 / (COLUMNS - 1))
        sizes = sorted({round(first * step**n) for n in range(COLUMNS)})
    cells = [[f"{_at(points, size):.4f}" for size in sizes] for points in series.values()]
    axes.axis("off")
    table = axes.table(
        cells,
        rowLabels=list(series),
        colLabels=[f"{size:,}" if size < 10**6 else f"{size:.3g}" for size in sizes],
        colLoc="right",
        loc="center",
        edges="horizontal",
        cellLoc="right",
    )
    table.auto_set_font_size(False)
    table.set_fontsize(8)


def _at(points: Points, size: int) -> float:
    """Return the ratio at the largest size up to `size` that was computed."""
    return points[bisect_right(points, size, key=itemgetter(0)) - 1][1]


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


def _bars(series: dict[str, Points], title: str, across: str) -> "Figure":
    figure, axes, _ = _canvas(len(series), table=False)
    ratios = [points[0][1] for points in series.values()]
    bars = axes.barh(list(series), ratios, color=COLOURS[0], height=0.6)
    axes.bar_label(bars, [f"{ratio:.4f}" for ratio in ratios], padding=4, fontsize=9)
    axes.invert_yaxis()
    axes.set_xlim(0, max(ratios, default=0) * 1.15 or 1.0)
    axes.set_xlabel(across)
    axes.set_title(title, loc="left", fontsize=10)
    axes.spines[["top", "right"]].set_visible(False)
    return figure
