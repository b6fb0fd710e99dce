"""Layers of caches: what reaches the second, and how little a hit ratio says by itself."""

from collections import OrderedDict
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cachelab.eviction import POLICIES, Belady, TwoQueue
from cachelab.lab import Trace, filtering_chart, filtering_effect, layer_hit_ratios, simulate, zipf

ONLINE = sorted(name for name, policy in POLICIES.items() if not policy.needs_future)
KEYS = st.lists(st.integers(0, 9), min_size=1, max_size=80)


@given(KEYS, st.sampled_from(ONLINE), st.integers(1, 6))
def test_the_first_layer_is_a_simulation(keys: list[int], name: str, capacity: int) -> None:
    (result,) = layer_hit_ratios(keys, [name], [capacity])
    assert result.hits == simulate(keys, name, capacity, compiled=False).hits


@given(KEYS, st.integers(1, 5), st.integers(1, 5))
def test_the_second_layer_is_a_simulation_of_what_the_first_missed(
    keys: list[int], first: int, second: int
) -> None:
    resident: OrderedDict[int, None] = OrderedDict()
    missed = []
    for key in keys:
        if key in resident:
            resident.move_to_end(key)
            continue
        missed.append(key)
        resident[key] = None
        if len(resident) > first:
            resident.popitem(last=False)
    results = layer_hit_ratios(keys, ["lru", "fifo"], [first, second])
    assert results[1].hits == simulate(missed, "fifo", second).hits


@given(KEYS, st.lists(st.integers(1, 4), min_size=1, max_size=3))
def test_each_layer_is_asked_for_what_the_one_before_it_missed(
    keys: list[int], capacities: list[int]
) -> None:
    results = layer_hit_ratios(keys, ["lru"] * len(capacities), capacities)
    assert results[0].requests == len(keys)
    for one, other in pairwise(results):
        assert one.misses == other.requests


def test_the_second_layer_does_worse_the_better_the_first() -> None:
    points = filtering_effect(zipf(60_000, objects=5_000, seed=1), [50, 200, 800, 2_000], 2_000)
    assert [p.second for p in points] == sorted((p.second for p in points), reverse=True)
    assert [p.first for p in points] == sorted(p.first for p in points)
    assert points[-1].origin <= points[0].origin
    assert points[0].second - points[-1].second > 0.3


def test_what_is_left_is_the_product_of_the_miss_ratios() -> None:
    trace = zipf(30_000, objects=3_000)
    (point,) = filtering_effect(trace, [100], 1_000)
    results = layer_hit_ratios(trace, ["lru", "lru"], [100, 1_000])
    assert point.origin == pytest.approx(results[-1].misses / len(trace))


def test_six_small_caches_hold_the_same_things_six_times() -> None:
    trace = zipf(60_000, objects=5_000, seed=2)
    (one,) = layer_hit_ratios(trace, ["lru"], [600])
    (six,) = layer_hit_ratios(trace, ["lru"], [100], caches=[6])
    assert one.hit_ratio - six.hit_ratio > 0.1


def test_bytes_and_objects_can_say_opposite_things() -> None:
    rounds = [[*range(20), 100 + 2 * number, 101 + 2 * number] for number in range(40)]
    keys = np.concatenate(rounds)
    sizes = np.where(keys < 100, 10, 10_000)
    trace = Trace(keys, "small and large", sizes)
    near, _ = layer_hit_ratios(trace, ["lru", "lru"], [22, 100])
    assert near.hit_ratio > 0.8
    assert near.byte_hit_ratio is not None
    assert near.byte_hit_ratio < 0.05


def test_a_layer_of_so_many_bytes_is_a_simulation_by_bytes() -> None:
    sizes = np.asarray([10, 20, 30, 40, 50])
    keys = zipf(3_000, objects=5, seed=3).keys
    trace = Trace(keys, "sized", sizes[np.asarray(keys)])
    results = layer_hit_ratios(trace, ["lru", "lru"], [60, 90], unit="bytes")
    alone = simulate(trace, "lru", 60, unit="bytes")
    assert (results[0].hits, results[0].bytes_hit) == (alone.hits, alone.bytes_hit)
    assert results[1].bytes_requested == trace.bytes_requested - (alone.bytes_hit or 0)  # type: ignore[operator]


class Learners:
    def __init__(self, capacity: int) -> None:
        self.capacity, self.values = capacity, dict[Any, Any]()

    def get(self, key: Any) -> Any:
        return self.values.get(key)

    def put(self, key: Any, value: Any) -> None:
        self.values[key] = value
        if len(self.values) > self.capacity:
            del self.values[next(iter(self.values))]


def test_a_learners_class_can_be_a_layer() -> None:
    keys = list("abcabdacba")
    ours = layer_hit_ratios(keys, ["fifo", partial(TwoQueue, kin=0.4)], [2, 3])
    theirs = layer_hit_ratios(keys, [Learners, partial(TwoQueue, kin=0.4)], [2, 3])
    assert [r.hits for r in ours] == [r.hits for r in theirs]


def test_layers_that_nothing_reaches_are_left_out() -> None:
    results = layer_hit_ratios(["a", "a"], ["lru", "lru", "lru"], [1, 1, 1])
    assert [(r.requests, r.hits) for r in results] == [(2, 1), (1, 0), (1, 0)]


@pytest.mark.parametrize(
    ("arguments", "options", "match"),
    [
        ((["lru"], [1, 2]), {}, "as many of each"),
        (([], []), {}, "as many of each"),
        (("lru", [1, 2, 3]), {}, "as many of each"),
        ((["lru"], [1]), {"caches": [0]}, "at least 1 cache, not 0"),
        ((["lru"], [0]), {}, "capacity must be a whole number from 1 up, not 0"),
        ((["belady"], [1]), {}, "belady needs the future"),
        (([partial(Belady)], [1]), {}, "belady needs the future"),
        ((["lru"], [1]), {"unit": "pages"}, "unit must be one of entries, bytes"),
        ((["lru"], [1]), {"unit": "bytes"}, "has no sizes"),
    ],
)
def test_what_makes_no_sense_is_refused(arguments: Any, options: Any, match: str) -> None:
    with pytest.raises(ValueError, match=match):
        layer_hit_ratios(["a", "b"], *arguments, **options)


def test_the_chart_has_a_line_for_each_layer_and_one_for_the_origin() -> None:
    chart = filtering_chart(filtering_effect(zipf(3_000, objects=300), [3, 30], 100), "Two layers")
    (axes,) = chart.axes
    assert [line.get_label() for line in axes.lines] == [
        "first layer",
        "second layer",
        "left for the origin",
    ]
    with pytest.raises(ValueError, match="there is no point to draw"):
        filtering_chart([])
    with pytest.raises(ValueError, match="no capacity of the first layer"):
        filtering_effect([1, 2], [], 3)
