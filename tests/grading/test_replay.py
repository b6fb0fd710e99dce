"""A counterexample is played from what the judge saw, call by call, with the lines that called."""

import sys

import pytest

from cachelab.grading import judge
from cachelab.grading.holdings import Snapshot
from cachelab.grading.learner import LearnersReport, answered, play
from cachelab.grading.moments import MOST
from cachelab.grading.replay_picture import Stage
from cachelab.grading.report import CheckResult, Counterexample, Moment, Report, Row

from .keeps import Keeps

FORGETFUL = """
class CacheAside:
    def __init__(self, store, source, ttl, negative_ttl):
        self.store, self.source = store, source

    def read(self, key):
        text = self.store.get(key)
        row = self.source.read(key)
        return row.value

    def write(self, key, row):
        self.source.write(key, row)
        return True
"""

SPINNING = FORGETFUL.replace("row = ", "[self.store.get(key) for _ in range(99)]\n        row = ")


@pytest.fixture(scope="module")
def forgetful():
    return judge("ex04", FORGETFUL, only="aside_reads")


@pytest.fixture(scope="module")
def moments(forgetful):
    return forgetful.failed[0].counterexample.moments


def test_every_call_of_a_port_is_a_moment_with_the_line_that_made_it(moments):
    lines = FORGETFUL.splitlines()
    ports = [one for one in moments if one.callee in ("store", "source")]
    assert ports
    for one in ports:
        assert one.code == lines[one.line - 1].strip()
        assert f"{one.callee}.{one.call.partition('(')[0]}(" in one.code


def test_a_call_comes_before_what_it_calls_and_its_answer_after(moments):
    told = [(one.caller, one.callee) for one in moments[-4:]]
    assert told == [("judge", "cache"), ("cache", "store"), ("cache", "source"), ("cache", "judge")]


def test_a_moment_has_what_stores_and_sources_hold(moments):
    assert {name for name, _ in moments[-1].held} == {"store", "source"}


def test_the_last_scene_says_what_was_expected_and_why(forgetful):
    view, shown = forgetful.play(), forgetful.failed[0].counterexample
    view.step = len(shown.moments)
    assert f"Expected: {shown.rows[-1].expected}." in view.says
    assert shown.why in view.says


def test_a_run_is_played_without_running_anything_again(forgetful, monkeypatch):
    monkeypatch.setattr("subprocess.Popen", None)
    assert repr(forgetful.play("aside_reads")).startswith("FrameView(ex04 aside_reads, ")


def test_a_played_run_is_told_as_text_for_a_page_without_a_kernel(forgetful):
    text = forgetful.play()._repr_mimebundle_()[0]["text/plain"]
    assert "self.store.get(key)" in text
    assert "Expected: " in text


def test_a_long_run_leaves_its_middle_out():
    report = judge("ex04", SPINNING, only="aside_reads")
    moments = report.failed[0].counterexample.moments
    assert len(moments) == MOST + 1
    assert sum(one.call.startswith("... ") for one in moments) == 1


def test_a_line_that_a_submission_makes_up_is_not_shown():
    text = FORGETFUL.replace(
        "text = self.store.get(key)",
        "exec(compile('self.store.get(key)', '<submission>', 'exec'), {'self': self, 'key': key})",
    ).replace("def read", "\n" * 3 + "    def read")
    shown = judge("ex04", text, only="aside_reads").failed[0].counterexample
    assert all(one.code in {line.strip() for line in text.splitlines()} for one in shown.moments)


def test_a_function_is_played_from_the_rows_of_its_table():
    report = judge("ex01", "def percentile(values, p):\n    return 0", only="percentile")
    view = report.play()
    assert "your code" in view._repr_mimebundle_()[0]["text/plain"]


def test_there_is_nothing_to_play_after_full_marks():
    check = CheckResult("victim", "the victim", 5, 5, "passed")
    with pytest.raises(ValueError, match="no check of ex07 failed") as caught:
        Report("ex07", "LRU", (check,), "full", 1.0).play()
    assert len(caught.value._render_traceback_()) == 1


def test_a_check_that_did_not_fail_is_named(forgetful):
    with pytest.raises(ValueError, match="'aside_race' is no check that failed; those are: aside"):
        forgetful.play("aside_race")


def test_a_report_kept_for_a_class_has_no_moments(forgetful):
    kept = Report.from_dict(forgetful.to_dict())
    assert kept == forgetful
    assert kept.failed[0].counterexample.moments == ()


def test_an_entry_that_is_dead_is_not_held():
    from cachelab.ports.memory import Entry

    held = {"a": Entry(b"1", 5.0), "b": Entry(b"2", 9.0), "c": Entry(b"3", None)}
    [(name, lines)] = Snapshot(5.0, (("store", held),)).contents()
    assert (name, lines) == ("store", ("b: 2, for 4 s", "c: 3"))


def test_a_picture_marks_what_is_new_in_a_store():
    calls = [
        Moment("judge", "store", "get('a')", held=(("store", ("a: 1, for 9 s",)),)),
        Moment("judge", "store", "set('b')", held=(("store", ("a: 1, for 8 s", "b: 2")),)),
    ]
    picture = Stage(tuple(calls)).scene(1)
    assert "&gt; b: 2" in picture
    assert "&gt; a: 1" not in picture


def test_a_picture_escapes_what_a_submission_says():
    moment = Moment("judge", "your code", "f('<b>')", "'</svg>'")
    picture = Stage((moment,), "<i>", "<u>").scene(0)
    assert not any(tag in picture for tag in ("<b>", "</svg>", "<i>", "<u>"))


def overfull(operations=(("put", "a", 1), ("put", "b", 2), ("get", "a"))):
    shown = Counterexample((Row("cache.get('a')", "None", "1"),), "it was full", 1, operations)
    check = CheckResult("victim", "the victim", 0, 5, "the wrong key went", shown)
    return Report("ex07", "LRU", (check,), "full", 1.0)


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("CACHELAB_HOME", str(tmp_path))


def test_a_cache_without_ports_runs_in_the_stepper(home):
    report = answered(overfull(), "text", (Keeps,))
    assert repr(report.play()) == "EvictionStepper(Keeps, capacity 1, 3 requests)"


class Loops(Keeps):
    def get(self, key, default=None):
        while True:
            self.entries[key] = default


def test_a_cache_that_never_answers_is_shown_as_the_judge_saw_it(home):
    report = answered(overfull(), "text", (Loops,))
    assert repr(report.play()).startswith("FrameView(ex07 victim")
    assert sys.gettrace() is None or "cachelab" not in repr(sys.gettrace())


def test_play_is_about_the_last_report(home):
    answered(overfull(), "one", ())
    answered(overfull(), "two", (Keeps,))
    assert type(play("victim")).__name__ == "EvictionStepper"


def test_play_before_any_report_is_explained(monkeypatch):
    monkeypatch.setattr("cachelab.grading.learner._last", [])
    with pytest.raises(ValueError, match=r"run the cell with check\(\.\.\.\) first"):
        play()


def test_only_the_learners_page_tells_how_to_play(home):
    report = overfull()
    assert "play(" not in report._repr_mimebundle_()["text/html"]
    assert 'play("victim")' in answered(report, "x", ())._repr_mimebundle_()["text/html"]


def test_a_learners_report_is_a_report(home):
    report = answered(overfull(), "text", (Keeps,))
    assert isinstance(report, LearnersReport)
    assert str(report) == str(overfull())
