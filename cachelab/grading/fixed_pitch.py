"""
Code and values in a picture: letters of one width, so that what fits can be counted.
"""

from collections.abc import Iterable
from typing import Any

from cachelab.lab import marks

WIDTH = 720
LETTER = 7.3
"""The widths of a picture, at most, and of a letter in it."""

NARROW = 440
"""A picture is at least so wide: what needs no more is whole in the pane of a small window."""


def fixed(x: float, y: float, words: str, weight: int | str = "", soft: bool = False) -> str:
    """Return words in letters of one width, with their blanks."""
    look: dict[str, Any] = {"font_family": "ui-monospace, monospace", "style": "white-space: pre"}
    return marks.text(x, y, words, 12, weight=weight, soft=soft, **look)


def cut(words: str, width: float) -> str:
    """
    Return as much of the words as fits.

    >>> cut("store.get('user:7')", 100), cut("short", 100)
    ('store.get(...', 'short')
    """
    most = max(4, int(width / LETTER))
    return words if len(words) <= most else f"{words[: most - 3]}..."


def width_of(lines: Iterable[str], least: float, most: float) -> float:
    """
    Return the width that the longest of some lines takes, within bounds.

    >>> width_of(["short", "a line of 20 letters"], 10, 500), width_of([], 10, 500)
    (146.0, 10)
    """
    return min(most, max(least, LETTER * max(map(len, lines), default=0)))


def wrapped(rows: Iterable[tuple[str, bool]], letters: int, most: int) -> list[tuple[str, bool]]:
    """
    Return rows of words, each with its mark; those too long go on below while there is room.

    >>> wrapped([("> keys = [1, 2]", True), ("  n = 2", False)], 10, 3)
    [('> keys = [', True), ('    1, 2]', True), ('  n = 2', False)]
    """
    given = list(rows)
    spare, made = most - len(given), []
    for words, mark in given:
        parts, rest = [words[:letters]], words[letters:].lstrip()
        while rest and spare > 0:
            parts.append(f"    {rest[: letters - 4]}")
            rest, spare = rest[letters - 4 :].lstrip(), spare - 1
        if rest:
            parts[-1] = f"{parts[-1][: letters - 3]}..."
        made += [(part, mark) for part in parts]
    return made


def labelled(y: float, label: str, words: str, weight: int | str = "", width: float = WIDTH) -> str:
    """Return a line of a verdict: what was expected, or what came instead."""
    return marks.text(12, y, label, weight=600) + fixed(92, y, cut(words, width - 104), weight)


def verdict_width(words: str) -> float:
    """Return the width that a line of a verdict takes."""
    return 104 + LETTER * len(words)
