"""
The balance of a placement as a still chart: what each node holds, beside the fair share.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from .charts import COLOURS
from .figures import figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def balance_chart(loads: Mapping[str, float], title: str = "") -> "Figure":
    """
    Draw the load of each node (shares, keys or requests) as a bar, and the mean as a dashed line.

    A bar above the mean is hatched and tells by how much: the fullest node is the one that
    decides how large the others have to be.

    Raises:
        ValueError: there is no node, or no load at all.
    """
    mean = _mean(loads)
    fig, axes = figure(size=(6.5, max(2.0, 0.27 * len(loads) + 0.9)))
    over = [load > mean * 1.0005 for load in loads.values()]
    bars = axes.barh(list(loads), list(loads.values()), height=0.66, color=COLOURS[0], alpha=0.8)
    for bar, fuller in zip(bars, over, strict=True):
        bar.set(hatch="///" if fuller else "", edgecolor="white")
    told = [f"{load / mean:.2f} of the mean" for load in loads.values()]
    paper = {"facecolor": "white", "edgecolor": "none", "alpha": 0.85, "pad": 1}
    axes.bar_label(bars, told, padding=5, fontsize=9, bbox=paper, zorder=3)
    axes.axvline(mean, color=COLOURS[1], linestyle="--", linewidth=1.75)
    axes.annotate(
        "mean",
        (mean, 1.0),
        xycoords=("data", "axes fraction"),
        xytext=(0, 2),
        textcoords="offset points",
        ha="center",
        fontsize=9,
    )
    axes.set_xlim(0, max(loads.values()) * 1.28)
    axes.set_xlabel(f"load; the fullest node has {max(loads.values()) / mean:.2f} times the mean")
    axes.invert_yaxis()
    axes.grid(visible=False, axis="y")
    axes.set_title(title, loc="left", fontsize=10, pad=16)
    return fig


def balance_in_words(loads: Mapping[str, float]) -> str:
    """
    Return what the chart shows, for those who cannot see it.

    >>> balance_in_words({"a": 30, "b": 10})
    'Load of 2 nodes: a has 1.50 times the mean, b has 0.50 times.'
    """
    mean = _mean(loads)
    most, least = max(loads, key=loads.__getitem__), min(loads, key=loads.__getitem__)
    return (
        f"Load of {len(loads)} nodes: {most} has {loads[most] / mean:.2f} times the mean, "
        f"{least} has {loads[least] / mean:.2f} times."
    )


def _mean(loads: Mapping[str, float]) -> float:
    if not loads or not sum(loads.values()) > 0:
        raise ValueError(f"a chart needs nodes with a load, not {dict(loads)!r}")
    return sum(loads.values()) / len(loads)
