"""A call that never returns is waited for once: named with its line, and told at once later on."""

import time

import pytest

from cachelab.grading import judge
from cachelab.grading.player.watching import Watch
from cachelab.grading.pool import PlayerPool
from cachelab.grading.process import Player, PlayerLost
from cachelab.grading.report import CheckResult
from cachelab.grading.sandbox import choose_level
from cachelab.grading.session import Session, StuckAgain

TEXT = """
class Box:
    def get(self, key):
        while key:
            len(self.name())
    def name(self):
        return "box"
    def put(self, key): return key
"""


def in_method(text: str, head: str, line: str) -> str:
    return text.replace(head, f"{head}\n        {line}")


@pytest.fixture(scope="module")
def reports(request):
    path = request.path.parents[1] / "mutants" / "ex07" / "right" / "ordered_dict.py"
    text = path.read_text("utf-8")
    loop = in_method(text, "def hit_rate(self):", "while True: pass")
    return judge("ex07", loop)


def by_id(report) -> dict[str, CheckResult]:
    return {check.id: check for check in report.checks}


@pytest.fixture
def session():
    with PlayerPool(choose_level("process"), TEXT) as pool, Session(pool, "Box", 60.0) as opened:
        yield opened


@pytest.mark.slow
def test_the_line_of_the_loop_is_named(reports):
    shown = by_id(reports)["hit_rate"].counterexample
    assert shown.why.startswith("the loop in line 44, `while True: pass`")
    assert len(shown.rows) == 2


@pytest.mark.slow
def test_a_check_that_makes_the_same_call_says_so(reports):
    message = by_id(reports)["constant_time"].message
    assert message.startswith("hit_rate does not return here either: see the check hit_rate")
    assert "cache.hit_rate()" in message


@pytest.mark.slow
def test_checks_that_leave_the_call_alone_earn_their_points(reports):
    passed = {check.id for check in reports.checks if check.passed}
    assert passed == {"stores", "victim", "update", "membership", "delete", "edges"}


@pytest.mark.slow
def test_a_loop_offers_no_hint_about_caching_first(reports):
    assert by_id(reports)["hit_rate"].is_slip
    assert "hint:" not in str(reports)


def test_the_loop_is_named_and_not_what_it_calls():
    request = {"op": "play", "fresh": True, "steps": [[0, "new"], [0, "get", 1]]}
    with Player("process") as player:
        player.ask({"op": "load", "source": TEXT, "name": "Box"}, 10)
        with pytest.raises(PlayerLost) as caught:
            player.ask(request, 2.0)
    assert caught.value.line in (4, 5)


def test_what_is_known_is_not_waited_for_again(session):
    session.known = {"get"}
    with pytest.raises(StuckAgain, match="get"):
        session.play([[0, "new"], [0, "get", 1]])


def test_a_known_loop_that_is_not_entered_does_no_harm(session):
    session.known = {"get"}
    outcomes = session.play([[0, "new"], [0, "get", 0], [0, "put", 3]])
    assert outcomes[-1] == {"value": 3}


def test_what_is_only_late_in_haste_gets_all_its_time(session, monkeypatch):
    monkeypatch.setattr(session, "play_at_once", lambda _: None)
    assert session.play([[0, "new"], [0, "put", 3]])[-1] == {"value": 3}
    assert session.stuck == ""


def test_the_shorter_run_counts_only_if_it_never_returns_either(session):
    place, outcomes = session.settle([[0, "new"]], [[0, "new"], [0, "put", 3]])
    assert (place, outcomes[-1]) == (1, {"value": 3})


def test_a_text_that_never_ends_is_waited_for_in_one_check():
    report = judge("ex01", "def percentile(values, p):\nreturn 1\n")
    assert len(report.failed) == 1
    assert all(check.waits_for for check in report.checks[1:])


def test_nothing_is_told_of_a_request_that_has_been_answered():
    told = []
    watch = Watch(told.append, is_idle=lambda _: False)
    watch.begin()
    watch.end()
    watch.start()
    time.sleep(3 * 0.15)
    assert told == []
