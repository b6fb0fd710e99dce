"""What is particular to the judge of ex07."""

from . import bank


def _judged(name):
    return bank.verdict("ex07", (bank.ROOT / "ex07" / "wrong" / f"{name}.py").read_text("utf-8"))


def test_put_that_does_not_refresh_is_shown_in_six_steps():
    [failed] = _judged("m03_put_does_not_refresh").failed
    assert len(failed.counterexample.rows) <= 6


def test_a_mistake_costs_the_points_of_one_check():
    assert _judged("m03_put_does_not_refresh").points == 36


def test_checks_that_build_on_a_failed_one_are_not_judged():
    waiting = {check.id for check in _judged("never_evicts").checks if check.waits_for}
    assert waiting == {"update", "membership", "delete", "constant_time", "threads"}
