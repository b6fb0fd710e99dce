"""One mistake has one price: what a check that comes after a failed one does."""

import pytest

from cachelab.grading import EXERCISES, judging
from cachelab.grading.exercise import Check, Exercise, Finding

TEXT = "class Box: pass"


@pytest.fixture
def judged(monkeypatch):
    def judged(*checks):
        exercise = Exercise("ex77", "Boxes", ("Box",), ("box",), checks)
        monkeypatch.setitem(EXERCISES, "ex77", exercise)
        return judging.judge("ex77", TEXT)

    return judged


def check(name, examine, **more):
    return Check(name, 5, "is a box", examine, **more)


def right(_session, _random):
    return None


def wrong(_session, _random):
    return Finding("no box")


def test_a_mistake_that_shows_again_is_told_once(judged):
    report = judged(check("first", wrong), check("next", wrong, after=("first",)))
    assert [c.id for c in report.failed] == ["first"]
    assert report.checks[1].waits_for == "first"


def test_what_passes_in_spite_of_an_earlier_mistake_earns_its_points(judged):
    report = judged(check("first", wrong), check("next", right, after=("first",)))
    assert [c.points for c in report.checks] == [0, 5]


def test_what_an_earlier_mistake_would_spoil_is_judged_apart(judged):
    report = judged(check("first", wrong), check("next", wrong, after=("first",), apart=right))
    assert [c.points for c in report.checks] == [0, 5]


def test_what_fails_apart_waits_as_well(judged):
    report = judged(check("first", wrong), check("next", right, after=("first",), apart=wrong))
    assert report.checks[1].waits_for == "first"


def test_without_an_earlier_mistake_nothing_is_judged_apart(judged):
    report = judged(check("first", right), check("next", wrong, after=("first",), apart=right))
    assert [c.id for c in report.failed] == ["next"]


def test_what_must_have_passed_is_waited_for_without_a_look(judged):
    report = judged(check("first", wrong), check("next", right, needs=("first",)))
    assert report.checks[1].waits_for == "first"


def test_what_comes_after_a_check_that_waits_may_wait_for_it(judged):
    checks = [check("first", wrong), check("next", wrong, after=("first",))]
    report = judged(*checks, check("last", wrong, after=("next",)))
    assert [c.waits_for for c in report.checks] == [None, "first", "next"]
