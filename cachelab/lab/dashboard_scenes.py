"""
The picture of a dashboard: the last minute of a cache, drawn from snapshots of its metrics.
"""

from collections.abc import Callable, Sequence

from cachelab.operations.metrics import Snapshot

from .chart import LEFT, Axis, axes, curve
from .ladder.chart import told
from .marks import text
from .scenes import Row, Scene

SIZE = (720, 400)
RIGHT, WORDS = 500, 530
BANDS = ((34, 114), (158, 238), (282, 342))


def dashboard_scene(windows: Sequence[Snapshot]) -> Scene:
    """
    Return the picture of consecutive windows of one width, oldest first, and what it says.

    Raises:
        ValueError: there are fewer than two windows.
    """
    if len(windows) < 2:
        raise ValueError(f"a dashboard needs two windows or more, not {len(windows)}")
    width = max(window.seconds for window in windows) or 1.0
    across = Axis(-len(windows) * width, 0, LEFT, RIGHT)
    ends = [(at + 1 - len(windows)) * width for at in range(len(windows))]
    parts = []
    for (label, value), (top, bottom) in zip(CURVES.items(), BANDS, strict=True):
        seen = [(end, value(window)) for end, window in zip(ends, windows, strict=True)]
        points = [(end, height) for end, height in seen if height is not None]
        highest = max([height for _, height in points], default=0.0)
        up = Axis(0, 1 if label == "hit ratio" else highest or 1.0, bottom, top)
        last = bottom == BANDS[-1][1]
        parts.append(axes(across, up, "seconds from now" * last, label, None if last else ()))
        if len(points) > 1:
            parts.append(curve(across, up, points, marks=1))
    now = windows[-1]
    return Scene("".join([*parts, _readings(now), _hottest(now)]), _say(now))


def dashboard_table(now: Snapshot) -> tuple[Row, ...]:
    """Return the latest window as rows of name and number."""
    return (("measure", "now"), *((name, show(now)) for name, show in MEASURES.items()))


def _rate(window: Snapshot) -> float:
    return window.per_second(window.hits + window.misses)


def _time(seconds: float | None) -> str:
    return "-" if seconds is None else told(seconds)


CURVES: dict[str, Callable[[Snapshot], float | None]] = {
    "hit ratio": lambda window: window.hit_ratio,
    "lookups a second": _rate,
    "milliseconds, 99 of 100 lookups within": lambda window: _milliseconds(window.lookups.p99),
}
"""What is drawn over time, from above to below."""


def _milliseconds(seconds: float | None) -> float | None:
    return None if seconds is None else 1e3 * seconds


MEASURES: dict[str, Callable[[Snapshot], str]] = {
    "hit ratio": lambda now: "-" if now.hit_ratio is None else f"{now.hit_ratio:.3f}",
    "lookups a second": lambda now: f"{_rate(now):,.0f}",
    "half of the lookups within": lambda now: _time(now.lookups.p50),
    "99 of 100 within": lambda now: _time(now.lookups.p99),
    "writes": lambda now: f"{now.writes:,}",
    "evictions": lambda now: f"{now.evictions:,}",
    "expirations": lambda now: f"{now.expirations:,}",
    "failures": lambda now: f"{now.failures:,}",
}
"""What is told of a window, by name."""


def _readings(now: Snapshot) -> str:
    names = ("hit ratio", "lookups a second", "99 of 100 within")
    return "".join(
        text(WORDS, top + 20, MEASURES[name](now), 20, weight=700)
        + text(WORDS, top + 38, name, 12, soft=True)
        for name, (top, _) in zip(names, BANDS, strict=True)
    )


def _hottest(now: Snapshot) -> str:
    top = BANDS[0][0]
    parts = [text(WORDS + 190, top + 2, "hottest keys", 12, "end", soft=True)]
    for row, heavy in enumerate(now.hot_keys[:4]):
        words = f"{str(heavy.key)[:14]} {heavy.count:,}"
        parts.append(text(WORDS + 190, top + 20 + 17 * row, words, 12, "end"))
    return "".join(parts)


def _say(now: Snapshot) -> str:
    told_of = {name: show(now) for name, show in MEASURES.items()}
    return (
        f"Hit ratio {told_of['hit ratio']}, {told_of['lookups a second']} lookups a second, 99 of "
        f"100 within {told_of['99 of 100 within']}; {told_of['evictions']} evictions, "
        f"{told_of['failures']} failures."
    )
