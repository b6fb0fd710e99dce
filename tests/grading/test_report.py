"""What a report says, as text, as JSON and as HTML."""

import json
import re
from pathlib import Path

import pytest

from cachelab.grading import judge

MUTANTS = Path(__file__).parents[1] / "mutants" / "ex07"


@pytest.fixture(scope="module")
def wrong():
    text = (MUTANTS / "wrong" / "m16_no_lock.py").read_text(encoding="utf-8")
    return text.replace("self.hits / self.lookups", "7.5")


def test_full_marks_fit_on_a_screen(judged, ordered_dict):
    assert len(str(judged(ordered_dict)).splitlines()) <= 12


def test_the_json_has_the_keys_that_were_agreed(judged, wrong):
    report = json.loads(json.dumps(judged(wrong).to_json()))
    assert set(report) == {"exercise", "points", "max_points", "sandbox", "seconds", "checks"}
    assert report["points"] == sum(check["points"] for check in report["checks"])
    keys = {"id", "points", "max_points", "passed", "message", "counterexample"}
    assert all(set(check) == keys for check in report["checks"])


def test_the_plain_text_of_a_cell_is_the_points(judged, wrong):
    assert judged(wrong)._repr_mimebundle_()["text/plain"] == "31"


def test_equal_submissions_get_equal_reports(judged, wrong):
    first, second = judged(wrong), judge("ex07", wrong)
    assert str(first) == str(second)
    assert first._repr_mimebundle_() == second._repr_mimebundle_()


def test_another_seed_gives_the_same_marks(judged, wrong):
    assert judge("ex07", wrong, seed=12).points == judged(wrong).points


def test_the_page_shows_the_first_failure_and_folds_the_next(judged, wrong):
    page = judged(wrong)._repr_mimebundle_()["text/html"]
    first, second = judged(wrong).failed
    assert page.index(first.message) < page.index("<details><summary>threads")
    assert second.id == "threads"
    assert page.count("<details") == page.count("</details>")
    assert len(re.findall(r"sandbox: \w+", page)) == 1


def test_the_page_escapes_what_a_submission_says(judged, ordered_dict):
    text = ordered_dict.replace("return self.entries[key]", "return '<b>bold</b>'")
    page = judged(text)._repr_mimebundle_()["text/html"]
    assert "<b>" not in page
    assert "&lt;b&gt;bold" in page


def test_the_failures_of_a_class_are_ids_and_say_what_keeps_a_text_from_running(judged, wrong):
    assert judged(wrong).failures == ", ".join(check.id for check in judged(wrong).failed)
    assert "this is no Python yet" in judge("ex07", "class LRUCache(:").failures


def test_a_message_with_an_address_reads_the_same_every_time(ordered_dict):
    text = ordered_dict.replace("return self.entries[key]", "raise KeyError(object())")
    first, second = judge("ex07", text), judge("ex07", text)
    assert str(first) == str(second)
    assert "0x..." in str(first)
