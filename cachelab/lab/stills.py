"""
Scenes of a frame view where nothing is alive: one picture below the other, and a table below them.

The same scenes give the same text, byte for byte. The picture brings its own paper, white at 92 %,
where the page has no colours of its own.
"""

import re
import textwrap
from collections.abc import Iterable, Sequence
from html import escape

from .marks import line, text
from .render import FONT
from .scenes import Row, Score, Still

PAD, LINE = 16, 19
LETTER, GUTTER, LONGEST = 6.6, 18, 48
"""Of a table: pixels a letter takes at 12 pixels, between two columns, and letters in a cell."""

MOST = 1_150
"""Pixels that all of it is high: a printed page is as high as 1.4 times the picture is wide."""

DEAD = re.compile(r' data-(?:set|key|answer|drops)="[^"]*"|<!--live-->.*?<!--/live-->', re.DOTALL)


def still_svg(score: Score, stills: Sequence[Still], size: tuple[int, int]) -> str:
    """
    Return the scenes as one standalone SVG picture, each under its setting and its sentence.

    The table behind the one that the view opens with, or the middle one, stands below them. As
    many scenes are left out as it takes for all to stand on one sheet of paper.

    >>> from cachelab.lab.scenes import Run, Scene
    >>> score = Score((), (Run((Scene("<circle r='4'/>", "a dot"),)),))
    >>> picture = still_svg(score, [((), 0)], (200, 100))
    >>> picture.startswith("<svg xmlns="), "a dot</text>" in picture
    (True, True)
    """
    opened = _opened(score, stills)
    table, height = _table_svg(score, opened, size[0])
    panels, top, room = [], PAD, MOST - height
    for still in _that_fit(score, stills, opened, size, room):
        panel, tall = _panel(score, still, size)
        panels.append(f'<g transform="translate({PAD} {top})">{panel}</g>')
        top += tall
    panels.append(f'<g transform="translate({PAD} {top})">{table}</g>')
    top += height
    width = size[0] + 2 * PAD
    title = escape(" ".join(_spoken(score, still) for still in stills))
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{top}" '
            f'viewBox="0 0 {width} {top}" role="img" aria-label="{title}" color="#1f2328" '
            f'style="color: var(--jp-content-font-color1, #1f2328)" {FONT}>',
            f"<title>{title}</title>",
            f'<rect width="{width}" height="{top}" rx="8" fill="#ffffff" fill-opacity="0.92" '
            'style="fill: var(--jp-layout-color0, #ffffff)"/>',
            *panels,
            "</svg>",
            "",
        ]
    )


def _panel(score: Score, still: Still, size: tuple[int, int]) -> tuple[str, int]:
    """Return one scene under its setting and its sentence, and how high all that is."""
    position, step = still
    run = score.run(position)
    scene = run.scenes[step]
    headings = textwrap.wrap(score.named(position), size[0] // 9)
    said = textwrap.wrap(scene.say, size[0] // 8)
    words = [text(0, 13 + LINE * at, part, 14, weight=600) for at, part in enumerate(headings)]
    words += [text(0, 13 + LINE * at, part, 14) for at, part in enumerate(said, len(headings))]
    drawn = DEAD.sub("", run.backdrop + scene.svg)
    below = LINE * len(words)
    picture = f'<g transform="translate(0 {below + 4})">{drawn}</g>'
    return "".join([*words, picture]), below + size[1] + PAD


def _that_fit(
    score: Score,
    stills: Sequence[Still],
    opened: tuple[int, ...],
    size: tuple[int, int],
    room: int,
) -> list[Still]:
    """Return the stills for which there is room, in their order; the opened one always is there."""
    chosen = [next(still for still in stills if still[0] == opened)]
    room -= _panel(score, chosen[0], size)[1]
    for still in stills:
        tall = _panel(score, still, size)[1]
        if still not in chosen and tall <= room:
            chosen.append(still)
            room -= tall
    return [still for still in stills if still in chosen]


def _opened(score: Score, stills: Sequence[Still]) -> tuple[int, ...]:
    """Return the position of the controls that the view opens with, if there is a still of it."""
    positions = [position for position, _ in stills]
    return score.start if score.start in positions else positions[len(positions) // 2]


def _table_svg(score: Score, position: tuple[int, ...], room: int) -> tuple[str, int]:
    """Return the table at the position in columns that fit into `room`, and its height."""
    rows = [[_cut(cell) for cell in row] for row in score.run(position).table]
    if not rows:
        return "", 0
    setting = score.named(position)
    named = f"The table behind it{f', {setting}' if setting else ''}"
    headings = textwrap.wrap(named, room // 9)
    heading = "".join(
        text(0, 13 + LINE * place, words, 14, weight=600) for place, words in enumerate(headings)
    )
    above = LINE * len(headings)
    columns = [max(map(len, cells)) * LETTER + GUTTER for cells in zip(*rows, strict=True)]
    rights = [_is_numeric(cells) for cells in zip(*(rows[1:] or rows), strict=True)]
    parts, shrunk = [], min(1.0, room / (sum(columns) - GUTTER))
    for place, row in enumerate(rows):
        left = 0.0
        for cell, wide, to_right in zip(row, columns, rights, strict=True):
            x, anchor = (left + wide - GUTTER, "end") if to_right else (left, "")
            parts.append(text(x, 14 + LINE * place, cell, 12, anchor, soft=place == 0))
            left += wide
        if place == 0:
            parts.append(line(0, LINE, sum(columns) - GUTTER, LINE, opacity=0.4))
    moved = f'<g transform="translate(0 {above}) scale({shrunk:.3g})">{"".join(parts)}</g>'
    return heading + moved, round(above + shrunk * LINE * len(rows)) + PAD


def _cut(cell: str) -> str:
    return cell if len(cell) <= LONGEST else f"{cell[: LONGEST - 1]}…"


def as_text(score: Score, stills: Sequence[Still]) -> str:
    """Return what the scenes say, and the tables behind them, each once."""
    said = [_spoken(score, still) for still in stills]
    tables = dict.fromkeys(score.run(position).table for position, _ in stills)
    return "\n".join([*said, *(table_text(table) for table in tables if table)])


def table_text(rows: Iterable[Row]) -> str:
    """
    Return rows in columns; a column of numbers stands to the right.

    >>> print(table_text([("policy", "hits"), ("lru", "7"), ("fifo", "12")]))
    policy  hits
    lru        7
    fifo      12
    """
    columns = [_column(cells) for cells in zip(*rows, strict=True)]
    return "\n".join("  ".join(row).rstrip() for row in zip(*columns, strict=True))


def _column(cells: Sequence[str]) -> list[str]:
    width = max(map(len, cells))
    if _is_numeric(cells[1:]):
        return [cell.rjust(width) for cell in cells]
    return [cell.ljust(width) for cell in cells]


def _is_numeric(cells: Sequence[str]) -> bool:
    return all(re.fullmatch(r"[-+]?[\d.,]*\d ?%?", cell) or cell in ("", "-") for cell in cells)


def _spoken(score: Score, still: Still) -> str:
    position, step = still
    say = score.run(position).scenes[step].say
    setting = score.named(position)
    return f"{setting}: {say}" if setting else say
