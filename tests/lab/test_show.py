"""Figures: alternative text is a must, and the output holds nothing that changes."""

import base64
import struct
from collections.abc import Iterator
from typing import Any

import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import RichOutput, capture_output

from cachelab.lab.figures import PALETTE, PAPER, figure, show


@pytest.fixture(autouse=True)
def shell() -> Iterator[None]:
    """Something to display on: outside a notebook there is none."""
    InteractiveShell.instance()
    yield
    InteractiveShell.clear_instance()


def shown(**options: Any) -> list[RichOutput]:
    fig, ax = figure()
    ax.plot([1, 2], [3, 4])
    with capture_output() as captured:
        show(fig, **options)
    assert (captured.stdout, captured.stderr) == ("", "")
    return list(captured.outputs)


@pytest.mark.parametrize("alt", ["", "  ", None])
def test_a_figure_without_words_is_refused(alt: Any) -> None:
    with pytest.raises(ValueError, match="alternative text"):
        show(figure()[0], alt=alt)


def test_the_words_go_with_the_picture() -> None:
    picture, _ = shown(alt="a line that rises")
    assert picture.metadata["image/png"]["alt"] == "a line that rises"
    assert picture.data["text/plain"] == "Figure: a line that rises"


def test_the_words_stand_below_too_where_the_page_shows_no_alternative_text() -> None:
    _, below = shown(alt="0 < x & it rises")
    words = "<details><summary>The figure in words</summary>0 &lt; x &amp; it rises</details>"
    assert below.data == {"text/markdown": words, "text/plain": "0 < x & it rises"}


def test_a_caption_stands_first_below_the_picture() -> None:
    _, below = shown(alt="a line", caption="It rises.")
    assert below.data["text/markdown"].startswith("*It rises.*\n\n<details>")
    assert below.data["text/plain"] == "It rises."


def test_the_same_figure_gives_the_same_output() -> None:
    first, second = (shown(alt="a line")[0] for _ in range(2))
    assert first.data == second.data


def test_the_picture_is_png_in_the_size_of_the_figure() -> None:
    output = shown(alt="a line")[0]
    png = base64.b64decode(output.data["image/png"])
    assert png.startswith(b"\x89PNG")
    assert struct.unpack(">II", png[16:24]) == (1300, 640)
    assert output.metadata["image/png"]["width"] == 624


def test_a_figure_of_pyplot_is_closed() -> None:
    import matplotlib as mpl

    mpl.use("agg")
    from matplotlib import pyplot

    fig, _ = pyplot.subplots()
    with capture_output():
        show(fig, alt="an empty plot")
    assert not pyplot.fignum_exists(fig.number)  # type: ignore[attr-defined]


def test_a_row_of_axes_is_dressed_like_one() -> None:
    _, axes = figure(1, 2)
    assert [ax.spines["top"].get_visible() for ax in axes] == [False, False]


def test_lines_differ_by_dash_as_well_as_by_colour() -> None:
    _, ax = figure()
    lines = [ax.plot([0, 1], [n, n])[0] for n in range(4)]
    assert len({line.get_color() for line in lines}) == 4
    assert len({line.get_linestyle() for line in lines}) == 4


def luminance(red: float, green: float, blue: float) -> float:
    linear = [
        c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in (red, green, blue)
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("page", ["#ffffff", "#212121", "#111111", "#000000"])
def test_black_text_on_the_paper_reads_on_every_page(page: str) -> None:
    alpha = PAPER[3]
    under = [int(page[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    paper = [alpha * over + (1 - alpha) * below for over, below in zip(PAPER, under, strict=False)]
    contrast = (luminance(*paper) + 0.05) / 0.05
    assert contrast >= 14


def test_the_palette_is_made_of_distinct_colours() -> None:
    assert len(set(PALETTE.values())) == len(PALETTE) == 6
