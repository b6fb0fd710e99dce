"""A broken promise as a run of calls: its rows, and the moments that are stepped through."""

import pytest

from cachelab.grading.capstone.told import MOST_ROWS, told
from cachelab.lab.market import Breach

RACE = (
    (3.22, "process 1", "read('stock:0')", ""),
    (3.23, "process 1", "l2.get('stock:0')", "MISSING"),
    (3.44, "process 3", "acknowledged('stock:0', 'version 1')", ""),
    (3.45, "process 3", "publish('stock:0')", ""),
    (3.50, "process 1", "origin.read('stock:0')", "version 0, as of 3.22 s"),
    (4.29, "process 0", "answer('stock:0')", "version 0, 0.85 s out of date"),
)
STORY = "0.85 s out of date, 0 s are allowed"


def shown(kind="checkout", history=RACE, story=STORY):
    return told(Breach(kind, "stock:0", 4.28, story, history))


def test_the_answer_that_breaks_a_promise_is_the_last_row():
    rows = shown().rows
    assert len(rows) == len(RACE)
    assert rows[-1].call == "  4.290 s  process 0: answer('stock:0')"
    assert (rows[-1].expected, rows[-1].got) == ("stock that is true", f"version 0, {STORY}")


def test_a_row_that_is_where_all_can_see_it_is_shown_as_it_is_put_there():
    put = (0.3, "process 5", "l2.put('feed:1')", "seen by everybody")
    [row] = shown("leak", (put,), "a private row went to l2").rows
    assert (row.expected, row.got) == ("private rows only in l1", "a private row went to l2")


@pytest.mark.parametrize("kind", ["hoard", "lost", "answer"])
def test_a_promise_that_no_call_breaks_has_a_row_of_its_own(kind):
    assert shown(kind, RACE[:1], "it was kept").rows[-1].call == "  4.280 s  stock:0"


def test_of_a_long_history_the_end_is_shown_and_all_of_it_can_be_played():
    long = shown(history=RACE[:-1] * 4 + RACE[-1:])
    assert len(long.rows) == MOST_ROWS
    assert len(long.moments) == 4 * 5 + 1


def test_each_moment_says_who_calls_whom():
    pairs = [(one.caller, one.callee) for one in shown().moments]
    assert pairs == [
        ("user", "process 1"),
        ("process 1", "l2"),
        ("process 3", "user"),
        ("process 3", "bus"),
        ("process 1", "origin"),
        ("process 0", "user"),
    ]


def test_a_breach_without_a_history_is_one_row():
    assert [row.call for row in shown(history=()).rows] == ["  4.280 s  stock:0"]
