"""
Names beside the points of a chart, where they cover neither a point nor each other.

Each name takes the first place around its point that is free, near ones first. One that finds none
right beside it is tied to its point by a thin line.
"""

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.transforms import Bbox

TURNS = (0, 180, 90, 270, 30, 330, 150, 210, 60, 300, 120, 240)
"""Directions from a point in degrees, the best place for a name first."""

REACHES = (7, 16, 28, 40, 55, 70)
"""How far from its point a name begins, in points of print. From the second on it has a line."""

FREE = 5
"""How much is kept free on each side of a point, and about half of that beside a name."""

Spot = tuple[float, float]


def name_points(axes: "Axes", names: Sequence[str], points: Sequence[Spot]) -> None:
    """Write each name near its point. The axes have to have their limits, and are laid out here."""
    axes.figure.draw_without_rendering()  # type: ignore[union-attr]
    pixel = axes.figure.dpi / 72
    spots = [axes.transData.transform(point) for point in points]
    taken = [_box(x, y, 2 * FREE * pixel, 2 * FREE * pixel) for x, y in spots]
    for name, point, (x, y) in zip(names, points, spots, strict=True):
        width, height = _measured(axes, name)
        offers = [
            (reach, across, up, _box(x + across, y + up, width + FREE, height + 2))
            for reach, across, up in _offers(width, height, pixel)
        ]
        reach, across, up, box = min(offers, key=lambda offer: _covered(offer[3], taken, axes.bbox))
        taken.append(box)
        line = {"arrowstyle": "-", "linewidth": 0.5, "shrinkA": 1, "shrinkB": 4}
        axes.annotate(
            name,
            point,
            (across / pixel, up / pixel),
            textcoords="offset points",
            ha="center",
            va="center",
            fontsize=9,
            arrowprops=line if reach > REACHES[0] else None,
        )


def _measured(axes: "Axes", name: str) -> tuple[float, float]:
    probe = axes.text(0, 0, name, fontsize=9)
    box = probe.get_window_extent()
    probe.remove()
    return box.width, box.height


def _offers(width: float, height: float, pixel: float) -> Iterator[tuple[int, float, float]]:
    """Go through the places of a name's middle from its point, in pixels, the nearest first."""
    for reach in REACHES:
        for turn in TURNS:
            across, up = math.cos(math.radians(turn)), math.sin(math.radians(turn))
            yield reach, across * (reach * pixel + width / 2), up * (reach * pixel + height / 2)


def _box(x: float, y: float, width: float, height: float) -> "Bbox":
    from matplotlib.transforms import Bbox

    return Bbox.from_bounds(x - width / 2, y - height / 2, width, height)


def _covered(box: "Bbox", taken: "Sequence[Bbox]", room: "Bbox") -> float:
    """Return how many square pixels of `box` lie over what is taken or outside of the room."""
    inside = _shared(box, room)
    return box.width * box.height - inside + sum(_shared(box, other) for other in taken)


def _shared(one: "Bbox", other: "Bbox") -> float:
    width = float(min(one.x1, other.x1) - max(one.x0, other.x0))
    height = float(min(one.y1, other.y1) - max(one.y0, other.y0))
    return max(0.0, width) * max(0.0, height)
