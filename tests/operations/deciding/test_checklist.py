from dataclasses import replace
from typing import Any

import pytest

from cachelab.operations.deciding import Situation, checklist

PAGE = Situation(reads=2, writes=0.01, origin=0.050, lookup=0.001, staleness=30, target=0.020)


def test_all_five_speak_for_a_popular_page() -> None:
    assert [check.speaks_for for check in checklist(PAGE)] == [True] * 5


@pytest.mark.parametrize(
    ("place", "change"),
    [
        (0, {"writes": 3.0}),
        (1, {"reads": 0.001, "writes": 0.1}),
        (2, {"origin": 0.0005}),
        (3, {"staleness": 0.0}),
        (4, {"is_private": True}),
    ],
)
def test_each_question_has_a_situation_that_speaks_against(
    place: int, change: dict[str, Any]
) -> None:
    assert not checklist(replace(PAGE, **change))[place].speaks_for


def test_rows_that_are_never_written_or_never_read_are_answered_too() -> None:
    still = checklist(replace(PAGE, writes=0, reads=0, lookup=0))
    assert still[0].because == "never written"
    assert still[1].because == "a row never changes, and is never read"
    assert still[2].because == "a look into the cache takes no time"
