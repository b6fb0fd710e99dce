"""What is particular to the judge of ex07."""

import pytest

from . import bank


def _judged(name):
    return bank.verdict("ex07", (bank.ROOT / "ex07" / "wrong" / f"{name}.py").read_text("utf-8"))


def test_put_that_does_not_refresh_is_shown_in_six_steps():
    [failed] = _judged("m03_put_does_not_refresh").failed
    assert len(failed.counterexample.rows) <= 6


def test_a_mistake_costs_the_points_of_one_check():
    assert _judged("m03_put_does_not_refresh").points == 36


@pytest.mark.parametrize("name", ["m01_fifo", "m05_one_too_many", "m06_one_too_few"])
def test_a_wrong_victim_costs_its_own_points_alone(name):
    assert _judged(name).points == 33


def test_a_cache_that_keeps_everything_shows_nothing_about_a_full_one():
    waiting = {check.id for check in _judged("never_evicts").checks if check.waits_for}
    assert waiting == {"constant_time", "threads"}


def test_a_get_that_raises_leaves_what_is_about_other_calls():
    waiting = {check.id for check in _judged("get_raises_on_a_miss").checks if check.waits_for}
    assert waiting == {"membership", "edges"}
