from collections import OrderedDict

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cachelab.lab import loop, scan, simulate, zipf
from cachelab.lab.profiles import profile, zipf_exponent
from cachelab.operations.deciding import Plan, warning_signs

requests = st.lists(st.tuples(st.integers(0, 6), st.booleans()), min_size=1, max_size=60)


with_a_read = requests.filter(lambda steps: not all(is_write for _, is_write in steps))


def hits_without_limit(steps: list[tuple[int, bool]]) -> int:
    """Count the hits of a cache that never evicts, and whose copies writes remove."""
    kept, hits = set(), 0
    for key, is_write in steps:
        if is_write:
            kept.discard(key)
        else:
            hits += key in kept
            kept.add(key)
    return hits


def lru_hits(keys: list[int], capacity: int) -> int:
    cache: OrderedDict[int, None] = OrderedDict()
    hits = 0
    for key in keys:
        hits += key in cache
        cache[key] = None
        cache.move_to_end(key)
        if len(cache) > capacity:
            cache.popitem(last=False)
    return hits


@given(steps=requests)
def test_the_bound_is_what_a_cache_without_limit_hits(steps: list[tuple[int, bool]]) -> None:
    keys, writes = zip(*steps, strict=True)
    if all(writes):
        with pytest.raises(ValueError, match="is a write"):
            profile(keys, writes)
        return
    assert profile(keys, writes).kept == hits_without_limit(steps)


@given(
    steps=requests.filter(lambda steps: not all(w for _, w in steps)), capacity=st.integers(1, 8)
)
def test_the_hit_ratio_of_a_size_is_that_of_lru_on_the_reads(
    steps: list[tuple[int, bool]], capacity: int
) -> None:
    keys, writes = zip(*steps, strict=True)
    read = [key for key, is_write in steps if not is_write]
    assert profile(keys, writes).hit_ratio(capacity) == lru_hits(read, capacity) / len(read)


def test_the_capacity_for_a_hit_ratio_reaches_it_in_the_simulator() -> None:
    trace = zipf(20_000, objects=2_000, seed=3)
    capacity = profile(trace).capacity_for(0.5)
    assert capacity is not None
    ratios = [simulate(trace, "lru", size).hit_ratio for size in (capacity - 1, capacity)]
    assert ratios[0] < 0.5 <= ratios[1]


@pytest.mark.parametrize("alpha", [0.6, 0.8, 1.0, 1.2])
def test_the_skew_of_a_zipf_trace_is_the_exponent_it_was_made_with(alpha: float) -> None:
    assert profile(zipf(200_000, objects=500, alpha=alpha)).skew == pytest.approx(alpha, abs=0.05)


def test_uniform_traffic_has_hardly_any_skew() -> None:
    assert profile(zipf(200_000, objects=500, alpha=0.0)).skew < 0.1
    assert profile(loop(10_000, length=100)).skew == 0


@pytest.mark.parametrize(("each", "alpha"), [(1, 0.6), (5, 0.4), (10, 0.4), (100, 0.3)])
def test_luck_is_no_popularity(each: int, alpha: float) -> None:
    plan = Plan(capacity=10, break_even=0.02)
    found = {}
    for made_with in (0.0, alpha):
        trace = zipf(1_000 * each, objects=1_000, alpha=made_with)
        signs = {sign.name: sign.is_there for sign in warning_signs(profile(trace), plan)}
        found[made_with] = signs["uniform"]
    assert found == {0.0: True, alpha: False}


@given(scale=st.integers(1, 50), alpha=st.floats(0.0, 3.0))
def test_exact_counts_of_a_distribution_give_its_exponent(scale: int, alpha: float) -> None:
    counts = scale * 1_000 * np.arange(1, 40) ** -alpha
    assert zipf_exponent(counts) == pytest.approx(alpha, abs=1e-6)


def test_a_single_object_has_no_skew() -> None:
    assert zipf_exponent([9]) == 0


def test_a_scan_shows_that_nothing_comes_again() -> None:
    signs = warning_signs(profile(scan(500)), Plan(capacity=100, break_even=0.02))
    assert {s.name for s in signs if s.is_there} == {"low_hit_ratio", "never_again", "too_large"}


def test_a_loop_a_little_larger_than_the_cache_is_too_large() -> None:
    found = profile(loop(5_000, length=101))
    signs = {s.name: s for s in warning_signs(found, Plan(capacity=100, break_even=0.02))}
    assert signs["too_large"].is_there
    assert not signs["never_again"].is_there


def test_uniform_keys_hit_as_often_as_their_share_that_fits() -> None:
    found = profile(zipf(100_000, objects=1_000, alpha=0.0))
    assert found.hit_ratio(200) == pytest.approx(200 / 1_000, abs=0.01)


def test_popular_keys_show_no_sign() -> None:
    signs = warning_signs(profile(zipf(50_000, objects=5_000)), Plan(500, break_even=0.1))
    assert [s.name for s in signs if s.is_there] == []


def test_alternating_writes_leave_nothing_to_find() -> None:
    found = profile([1, 1] * 100, [False, True] * 100)
    assert found.bound == 0
    signs = {s.name: s for s in warning_signs(found, Plan(capacity=10, break_even=0.02))}
    assert signs["mostly_written"].is_there


def test_marks_for_another_number_of_requests_are_refused() -> None:
    with pytest.raises(ValueError, match="3 requests need as many marks, not 2"):
        profile(["a", "b", "c"], [True, False])


def test_keys_of_any_kind_have_a_profile() -> None:
    assert profile([("a", 1), "b", ("a", 1)]).objects == 2
