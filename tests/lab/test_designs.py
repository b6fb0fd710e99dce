"""Designs in the priced simulator: laws that hold for every workload, and the four problems."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cachelab.lab.design_problems import PROBLEMS, Problem
from cachelab.lab.designs import Design, Figures, Layer, Prices, Workload, bill, simulate_design

SHOP = Workload(objects=500, reads=100, writes=2, seconds=40)
CACHE = Layer("cache", entries=200, ttl=10)


def figures(*layers: Layer, work: Workload = SHOP, seed: int = 1, **options: Any) -> Figures:
    return simulate_design(work, Design(layers, **options), seed)


def test_without_a_layer_every_request_calls_the_origin() -> None:
    calm = replace(SHOP, writes=0)
    bare = figures(work=calm)
    assert bare.origin_calls == bare.requests
    assert bare.stale_share == 0


def test_the_same_seed_gives_the_same_figures() -> None:
    assert figures(CACHE) == figures(CACHE)


def test_another_seed_gives_others() -> None:
    assert figures(CACHE, seed=1) != figures(CACHE, seed=2)


@settings(max_examples=15, deadline=None)
@given(entries=st.integers(1, 300), ttl=st.floats(0.1, 50), nodes=st.integers(1, 4))
def test_what_no_layer_has_the_origin_answers(entries: int, ttl: float, nodes: int) -> None:
    work = Workload(objects=200, reads=50, writes=0, seconds=10)
    layer = Layer("cache", entries, ttl, nodes, shared=False)
    found = figures(layer, work=work)
    misses = round(found.requests * (1 - found.hit_ratios["cache"]))
    assert found.origin_calls == misses
    assert found.p50 <= found.p99


def test_a_larger_cache_asks_the_origin_less() -> None:
    calls = [figures(replace(CACHE, entries=n)).origin_calls for n in (10, 50, 400)]
    assert calls == sorted(calls, reverse=True)


def test_an_answer_is_no_older_than_the_time_to_live_and_a_load() -> None:
    busy = replace(SHOP, writes=20)
    assert 0 < figures(replace(CACHE, ttl=3), work=busy).worst_age < 3.5


def test_two_layers_may_be_as_stale_as_both_together() -> None:
    busy = replace(SHOP, writes=20)
    near = Layer("near", 200, ttl=3, nodes=4, shared=False)
    assert figures(near, replace(CACHE, ttl=3), work=busy).worst_age > 3.5


def test_a_load_overtaken_by_a_write_brings_an_old_copy_back_unless_there_is_a_lease() -> None:
    busy = replace(SHOP, writes=20, origin_seconds=0.2, origin_slots=40)
    removed = replace(CACHE, invalidated=True)
    leased = replace(removed, leased=True)
    assert figures(removed, work=busy).worst_age > 5
    assert figures(leased, work=busy).worst_age < 2


def test_nodes_that_do_not_share_each_load_their_own_copies() -> None:
    alone = replace(CACHE, nodes=4, shared=False)
    assert figures(alone).origin_calls > figures(replace(CACHE, nodes=4)).origin_calls


def test_joined_misses_call_the_origin_once() -> None:
    rush = Workload(objects=1, reads=200, writes=0, seconds=20, origin_seconds=0.5)
    short = Layer("cache", entries=1, ttl=2)
    assert figures(replace(short, coalesced=True), work=rush).worst_second <= 2
    assert figures(short, work=rush).worst_second > 20


def test_a_public_layer_never_sees_what_is_private() -> None:
    private = replace(SHOP, private=1.0)
    public = replace(CACHE, public_only=True)
    assert figures(public, work=private).hit_ratios == {"cache": 0.0}


def test_a_rush_for_one_key_is_served_from_the_nearest_copy() -> None:
    rush = replace(SHOP, peak=5)
    process = Layer("process", 50, ttl=5, nodes=4, shared=False, seconds=1e-5)
    assert (
        figures(process, work=rush).hit_ratios["process"] > figures(process).hit_ratios["process"]
    )


def test_a_post_of_a_celebrity_is_written_to_every_follower_if_it_is_pushed() -> None:
    feed = Workload(objects=300, reads=2, writes=1, seconds=20, follows=5, audience=1_000_000)
    pushed = figures(CACHE, work=feed, push_up_to=10**9)
    assert pushed.worst_second >= 10_000
    assert figures(CACHE, work=feed, push_up_to=0).worst_second < 100


def test_a_feed_that_is_pulled_looks_up_whom_one_follows() -> None:
    feed = Workload(objects=300, reads=5, writes=0, seconds=20, follows=5, audience=1_000)
    bare = figures(work=feed)
    assert bare.origin_calls == 5 * bare.requests


def test_dollars_are_the_sum_of_the_bill() -> None:
    found = figures(CACHE)
    assert found.dollars == pytest.approx(sum(found.bill.values()))


def test_memory_is_paid_for_by_the_byte_and_the_node() -> None:
    two = Layer("cache", 1_000_000, 60, nodes=2, dollars_per_gb=3, dollars_per_node=7)
    paid = bill(Workload(object_bytes=1_000), Design((two,)), 0.0, Prices(per_layer=0))
    assert paid == {"cache": 2 * (7 + 3), "moving parts": 0, "origin": 0}


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        (Workload, {"reads": 0}),
        (Workload, {"private": 1.5}),
        (Workload, {"follows": 5_000}),
        (Layer, {"name": "x", "entries": 0, "ttl": 1}),
        (Layer, {"name": "x", "entries": 1, "ttl": 0}),
        (Layer, {"name": "x", "entries": 1, "ttl": 1, "policy": "belady"}),
        (Design, {"layers": (CACHE, CACHE)}),
        (Design, {"push_batch": 0}),
    ],
)
def test_a_number_out_of_range_is_refused(kind: type, options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"must|cannot run|can follow"):
        kind(**options)


@pytest.mark.parametrize("problem", PROBLEMS.values(), ids=PROBLEMS)
def test_the_naive_design_fails_and_the_careful_one_does_not(problem: Problem) -> None:
    naive, careful = (
        problem.objective.is_met(simulate_design(problem.workload, design, seed=4))
        for design in (problem.naive, problem.careful)
    )
    assert (naive, careful) == (False, True)


def test_a_verdict_says_what_was_measured_and_what_is_wanted() -> None:
    problem = PROBLEMS["social feed"]
    told = problem.objective.verdicts(simulate_design(problem.workload, problem.naive))
    assert [met for _, met in told][:2] == [False, False]
    assert all("wanted" in sentence for sentence, _ in told)
