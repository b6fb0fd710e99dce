"""What is said below a check cell while a verdict takes minutes."""

import pytest

from cachelab.grading import find_exercise
from cachelab.grading.report import CheckResult
from cachelab.grading.waiting import said_meanwhile

RESULTS = [CheckResult("runs", "it runs", 10, 10, ""), CheckResult("promises", "kept", 0, 20, "")]


@pytest.fixture
def page(monkeypatch):
    """A page at which somebody sits, as a list: what is shown, and None where it is cleared."""
    shown = []
    monkeypatch.setattr("cachelab.grading.waiting.has_somebody", lambda: True)
    monkeypatch.setattr("IPython.display.display", lambda data, **_: shown.append(data))
    monkeypatch.setattr("IPython.display.clear_output", lambda **_: shown.append(None))
    return shown


def judged(name):
    with said_meanwhile(find_exercise(name)) as on_result:
        for result in RESULTS:
            on_result(result)


def test_each_part_is_named_as_soon_as_it_is_judged(page):
    judged("capstone")
    said = [data["text/plain"] for data in page if data]
    assert said[0] == "Market Day is being judged, which takes some minutes."
    assert said[-1].endswith("So far: runs passed, promises failed.")


def test_in_the_end_nothing_is_left_of_it(page):
    judged("capstone")
    assert page[-1] is None


def test_of_an_exercise_that_is_through_at_once_nothing_is_said(page):
    judged("ex07")
    assert page == []


def test_where_nobody_sits_nothing_is_said(page, monkeypatch):
    monkeypatch.setattr("cachelab.grading.waiting.has_somebody", lambda: False)
    judged("capstone")
    assert page == []
