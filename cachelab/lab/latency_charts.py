"""
Latencies as a still chart: how they are spread, with the median and the slowest in a hundred.

The axis is a log scale, because an answer from a cache and one from behind it are decades apart;
an average would lie between two humps, where nothing is.
"""

import math
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from cachelab.operations.metrics import LatencyHistogram
from cachelab.operations.metrics.histogram import TICK, upper_bound

from .charts import COLOURS
from .figures import figure
from .ladder.chart import told

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BINS = 10
"""Bars for a factor of ten."""

BESIDE: dict[str, Any] = {"textcoords": "offset points", "va": "center", "fontsize": 9}
Latencies = Mapping[str, LatencyHistogram | Iterable[float]]
"""Histograms, or seconds, by the name of what took them."""


def latency_chart(latencies: Latencies, title: str = "") -> "Figure":
    """
    Draw one histogram below the other on one log axis, with p50 and p99 marked and told.

    Raises:
        ValueError: there is nothing to draw, or a latency is negative.
    """
    histograms = _histograms(latencies)
    height = 0.7 + 1.35 * len(histograms)
    fig, axes = figure(len(histograms), 1, size=(6.5, max(2.2, height)))
    shown = [axes] if len(histograms) == 1 else list(axes)
    bars = {name: _bars(histogram) for name, histogram in histograms.items()}
    ends = [at for found in bars.values() for at in found]
    for place, (ax, (name, found)) in enumerate(zip(shown, bars.items(), strict=True)):
        lefts = [10 ** (at / BINS) for at in found]
        widths = [left * (10 ** (1 / BINS) - 1) for left in lefts]
        colour = COLOURS[place % len(COLOURS)]
        ax.bar(lefts, found.values(), widths, align="edge", color=colour, alpha=0.75)
        ax.set(xscale="log", ylabel="share", ylim=(0, max(found.values()) * 1.45))
        ax.set_xlim(10 ** ((min(ends) - 6) / BINS), 10 ** ((max(ends) + 6) / BINS))
        _quantiles(ax, histograms[name])
        ax.set_title(name if place or not title else f"{title}\n{name}", loc="left", fontsize=10)
        _ticks(ax, last=place == len(shown) - 1)
    return fig


def latency_in_words(latencies: Latencies) -> str:
    """
    Return what the chart shows, for those who cannot see it.

    >>> latency_in_words({"hit": [0.25] * 100})
    'Latencies on a log axis: hit, 100 calls, half up to 250 ms, 99 of 100 up to 250 ms.'
    """
    words = "; ".join(
        f"{name}, {found.count:,} calls, half up to {told(found.quantile(0.5))}, "
        f"99 of 100 up to {told(found.quantile(0.99))}"
        for name, found in _histograms(latencies).items()
    )
    return f"Latencies on a log axis: {words}."


def _histograms(latencies: Latencies) -> dict[str, LatencyHistogram]:
    made = {
        name: given if isinstance(given, LatencyHistogram) else LatencyHistogram(given)
        for name, given in latencies.items()
    }
    if not made or not all(histogram.count for histogram in made.values()):
        raise ValueError("a chart needs at least one latency for each name")
    return made


def _bars(histogram: LatencyHistogram) -> dict[int, float]:
    """Return the share of the calls by bar: bar n begins at 10 ** (n / BINS) seconds."""
    shares: dict[int, float] = {}
    for bucket, count in histogram.counts.items():
        seconds = max(upper_bound(bucket) * TICK, 1e-9)
        at = math.floor(BINS * math.log10(seconds))
        shares[at] = shares.get(at, 0.0) + count / histogram.count
    return shares


def _quantiles(ax: "Axes", histogram: LatencyHistogram) -> None:
    """Mark the median and the 99th percentile, with their words on the outer sides."""
    top = ax.get_ylim()[1]
    for share, dash, side in ((0.5, "-", "right"), (0.99, "--", "left")):
        at = histogram.quantile(share)
        ax.axvline(at, color="#333333", linestyle=dash, linewidth=1.25)
        words, away = f"p{100 * share:g} {told(at)}", 4 if side == "left" else -4
        ax.annotate(words, (at, top * 0.9), (away, 0), ha=side, **BESIDE)


def _ticks(ax: "Axes", *, last: bool) -> None:
    first, end = ax.get_xlim()
    powers = range(math.ceil(math.log10(first)), math.floor(math.log10(end)) + 1)
    every = -(-len(powers) // 6)
    shown = [10.0**power for power in powers][::every]
    ax.set_xticks(shown, [told(seconds) for seconds in shown] if last else [])
    if last:
        ax.set_xlabel("time of one call (log scale)")
