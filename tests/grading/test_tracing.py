"""A function of the learner's is watched line by line, in his own kernel."""

import sys

import pytest

from cachelab.grading.learner import answered
from cachelab.grading.report import CheckResult, Counterexample, Report, Row
from cachelab.grading.tracing import FIRST, LAST, is_plain, trace_call


class Total:
    def __init__(self):
        self.value = 0


def add_up(numbers):
    total = Total()
    for number in numbers:
        total.value += number
    return total.value


def forever(number):
    while True:
        number += 1


def divide(number):
    try:
        return number / 0
    except ValueError:
        return 0


def squares(numbers):
    found = [number * number for number in numbers]
    numbers.clear()
    return found


def texts(function, trace):
    first = function.__code__.co_firstlineno
    return [line.number - first for line in trace.lines]


def test_lines_are_told_in_the_order_in_which_they_ran():
    trace = trace_call(add_up, ([5],))
    assert [line.function for line in trace.lines] == ["__init__", *["add_up"] * 5]
    assert texts(add_up, trace)[1:] == [1, 2, 3, 2, 4]
    assert trace.ending == "returns 5"


def test_a_line_comes_with_the_variables_as_it_left_them():
    trace = trace_call(add_up, ([5, 6],))
    assert dict(trace.lines[-1].variables) == {
        "numbers": "[5, 6]",
        "total": "Total(value=11)",
        "number": "6",
    }


def test_a_long_call_keeps_its_beginning_and_its_end():
    trace = trace_call(add_up, ([1] * 500,))
    assert len(trace.lines) == FIRST + LAST
    assert trace.left_out == 1 + 1 + 2 * 500 + 1 + 1 - FIRST - LAST
    assert trace.ending == "returns 500"


def test_a_call_that_never_ends_is_given_up():
    assert trace_call(forever, (0,)).ending == "is still running after 20,000 lines"


def test_an_exception_is_told():
    assert trace_call(divide, (1,)).ending == "raises ZeroDivisionError: division by zero"


def test_a_comprehension_is_one_line_and_arguments_are_copies():
    given = [1, 2]
    trace = trace_call(squares, (given,))
    assert [line.function for line in trace.lines] == ["squares"] * 3
    assert trace.ending == "returns [1, 4]"
    assert given == [1, 2]


def test_the_tracer_of_others_is_put_back():
    def other(*_):
        return None

    before = sys.gettrace()
    sys.settrace(other)
    try:
        trace_call(forever, (0,))
        assert sys.gettrace() is other
    finally:
        sys.settrace(before)


@pytest.mark.parametrize("value", [Total(), [Total()], {"a": (Total(),)}, lambda: 0])
def test_what_only_the_judge_has_is_not_plain(value):
    assert not is_plain(value)


def wrong(arguments, got="5", function=add_up):
    row = Row(f"{function.__name__}({arguments[0]!r})", "6", got)
    shown = Counterexample((row,), "the last one counts <twice>", arguments=arguments)
    check = CheckResult("sum", "the sum", 0, 5, "the sum is wrong", shown)
    return Report("ex01", "Measuring", (check,), "full", 1.0)


@pytest.fixture
def report(tmp_path, monkeypatch):
    monkeypatch.setenv("CACHELAB_HOME", str(tmp_path))
    return lambda *given, **more: answered(wrong(*given, **more), "text", (add_up, forever))


def test_a_function_is_played_line_by_line_and_ends_with_what_was_expected(report):
    view = report(([5],)).play()
    assert repr(view) == "FrameView(add_up([5]), 6 lines)"
    view.step = 6
    assert view.says == "add_up returns 5. Expected: 6. Why: the last one counts <twice>."


def test_a_scene_names_what_its_line_changed(report):
    view = report(([5],)).play()
    view.step = 3
    assert view.says.endswith("of add_up has run: total is Total(value=5).")


def test_a_gap_is_told_where_it_is(report):
    view = report(([1] * 500,)).play()
    view.step = FIRST
    assert view.says.startswith("904 lines later. Line ")


@pytest.mark.parametrize(
    ("given", "more"),
    [
        (([Total()],), {}),
        ((0,), {"function": forever, "got": "the call did not return within 2 seconds"}),
        (([5],), {"function": squares}),
    ],
)
def test_what_cannot_be_called_here_is_shown_as_the_judge_saw_it(report, given, more):
    assert repr(report(given, **more).play()) == "FrameView(ex01 sum, 1 call)"
