"""
What a page is made of: tables as HTML, and a chart as SVG that takes its colours from the page.
"""

import io
import re
from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def row(names: Sequence[str], *numbers: str, mark: str = "", after: str = "") -> str:
    """
    Return a row of a table: its name and other words, then numbers, then cells that are HTML.

    >>> row(["l2"], "71%")
    '<tr><th scope="row">l2</th><td class="number">71%</td></tr>'
    """
    first, *others = map(escape, names)
    cells = [f'<th scope="row">{first}</th>', *(f"<td>{word}</td>" for word in others)]
    cells += [f'<td class="number">{escape(number)}</td>' for number in numbers]
    opened = f'<tr class="{mark}">' if mark else "<tr>"
    return f"{opened}{''.join(cells)}{after}</tr>"


def table(caption: str, head: Sequence[str], rows: Sequence[str], words: int = 1) -> str:
    """Return a table whose first `words` columns are words and the others numbers."""
    cells = []
    for place, name in enumerate(head):
        kind = "" if place < words or not name else ' class="number"'
        cells.append(f'<th scope="col"{kind}>{escape(name)}</th>')
    return (
        f"<table><caption>{escape(caption)}</caption><thead><tr>{''.join(cells)}</tr></thead>"
        f"<tbody>{''.join(rows)}</tbody></table>"
    )


def section(
    title: str, caption: str, head: Sequence[str], rows: Sequence[str], words: int = 1
) -> str:
    """Return a table under a heading."""
    return f"<section><h2>{escape(title)}</h2>{table(caption, head, rows, words)}</section>"


def inline_svg(fig: "Figure", alt: str, colours: dict[str, str]) -> str:
    """
    Return a chart as SVG for the middle of a page, the same for the same chart.

    Black follows the page's text; `colours` says which property of the page each other one is.
    """
    from matplotlib import rc_context

    file = io.StringIO()
    for ax in fig.axes:
        ax.patch.set_alpha(0.0)
    with rc_context({"svg.fonttype": "none", "svg.hashsalt": "page"}):
        kept = {"Date": None, "Creator": None}
        fig.savefig(file, format="svg", facecolor="none", metadata=kept)
    text = file.getvalue()
    drawn = re.sub(r"<metadata>.*?</metadata>", "", text[text.index("<svg") :], flags=re.DOTALL)
    for colour, name in {"#000000": "currentColor", **colours}.items():
        drawn = drawn.replace(colour.lower(), name)
    return drawn.replace("<svg ", f'<svg role="img" aria-label="{escape(alt)}" ', 1)
