import csv
import random
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cachelab.eviction import POLICIES, EvictionPolicy
from cachelab.lab import Trace, loop, simulate, zipf

from .naive import Naive

every_policy = pytest.mark.parametrize("name", POLICIES)
requests = st.lists(st.tuples(st.sampled_from("rrrrx"), st.sampled_from("abcdefg")), max_size=60)


def ask(policy: EvictionPolicy, key: str) -> tuple[bool, list[object]]:
    if key in policy:
        policy.hit(key)
        return True, []
    return False, list(policy.insert(key))


@every_policy
@given(capacity=st.integers(1, 5), steps=requests)
def test_a_policy_evicts_what_its_definition_says(
    name: str, capacity: int, steps: list[tuple[str, str]]
) -> None:
    policy, naive = POLICIES[name](capacity), Naive(name, capacity)
    for verb, key in steps:
        if verb == "r":
            assert ask(policy, key) == naive.request(key)
        elif key in policy:
            policy.remove(key)
            naive.remove(key)
        policy.check()
        assert set(policy) == set(naive.came_in)


@every_policy
def test_a_policy_never_holds_more_than_its_capacity(name: str) -> None:
    policy = POLICIES[name](7)
    for key in zipf(2_000, objects=60):
        ask(policy, key)  # type: ignore[arg-type]
        assert len(policy) <= 7


@every_policy
def test_everything_fits_when_the_capacity_is_the_number_of_objects(name: str) -> None:
    trace = zipf(3_000, objects=40)
    assert simulate(trace, name, trace.objects).misses == trace.objects


@every_policy
def test_asking_whether_a_key_is_resident_is_not_a_use(name: str) -> None:
    quiet, asked = POLICIES[name](3), POLICIES[name](3)
    rng = random.Random(4)
    for _ in range(500):
        key = rng.choice("abcdefgh")
        assert ask(quiet, key) == ask(asked, key)
        _ = [other in asked for other in "abcdefgh"]


@every_policy
def test_the_first_key_listed_is_the_next_victim(name: str) -> None:
    policy = POLICIES[name](4)
    for key in zipf(400, objects=12):
        ask(policy, key)  # type: ignore[arg-type]
    expected = next(iter(policy))
    assert policy.insert("new") == [expected]


@every_policy
@pytest.mark.parametrize("capacity", [0, -3])
def test_a_capacity_below_one_is_refused_by_its_value(name: str, capacity: int) -> None:
    with pytest.raises(ValueError, match=f"not {capacity}"):
        POLICIES[name](capacity)


@every_policy
@pytest.mark.parametrize("capacity", [2.5, "10", None, True, float("nan")])
def test_a_capacity_that_is_no_whole_number_is_refused(name: str, capacity: object) -> None:
    with pytest.raises(TypeError, match="whole number"):
        POLICIES[name](capacity)  # type: ignore[arg-type]


@given(st.lists(st.integers(0, 9), min_size=1, max_size=80), st.integers(1, 8))
def test_a_larger_lru_cache_never_misses_where_a_smaller_one_hits(
    keys: list[int], capacity: int
) -> None:
    small, large = POLICIES["lru"](capacity), POLICIES["lru"](capacity + 1)
    for key in keys:
        assert not (key in small and key not in large)
        ask(small, key)  # type: ignore[arg-type]
        ask(large, key)  # type: ignore[arg-type]


def test_a_larger_fifo_cache_can_miss_more() -> None:
    """Belady, Nelson and Shedler's example of 1969, the anomaly that LRU can't have."""
    trace = [1, 2, 3, 4, 1, 2, 5, 1, 2, 3, 4, 5]
    assert [simulate(trace, "fifo", capacity).misses for capacity in (3, 4)] == [9, 10]


@pytest.mark.parametrize("name", ["fifo", "lru"])
def test_a_loop_one_longer_than_the_cache_never_hits(name: str) -> None:
    assert simulate(loop(5_000, length=101), name, 100).hits == 0


REFERENCE_NAMES = {"fifo": "FIFO", "lru": "LRU", "lfu": "LFU"}


@every_policy
@pytest.mark.parametrize(
    "trace",
    [
        "arc-OLTP",
        "lirs-2_pools",
        "lirs-loop",
        "cache2k-web12",
        "libcachesim-cloudPhysicsIO",
    ],
)
def test_hit_counts_equal_those_of_libcachesim(
    name: str, trace: str, traces_folder: Path, published_trace: Callable[[str], Trace]
) -> None:
    with (traces_folder / "reference.csv").open(newline="") as file:
        rows = [
            row
            for row in csv.DictReader(file)
            if row["trace"] == trace and row["policy"] == REFERENCE_NAMES[name]
        ]
    expected = {int(row["capacity"]): int(row["hits"]) for row in rows}
    assert len(expected) == 5
    measured = {c: simulate(published_trace(trace), name, c).hits for c in expected}
    assert measured == expected
