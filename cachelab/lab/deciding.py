"""
The decision framework as a picture: the whole tree, and the path that a situation takes through it.

A path is marked by a heavy line and the word "taken", not by colour alone, and each question on it
says why it was answered so.
"""

import textwrap
from dataclasses import dataclass
from html import escape

from cachelab.operations.deciding import TREE, Question, Recommendation
from cachelab.operations.deciding.tree import Node

from .figures import PALETTE
from .render import FONT, INK, SOFT

WIDTH, PAD, INDENT, GAP = 720, 16, 44, 12
LINE = 18
LETTERS = {14: 7.4, 12: 6.3}
"""Pixels that a letter takes on average, by the size of the text."""


@dataclass(frozen=True, slots=True)
class _Box:
    """A node with its place, the lines in it (text, size, is_strong), and its parent's number."""

    x: int
    y: int
    lines: tuple[tuple[str, int, bool], ...]
    parent: int | None
    is_taken: bool
    is_leaf: bool

    @property
    def height(self) -> int:
        return len(self.lines) * LINE + 16

    @property
    def middle(self) -> int:
        return self.y + self.height // 2


def decision_svg(path: Recommendation | None = None) -> str:
    """
    Return the decision tree as a standalone SVG picture, with `path` marked if there is one.

    Complexity: O(nodes).

    >>> from cachelab.operations.deciding import Situation, recommend
    >>> page = Situation(
    ...     reads=2, writes=0.01, origin=0.05, lookup=0.001, staleness=30, target=0.02
    ... )
    >>> decision_svg(recommend(page)).count("taken</text>")
    5
    >>> "taken</text>" in decision_svg()
    False
    """
    boxes: list[_Box] = []
    _place(boxes, TREE, None, "", path)
    height = boxes[-1].y + boxes[-1].height + PAD
    words = str(path) if path else "The decision tree, without a path."
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" '
        f'viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{escape(words)}" {FONT}>',
        f"<title>Whether to cache, and how</title><desc>{escape(words)}</desc>",
        f'<rect width="{WIDTH}" height="{height}" rx="8" fill="#ffffff" fill-opacity="0.92" '
        'style="fill: var(--jp-layout-color0, #ffffff)"/>',
    ]
    # Lines first, the taken ones last of them, so that no thin line crosses a heavy one.
    joined = sorted((box for box in boxes if box.parent is not None), key=lambda box: box.is_taken)
    parts += [_branch(boxes[box.parent or 0], box) for box in joined]
    for box in boxes:
        parts += _drawn(box)
    return "\n".join([*parts, "</svg>", ""])


def _place(
    boxes: list[_Box], node: Node, parent: int | None, branch: str, path: Recommendation | None
) -> None:
    """Add `node` under what is placed already, and then what hangs from it."""
    above = boxes[-1] if boxes else None
    x = PAD if parent is None else boxes[parent].x + INDENT
    y = PAD if above is None else above.y + above.height + GAP
    is_taken = path is not None and node.name in path.names
    lines = tuple(_lines(node, branch, x, path if is_taken else None))
    place = len(boxes)
    boxes.append(_Box(x, y, lines, parent, is_taken, not isinstance(node, Question)))
    if isinstance(node, Question):
        for answer, child in node.branches.items():
            _place(boxes, child, place, answer, path)


def _lines(
    node: Node, branch: str, x: int, path: Recommendation | None
) -> list[tuple[str, int, bool]]:
    lines = []
    if branch:
        lines.append((f"{branch}:", 12, False))
    words = node.text if isinstance(node, Question) else node.title
    lines += [(line, 14, True) for line in _wrapped(words, 14, x)]
    because = [step.because for step in path.steps if step.question is node] if path else []
    for reason in because:
        lines += [(line, 12, False) for line in _wrapped(reason, 12, x)]
    return lines


def _wrapped(words: str, size: int, x: int) -> list[str]:
    room = WIDTH - PAD - x - 24 - (64 if size == 14 else 0)
    return textwrap.wrap(words, int(room / LETTERS[size]))


def _branch(parent: _Box, child: _Box) -> str:
    colour, width = (PALETTE["green"], 3) if child.is_taken else ("#8c959f", 1)
    x = parent.x + INDENT // 2
    return (
        f'<path d="M{x} {parent.y + parent.height}V{child.middle}H{child.x}" fill="none" '
        f'stroke="{colour}" stroke-width="{width}"/>'
    )


def _drawn(box: _Box) -> list[str]:
    colour = PALETTE["green"] if box.is_taken else "#8c959f"
    width, opacity = (3, 0.14) if box.is_taken else (1, 0.05)
    dash = ' stroke-dasharray="5 3"' if box.is_leaf and not box.is_taken else ""
    right = WIDTH - PAD
    parts = [
        f'<rect x="{box.x}" y="{box.y}" width="{right - box.x}" height="{box.height}" '
        f'rx="{12 if box.is_leaf else 4}" fill="{colour}" fill-opacity="{opacity:g}" '
        f'stroke="{colour}" stroke-width="{width}"{dash}/>'
    ]
    for row, (words, size, is_strong) in enumerate(box.lines):
        y = box.y + 8 + LINE * row + 13
        parts.append(_text(box.x + 12, y, words, size, is_strong))
    if box.is_taken:
        parts.append(_text(right - 12, box.y + 21, "taken", 12, False, "end"))
    return parts


def _text(x: int, y: int, words: str, size: int, is_strong: bool, anchor: str = "start") -> str:
    style, plain = INK if is_strong else SOFT
    weight = "600" if is_strong else "400"
    return (
        f'<text x="{x}" y="{y}" font-size="{size}" font-weight="{weight}" text-anchor="{anchor}" '
        f'fill="{plain}" style="fill: {style}">{escape(words)}</text>'
    )
