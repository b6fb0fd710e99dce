import csv
import random
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cachelab.eviction import (
    LRUK,
    POLICIES,
    S3FIFO,
    SLRU,
    AgedLFU,
    EvictionPolicy,
    Random,
    TwoQueue,
)
from cachelab.lab import Trace, loop, simulate, zipf

from .making import make, with_future
from .naive import NAIVE

every_policy = pytest.mark.parametrize("name", POLICIES)
requests = st.lists(
    st.tuples(st.sampled_from("rrrrx"), st.sampled_from("abcdefghijklmno")), max_size=90
)


def ask(policy: EvictionPolicy, key: str) -> tuple[bool, list[object]]:
    if key in policy:
        policy.hit(key)
        return True, []
    return False, list(policy.insert(key))


@pytest.mark.parametrize("name", NAIVE)
@given(capacity=st.integers(1, 12), steps=requests)
def test_a_policy_evicts_what_its_definition_says(
    name: str, capacity: int, steps: list[tuple[str, str]]
) -> None:
    future = [key for verb, key in steps if verb == "r"]
    policy = make(name, capacity, future)
    naive = with_future(NAIVE[name], name, capacity, future)
    for verb, key in steps:
        if verb == "r":
            assert ask(policy, key) == naive.request(key)
        elif key in policy:
            policy.remove(key)
            naive.remove(key)
        policy.check()
        assert set(policy) == set(naive.keys)


@every_policy
def test_a_policy_never_holds_more_than_its_capacity(name: str) -> None:
    trace = zipf(2_000, objects=60)
    policy = make(name, 7, trace)
    for key in trace:
        ask(policy, key)  # type: ignore[arg-type]
        assert len(policy) <= 7


@every_policy
def test_everything_fits_when_the_capacity_is_the_number_of_objects(name: str) -> None:
    trace = zipf(3_000, objects=40)
    assert simulate(trace, name, trace.objects).misses == trace.objects


@every_policy
def test_asking_whether_a_key_is_resident_is_not_a_use(name: str) -> None:
    requests = random.Random(4).choices("abcdefgh", k=500)
    quiet, asked = make(name, 3, requests), make(name, 3, requests)
    for key in requests:
        assert ask(quiet, key) == ask(asked, key)
        _ = [other in asked for other in "abcdefgh"]


def test_only_the_policy_that_is_nothing_but_dice_has_no_naive_twin() -> None:
    assert set(POLICIES) - set(NAIVE) == {"random"}


@pytest.mark.parametrize("name", [name for name in NAIVE if not name.startswith("sampled")])
def test_the_first_key_listed_is_the_next_victim(name: str) -> None:
    trace = zipf(400, objects=12)
    policy = make(name, 4, [*trace, "new"])
    for key in trace:
        ask(policy, key)  # type: ignore[arg-type]
    expected = next(iter(policy))
    assert policy.insert("new") == [expected]


@every_policy
@pytest.mark.parametrize("capacity", [0, -3])
def test_a_capacity_below_one_is_refused_by_its_value(name: str, capacity: int) -> None:
    with pytest.raises(ValueError, match=f"not {capacity}"):
        make(name, capacity, [])


@every_policy
@pytest.mark.parametrize("capacity", [2.5, "10", None, True, float("nan")])
def test_a_capacity_that_is_no_whole_number_is_refused(name: str, capacity: object) -> None:
    with pytest.raises(TypeError, match="whole number"):
        make(name, capacity, [])


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


REFERENCE_NAMES = {
    "fifo": "FIFO",
    "clock": "CLOCK",
    "sieve": "SIEVE",
    "lru": "LRU",
    "lfu": "LFU",
    "lru_k": "LRU2-full-history",
    "two_queue": "2Q",
    "arc": "ARC",
    "s3_fifo": "S3FIFO",
}
SMALL_TRACES = ["lirs-2_pools", "cache2k-web12", "libcachesim-cloudPhysicsIO"]


def reference_hits(folder: Path, trace: str, column: str) -> dict[int, int]:
    """The published hit counts of one policy on one trace, by capacity."""
    with (folder / "reference.csv").open(newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["trace"] == trace]
    hits = {int(row["capacity"]): int(row["hits"]) for row in rows if row["policy"] == column}
    assert len(hits) == 5
    return hits


def readable_hits(trace: Trace, policy: Any, capacities: Iterable[int]) -> dict[int, int]:
    """Hit counts of the classes in this room; the compiled ones have tests of their own."""
    return {c: simulate(trace, policy, c, compiled=False).hits for c in capacities}


@pytest.mark.parametrize("name", REFERENCE_NAMES)
@pytest.mark.parametrize("trace", SMALL_TRACES)
def test_hit_counts_equal_those_of_libcachesim(
    name: str, trace: str, traces_folder: Path, published_trace: Callable[[str], Trace]
) -> None:
    expected = reference_hits(traces_folder, trace, REFERENCE_NAMES[name])
    assert readable_hits(published_trace(trace), name, expected) == expected


@pytest.mark.slow
@pytest.mark.parametrize("name", REFERENCE_NAMES)
@pytest.mark.parametrize("trace", ["arc-OLTP", "lirs-loop"])
def test_hit_counts_equal_those_of_libcachesim_on_long_traces(
    name: str, trace: str, traces_folder: Path, published_trace: Callable[[str], Trace]
) -> None:
    counts = reference_hits(traces_folder, trace, REFERENCE_NAMES[name])
    expected = {capacity: counts[capacity] for capacity in (min(counts), max(counts))}
    assert readable_hits(published_trace(trace), name, expected) == expected


@pytest.mark.parametrize(("share", "column"), [(0.2, "2Q-Kin20"), (0.3, "2Q-Kin30")])
@pytest.mark.parametrize("trace", SMALL_TRACES)
def test_two_queue_with_another_kin_equals_libcachesim(
    share: float,
    column: str,
    trace: str,
    traces_folder: Path,
    published_trace: Callable[[str], Trace],
) -> None:
    class WithKin(TwoQueue):
        def __init__(self, capacity: int) -> None:
            super().__init__(capacity, kin=share)

    expected = reference_hits(traces_folder, trace, column)
    assert readable_hits(published_trace(trace), WithKin, expected) == expected


def test_the_victims_of_random_are_decided_by_the_seed() -> None:
    def victims(seed: int) -> list[object]:
        policy = Random(5, seed=seed)
        return [key for number in range(50) for key in policy.insert(number)]

    assert victims(1) == victims(1) != victims(2)


def test_every_resident_is_as_likely_to_be_the_random_victim() -> None:
    counts = dict.fromkeys("abcd", 0)
    policy = Random(4, seed=9)
    for key in "abcd":
        policy.insert(key)
    for _ in range(8_000):
        (victim,) = policy.insert("guest")
        if victim == "guest":
            continue
        counts[victim] += 1  # type: ignore[index]
        policy.remove("guest")
        policy.insert(victim)
    spread = 5 * (2_000 * 3 / 4) ** 0.5
    assert all(abs(count - 2_000) < spread for count in counts.values())


def test_random_hits_on_a_loop_that_lru_never_hits() -> None:
    trace = loop(20_000, length=110)
    assert simulate(trace, "lru", 100).hits == 0
    assert simulate(trace, "random", 100).hit_ratio > 0.5


def test_a_scan_costs_lru_its_favourites_and_leaves_them_to_arc_and_lru_k() -> None:
    favourites = [key for _ in range(40) for key in ("a", "b", "c", "d")]
    again = [*favourites, *range(200), *favourites[:4]]
    kept = {name: simulate(again, name, 20).hits for name in ("lru", "arc", "lru_k")}
    assert kept["arc"] == kept["lru_k"] == kept["lru"] + 4


def test_correlated_references_count_once_in_lru_k() -> None:
    plain, patient = LRUK(2), LRUK(2, correlated=1)
    for policy in (plain, patient):
        for key in ("a", "b", "b"):  # b is read twice in one go
            ask(policy, key)
        ask(policy, "a")
        ask(policy, "c")
    assert "b" in plain.hist
    assert len(plain.hist["b"]) == 2
    assert len(patient.hist["b"]) == 1


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: TwoQueue(10, kin=1.0), "kin must be at least 0 and below 1, not 1.0"),
        (lambda: SLRU(10, protected=float("nan")), "protected .* not nan"),
        (lambda: LRUK(10, k=0), "k must be at least 1, not 0"),
        (lambda: AgedLFU(10, period=0), "period must be at least 1, not 0"),
        (lambda: S3FIFO(10, small=-0.1), "small .* not -0.1"),
    ],
)
def test_a_wrong_option_is_named_with_its_value(make: Callable[[], object], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        make()
