"""A sequence diagram fits a page, however many columns it has."""

import re

import pytest

from cachelab.lab.explorer.sequence import WIDEST, drawn_sequence, sequence_svg, sequence_text
from cachelab.lab.explorer.world import Step

ACTORS = ("reader", "writer", "sweeper", "listener")
PORTS = ("near cache", "store", "database", "invalidation feed")


def busy(columns: int) -> list[Step]:
    """Steps of so many actors and ports, with long words between all of them."""
    actors, ports = ACTORS[: columns // 2], PORTS[: columns - columns // 2]
    return [
        Step("answered", 0.0, actor, port, "get", "user:1234", result={"name": "Ada Lovelace"})
        for actor in actors
        for port in ports
    ]


@pytest.mark.parametrize("columns", range(2, 9))
def test_up_to_eight_columns_fit_a_page(columns: int) -> None:
    (width, _), lives, _ = drawn_sequence(busy(columns))
    assert len(lives) == columns
    assert width <= WIDEST


@pytest.mark.parametrize("columns", range(2, 9))
def test_no_words_run_out_of_the_picture(columns: int) -> None:
    (width, _), _, arrows = drawn_sequence(busy(columns))
    for arrow in arrows:
        start, words = re.search(r'<text x="(\d+)"[^>]*>([^<]*)<', arrow).groups()
        letters = words.replace("&#x27;", "'").replace("&gt;", ">")
        assert int(start) + 7.3 * len(letters) <= width


def test_names_that_do_not_fit_are_cut_in_the_picture_and_whole_in_its_text() -> None:
    svg = sequence_svg(busy(8))
    assert ">invalidat...</text>" in svg
    assert "invalidation feed" in sequence_text(busy(8))


def test_a_small_diagram_is_as_wide_as_its_words_need() -> None:
    (width, _), _, _ = drawn_sequence([Step("answered", 0.0, "Ada", "store", "get", "k", result=1)])
    assert width < 320
