"""The log of attempts: kept here, and a hint for those who are stuck."""

import hashlib
import json

import pytest

from cachelab.grading.attempts import attempts_file, noted
from cachelab.grading.report import CheckResult, Report

HINTS = ("look again", "at the order", "of the keys")


def report(*failed, points=0):
    checks = tuple(
        CheckResult(name, name, 0 if name in failed else 5, 5, "", hints=HINTS)
        for name in ("stores", "victim")
    )
    return Report("ex07", "LRU cache", checks, "full", 1.0)


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("CACHELAB_HOME", str(tmp_path))
    return tmp_path


def test_the_first_two_failures_open_no_hint():
    assert noted(report("victim"), "one").offers == ()
    assert noted(report("victim"), "two").offers == ()


def test_from_the_third_failure_on_one_more_hint_is_open_each_time():
    offers = [noted(report("victim"), str(n)).offers for n in range(5)]
    assert offers[2:] == [(("victim", 1),), (("victim", 2),), (("victim", 3),)]


def test_asking_again_about_the_same_text_is_no_new_attempt(home):
    for _ in range(5):
        assert noted(report("victim"), "same").offers == ()
    assert len((home / "attempts.jsonl").read_text("utf-8").splitlines()) == 1


@pytest.mark.parametrize(
    "same",
    [
        "def f(x):  # doubles\n    return 2 * x",
        "def f(x):\n\n    return (2\n        * x)\n",
        'def f(x):\n    """Double it."""\n    return 2 * x',
    ],
    ids=["a comment", "blanks and brackets", "a docstring"],
)
def test_the_same_program_written_otherwise_is_no_new_attempt(home, same):
    noted(report("victim"), "def f(x):\n    return 2 * x")
    noted(report("victim"), same)
    assert len((home / "attempts.jsonl").read_text("utf-8").splitlines()) == 1


def test_another_program_is_a_new_attempt(home):
    for text in ("def f(x): return 2 * x", "def f(x): return 3 * x", "def f(x) return"):
        noted(report("victim"), text)
    assert len((home / "attempts.jsonl").read_text("utf-8").splitlines()) == 3


def test_a_text_in_an_older_log_is_known_by_its_own_hash(home):
    old = {"exercise": "ex07", "text": hashlib.sha256(b"x = 1").hexdigest()[:16], "points": 0}
    line = json.dumps(old | {"failed": ["victim"], "time": 1})
    (home / "attempts.jsonl").write_text(line + "\n", encoding="utf-8")
    noted(report("victim"), "x = 1")
    assert len((home / "attempts.jsonl").read_text("utf-8").splitlines()) == 1


def test_a_slip_of_python_opens_no_hint_about_caching():
    for text in "abcd":
        slip = CheckResult("stores", "stores", 0, 5, "", hints=HINTS, is_slip=True)
        last = noted(Report("ex07", "LRU cache", (slip,), "full", 1.0), text)
    assert last.offers == ()


def test_a_pass_in_between_starts_the_count_again():
    for text in "ab":
        noted(report("victim"), text)
    noted(report("stores"), "c")
    assert noted(report("victim"), "d").offers == ()


def test_an_open_hint_is_seen_in_the_table():
    for text in "abc":
        last = noted(report("victim"), text)
    html = last._repr_mimebundle_()["text/html"]
    assert "<details open><summary>Hint 1</summary>" in html
    assert "<details><summary>Hint 2</summary>" in html


def test_full_marks_point_to_the_solution():
    assert "solutions/" in noted(report(), "x")._repr_mimebundle_()["text/html"]


def test_a_damaged_log_and_a_folder_that_cannot_be_written_do_no_harm(home, monkeypatch):
    (home / "attempts.jsonl").write_text('{"exercise": 1\n[]\n', encoding="utf-8")
    assert noted(report("victim"), "x").exercise == "ex07"
    monkeypatch.setenv("CACHELAB_HOME", str(home / "attempts.jsonl" / "below"))
    assert noted(report("victim"), "x").exercise == "ex07"


def test_an_empty_setting_keeps_no_log(monkeypatch):
    monkeypatch.setenv("CACHELAB_HOME", "")
    assert attempts_file() is None
