"""
Charts one above the other over one axis, and one cursor through all of them.

Linked views: what changes together is seen together, and a chart has one question. Values at the
cursor stand to the right, in the same place for every position.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .chart import LEFT, Axis, axes
from .marks import SERIES, dot, group, line, text, zone

RIGHT = 520
WORDS = 610
"""Where a chart ends, and where the values at the cursor stand, in pixels."""


@dataclass(frozen=True, slots=True)
class Band:
    """One chart of several: what it shows, its scale, and its top and bottom in pixels."""

    label: str
    first: float
    last: float
    top: float
    bottom: float

    @property
    def scale(self) -> Axis:
        return Axis(self.first, self.last, self.bottom, self.top)


@dataclass(frozen=True, slots=True)
class Reading:
    """A value at the cursor, what it is, and what it is made of."""

    value: str
    words: str
    under: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Bands:
    """Charts over one axis of `places`, a log scale; `control` is what the cursor sets."""

    bands: tuple[Band, ...]
    places: tuple[float, ...]
    control: str
    label: str

    @property
    def across(self) -> Axis:
        return Axis(self.places[0], self.places[-1], LEFT, RIGHT, log=True)

    def axes(self, ticks: Iterable[tuple[float, str]]) -> str:
        """Return the frames of all charts, and once, below the last, the words of the axis."""
        parts = [axes(self.across, band.scale, "", band.label, ()) for band in self.bands]
        bottom = self.bands[-1].bottom
        for value, words in ticks:
            at = self.across.place(value)
            parts.append(line(at, bottom, at, bottom + 5, opacity=0.5))
            parts.append(text(at, bottom + 18, words, 12, "middle", soft=True))
        middle = (LEFT + RIGHT) / 2
        return "".join([*parts, text(middle, bottom + 36, self.label, 12, "middle", soft=True)])

    def zones(self) -> str:
        """Return the boxes that make the picture itself a slider; they go on top of a backdrop."""
        top, bottom = self.bands[0].top, self.bands[-1].bottom
        width = (RIGHT - LEFT) / (len(self.places) - 1)
        return "".join(
            zone(LEFT + (at - 0.5) * width, top, width, bottom - top, f"{self.control}={at}")
            for at in range(len(self.places))
        )

    def cursor(self, place: int, levels: Sequence[float], readings: Sequence[Reading]) -> str:
        """Return the line through all charts, a dot at each level, and the values beside them."""
        x = self.across.place(self.places[place])
        rule = line(0, self.bands[0].top, 0, self.bands[-1].bottom, width=1.5, opacity=0.7)
        parts = [group(rule, at=(x, 0), data_key="rule")]
        for which, (band, level) in enumerate(zip(self.bands, levels, strict=True)):
            mark = dot(0, 0, SERIES[0][0], size=7)
            parts.append(group(mark, at=(x, band.scale.place(level)), data_key=f"dot{which}"))
        for band, reading in zip(self.bands, readings, strict=True):
            parts.append(_beside(band.top + 18, reading))
        return "".join(parts)


def _beside(top: float, reading: Reading) -> str:
    under = "".join(
        text(WORDS, top + 33 + 15 * at, words, 12, soft=True)
        for at, words in enumerate(reading.under)
    )
    big = text(WORDS, top, reading.value, 20, weight=700)
    return big + text(WORDS, top + 17, reading.words, 12, soft=True) + under
