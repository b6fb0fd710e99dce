from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cachelab.lab import Trace, miss_ratio_curve, sample_trace, simulate, zipf


@given(keys=st.lists(st.integers(0, 40), min_size=1, max_size=400))
@settings(deadline=None)
def test_the_curve_of_lru_is_what_a_simulation_of_each_size_gives(keys: list[int]) -> None:
    curve = miss_ratio_curve(keys)
    assert curve.capacities.tolist() == list(range(1, len(set(keys)) + 1))
    simulated = [simulate(keys, "lru", int(size)).misses for size in curve.capacities]
    assert curve.misses.tolist() == simulated


def test_the_curve_of_lru_equals_mattsons_profile_of_a_published_trace(
    published_trace: Callable[[str], Trace],
) -> None:
    curve = miss_ratio_curve(published_trace("libcachesim-cloudPhysicsIO"))
    printed = [0.976421, 0.970607, 0.965681, 0.959024, 0.956934, 0.927015]
    assert [round(curve.at(size), 6) for size in (1, 2, 3, 4, 5, 20)] == printed


def test_the_curve_of_another_policy_is_its_simulations() -> None:
    trace = zipf(20_000, objects=2_000)
    curve = miss_ratio_curve(trace, "arc", [500, 20, 100])
    assert curve.capacities.tolist() == [20, 100, 500]
    assert curve.misses.tolist() == [simulate(trace, "arc", c).misses for c in (20, 100, 500)]


def test_without_capacities_another_policy_is_asked_for_some_sizes_up_to_all_objects() -> None:
    curve = miss_ratio_curve(zipf(20_000, objects=2_000), "sieve")
    assert 15 <= len(curve.capacities) <= 20
    assert curve.capacities[-1] == zipf(20_000, objects=2_000).objects


def test_a_sampled_curve_is_near_the_exact_one() -> None:
    errors = []
    for seed in range(4):
        trace = zipf(500_000, objects=200_000, alpha=0.9, seed=seed)
        names = np.random.default_rng(seed).integers(0, 2**62, 200_000)
        renamed = Trace(names[np.asarray(trace.keys)], "other names, another sample")
        exact, sampled = miss_ratio_curve(trace), miss_ratio_curve(renamed, sample=0.05)
        sizes = np.geomspace(sampled.reliable_from, trace.objects, 50).astype(int)
        errors += [abs(exact.at(size) - sampled.at(size)) for size in sizes]
    assert sum(errors) / len(errors) < 0.02
    assert max(errors[49::50]) < 0.02  # at the size of the whole


def test_a_miniature_simulation_is_near_the_full_one() -> None:
    trace = zipf(500_000, objects=200_000, alpha=0.9)
    sizes = [2_000, 10_000, 50_000]
    exact, sampled = (
        miss_ratio_curve(trace, "s3_fifo", sizes, sample=share) for share in (None, 0.05)
    )
    assert np.abs(exact.miss_ratios - sampled.miss_ratios).max() < 0.02


def test_text_keys_are_sampled_too() -> None:
    trace = sample_trace("shop")
    texts = Trace([f"page {key}" for key in trace], "texts")
    curve = miss_ratio_curve(texts, sample=0.5)
    assert curve.sample == 0.5
    assert abs(curve.at(1_000) - miss_ratio_curve(texts).at(1_000)) < 0.1


def test_a_curve_answers_what_size_is_needed() -> None:
    curve = miss_ratio_curve(list("abcabcabc"))
    assert (curve.smallest(0.5), curve.smallest(0.1)) == (3, None)
    assert [curve.at(size) for size in (0, 2, 3, 99)] == [1.0, 1.0, 1 / 3, 1 / 3]


def test_a_curve_by_bytes_is_simulated() -> None:
    keys = [1, 2, 3, 1, 2, 3]
    trace = Trace(keys, "sized", np.array([10, 20, 30, 10, 20, 30]))
    curve = miss_ratio_curve(trace, "lru", [30, 60], unit="bytes")
    assert curve.misses.tolist() == [6, 3]
    assert curve.unit == "bytes"


@pytest.mark.parametrize("sample", [0, -0.1, 1.5, "half", True, float("nan")])
def test_a_sample_that_is_no_share_is_refused_by_its_value(sample: float) -> None:
    with pytest.raises(ValueError, match=f"sample must be .* not {sample!r}"):
        miss_ratio_curve([1, 2, 1], sample=sample)


def test_a_sample_without_objects_says_so() -> None:
    with pytest.raises(ValueError, match="a sample of 1e-06 catches none of the objects of 'zipf"):
        miss_ratio_curve(zipf(100, objects=10), sample=1e-6)


@pytest.mark.parametrize("capacities", [[], [0], [1.5], ["a"]])
def test_capacities_that_are_none_are_refused(capacities: list[int]) -> None:
    with pytest.raises(ValueError, match="whole numbers from 1 up"):
        miss_ratio_curve([1, 2, 1], "lru", capacities)
