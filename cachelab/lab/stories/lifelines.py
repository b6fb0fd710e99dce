"""
A sequence of calls as a picture that grows: one line of life for each side, one row for each call.

What each side holds stands beside it, and what the last call changed is marked.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from cachelab.lab.figures import PALETTE
from cachelab.lab.marks import group, line, path, rect, text

from .tape import Holdings

ROW = 36
TOP = 58
BESIDE = 486
"""Where the boxes with what is held begin."""

WIDTH, LETTER = 720, 7.5
"""How wide a picture is, and a letter of a call."""

HALO = "paint-order:stroke;stroke:var(--paper,var(--jp-layout-color0,#fff));stroke-width:4px"
PLACES = {"program": 92, "cache": 262, "database": 432}
PORTS = ("cache", "database")


@dataclass(frozen=True, slots=True)
class Call:
    """One row: who called whom, in words, and whether it failed; `at` in seconds."""

    to: str
    words: str
    at: float = 0.0
    failed: bool = False
    by: str = "program"
    look: tuple[str, str] = (PALETTE["blue"], "")
    """Colour and dash of the arrow."""


Places: TypeAlias = Mapping[str, float]
"""Where each line of life stands."""


def height(calls: int) -> int:
    """Return the height of a picture with so many calls."""
    return max(TOP + ROW * (calls + 1) + 12, 250)


def columns(calls: int, names: Mapping[str, str], places: Places = PLACES) -> str:
    """Return the lines of life with their names (by place), for a backdrop."""
    bottom = height(calls) - 8
    parts = []
    for place, x in places.items():
        is_port = place in PORTS
        parts.append(text(x, 24, names.get(place, f"the {place}"), 14, "middle", 600))
        dash = "4 4" if is_port else ""
        parts.append(line(x, 34, x, bottom, width=1.5, dash=dash, opacity=0.55))
    return "".join(parts)


def arrows(calls: Sequence[Call]) -> str:
    """Return the calls so far as arrows with their times, the last one strong."""
    last = len(calls) - 1
    return "".join(
        text(8, row_at(place) + 4, f"{1000 * call.at:g} ms", 12, soft=True)
        + arrow(call, row_at(place), PLACES, strong=place == last)
        for place, call in enumerate(calls)
    )


def row_at(place: int) -> float:
    """Return the height of the row of call number `place`."""
    return TOP + ROW * place


def arrow(call: Call, y: float, places: Places, *, strong: bool, with_words: bool = True) -> str:
    """Return one call as an arrow, its words behind all callers; one that failed has a cross."""
    start, end = places[call.by], places[call.to]
    words_at = max(x for place, x in places.items() if place not in PORTS) + 8
    words = short(call.words, int((BESIDE - 10 - words_at) / LETTER))
    colour, dash = (PALETTE["vermillion"], "5 4") if call.failed else call.look
    width = 3.5 if strong else 1.75
    head = (
        f"M{end - 6} {y - 6}l12 12m0 -12l-12 12" if call.failed else f"M{end - 10} {y - 5}l9 5l-9 5"
    )
    return group(
        line(start, y, end - 2, y, colour, width, dash),
        path(head, colour, width),
        text(words_at, y - 7, words, 13, weight=600 if strong else "", style=HALO)
        if with_words
        else "",
    )


def held(title: str, now: Holdings, before: Holdings, y: float) -> str:
    """Return a box with what one side holds; what changed since `before` is marked, with a word."""
    parts = [text(BESIDE, y, title, 13, weight=600)]
    lines = [(key, value, "" if (key, value) in before else "changed") for key, value in now] + [
        (key, "", "gone") for key, _ in before if key not in dict(now)
    ]
    for place, (key, value, news) in enumerate(lines or [("", "nothing", "")]):
        top = y + 10 + 30 * place
        colour = {"changed": PALETTE["green"], "gone": PALETTE["vermillion"]}.get(news, "#8c959f")
        parts.append(
            rect(
                BESIDE,
                top,
                WIDTH - BESIDE - 4,
                25,
                colour,
                0.14,
                2.5 if news else 1.25,
                "5 3" if news == "gone" else "",
            )
        )
        words = f"{key}: {value}" if value and key else key or value
        parts.append(text(BESIDE + 8, top + 17, short(words, 24 if news else 32), 12))
        if news:
            parts.append(text(WIDTH - 12, top + 17, news, 12, "end", 600))
    return "".join(parts)


def short(words: str, most: int) -> str:
    """Return words that may be too long, cut."""
    return words if len(words) <= most else f"{words[: most - 3]}..."
