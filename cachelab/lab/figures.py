"""
Still figures that everybody can read: with alternative text, on a light and on a dark page.

No grey has enough contrast (4.5) on white and on JupyterLab's dark grey at once, so a figure brings
its own paper: white at 88 %. On a white page it cannot be seen; on a dark one it is a soft light
card, and black text keeps a contrast of at least 14.
"""

import base64
import io
import sys
from html import escape
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.figure import Figure

PALETTE = {
    "blue": "#0072B2",
    "vermillion": "#D55E00",
    "green": "#009E73",
    "purple": "#CC79A7",
    "orange": "#E69F00",
    "sky": "#56B4E9",
}
"""Colours that colour-blind people tell apart (M. Okabe and K. Ito, 2008)."""

PAPER = (1.0, 1.0, 1.0, 0.88)
SIZE = (6.5, 3.2)
DPI = 200


def figure(
    rows: int = 1, columns: int = 1, *, size: tuple[float, float] = SIZE
) -> tuple["Figure", Any]:
    """
    Return a figure and its axes, dressed for the course: 6.5 x 3.2 inches, text of 9 points.

    Each line of a plot differs from the others by its dash as well as by its colour. The figure is
    not registered with pyplot, so a notebook shows it once, where `show` is called.

    >>> fig, axes = figure()
    >>> tuple(float(side) for side in fig.get_size_inches())
    (6.5, 3.2)
    """
    from cycler import cycler
    from matplotlib.figure import Figure
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    margins = ConstrainedLayoutEngine(w_pad=0.1, h_pad=0.1)
    fig = Figure(figsize=size, layout=margins)
    axes = fig.subplots(rows, columns)
    looks = cycler(color=list(PALETTE.values())) + cycler(
        linestyle=["-", "--", "-.", ":", "-", "--"]
    )
    for ax in fig.axes:
        ax.set_prop_cycle(looks)
        ax.tick_params(labelsize=9)
        ax.spines[["top", "right"]].set_visible(False)
        ax.grid(alpha=0.25, linewidth=0.6)
        ax.set_axisbelow(True)
    return fig, axes


def show(fig: "Figure", alt: str, caption: str | None = None) -> None:
    """
    Display `fig` once, with `alt` as the text for those who cannot see it, and close it.

    `alt` is kept where the format has its place for it. JupyterLab 4.6 and nbconvert 7.17 do not
    read it there, so it also stands below the picture, folded, after the `caption`. The saved
    output holds nothing that changes between runs.

    Raises:
        ValueError: `alt` is empty: say what the picture shows.
    """
    if not isinstance(alt, str) or not alt.strip():
        raise ValueError(f"a figure needs alternative text that says what it shows, not {alt!r}")
    width, height = (round(side * 96) for side in fig.get_size_inches())
    picture = base64.b64encode(_png(fig)).decode("ascii")
    size = {"alt": alt, "width": width, "height": height}
    _display({"image/png": picture, "text/plain": f"Figure: {alt}"}, {"image/png": size})
    words = f"<details><summary>The figure in words</summary>{escape(alt)}</details>"
    below = f"*{caption}*\n\n{words}" if caption else words
    _display({"text/markdown": below, "text/plain": caption or alt}, {})
    _close(fig)


def _display(data: dict[str, str], metadata: dict[str, Any]) -> None:
    from IPython.display import display

    display(data, raw=True, metadata=metadata)  # type: ignore[no-untyped-call]


def _png(fig: "Figure") -> bytes:
    """Return the picture on its paper; without the program's name and version in it."""
    for ax in fig.axes:
        ax.patch.set_alpha(0.0)
    file = io.BytesIO()
    fig.savefig(file, format="png", dpi=DPI, facecolor=PAPER, metadata={"Software": None})
    return file.getvalue()


def _close(fig: "Figure") -> None:
    """Forget a figure made with pyplot, which would be shown again at the end of the cell."""
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close(fig)
