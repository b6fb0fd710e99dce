"""What the scenes of the single views show: numbers of the real code, in the right places."""

import itertools
import re
from typing import Any

import pytest

from cachelab.eviction import POLICIES
from cachelab.lab.arena_scenes import SHARES as ARENA_SHARES
from cachelab.lab.arena_scenes import Standing, arena_controls, arena_work, contestants
from cachelab.lab.bands import Band, Bands, Reading
from cachelab.lab.chart import Axis, apart, curve
from cachelab.lab.curves import miss_ratio_curve
from cachelab.lab.journey_scenes import REACHES, journey_controls, journey_runs
from cachelab.lab.journeys import Site, journey
from cachelab.lab.ladder import KNOWN_LIST, LATER, Rung
from cachelab.lab.ladder_scenes import GUESSES, ladder_controls, ladder_runs
from cachelab.lab.lives import live
from cachelab.lab.mrc_scenes import (
    READS,
    SHARES,
    mrc_controls,
    mrc_parts,
    mrc_runs,
    mrc_work,
    sized,
)
from cachelab.lab.scenes import Run, Score
from cachelab.lab.shift_scenes import PLACES, WINDOW, shift_control, shift_runs
from cachelab.lab.simulator import simulate
from cachelab.lab.timelines import Timeline, hits_over_time
from cachelab.lab.traces import Trace, loop, scan, zipf
from cachelab.lab.ttl_scenes import ttl_work
from cachelab.lab.widgets.latency_ladder import LatencyLadder
from cachelab.operations.deciding import Price, Prices, hit_ratio_of
from cachelab.operations.http import HTTPCache
from cachelab.strategies import CacheAside, RefreshAhead

from .stories.pictures import SVG, root_of

TRACE = zipf(3_000, 400)
JOURNEYS = journey_runs(HTTPCache)


class Uncached:
    """A learner's strategy that asks the source every time."""

    def __init__(self, store: Any, source: Any, ttl: float) -> None:
        self.source = source

    def read(self, key: str) -> Any:
        return self.source.read(key).value


# ---- axes and curves


@pytest.mark.parametrize(("value", "pixel"), [(-5, 100), (0, 100), (10, 200), (99, 200)])
def test_what_is_off_a_scale_is_drawn_at_its_end(value: float, pixel: float) -> None:
    assert Axis(0, 10, 100, 200).place(value) == pixel


def test_a_scale_without_length_is_refused() -> None:
    with pytest.raises(ValueError, match="no scale from 3 to 3"):
        Axis(3, 3, 0, 100)


def test_a_log_scale_begins_above_zero() -> None:
    with pytest.raises(ValueError, match="no scale from 0"):
        Axis(0, 3, 0, 100, log=True)


def test_a_short_log_scale_has_ticks_between_the_powers_of_ten() -> None:
    assert Axis(3, 60, 0, 100, log=True).ticks() == [5, 10, 20, 50]


def test_names_that_would_overlap_are_moved_apart() -> None:
    ends = [100.0, 102.0, 101.0]
    moved = sorted(end - rise for end, rise in zip(ends, apart(ends, 16), strict=True))
    assert [later - earlier for earlier, later in itertools.pairwise(moved)] == [16, 16]


def test_series_differ_in_colour_dash_and_shape() -> None:
    x = y = Axis(0, 1, 0, 100)
    first, second = (curve(x, y, [(0, 0), (1, 1)], series) for series in (0, 1))
    assert "<circle" in first
    assert "<circle" not in second
    assert "stroke-dasharray" in second


def test_the_cursor_stands_in_all_charts_at_one_place() -> None:
    bands = Bands((Band("a", 0, 1, 10, 60), Band("b", 0, 2, 90, 140)), (1, 10, 100), "n", "n")
    drawn = bands.cursor(1, (0.5, 1.0), (Reading("1", "a"), Reading("2", "b")))
    assert re.findall(r'translate\((\d+) (\d+)\)" data-key="dot\d"', drawn) == [
        ("288", "35"),
        ("288", "115"),
    ]


# ---- the MRC explorer


def test_the_curves_are_those_of_the_simulator() -> None:
    found = sized(TRACE, "sieve")
    assert list(found.ratios) == ["sieve", "lru", "optimal"]
    exact = miss_ratio_curve(TRACE, "lru")
    assert found.ratios["lru"] == tuple(exact.at(size) for size in found.capacities)


def test_no_policy_misses_less_than_the_bound() -> None:
    found = sized(TRACE, "fifo")
    assert all(
        low <= high for low, high in zip(found.ratios["optimal"], found.studied, strict=True)
    )


def test_load_and_cost_follow_from_the_miss_ratio() -> None:
    found = sized(loop(2_000, 100), "lru")
    prices = Prices(*(Price(amount, "made up") for amount in (2.0, 1e-6, 0.0)))
    header, *rows = mrc_runs(found, [1_000], prices, object_bytes=10_000_000)[0].table
    assert header[-2:] == ("origin reads/s", "dollars a month")
    assert rows[0][-2:] == ("1e+03", "2629.82")
    assert rows[-1][-2:] == ("50", "133.49")


def test_several_traces_become_a_choice() -> None:
    one, two = TRACE, loop(500, 50)
    assert [control.name for control in mrc_controls([one], (1, 2))] == ["capacity", "reads"]
    controls = mrc_controls([one, two], (1, 2))
    assert controls[-1].options == (one.name, two.name)
    assert len(mrc_runs(sized(one), (1, 2))) == len(SHARES) * 2


def test_each_trace_s_pictures_come_when_it_is_measured() -> None:
    traces = [TRACE, loop(500, 50)]
    pieces = list(mrc_work(traces, "sieve", mrc_runs, [1, 0]))
    places = [piece[0] for piece in pieces if piece]
    assert (places[0], sorted(places)) == (1, list(range(150)))
    assert len(pieces) == mrc_parts("sieve", traces, READS)


# ---- the TTL dial


def test_a_played_strategy_agrees_with_the_formula() -> None:
    played = live(10, 1.0, 0.01, requests=4_000)
    assert abs(played.hit_ratio - hit_ratio_of(10, 1.0)) < 0.02


def test_refreshing_ahead_hits_more_than_the_formula_of_expiry() -> None:
    plain, ahead = (live(10, 1.0, 0.01, kind) for kind in (CacheAside, RefreshAhead))
    assert ahead.hit_ratio > plain.hit_ratio + 0.03


def test_a_learner_s_strategy_is_played_too() -> None:
    assert live(10, 1.0, 0.01, Uncached).hit_ratio == 0
    assert live(10, 1.0, 0.01, Uncached).stale_share == 0


def test_a_row_that_never_changes_is_never_stale() -> None:
    assert live(10, 1.0, 0).stale_share == 0


def test_without_readers_there_is_nothing_to_play() -> None:
    with pytest.raises(ValueError, match="reads must be above 0 and writes from 0 up, not 0 and 1"):
        live(10, 0, 1)


def test_each_pair_of_rates_is_played_and_then_drawn() -> None:
    pieces = list(ttl_work(CacheAside, "cache_aside", 5, [4]))
    assert pieces[:14].count(None) == 13
    assert [piece[0] for piece in pieces if piece] == list(range(4, 117, 9))


# ---- the shift lab


def test_windows_add_up_to_the_simulator_s_hits() -> None:
    (line,) = hits_over_time(TRACE, ["two_queue"], 40, window=100)
    assert round(sum(line.hit_ratios) * 100) == simulate(TRACE, "two_queue", 40).hits


def test_a_rest_of_the_trace_is_no_window() -> None:
    assert len(hits_over_time(range(10), ["lru"], 2, window=4)[0].hit_ratios) == 2


def test_a_window_is_no_longer_than_the_trace() -> None:
    with pytest.raises(ValueError, match="1 to 10 requests, not 11"):
        hits_over_time(range(10), ["lru"], 2, window=11)


@pytest.mark.parametrize(
    ("later", "windows"), [((0.5,), 0), ((0.1, 0.2, 0.46), 2), ((0.1, 0.2), None)]
)
def test_recovery_is_the_first_window_near_the_old_level(
    later: tuple[float, ...], windows: int | None
) -> None:
    assert Timeline("lru", "t", 10, (0.5, 0.5, *later)).recovery(2) == windows


@pytest.mark.parametrize("change", [0, 3, 20])
def test_a_change_without_windows_on_both_sides_is_refused(change: int) -> None:
    with pytest.raises(ValueError, match=f"change after window {change} of 3 has none on one side"):
        Timeline("lru", "t", 10, (0.5, 0.5, 0.4)).recovery(change)


def test_the_change_comes_where_the_control_says() -> None:
    runs = shift_runs(["lfu", "lru"], objects=300, capacity=30, alpha=1.0)
    for place, run in zip(PLACES, runs, strict=True):
        asked = [step for step, scene in enumerate(run.scenes) if scene.ask]
        assert asked in ([place], [])
        assert f"change after {place * WINDOW:,}." in run.scenes[0].say
    assert len(shift_control().options) == len(PLACES)


def test_the_answer_is_who_is_back_first_in_the_table() -> None:
    run = shift_runs(["lfu", "lru"], objects=500, capacity=50, alpha=1.0)[2]
    question = next(scene.ask for scene in run.scenes if scene.ask)
    back = {row[0]: row[3] for row in run.table[1:]}
    assert question.options == ("lfu", "lru")
    assert question.right == (1,)
    assert (back["lfu"], back["lru"] != "not") == ("not", True)


# ---- the policy arena


def arena(trace: Trace, policy: str, place: int = 5) -> Run:
    return next(piece[1] for piece in arena_work([trace], policy, [place]) if piece)


def test_the_arena_plays_every_policy() -> None:
    rows = {name: float(ratio) for name, ratio, _ in arena(TRACE, "lru").table[1:]}
    size = round(TRACE.objects * ARENA_SHARES[5])
    assert rows.keys() == POLICIES.keys()
    assert rows["lru"] == pytest.approx(simulate(TRACE, "lru", size).hit_ratio, abs=1e-4)


def test_the_best_is_at_the_top_and_the_bound_stands_apart() -> None:
    found = Standing("t", 9, 3, {"lru": 0.2, "belady": 0.9, "fifo": 0.4})
    assert found.ranked() == [("fifo", 0.4), ("lru", 0.2)]


def test_the_arena_says_how_far_it_is_after_each_game() -> None:
    pieces = list(arena_work([TRACE, loop(500, 50)], "lru", [11, 10]))
    assert pieces.count(None) == 2 * len(contestants("lru"))
    assert [piece[0] for piece in pieces if piece] == [11, 10]


def test_the_studied_policy_is_marked_by_more_than_its_colour() -> None:
    scene = arena(TRACE, "sieve").scenes[0]
    assert "▶ sieve" in scene.svg
    assert "sieve is number" in scene.say


def test_the_bound_can_be_studied() -> None:
    assert arena(TRACE, "belady").scenes[0].row is not None


def test_a_trace_without_any_hit_can_be_drawn() -> None:
    assert "leads with 0.000" in arena(scan(500), "lru").scenes[0].say


def test_the_trace_is_a_choice_where_there_are_several() -> None:
    controls = arena_controls([TRACE, loop(500, 50)])
    assert [control.name for control in controls] == ["size", "trace"]


# ---- the latency ladder

MINE = Rung("my own", "measured", "process", 2e-6, p99=9e-6)


def test_each_list_is_a_run_and_the_fastest_rung_comes_first() -> None:
    runs = ladder_runs([MINE])
    assert [len(run.scenes) for run in runs] == [8, 8, 15, 1]
    assert runs[0].table[1][:2] == ("L1 cache reference", "0.5 ns")
    assert [row[0] for row in runs[0].table].index("my own") == 4


def test_without_measured_rungs_there_is_always_a_published_list() -> None:
    assert ladder_controls([])[0].options == ("of 2007", "of 2020", "both")
    assert [len(run.scenes) for run in ladder_runs([])] == [
        len(KNOWN_LIST),
        len(LATER),
        len(KNOWN_LIST + LATER),
    ]


def test_a_guess_is_asked_for_before_each_leap() -> None:
    ordered = sorted(KNOWN_LIST, key=lambda rung: rung.seconds)
    for at, scene in enumerate(ladder_runs([])[0].scenes[:-1]):
        times = ordered[at + 1].seconds / ordered[at].seconds
        assert (scene.ask is not None) == (times >= 10)
        if scene.ask:
            (right,) = scene.ask.right
            assert right == sum(times > most for most, _ in GUESSES)


def test_measured_and_published_rungs_have_different_marks() -> None:
    backdrop = ladder_runs([MINE])[0].backdrop
    assert backdrop.count("<circle") == 1
    assert backdrop.count("Z") == len(KNOWN_LIST)


def test_every_list_of_rungs_fills_the_height_down_to_the_axis() -> None:
    feet = {
        max(
            round(float(node.get("y", 0)) + float(node.get("height", 0)))
            for node in root_of(run.backdrop).iter(f"{SVG}rect")
        )
        for run in ladder_runs([MINE])[:3]
    }
    assert len(feet) == 1


@pytest.mark.parametrize("time", [0.0, -1, float("inf"), float("nan"), "fast", None])
def test_what_is_no_time_is_refused(time: Any) -> None:
    with pytest.raises(ValueError, match=f"mine takes a time above 0 s, not {time!r}"):
        LatencyLadder({"mine": time})


# ---- the request journey


def seen(site: Site) -> list[str]:
    """What each of the five requests got to see."""
    passed = journey(site)
    last = {p.number: p.body for p in passed if p.way == "answers"}
    return [last[number] for number in sorted(last)]


def test_a_personal_page_marked_public_reaches_the_wrong_person() -> None:
    assert seen(Site("public, max-age=60", personal=True))[2] == "Ada's page"


@pytest.mark.parametrize(
    "site",
    [
        Site("private, max-age=60", personal=True),
        Site("public, max-age=60", personal=True, varies=True),
        Site("no-store", personal=True),
    ],
)
def test_a_page_that_is_marked_right_reaches_the_right_person(site: Site) -> None:
    assert seen(site) == [f"{who}'s page" for who in ("Ada", "Ada", "Ben", "Ada", "Ben")]


def test_a_shared_cache_serves_the_second_person_from_its_copy() -> None:
    passed = journey(Site("max-age=60"))
    assert {p.place for p in passed if p.number == 2} == {"Ben's browser", "CDN"}


def test_a_stale_copy_is_confirmed_without_its_body() -> None:
    passed = journey(Site("max-age=60"))
    assert [p.status for p in passed if p.place == "origin" and p.way == "answers"] == [200, 304]


def test_the_reason_to_keep_nothing_is_the_cache_s_own() -> None:
    passed = journey(Site("private, max-age=60", personal=True))
    refusals = {p.refusal for p in passed if p.place == "CDN" and p.status == 200}
    assert refusals == {"private: for one user only, and this cache serves many"}


def test_a_cache_of_a_learner_is_walked_through_as_well() -> None:
    class Careless(HTTPCache):
        def __init__(self, origin: Any, layer: str, **options: Any) -> None:
            super().__init__(origin, "browser", **options)

    passed = journey(Site("private, max-age=60", personal=True), Careless)
    assert [p.body for p in passed if p.number == 2][-1] == "Ada's page"


def test_the_wrong_page_is_framed_and_told() -> None:
    run = Score(tuple(journey_controls()), tuple(JOURNEYS)).run((1, 1, 0))
    scene = next(scene for scene in run.scenes if scene.row == 2)
    assert "which is somebody else's" in scene.say
    assert 'stroke-dasharray="6 4"' in scene.svg
    assert ("20", "Ben", "the CDN", "Ada's page (wrong)", "miss", "hit") in run.table


def test_how_far_a_request_goes_is_asked_before_it_is_shown() -> None:
    run = JOURNEYS[0]
    right = [REACHES[scene.ask.right[0]] for scene in run.scenes if scene.ask]
    assert right == [row[2] for row in run.table[2:]]
