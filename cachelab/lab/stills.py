"""
Scenes of a frame view where nothing is alive: one picture below the other, and the table as text.

The same scenes give the same text, byte for byte. The picture brings its own paper, white at 92 %,
where the page has no colours of its own.
"""

import re
import textwrap
from collections.abc import Iterable, Sequence
from html import escape

from .marks import text
from .render import FONT
from .scenes import Row, Score, Still

PAD, LINE = 16, 19
DEAD = re.compile(r' data-(?:set|key|answer)="[^"]*"')


def still_svg(score: Score, stills: Sequence[Still], size: tuple[int, int]) -> str:
    """
    Return the scenes as one standalone SVG picture, each under its setting and its sentence.

    >>> from cachelab.lab.scenes import Run, Scene
    >>> score = Score((), (Run((Scene("<circle r='4'/>", "a dot"),)),))
    >>> picture = still_svg(score, [((), 0)], (200, 100))
    >>> picture.startswith("<svg xmlns="), "a dot</text>" in picture
    (True, True)
    """
    panels, top = [], PAD
    for position, step in stills:
        run = score.run(position)
        setting, scene = score.named(position), run.scenes[step]
        if setting:
            panels.append(text(PAD, top + 13, setting, 14, weight=600))
            top += LINE
        for words in textwrap.wrap(scene.say, size[0] // 8):
            panels.append(text(PAD, top + 13, words, 14))
            top += LINE
        drawn = DEAD.sub("", run.backdrop + scene.svg)
        panels.append(f'<g transform="translate({PAD} {top + 4})">{drawn}</g>')
        top += size[1] + PAD
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
    if all(re.fullmatch(r"[-+]?[\d.,]*\d ?%?", cell) or cell in ("", "-") for cell in cells[1:]):
        return [cell.rjust(width) for cell in cells]
    return [cell.ljust(width) for cell in cells]


def _spoken(score: Score, still: Still) -> str:
    position, step = still
    say = score.run(position).scenes[step].say
    setting = score.named(position)
    return f"{setting}: {say}" if setting else say
