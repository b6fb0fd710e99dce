"""A check whose time is over: no verdict, neither for the submission nor against it."""

from contextlib import contextmanager
from itertools import count
from random import Random

import pytest

from cachelab.grading import judging
from cachelab.grading.classroom import Verdicts, judge_class
from cachelab.grading.exercise import Check, Exercise
from cachelab.grading.exercises import EXERCISES
from cachelab.grading.expecting import anything
from cachelab.grading.playing import play_runs
from cachelab.grading.pool import PlayerPool
from cachelab.grading.process import PlayerLost
from cachelab.grading.relations import Relation, play_relations
from cachelab.grading.runs import Domain
from cachelab.grading.sandbox import choose_level
from cachelab.grading.session import Session, Unfinished
from cachelab.grading.stories import Tale
from cachelab.grading.telling import explore_scenes, play_tales
from cachelab.grading.world import World

TEXT = """
class Box:
    def __init__(self, size=0): pass
    def get(self, key): return None
    def nap(self, seconds): __import__("time").sleep(seconds)
"""


class Nothing(World):
    def __init__(self, _settings, schedule):
        super().__init__(schedule)

    def making(self):
        return ()


class Model:
    def __init__(self, *_):
        pass

    def born(self):
        return anything()

    def expect(self, _):
        return anything()


def draw(_random, _model):
    return ("get", "a")


TALE = Tale(Nothing, Model, ((),), draw)
DOMAIN = Domain(Model, ((1,),), draw)
RELATION = Relation(lambda _: ((0, "new", 1), (0, "get", "a")), lambda _steps, _answers: None)

WAYS = {
    "runs": play_runs(DOMAIN, message=""),
    "tales": play_tales(TALE, message=""),
    "scenes": explore_scenes(TALE, ((), [("get", "a")]), ((), [("get", "b")]), message=""),
    "relations": play_relations(RELATION, message=""),
}

each_way = pytest.mark.parametrize("examine", WAYS.values(), ids=WAYS)


@contextmanager
def session(seconds, **options):
    pool = PlayerPool(choose_level("process"), TEXT)
    with pool, Session(pool, "Box", seconds, **options) as opened:
        yield opened


@each_way
def test_time_that_is_over_before_all_is_played_is_no_pass(examine):
    ticks = count()
    with session(1.5, clock=lambda: 10.0 * next(ticks)) as opened, pytest.raises(Unfinished):
        examine(opened, Random(1))


@each_way
def test_time_that_never_passes_lets_all_be_played(examine):
    with session(1.5, clock=lambda: 0.0) as opened:
        assert examine(opened, Random(1)) is None


def test_what_has_no_limit_of_its_own_and_comes_too_late_is_no_failure():
    request = {"op": "play", "fresh": True, "steps": [[0, "new"], [0, "nap", 60]]}
    with session(0.2) as opened, pytest.raises(Unfinished):
        opened.ask(request)


def test_a_call_that_has_a_limit_and_does_not_return_is_a_failure():
    request = {"op": "play", "fresh": True, "steps": [[0, "new"], [0, "nap", 60]]}
    with session(60.0) as opened, pytest.raises(PlayerLost, match="did not return"):
        opened.ask(request, 0.1)


def exercise_of(*checks):
    return Exercise("ex77", "Boxes", ("Box",), ("box",), checks)


def check(name, examine, **more):
    return Check(name, 5, "is a box", examine, **more)


@pytest.fixture
def judged(monkeypatch):
    def judged(*checks):
        monkeypatch.setitem(EXERCISES, "ex77", exercise_of(*checks))
        return judging.judge("ex77", TEXT)

    return judged


def never_through(session, _):
    raise Unfinished("3 runs took 8 seconds")


def test_a_check_without_a_verdict_earns_nothing_and_says_why(judged):
    report = judged(check("slow", never_through))
    assert [c.id for c in report.unfinished] == ["slow"]
    assert (report.points, report.failed) == (0, ())
    assert "slow: could not be judged: 3 runs took 8 seconds" in str(report)


def test_what_builds_on_a_check_without_a_verdict_waits_for_it(judged):
    report = judged(check("slow", never_through), check("next", never_through, needs=("slow",)))
    assert report.checks[1].waits_for == "slow"


def test_a_check_that_time_cut_off_is_judged_once_more_with_more_time(judged):
    given = []

    def second_time(session, _):
        given.append(session.seconds)
        if len(given) == 1:
            raise Unfinished

    assert judged(check("late", second_time)).points == 5
    assert given[1] > 2 * given[0]


def test_a_call_that_was_late_once_is_asked_once_more(judged):
    sessions = []

    def late_once(session, _):
        sessions.append(session)
        session.is_doubtful = len(sessions) == 1
        return judging.Finding("did not return") if len(sessions) == 1 else None

    assert judged(check("late", late_once)).points == 5


def test_the_same_runs_are_played_the_second_time(judged):
    drawn = []

    def draw(session, random):
        drawn.append(random.random())
        raise Unfinished

    judged(check("late", draw))
    assert drawn[0] == drawn[1]


@pytest.fixture
def one_of_a_class(monkeypatch, tmp_path):
    """Judge a class of one by a check that is through the second time a submission is judged."""
    times = count(1)

    def examine(session, _):
        if next(times) <= 2:
            raise Unfinished("the machine was busy")

    monkeypatch.setitem(EXERCISES, "ex77", exercise_of(check("late", examine)))
    file = tmp_path / "ada.py"
    file.write_text(TEXT, encoding="utf-8")
    return lambda **more: list(judge_class("ex77", {"ada": file}, jobs=1, **more))


def test_in_a_class_it_is_judged_again_when_the_others_are_through(one_of_a_class):
    [judged] = one_of_a_class()
    assert (judged.report.points, judged.reason) == (5, "")


def test_in_a_class_the_teacher_is_told_what_could_not_be_judged(monkeypatch, one_of_a_class):
    monkeypatch.setitem(EXERCISES, "ex77", exercise_of(check("slow", never_through)))
    [judged] = one_of_a_class()
    assert judged.reason == "slow could not be judged: 3 runs took 8 seconds"


def test_what_has_no_verdict_is_not_kept_as_one(monkeypatch, one_of_a_class, tmp_path):
    monkeypatch.setitem(EXERCISES, "ex77", exercise_of(check("slow", never_through)))
    kept = Verdicts(tmp_path / "verdicts.jsonl")
    one_of_a_class(verdicts=kept)
    assert kept.reports == {}
