"""
Axes and curves of the pictures in frame views, as SVG text.

Matplotlib draws the course's still charts; it needs 30 milliseconds for one, and a view may hold a
hundred pictures. Text is 12 pixels (9 points) or more, a grid line is faint, names stand at curves.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

from .marks import SERIES, dot, line, number, path, text

TICK = 12
LEFT, RIGHT, TOP, BOTTOM = 56, 110, 18, 44
"""Room around a chart: for numbers to the left, names to the right, and words below."""


@dataclass(frozen=True, slots=True)
class Axis:
    """
    A scale from `first` to `last`, drawn from pixel `at` to pixel `to`.

    >>> Axis(0, 10, 100, 200).place(5)
    150.0
    >>> Axis(1, 100, 0, 200, log=True).place(10)
    100.0
    """

    first: float
    last: float
    at: float
    to: float
    log: bool = False

    def __post_init__(self) -> None:
        if self.last <= self.first or (self.log and self.first <= 0):
            raise ValueError(f"there is no scale from {self.first!r} to {self.last!r}")

    def place(self, value: float) -> float:
        """Return the pixel of `value`; one off the scale is at its end."""
        inside = min(max(value, self.first), self.last)
        if self.log:
            share = log10(inside / self.first) / log10(self.last / self.first)
        else:
            share = (inside - self.first) / (self.last - self.first)
        return self.at + share * (self.to - self.at)

    def ticks(self) -> list[float]:
        """
        Return round values on the scale, with room for their words between them.

        >>> Axis(0, 0.9, 0, 200).ticks()
        [0.0, 0.2, 0.4, 0.6, 0.8]
        >>> Axis(3, 5000, 0, 200, log=True).ticks()
        [10, 100, 1000]
        """
        if self.log:
            return _decades(self.first, self.last)
        step = _round_step((self.last - self.first) / max(2, abs(self.to - self.at) // 36))
        first = ceil(self.first / step - 1e-9)
        count = floor(self.last / step + 1e-9) - first + 1
        return [round((first + place) * step, 10) for place in range(count)]


def short(value: float) -> str:
    """
    Return a number as a tick says it.

    >>> [short(value) for value in (0, 0.25, 1500, 20_000, 250_000, 3e6, 2.5e9)]
    ['0', '0.25', '1,500', '20,000', '250k', '3M', '2.5G']
    """
    for size, letter in ((1e9, "G"), (1e6, "M"), (1e5, "k")):
        if abs(value) >= size:
            return f"{value / (1e3 if letter == 'k' else size):.3g}{letter}"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def axes(x: Axis, y: Axis, across: str, upwards: str, ticks: Sequence[float] | None = None) -> str:
    """Return the frame of a chart: faint lines, their numbers, and what the two axes are."""
    parts = []
    for value in y.ticks():
        at = y.place(value)
        faint = 0.5 if value == y.first else 0.16
        parts.append(line(x.at, at, x.to, at, opacity=faint))
        parts.append(text(x.at - 8, at + 4, short(value), TICK, "end", soft=True))
    for value in ticks if ticks is not None else x.ticks():
        at = x.place(value)
        parts.append(line(at, y.at, at, y.at + 5, opacity=0.5))
        parts.append(text(at, y.at + 18, short(value), TICK, "middle", soft=True))
    parts.append(line(x.at, y.at, x.to, y.at, opacity=0.5))
    parts.append(text((x.at + x.to) / 2, y.at + 36, across, TICK, "middle", soft=True))
    parts.append(text(x.at - 44, y.to - 10, upwards, TICK, soft=True))
    return "".join(parts)


def curve(
    x: Axis,
    y: Axis,
    points: Iterable[tuple[float, float]],
    series: int = 0,
    name: str = "",
    marks: int = 5,
    rise: float = 0,
) -> str:
    """
    Return a curve in the colour, dash and shape of its series, its name after its last point.

    `marks` is how many points carry the shape; `rise` moves the name up, away from another's. The
    shape stands before the name as well, for curves that meet there.
    """
    colour, dash, shape = SERIES[series % len(SERIES)]
    placed = [(x.place(across), y.place(up)) for across, up in points]
    parts = [path(_polyline(placed), colour, 2.25, dash, stroke_linejoin="round")]
    if marks:
        parts += [dot(*placed[place], colour, shape, 4) for place in _spread(len(placed), marks)]
    if name:
        right, middle = placed[-1][0], placed[-1][1] - rise
        parts.append(dot(right + 16, middle, colour, shape, 4))
        parts.append(text(right + 25, middle + 4, name))
    return "".join(parts)


def apart(heights: Sequence[float], gap: float) -> list[float]:
    """
    Return how far to raise names that end at `heights` (pixels) so that they are `gap` apart.

    >>> apart([100, 104, 160], gap=16)
    [6.0, -6.0, 0.0]
    """
    from .charts import apart as fanned

    order = sorted(range(len(heights)), key=heights.__getitem__)
    moved = fanned([float(heights[place]) for place in order], gap)
    rises = dict(zip(order, moved, strict=True))
    return [heights[place] - rises[place] for place in range(len(heights))]


def _polyline(placed: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{number(left)} {number(top)}" for left, top in placed)


def _spread(count: int, wanted: int) -> list[int]:
    """Return places from first to last; a single one is the last: where the curve is now."""
    wanted = min(wanted, count)
    if wanted == 1:
        return [count - 1]
    return [round(place * (count - 1) / (wanted - 1)) for place in range(wanted)]


def _decades(first: float, last: float) -> list[float]:
    powers = range(ceil(log10(first) - 1e-9), floor(log10(last) + 1e-9) + 1)
    every = -(-len(powers) // 8) or 1
    ticks = [10**power if power >= 0 else 10.0**power for power in powers][::every]
    if len(ticks) > 2:
        return ticks
    finer = [
        base * 10**power for power in range(floor(log10(first)), powers.stop) for base in (1, 2, 5)
    ]
    return [value for value in finer if first <= value <= last]


def _round_step(rough: float) -> float:
    power: float = 10.0 ** floor(log10(rough))
    return next(base * power for base in (1, 2, 5, 10) if base * power >= rough * 0.999)
