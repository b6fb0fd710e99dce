"""
Code and values in a picture: letters of one width, so that what fits can be counted.
"""

from typing import Any

from cachelab.lab import marks

WIDTH = 720
LETTER = 7.3
"""The widths of a picture and of a letter in it."""


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


def labelled(y: float, label: str, words: str, weight: int | str = "") -> str:
    """Return a line of a verdict: what was expected, or what came instead."""
    return marks.text(12, y, label, weight=600) + fixed(92, y, cut(words, WIDTH - 104), weight)
