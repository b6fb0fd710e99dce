"""
The judge of the capstone: gates before gains, submissions that are wrong, and attacks on it.

The gates are judged as they are for a learner, with the design in a player. What takes many days is
played in this process: that both ways give the same figures is a test of its own.
"""

from dataclasses import astuple, replace

import pytest
from joblib import Parallel, delayed

from cachelab.grading import find_exercise, judge, sandbox_level
from cachelab.grading.capstone import verdicts
from cachelab.grading.capstone.days import Days, day_of, hidden_seed
from cachelab.grading.capstone.parts import CAP, CAPSTONE, PARTS, judge_parts
from cachelab.grading.capstone.remote import Crashed, Troupe
from cachelab.grading.classroom import key_of_text
from cachelab.grading.html import render
from cachelab.grading.process import PlayerLost
from cachelab.grading.replay import play_check
from cachelab.grading.report import Report
from cachelab.grading.stepping import playable
from cachelab.lab.market import (
    FAMILIES,
    HAPPENS,
    DayScore,
    Everyday,
    faulty,
    pain_of,
    play,
    workload,
)
from cachelab.lab.market.designs import aside
from cachelab.lab.market.live import LiveReplay
from cachelab.lab.market.live_shop import Stopped

from . import bank

QUICK = [part for part in PARTS if part.id != "live"]
"""What is played in virtual time; the last part takes a real minute."""

GATES = {part.id for part in PARTS if part.gate}
WRONG = bank.wrong("capstone")
AT_THE_GATE = [one for one in WRONG if one.meant_for in GATES]
IN_THE_GAME = [one for one in WRONG if one.meant_for not in GATES]
CAREFUL = (bank.ROOT / "capstone" / "right" / "careful.py").read_text("utf-8")
NONE = (bank.ROOT / "capstone" / "wrong" / "caches_nothing.py").read_text("utf-8")

by_name = {"ids": lambda one: one.path.stem}


def local_day(source, group, name, seed):
    """Play a day in this process, as the judge does in another."""

    def make():
        names = {"__name__": "submission"}
        exec(compile(source, "<submission>", "exec"), names)
        return names["Design"]()

    figures = play(Everyday(make), day_of(group, name, seed))
    if name not in FAMILIES:
        return figures
    drawn = 0 if group in ("first", "public") else seed
    return DayScore(figures, *(pain_of(who, name, drawn) for who in ("none", "clairvoyant")))


class LocalDays(Days):
    """The same days without a player."""

    def _play(self, days):
        jobs = (delayed(local_day)(self.source, group, name, self.seed) for group, name in days)
        return Parallel(n_jobs=-1)(jobs)


def parts_of(source, *names):
    days = LocalDays("process", source, hidden_seed(None))
    return {part.id: part.result(days) for part in QUICK if part.id in names or not names}


def test_the_capstone_is_worth_four_hundred_points_with_what_is_marked_by_hand():
    assert CAPSTONE.max_points + CAPSTONE.by_hand == 400


def test_the_capstone_is_found_by_its_name_and_by_its_notebooks_name():
    assert find_exercise("capstone") is find_exercise("capstone_market_day") is CAPSTONE


def test_every_part_has_three_hints():
    assert [len(part.hints) for part in PARTS] == [3] * len(PARTS)


def test_every_part_proves_itself_on_a_wrong_submission():
    assert {one.meant_for for one in WRONG} == {part.id for part in QUICK}


def test_the_empty_form_gets_nothing():
    report = judge("capstone", bank.stub("capstone").read_text("utf-8"))
    assert [part.points for part in report.checks] == [0] * len(PARTS)


@pytest.mark.parametrize(
    ("text", "expected", "got", "why"),
    [
        ("import redis", "a class Design", "No module named 'redis'", "only the standard library"),
        ("class Design", "a class Design", "SyntaxError", "cannot be judged"),
        (NONE.replace("{}", "{'l2': 8}"), "{'megabytes': 8}", "not 8", "'weekday'"),
        (NONE.replace("{}", "{'l2': {'megabytes': 8, 'policy': 'LRU'}}"), "", "lru", "'weekday'"),
    ],
    ids=["imports", "syntax", "no layers", "no policy"],
)
def test_a_text_that_gets_through_no_day_is_told_what_it_lacks(text, expected, got, why):
    [result] = judge("capstone", text, only="runs").checks
    [row] = result.counterexample.rows
    assert expected in row.expected
    assert got in row.got
    assert why in result.counterexample.why


def test_a_design_may_import_the_errors_from_where_they_are_defined():
    text = "from cachelab.ports.errors import Overloaded, StoreError\n" + NONE
    with Troupe(sandbox_level(), text) as troupe:
        assert troupe(workload("weekday"))(0)


def test_a_part_that_there_is_not_is_named():
    with pytest.raises(ValueError, match="no part 'beauty'"):
        judge("capstone", NONE, only="beauty")


@pytest.mark.parametrize("name", ["careful", "aside"])
@pytest.mark.parametrize(
    "day", [workload("flash sale", 5), faulty("node death", 5)], ids=lambda day: day.name
)
def test_a_design_plays_the_same_day_in_a_player_and_in_this_process(name, day):
    source = (bank.ROOT / "capstone" / "right" / f"{name}.py").read_text("utf-8")
    part = replace(day, requests=tuple(r for r in day.requests if 46 < r.at < 58))
    with Troupe(sandbox_level(), source) as troupe:
        there = play(troupe, part)
    names = {}
    exec(source, names)
    assert there == play(Everyday(names["Design"]), part)


@pytest.mark.slow
@pytest.mark.parametrize("wrong", AT_THE_GATE, **by_name)
def test_a_gate_rejects_the_submission_that_was_written_for_it_and_shows_a_short_history(wrong):
    report = judge("capstone", wrong.text, only=wrong.meant_for)
    [result] = [check for check in report.checks if check.id == wrong.meant_for]
    assert (result.points, result.word) == (0, "failed")
    assert 0 < len(result.counterexample.rows) <= 12
    assert result.counterexample.rows[-1].expected
    assert result.counterexample.why


@pytest.mark.slow
@pytest.mark.parametrize("wrong", IN_THE_GAME, **by_name)
def test_a_part_of_the_score_is_lost_by_the_submission_that_was_written_for_it(wrong):
    [result] = parts_of(wrong.text, wrong.meant_for).values()
    assert not result.passed
    assert result.counterexample.why


@pytest.mark.slow
def test_a_right_submission_passes_every_gate_and_earns_its_place():
    results = parts_of(CAREFUL)
    assert {gate for gate in GATES if not results[gate].passed} == set()
    assert sum(result.points for result in results.values()) >= 230


@pytest.mark.slow
def test_a_closed_gate_caps_everything(monkeypatch):
    monkeypatch.setattr("cachelab.grading.capstone.parts.Days", LocalDays)
    leaky = CAREFUL.replace("ctx.l1", "ctx.l2")
    monkeypatch.setattr("cachelab.grading.capstone.parts.PARTS", QUICK)
    results = list(judge_parts("process", leaky, None, None))
    assert not next(result for result in results if result.id == "privacy").passed
    assert sum(result.points for result in results) <= CAP


@pytest.fixture
def a_short_replay(monkeypatch):
    monkeypatch.setattr("cachelab.grading.capstone.days.LIVE_SECONDS", 3.0)


LIVE = next(part for part in PARTS if part.id == "live")
LOOKS = "return ctx.origin.read(key)"
DAWDLES = NONE.replace(
    LOOKS, f"__import__('time').sleep(ctx.random.random() < 0.03)\n        {LOOKS}"
)


@pytest.mark.slow
@pytest.mark.usefixtures("a_short_replay")
def test_a_replay_on_real_servers_passes_a_design_that_keeps_its_promises():
    assert LIVE.result(LocalDays("process", CAREFUL, hidden_seed(None))).passed


@pytest.mark.slow
@pytest.mark.usefixtures("a_short_replay")
def test_a_replay_on_real_servers_shows_the_promise_that_is_broken():
    result = LIVE.result(LocalDays("process", CAREFUL.replace("ctx.l1", "ctx.l2"), "0"))
    assert (result.points, result.message) == (
        0,
        "a promise is broken on real servers, as it is in virtual time",
    )


@pytest.mark.slow
@pytest.mark.usefixtures("a_short_replay")
def test_a_replay_fails_a_design_that_takes_time_which_the_simulator_does_not_see():
    result = LIVE.result(LocalDays("process", DAWDLES, "0"))
    assert (result.points, result.message) == (0, "the prediction fails")
    assert [row.call for row in result.counterexample.rows] == ["p99, predicted"]


@pytest.mark.slow
def test_a_replay_that_nobody_waits_for_ends_at_once():
    with LocalDays("process", CAREFUL, "0") as days:
        replay = days.begin_replay()
    with pytest.raises(Stopped):
        replay.result()


def replayed(late, p99=1.0):
    """Return a replay whose prediction is right when `p99` is 1."""
    figures = play(Everyday(aside.Design), replace(workload("weekday"), requests=(), seconds=16.0))
    measured = replace(figures, p99=p99, breaches=())
    return LiveReplay(measured, replace(figures, p99=1.0, breaches=()), 0.0, 0.0, late)


@pytest.fixture(scope="module")
def calm():
    """The figures of three seconds of a day."""
    day = workload("weekday")
    early = tuple(request for request in day.requests if request.at < 18)
    return play(Everyday(aside.Design), replace(day, requests=early, seconds=18.0))


def found_on(group, *outcomes):
    """Return days of a group that have been played, with these outcomes."""
    days = LocalDays("process", NONE, "0")
    days._played[group] = [*outcomes]
    return days


def test_each_fault_that_is_not_survived_says_what_was_missed_and_where_to_look(calm):
    days = [
        replace(calm, workload="flush", worst_second=9),
        replace(calm, workload="hot key", worst_second=90),
    ]
    [flush, hot_key], why = astuple(verdicts.faults(found_on("faults", *days), 80)[2])[:2]
    assert flush[2] == "survived"
    assert hot_key[2] == "the origin's worst second has at most 48 calls, not 90"
    assert "another layer or a lease" in why


def test_the_hidden_days_say_what_happens_on_the_worst_of_them(calm):
    pains = {"loops": 1e3 * calm.pain_ms, "crawler": 2.0 * calm.pain_ms}
    scores = [
        DayScore(replace(calm, workload=name), none, calm.pain_ms / 2)
        for name, none in pains.items()
    ]
    points, message, shown = verdicts.hidden(found_on("hidden", *scores), 160)
    assert message.endswith("(crawler)")
    assert HAPPENS["crawler"] in shown.why
    assert 0 < points < 160


def test_figures_are_shown_as_what_they_are_and_no_run_to_step_through(calm):
    worse = replace(calm, workload="flush", worst_second=90)
    faults = next(part for part in PARTS if part.id == "faults")
    result = faults.result(found_on("faults", worse))
    report = Report(CAPSTONE.id, CAPSTONE.title, (result,), "process", 0.0)
    page = render(report, plays=True)
    assert "What was measured" in page
    assert "play(" not in page
    assert playable(report) == []
    with pytest.raises(ValueError, match="no run to play for faults"):
        play_check(report)


@pytest.mark.parametrize(
    ("found", "times"),
    [
        ([replayed(late=0.0)], 1),
        ([replayed(late=0.0, p99=2.0)], 1),
        ([replayed(late=1.0, p99=2.0), replayed(late=1.0)], 2),
        ([replayed(late=1.0, p99=2.0), replayed(late=1.0, p99=2.0)], 2),
    ],
    ids=["right", "wrong", "crowded, then right", "crowded twice"],
)
def test_what_fails_on_a_crowded_machine_is_replayed_once_more(found, times, monkeypatch):
    waiting = iter(found)
    monkeypatch.setattr(Days, "_replay_once", lambda _: next(waiting))
    assert Days("process", CAREFUL, "0").replay() is found[times - 1]


def test_another_seed_draws_other_hidden_days_and_the_same_public_ones():
    one, other = hidden_seed(1), hidden_seed(2)
    assert day_of("hidden", "loops", one).requests != day_of("hidden", "loops", other).requests
    assert day_of("first", "weekday", one) == day_of("first", "weekday", other)


def test_a_teachers_word_draws_other_hidden_days(monkeypatch):
    before = hidden_seed(None)
    monkeypatch.setenv("CACHELAB_MARKET_SEED", "a word")
    assert hidden_seed(None) != before


def test_a_verdict_that_was_kept_is_not_that_of_other_days(monkeypatch):
    before = key_of_text(CAPSTONE, CAREFUL, "full")
    monkeypatch.setenv("CACHELAB_MARKET_SEED", "a word")
    assert key_of_text(CAPSTONE, CAREFUL, "full") != before


# Attacks: the victim of a forgery has no cache, and a forgery that worked would be faster.

HEAD = "from cachelab.ports import MISSING\n"
RUN = """
class Design:
    def __init__(self):
        self.kept = {{}}
    def configure(self, budget):
        return {{"l1": {{"megabytes": 1}}}}
    def read(self, ctx, key):
        {read}
    def write(self, ctx, key, value):
        ctx.origin.write(key, value)
    def on_event(self, ctx, event):
        pass
"""


def attack(*lines, before=""):
    return HEAD + before + RUN.format(read="\n        ".join(lines))


def played(text, family="weekday"):
    day = workload(family)
    few = replace(day, requests=day.requests[:600], seconds=10.0, warm=0.0)
    with Troupe(sandbox_level(), text) as troupe:
        return play(troupe, few)


@pytest.fixture(scope="module")
def honest():
    return played(attack("return ctx.origin.read(key)"))


@pytest.mark.parametrize(
    "lines",
    [
        ["row = ctx.origin.read(key)", "ctx._now = 0.0", "return row"],
        ["row = ctx.origin.read(key)", "row.at, row.version = 1e9, 10**6", "return row"],
        ["row = ctx.origin.read(key)", "ctx.checkout, ctx.edge = False, 2", "return row"],
        [
            "import sys, gc",
            "frame, found = sys._getframe(), []",
            "while frame:",
            "    found += [v for v in frame.f_locals.values() if isinstance(v, (list, tuple))]",
            "    frame = frame.f_back",
            "assert not any(len(one) > 500 for one in found), 'the future'",
            "return ctx.origin.read(key)",
        ],
        [
            "import os",
            "assert not [name for name in os.environ if 'MARKET' in name]",
            "return ctx.origin.read(key)",
        ],
    ],
    ids=["the clock", "the row", "the request", "the stack", "the environment"],
)
def test_what_a_submission_changes_on_its_side_changes_nothing(lines, honest, monkeypatch):
    monkeypatch.setenv("CACHELAB_MARKET_SEED", "")
    assert played(attack(*lines)) == honest


FIRST = "if 'row' not in self.kept: self.kept['row'] = ctx.origin.read(key)"
FORGE = "made = type(self.kept['row'])(1, key, 0, '', 0.0, 1)"


@pytest.mark.parametrize(
    "lines",
    [
        [
            "if key not in self.kept: self.kept[key] = ctx.origin.read(key)",
            "return self.kept[key]",
        ],
        [FIRST, FORGE, "return made"],
        [
            FIRST,
            FORGE,
            "ctx.l1.put(key, made, 60)",
            "row = ctx.l1.get(key)",
            "return row if row is not MISSING else ctx.origin.read(key)",
        ],
    ],
    ids=["a row kept", "a row made", "a row made and put through a layer"],
)
def test_a_row_that_the_call_was_not_given_is_a_breach(lines):
    assert {breach.kind for breach in played(attack(*lines)).breaches} == {"hoard"}


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("ctx._ask('origin.call', 0.0)", "ctx has no origin.call"),
        ("ctx._ask('l1._level', key)", "ctx has no l1._level"),
        ("ctx._ask('l1.get', [key])", "needs a key"),
        ("ctx.publish(object())", "no plain data"),
        ("ctx.later(-1)", "0 to 3600 seconds"),
        ("ctx.l1.put(key, ctx.origin.read(key), float('nan'))", "at most 3600 seconds"),
    ],
)
def test_what_ctx_does_not_offer_raises_in_the_design(line, what):
    with pytest.raises(Crashed) as crash:
        played(attack(line))
    assert what in crash.value.message


@pytest.mark.parametrize(
    ("text", "how"),
    [
        (attack("while True: ctx.l1.get(key)"), "more than 10,000 times"),
        (attack("__import__('os')._exit(0)"), "ended the process"),
        (
            attack(
                "import os",
                "for fd in range(3, 64):",
                "    try: os.write(fd, b'{}\\n')",
                "    except OSError: pass",
                "return ctx.origin.read(key)",
            ),
            "judge's channel",
        ),
    ],
    ids=["asks for ever", "exits", "writes replies"],
)
def test_a_player_that_misbehaves_is_lost(text, how):
    with pytest.raises(PlayerLost, match=how):
        played(text)


def test_a_timer_that_loops_comes_to_an_end(monkeypatch):
    monkeypatch.setattr("cachelab.lab.market.shop.MOST_EVENTS", 2_000)
    looping = attack("return ctx.origin.read(key)").replace("pass", "ctx.later(0)")
    with pytest.raises(ValueError, match="does a timer loop"):
        played(looping)


def test_six_processes_have_six_sets_of_variables():
    shared = attack(
        "SEEN.add(ctx.process)",
        "assert len(SEEN) == 1",
        "return ctx.origin.read(key)",
        before="SEEN = set()\n",
    )
    assert played(shared).reads > 0
