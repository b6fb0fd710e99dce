"""Sentences that are said of caches everywhere, each held against the arithmetic."""

import pytest

from cachelab.operations.deciding import (
    access_time,
    break_even_hit_ratio,
    hit_ratio_for_load,
    hit_ratio_of,
    left_over,
    load_factor,
)


def test_a_cache_reduces_latency_on_average_only_and_raises_that_of_each_miss() -> None:
    time = access_time(0.9, lookup=0.001, origin=0.050, fill=0.001)
    assert time.mean < time.without < time.miss


def test_ten_times_more_traffic_is_true_of_nine_hits_in_ten_and_of_no_other_ratio() -> None:
    assert load_factor(0.9) == pytest.approx(10)
    assert load_factor(0.8) == pytest.approx(5)
    assert load_factor(0.99) == pytest.approx(100)


def test_behind_a_browser_and_a_network_of_caches_half_a_percent_to_six_are_left() -> None:
    assert left_over([0.70, 0.80]) == pytest.approx(0.06)
    assert left_over([0.90, 0.95]) == pytest.approx(0.005)


def test_a_target_for_the_hit_ratio_follows_from_what_the_origin_bears() -> None:
    assert hit_ratio_for_load(reads=1_000, capacity=400) == pytest.approx(0.6)  # 90 % is not needed
    assert hit_ratio_for_load(reads=1_000, capacity=20) == pytest.approx(0.98)  # 90 % is too little


def test_below_fifty_percent_a_cache_can_help_and_above_it_can_be_useless() -> None:
    assert break_even_hit_ratio(lookup=0.001, origin=0.050) < 0.5
    assert break_even_hit_ratio(lookup=0.9e-3, origin=1e-3) > 0.5


def test_a_life_of_one_second_takes_999_of_a_thousand_loads_a_second_away() -> None:
    assert 1 - hit_ratio_of(1.0, 1_000) == pytest.approx(1 / 1_001)


def test_fifty_times_faster_is_eight_times_at_nine_hits_in_ten() -> None:
    assert access_time(0.9, lookup=0.001, origin=0.050).speedup == pytest.approx(8.33, abs=0.01)
