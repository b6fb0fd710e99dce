"""
The ladder as a chart on a log axis, where a step to the right is ten times longer.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from cachelab.lab.figures import PALETTE, figure

from .rung import Rung

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BESIDE: dict[str, Any] = {"textcoords": "offset points", "va": "center", "fontsize": 9}
UNITS = ((1e-9, "ns"), (1e-6, "us"), (1e-3, "ms"), (1.0, "s"))


def told(seconds: float) -> str:
    """
    Return a time in the unit that suits it.

    >>> [told(time) for time in (5e-10, 1e-7, 1.5e-4, 0.15, 2.0)]
    ['0.5 ns', '100 ns', '150 us', '150 ms', '2 s']
    """
    size, unit = max((pair for pair in UNITS if pair[0] <= seconds), default=UNITS[0])
    return f"{float(f'{seconds / size:.3g}'):g} {unit}"


def ladder_chart(rungs: Sequence[Rung], title: str = "") -> "Figure":
    """
    Draw each rung on a log axis, the fastest on top: measured as dots, published as diamonds.

    A measured rung has a line from its median to its 99th percentile; a published one says its
    year.

    Raises:
        ValueError: there are no rungs.
    """
    if not rungs:
        raise ValueError("there is no rung to draw")
    ordered = sorted(rungs, key=lambda rung: rung.seconds)
    fig, axes = figure(size=(6.5, max(2.0, 0.27 * len(ordered) + 0.9)))
    for place, rung in enumerate(ordered):
        _mark(axes, place, rung)
    axes.set(xscale="log", xlabel="time of one operation (log scale); lines end at the p99")
    axes.set_xlim(ordered[0].seconds / 3, ordered[-1].seconds * 1_000)
    shown = [10.0**power for power in range(-9, 1) if 10.0**power >= ordered[0].seconds / 3]
    axes.set_xticks(shown[::3], [told(seconds) for seconds in shown[::3]])
    axes.set_yticks(range(len(ordered)), [rung.name for rung in ordered])
    axes.invert_yaxis()
    axes.set_title(title, loc="left", fontsize=10)
    return fig


def _mark(axes: "Axes", place: int, rung: Rung) -> None:
    """Draw one rung: its mark, the line to its 99th percentile, and its time in words."""
    measured = rung.kind == "measured"
    colour = PALETTE["blue"] if measured else PALETTE["vermillion"]
    right = max(rung.seconds, rung.p99 or 0.0)
    axes.plot([rung.seconds, right], [place, place], "-", color=colour, linewidth=2)
    axes.plot(
        [rung.seconds],
        [place],
        marker="o" if measured else "D",
        markerfacecolor=colour if measured else "white",
        color=colour,
        linestyle="none",
    )
    axes.annotate(_label(rung), (right, place), (6, 0), **BESIDE)


def ladder_in_words(rungs: Sequence[Rung]) -> str:
    """
    Return what the chart shows, for those who cannot see it.

    >>> ladder_in_words([Rung("dict", "measured", "process", 5e-8, 6e-8, 9e-8, 100, 64)])
    'Times on a log axis, the fastest first: dict 50 ns (measured, p99 90 ns).'
    """
    ordered = sorted(rungs, key=lambda rung: rung.seconds)
    words = ", ".join(f"{rung.name} {told(rung.seconds)} ({_origin(rung)})" for rung in ordered)
    return f"Times on a log axis, the fastest first: {words}."


def _origin(rung: Rung) -> str:
    if rung.kind == "published":
        return f"published, {rung.year}"
    return f"measured, p99 {told(rung.p99)}" if rung.p99 is not None else "measured"


def _label(rung: Rung) -> str:
    return f"{told(rung.seconds)}, {rung.year if rung.kind == 'published' else 'here'}"
