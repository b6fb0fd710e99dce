"""A run on a learner's own objects is made again, call by call, with what they hold."""

import itertools
import linecache
import sys
from pathlib import Path

import pytest

from cachelab.grading import judge
from cachelab.grading.arguments import Made, Named, Ported, Seeded
from cachelab.grading.function_replay import _tops
from cachelab.grading.learner import answered
from cachelab.grading.object_picture import Sheet, play_calls, told
from cachelab.grading.object_replay import MOST_LINES, call_again
from cachelab.grading.report import CheckResult, Counterexample, Report, Row, Step
from cachelab.grading.states import change, state_of
from cachelab.grading.tracing import Line, Trace


class Box:
    """Holds things, and gives back how many there are."""

    def __init__(self, things, room=3):
        self.things = things
        self.room = room

    def add(self, thing):
        self.things.append(thing)

    def count(self):
        return len(self.things)

    def pour(self, other):
        self.things += other.things

    def draw(self, chance):
        return chance.random()

    def spin(self):
        for _ in itertools.count():
            pass

    def fall(self):
        raise LookupError("nothing at 0x7f0000001234")


class Slotted:
    __slots__ = ("inner", "keys")

    def __init__(self):
        self.keys = {"a": 1}


def made(*asked, box=Box):
    """The calls `(target, verb, *arguments)` after a box has been made, as they went."""
    steps = [Step("box = Box([])", "box", "new:Box", ([],))]
    steps += [Step(f"{target}.{verb}", target, verb, rest) for target, verb, *rest in asked]
    return call_again(tuple(steps), {"Box": box})


def test_each_call_has_its_answer_and_what_it_changed():
    calls = made(("box", "add", "a"), ("box", "count"))
    assert [(one.answer, one.changes) for one in calls] == [
        ("", {"things": "= []", "room": "= 3"}),
        ("", {"things": "+ 'a'"}),
        ("1", {}),
    ]


def test_an_object_of_the_run_is_an_argument_of_another():
    steps = (
        Step("box = Box(['a'])", "box", "new:Box", (["a"],)),
        Step("two = Box(['b'])", "two", "new:Box", (["b"],)),
        Step("box.pour(two)", "box", "pour", (Made(1, "two"),)),
    )
    assert call_again(steps, {"Box": Box})[-1].changes == {"things": "+ 'b'"}


def test_an_argument_may_be_passed_by_its_name():
    steps = (Step("box = Box([], room=7)", "box", "new:Box", ([], Named("room", 7))),)
    assert call_again(steps, {"Box": Box})[0].changes["room"] == "= 7"


def test_a_generator_is_made_here_from_its_seed():
    [_, first] = made(("box", "draw", Seeded(1)))
    [_, again] = made(("box", "draw", Seeded(1)))
    assert first.answer == again.answer


def test_a_list_that_is_handed_over_is_a_copy():
    given = ["a"]
    steps = (Step("Box", "box", "new:Box", (given,)), Step("add", "box", "add", ("b",)))
    call_again(steps, {"Box": Box})
    assert given == ["a"]


def test_an_exception_is_an_answer_and_the_run_goes_on():
    calls = made(("box", "fall"), ("box", "count"))
    assert [one.answer for one in calls[1:]] == ["LookupError: nothing at 0x...", "0"]


def test_a_run_ends_with_an_object_that_cannot_be_made():
    class Broken:
        def __init__(self, things):
            raise ValueError("no")

    [only] = made(("box", "count"), box=Broken)
    assert (only.answer, only.after) == ("ValueError: no", {})


def test_a_call_that_never_ends_is_given_up():
    before = sys.gettrace()
    assert made(("box", "spin"))[-1].answer == f"is still running after {MOST_LINES:,} lines"
    assert sys.gettrace() is before


@pytest.mark.parametrize(
    "step",
    [
        Step("Other()", "box", "new:Other"),
        Step("f(1)", "", "call:f", (1,)),
        Step("Box(store)", "box", "new:Box", ([Ported("store")],)),
        Step("Box(object)", "box", "new:Box", ({"a": object()},)),
    ],
)
def test_what_is_not_here_is_not_called(step):
    assert call_again((step,), {"Box": Box}) is None


def test_no_calls_are_no_run():
    assert call_again((), {"Box": Box}) is None


def test_slots_are_attributes_too_but_not_those_that_are_empty():
    assert {name: str(held) for name, held in state_of(Slotted()).items()} == {"keys": "{'a': 1}"}


def changed(before, now):
    return change(state_of(Box(before))["things"], state_of(Box(now))["things"])


@pytest.mark.parametrize(
    ("before", "now", "said"),
    [
        ([1, 2], [1, 2], ""),
        ([1, 2], [2, 3], "+ 3, - 1"),
        ([1, 1], [1], "- 1"),
        ([1, 2], [2, 1], "in another order"),
        ({"a": 1, "b": 2}, {"a": 5, "c": 2}, "'a': 1 -> 5, + 'c': 2, - 'b': 2"),
        ({1, 2}, {2}, "- 1"),
        (None, [1], "= [1]"),
        ("ab", "abc", "= 'abc'"),
        (range(6_000), range(6_001), "= range(0, 6001)"),
        ([0] * 6_000, [0] * 6_002, "+2 items"),
        ([], (), "= ()"),
    ],
)
def test_a_change_is_told_in_a_few_words(before, now, said):
    assert changed(before, now) == said


def view(*asked):
    calls = made(*asked)
    return play_calls("Box", "box", calls, "2", "two came in")


def test_the_last_scene_says_what_was_expected_and_why():
    shown = view(("box", "add", "a"), ("box", "count"))
    shown.step = 2
    assert shown.says == (
        "3 of 3: box.count gives 1. Nothing has changed. Expected: 2. Why: two came in."
    )


def test_what_is_new_is_marked_and_what_comes_later_is_soft():
    calls = made(("box", "add", "a"), ("box", "count"))
    picture = Sheet(calls).scene(1)
    assert "&gt; things: + &#x27;a&#x27;" in picture
    assert "-&gt; 1" not in picture
    assert picture.count("fill-opacity") > 0


def test_a_picture_escapes_what_is_held():
    picture = Sheet(made(("box", "add", "</svg><b>"))).scene(1)
    assert not any(tag in picture for tag in ("<b>", "</svg>"))


def test_of_a_long_run_the_middle_is_left_out_and_that_is_said():
    shown = view(*[("box", "add", number) for number in range(200)])
    assert len(shown._score.runs[0].scenes) == len(told(201)) == 48
    says = [scene.say for scene in shown._score.runs[0].scenes]
    assert [said for said in says if "later" in said] == [
        "153 calls later. 170 of 201: box.add. Changed: things + 168."
    ]


def test_the_text_of_a_function_stands_still_while_its_lines_run():
    lines = [Line(number, "f", ()) for number in (20, 21, 25, 20, 28)]
    assert set(_tops(Trace(tuple(lines), "", 0), 100)) == {16}


def test_the_table_has_each_call_with_what_it_changed():
    text = view(("box", "add", "a"))._repr_mimebundle_()[0]["text/plain"]
    assert "things + 'a'" in text


FORGETFUL = """
class HotKeys:
    def __init__(self, capacity):
        self.capacity, self.counts = capacity, {}

    def add(self, key):
        self.counts = {**self.counts, key: self.counts.get(key, 0) + 2}

    def top(self, count):
        ranked = sorted(self.counts.items(), key=lambda pair: -pair[1])
        return ranked[:count]
"""

CROOKED = """
def rendezvous(key, nodes):
    return nodes[0]
"""


def learners(exercise, text, *names, only):
    """The report on a learner's text, as `check` gives it."""
    scope, name = {}, f"<cell of {exercise}>"
    linecache.cache[name] = (len(text), None, text.splitlines(True), name)
    exec(compile(text, name, "exec"), scope)
    return answered(judge(exercise, text, only=only), text, tuple(scope[name] for name in names))


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("CACHELAB_HOME", str(tmp_path))


def test_a_class_without_ports_is_played_on_the_learners_own_object(home):
    report = learners("ex13", FORGETFUL, "HotKeys", only="hot_exact")
    text = report.play()._repr_mimebundle_()[0]["text/plain"]
    assert "counts + 'd': 2" in text


def test_of_a_run_of_calls_of_a_function_the_wrong_one_is_played_line_by_line(home):
    report = learners("ex12", CROOKED, "rendezvous", only="rendezvous_moves")
    assert "return nodes[0]" in report.play()._repr_mimebundle_()[0]["text/plain"]


def test_a_cache_made_with_more_than_a_capacity_is_played_call_by_call(home):
    class Cache(Box):
        def __init__(self, capacity, k):
            super().__init__([capacity, k])

        put = Box.add

    steps = (
        Step("cache = Cache(2, 3)", "cache", "new:Cache", (2, 3)),
        Step("cache.put('a')", "cache", "put", ("a",)),
    )
    shown = Counterexample((Row("cache.put('a')", "", "None"),), "so", (2, 3), steps=steps)
    check = CheckResult("victim", "the victim", 0, 5, "wrong", shown)
    report = answered(Report("ex09", "LRU-K", (check,), "full", 1.0), "text", (Box, Cache))
    assert repr(report.play()) == "FrameView(ex09 victim, 2 calls)"


def test_calls_are_left_out_of_what_is_kept_for_a_class():
    report = judge("ex13", FORGETFUL, only="hot_exact")
    assert report.failed[0].counterexample.steps
    kept = Report.from_dict(report.to_dict())
    assert kept.failed[0].counterexample.steps == ()


BANK = Path(__file__).parents[1] / "mutants"


def of_the_bank(exercise, submission, name, only):
    text = (BANK / exercise / "wrong" / f"{submission}.py").read_text("utf-8")
    return learners(exercise, text, name, only=only)


def test_work_that_grows_is_played_line_by_line_in_a_small_cache(home):
    view = of_the_bank("ex07", "deque_remove", "LRUCache", "constant_time").play()
    assert (view.zoom, repr(view)) == (
        "lines",
        "EvictionStepper(LRUCache, capacity 8, 10 requests)",
    )
    assert "A small case of what was measured" in view.lines[0]["say"]
    assert "Why: 16 times the keys" in view.lines[-1]["say"]


def test_work_of_a_function_that_grows_is_played_with_a_few_items(home):
    view = of_the_bank("ex02", "scans_back", "reuse_distances", "distances_fast").play()
    assert view.says.startswith("Line ")
    last = view._score.runs[0].scenes[-1].say
    assert "reuse_distances returns [" in last
    assert "Expected" not in last


def test_memory_that_grows_is_played_with_a_few_calls(home):
    report = of_the_bank("ex14", "cm_m06_list_of_all_samples", "LatencyHistogram", "latency_memory")
    view = report.play()
    assert "9 calls" in repr(view)
    assert "gives None" not in view._score.runs[0].scenes[-1].say


def test_figures_are_told_as_what_was_measured(home):
    report = of_the_bank("ex07", "deque_remove", "LRUCache", "constant_time")
    assert "<caption>What was measured</caption>" in report._repr_mimebundle_()["text/html"]
