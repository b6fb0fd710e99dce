"""The buttons below a learner's report: what they open, and where there are none."""

import pytest

from cachelab.grading.learner import answered
from cachelab.grading.report import CheckResult, Counterexample, Report, Row
from cachelab.grading.stepping import StepThrough, playable

from .keeps import Keeps

RUN = (("put", "a", 1), ("put", "b", 2), ("get", "a"))
REPORT = """
from cachelab.grading.learner import answered
from cachelab.grading.report import CheckResult, Counterexample, Report, Row

shown = Counterexample((Row("cache.get('a')", "None", "1"),), "it was full")
check = CheckResult("victim", "the victim", 0, 5, "the wrong key went", shown)
report = answered(Report("ex07", "LRU", (check,), "full", 1.0), "text", ())
"""


@pytest.fixture
def report(tmp_path, monkeypatch):
    monkeypatch.setenv("CACHELAB_HOME", str(tmp_path))
    cache = Counterexample((Row("cache.get('a')", "None", "1"),), "it was full", 1, RUN)
    call = Counterexample((Row("f(1)", "2", "1"),), "one more")
    checks = (
        CheckResult("stores", "it stores", 5, 5, "passed"),
        CheckResult("victim", "the victim", 0, 5, "the wrong key went", cache),
        CheckResult("edges", "edges", 0, 5, "another mistake", call),
        CheckResult("threads", "threads", 0, 5, "judged after stores", waits_for="stores"),
    )
    return answered(Report("ex07", "LRU", checks, "full", 1.0), "text", (Keeps,))


@pytest.fixture
def buttons(report):
    shown = StepThrough(report)
    yield shown
    shown.close_all()


def test_each_failed_check_with_a_run_has_a_button(report, buttons):
    assert [check.id for check in playable(report)] == ["victim", "edges"]
    labels = [button.description for button in buttons.buttons.values()]
    assert labels == ["Step through victim", "Step through edges"]


def test_nothing_is_played_before_a_button_is_pressed(buttons):
    assert buttons.children == (buttons.row,)


def test_a_button_opens_the_run_on_the_learners_own_class(buttons):
    buttons.buttons["victim"].click()
    assert repr(buttons.children[1]) == "EvictionStepper(Keeps, capacity 1, 3 requests)"


def test_another_button_puts_its_run_in_the_place_of_the_first(buttons):
    buttons.buttons["victim"].click()
    buttons.buttons["edges"].click()
    [_, view] = buttons.children
    assert repr(view).startswith("FrameView(ex07 edges")
    pressed = [name for name, button in buttons.buttons.items() if button.button_style]
    assert pressed == ["edges"]


def test_pressed_again_a_button_leaves_its_view_at_the_step_it_is_at(buttons):
    buttons.buttons["victim"].click()
    [_, before] = buttons.children
    buttons.buttons["victim"].click()
    assert buttons.children == (buttons.row, before)


def test_a_run_that_cannot_be_shown_is_explained_and_nothing_in_it_is_markup(buttons, monkeypatch):
    def play(_report, _check):
        raise ValueError("<b> is no run")

    monkeypatch.setattr("cachelab.grading.learner.LearnersReport.play", play)
    buttons.buttons["victim"].click()
    assert buttons.children[1].value == "<p>&lt;b&gt; is no run</p>"


def test_where_no_button_can_be_the_call_to_type_is_told(buttons):
    told = buttons._repr_mimebundle_()["text/plain"]
    assert told == 'To step through a run: play("victim"), play("edges")'


def test_a_report_in_no_notebook_is_shown_as_any_other_value(report):
    with pytest.raises(NotImplementedError):
        report._ipython_display_()


@pytest.fixture(scope="module")
def kernel(tmp_path_factory):
    """A kernel in which `report` is one with a failed check."""
    from jupyter_client.manager import start_new_kernel

    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("IPYTHONDIR", str(home / "ipython"))
        patched.setenv("CACHELAB_HOME", str(home))
        manager, client = start_new_kernel()
    client.execute_interactive(REPORT, timeout=60)
    yield client
    client.stop_channels()
    manager.shutdown_kernel(now=True)


def shown(kernel, code, somebody):
    """What a cell shows, in order: the kind of each output, and its data."""
    told = []
    kernel.execute_interactive(code, timeout=60, allow_stdin=somebody, output_hook=told.append)
    kinds = ("execute_result", "display_data")
    return [(m["msg_type"], m["content"]["data"]) for m in told if m["msg_type"] in kinds]


@pytest.mark.slow
def test_the_last_value_stays_the_points_and_the_buttons_follow_it(kernel):
    [(first, report), (second, buttons)] = shown(kernel, "report", somebody=True)
    assert (first, second) == ("execute_result", "display_data")
    assert (sorted(report), report["text/plain"]) == (["text/html", "text/plain"], "0")
    assert "application/vnd.jupyter.widget-view+json" in buttons


@pytest.mark.slow
def test_the_buttons_come_once_for_each_time_that_the_report_is_shown(kernel):
    shown(kernel, "report", somebody=True)
    assert shown(kernel, "1 + 1", somebody=True) == [("execute_result", {"text/plain": "2"})]


@pytest.mark.slow
def test_where_nobody_sits_the_report_is_all_and_the_same(kernel):
    [live, _] = shown(kernel, "report", somebody=True)
    assert shown(kernel, "report", somebody=False) == [live]


@pytest.mark.slow
def test_a_graded_notebook_has_no_buttons(kernel):
    graded = "import os; os.environ['NBGRADER_EXECUTION'] = 'autograde'"
    try:
        [(kind, report)] = shown(kernel, f"{graded}\nreport", somebody=True)
    finally:
        shown(kernel, "del os.environ['NBGRADER_EXECUTION']", somebody=False)
    assert (kind, "play(" in report["text/html"]) == ("execute_result", False)
