"""
The marks that pictures of frame views are drawn with, as SVG text.

Words are in the colour of the page's text, so they read on a light and on a dark page; colours are
the course's palette and never stand alone: a shape or a dash goes with each.
"""

from collections.abc import Iterable, Sequence
from html import escape

from .figures import PALETTE

SOFT = 0.74
"""How much of the text's colour secondary words have: 5.6 to 1 on white, 9 to 1 on black."""

SHAPES = ("circle", "square", "triangle", "diamond")
CORNERS = {
    "square": ((-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)),
    "triangle": ((0.0, -1.25), (1.15, 0.85), (-1.15, 0.85)),
    "diamond": ((0.0, -1.3), (1.3, 0.0), (0.0, 1.3), (-1.3, 0.0)),
}
SERIES = (
    (PALETTE["blue"], "", "circle"),
    (PALETTE["vermillion"], "7 4", "square"),
    (PALETTE["green"], "2 3", "triangle"),
    (PALETTE["purple"], "10 3 2 3", "diamond"),
)
"""Colour, dash and shape of the first, second, ... series of a picture."""


def number(value: float) -> str:
    """
    Return a coordinate without more digits than a screen has use for.

    >>> number(12.0), number(12.345), number(-0.01)
    ('12', '12.3', '0')
    """
    return f"{round(value, 1) + 0.0:g}"


def attributes(**given: object) -> str:
    """
    Return attributes as SVG wants them: `data_key` becomes `data-key`, and empty ones are left out.

    >>> attributes(x=1.25, data_key="a<b", fill="")
    ' x="1.2" data-key="a&lt;b"'
    """
    parts = []
    for name, value in given.items():
        if value == "" or value is None:
            continue
        shown = number(value) if isinstance(value, float | int) else escape(str(value))
        parts.append(f' {name.rstrip("_").replace("_", "-")}="{shown}"')
    return "".join(parts)


def group(*parts: str, at: tuple[float, float] | None = None, **more: object) -> str:
    """Return parts that belong together, moved to `at`; a `data_key` lets them glide there."""
    moved = f' transform="translate({number(at[0])} {number(at[1])})"' if at else ""
    return f"<g{moved}{attributes(**more)}>{''.join(parts)}</g>"


def text(
    x: float,
    y: float,
    words: object,
    size: float = 13,
    anchor: str = "",
    weight: int | str = "",
    soft: bool = False,
    **more: object,
) -> str:
    """
    Return words with their baseline at `y`; `soft` ones are secondary.

    >>> text(4, 20, "a < b", anchor="middle")
    '<text x="4" y="20" font-size="13" text-anchor="middle" fill="currentColor">a &lt; b</text>'
    """
    look = attributes(
        x=x,
        y=y,
        font_size=size,
        text_anchor=anchor,
        font_weight=str(weight),
        fill="currentColor",
        fill_opacity=str(SOFT) if soft else "",
        **more,
    )
    return f"<text{look}>{escape(str(words))}</text>"


def line(
    x1: float,
    y1: float,
    x2: float,
    y2: float,
    colour: str = "currentColor",
    width: float = 1,
    dash: str = "",
    opacity: float = 1,
    **more: object,
) -> str:
    """Return a straight line."""
    ends = attributes(x1=x1, y1=y1, x2=x2, y2=y2)
    return f"<line{ends}{_stroke(colour, width, dash, opacity)}{attributes(**more)}/>"


def path(
    d: str, colour: str, width: float = 2, dash: str = "", opacity: float = 1, **more: object
) -> str:
    """Return a line along the path data `d`, not filled unless `fill` says so."""
    look = {"fill": "none", **more}
    return f'<path d="{d}"{_stroke(colour, width, dash, opacity)}{attributes(**look)}/>'


def rect(
    x: float,
    y: float,
    width: float,
    height: float,
    colour: str = "currentColor",
    opacity: float = 0.14,
    edge: float = 1.25,
    dash: str = "",
    radius: float = 4,
    **more: object,
) -> str:
    """Return a box: filled with a little of its colour (`opacity`), its edge in all of it."""
    box = attributes(x=x, y=y, width=width, height=height, rx=radius, fill=colour)
    edges = _stroke(colour, edge, dash, 1) if edge else ""
    return f'<rect{box} fill-opacity="{opacity:g}"{edges}{attributes(**more)}/>'


def zone(x: float, y: float, width: float, height: float, sets: str) -> str:
    """Return an invisible box that sets a control when it is clicked or dragged over."""
    box = attributes(x=x, y=y, width=width, height=height, data_set=sets)
    return f'<rect{box} fill="transparent"/>'


def drag(
    x: float,
    y: float,
    width: float,
    height: float,
    control: str,
    rows: tuple[float, float],
    targets: Sequence[int],
) -> str:
    """
    Return an invisible box that can be dragged over rows: each sets the control to its target.

    `rows` are the middle of the first row and the distance to the next; a target is a position.

    >>> 'data-drops="order 76 44 0 2 2"' in drag(0, 54, 400, 44, "order", (76, 44), [0, 2, 2])
    True
    """
    drops = " ".join([control, *map(number, rows), *map(str, targets)])
    box = attributes(x=x, y=y, width=width, height=height, data_drops=drops)
    return f'<rect{box} fill="transparent"/>'


def dot(
    x: float, y: float, colour: str, shape: str = "circle", size: float = 5, **more: object
) -> str:
    """
    Return a filled mark of the shape, centred; equal sizes look equally large.

    >>> dot(10, 10, "#0072B2", size=4)
    '<circle cx="10" cy="10" r="4" fill="#0072B2"/>'
    """
    look = attributes(fill=colour, **more)
    if shape == "circle":
        return f"<circle{attributes(cx=x, cy=y, r=size)}{look}/>"
    return f'<path d="{_outline(x, y, shape, size)}"{look}/>'


def dots(
    places: Iterable[tuple[float, float]], colour: str, shape: str = "circle", size: float = 5
) -> str:
    """
    Return the same mark at many places, as one element.

    >>> dots([(10, 10), (30, 10)], "#0072B2", "diamond", size=4).count("Z")
    2
    """
    if shape == "circle":
        d = "".join(f"M{number(x)} {number(y)}h0" for x, y in places)
        return path(d, colour, 2 * size, stroke_linecap="round")
    d = "".join(_outline(x, y, shape, size) for x, y in places)
    return f'<path d="{d}"{attributes(fill=colour)}/>'


def live(*parts: str) -> str:
    """Return parts that are of use only where the picture can be touched; a still has none."""
    return f"<!--live-->{''.join(parts)}<!--/live-->"


def _outline(x: float, y: float, shape: str, size: float) -> str:
    corners = CORNERS[shape]
    points = "L".join(f"{number(x + dx * size)} {number(y + dy * size)}" for dx, dy in corners)
    return f"M{points}Z"


def _stroke(colour: str, width: float, dash: str, opacity: float) -> str:
    return attributes(
        stroke=colour,
        stroke_width=str(number(width)) if width != 1 else "",
        stroke_dasharray=dash,
        stroke_opacity=f"{opacity:g}" if opacity != 1 else "",
    )
