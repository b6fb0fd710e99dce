"""
Hit ratio over time as a still chart: where a policy suffers, and whether it recovers.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from .charts import COLOURS, MARKERS, apart
from .figures import figure
from .timelines import Timeline

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def timeline_chart(
    lines: Sequence[Timeline], title: str = "", *, changes: Sequence[int] = ()
) -> "Figure":
    """
    Draw the hit ratio in windows of requests, one line a policy, named where it ends.

    `changes` are requests at which the workload changes; each gets an upright line.

    Raises:
        ValueError: there is no line to draw, or the windows differ.
    """
    if not lines or len({line.window for line in lines}) > 1:
        raise ValueError("a chart needs timelines with windows of one size")
    window = lines[0].window
    fig, axes = figure()
    for place, line in enumerate(lines):
        ends = [window * (at + 1) for at in range(len(line.hit_ratios))]
        colour, marker = COLOURS[place % len(COLOURS)], MARKERS[place % len(MARKERS)]
        axes.plot(ends, line.hit_ratios, color=colour, marker=marker, markersize=4, markevery=0.12)
    for change in changes:
        axes.axvline(change, color="#595959", linestyle=":", linewidth=1.5)
    top = max(max(line.hit_ratios) for line in lines) or 1.0
    axes.set(xlabel="requests", ylabel=f"hit ratio in {window:,} requests", ylim=(0, top * 1.08))
    axes.set_title(title, loc="left", fontsize=10)
    ranked = sorted((line.hit_ratios[-1], place) for place, line in enumerate(lines))
    heights = apart([ratio for ratio, _ in ranked], top * 0.075)
    for height, (_, place) in zip(heights, ranked, strict=True):
        end = window * len(lines[place].hit_ratios)
        axes.annotate(
            lines[place].policy,
            (end, height),
            xytext=(8, 0),
            textcoords="offset points",
            color=COLOURS[place % len(COLOURS)],
            va="center",
            fontsize=9,
            annotation_clip=False,
        )
    return fig


def timeline_in_words(lines: Sequence[Timeline]) -> str:
    """
    Return what the chart shows, for those who cannot see it.

    >>> timeline_in_words([Timeline("lru", "t", 100, (0.2, 0.6, 0.5))])
    'Hit ratio in windows of 100 requests: lru from 0.20 to 0.60, at the end 0.50.'
    """
    words = "; ".join(
        f"{line.policy} from {min(line.hit_ratios):.2f} to {max(line.hit_ratios):.2f}, "
        f"at the end {line.hit_ratios[-1]:.2f}"
        for line in lines
    )
    return f"Hit ratio in windows of {lines[0].window:,} requests: {words}."
