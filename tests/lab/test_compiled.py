"""The compiled policies: the same hits as the readable classes, on anything."""

import csv
import random
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cachelab.eviction import LRUK, POLICIES, S3FIFO, SLRU, AgedLFU, Random, TwoQueue
from cachelab.lab import Trace, simulate, zipf
from cachelab.lab.dense import numbered
from cachelab.lab.kernels.choice import KERNELS

NAMES = [name for name, policy in POLICIES.items() if policy in KERNELS]
BY_BYTES = [name for name in NAMES if KERNELS[POLICIES[name]].by_bytes]

keys = st.lists(st.integers(0, 25), min_size=1, max_size=300)


def test_every_policy_is_compiled() -> None:
    assert set(NAMES) == set(POLICIES)


@pytest.mark.parametrize("name", NAMES)
@given(keys=keys, capacity=st.integers(1, 30))
@settings(deadline=None)  # the first call compiles
def test_compiled_code_hits_where_the_readable_class_does(
    name: str, keys: list[int], capacity: int
) -> None:
    compiled = simulate(keys, name, capacity, compiled=True)
    assert compiled == simulate(keys, name, capacity, compiled=False)


@pytest.mark.parametrize("name", NAMES)
def test_compiled_code_hits_where_the_readable_class_does_on_a_long_trace(name: str) -> None:
    trace = zipf(60_000, objects=5_000, alpha=0.9)
    for capacity in (37, 1_000):
        compiled = simulate(trace, name, capacity, compiled=True)
        assert compiled == simulate(trace, name, capacity, compiled=False)


@pytest.mark.parametrize(
    "policy",
    [
        partial(TwoQueue, kin=0.5, kout=2.0),
        partial(SLRU, protected=0.3),
        partial(LRUK, k=3),
        partial(LRUK, k=1),
        partial(AgedLFU, period=17),
        partial(S3FIFO, small=0.4, ghost=0.0, threshold=1),
        partial(Random, seed=8),
    ],
    ids=repr,
)
def test_compiled_code_is_told_the_options_of_a_policy(policy: partial[object]) -> None:
    trace = zipf(5_000, objects=300)
    compiled = simulate(trace, policy, 40, compiled=True)  # type: ignore[arg-type]
    assert compiled == simulate(trace, policy, 40, compiled=False)  # type: ignore[arg-type]
    assert compiled.hits != simulate(trace, type(policy(2)), 40).hits  # type: ignore[arg-type]


def test_a_correlated_reference_period_is_left_to_the_readable_class() -> None:
    trace = zipf(2_000, objects=100)
    patient = partial(LRUK, correlated=3)
    assert simulate(trace, patient, 10).hits != simulate(trace, "lru_k", 10).hits
    with pytest.raises(ValueError, match=r"no compiled code for lru_k\(correlated=3\)"):
        simulate(trace, patient, 10, compiled=True)


def test_a_subclass_is_played_as_it_is_and_not_as_its_parent() -> None:
    class Backwards(POLICIES["lru"]):  # type: ignore[misc,name-defined]
        name = "backwards"

        def hit(self, key: object) -> None:
            self.recency.move_to_end(key, last=False)

    trace = zipf(60_000, objects=500)
    assert simulate(trace, Backwards, 50).hits < simulate(trace, "lru", 50).hits


REFERENCE = {
    "fifo": "FIFO",
    "clock": "CLOCK",
    "sieve": "SIEVE",
    "lru": "LRU",
    "lfu": "LFU",
    "lru_k": "LRU2-full-history",
    "two_queue": "2Q",
    "arc": "ARC",
    "s3_fifo": "S3FIFO",
    "belady": "Belady",
    "two_queue(kin=0.2)": "2Q-Kin20",
    "two_queue(kin=0.3)": "2Q-Kin30",
}
WITH_KIN = {f"two_queue(kin={kin})": partial(TwoQueue, kin=kin) for kin in (0.2, 0.3)}


@pytest.mark.parametrize("name", REFERENCE)
def test_compiled_hit_counts_equal_the_published_ones_on_every_trace(
    name: str, traces_folder: Path, published_trace: Callable[[str], Trace]
) -> None:
    with (traces_folder / "reference.csv").open(newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["policy"] == REFERENCE[name]]
    expected = {(row["trace"], int(row["capacity"])): int(row["hits"]) for row in rows}
    assert len(expected) == 25
    policy = WITH_KIN.get(name, name)
    measured = {
        (trace, capacity): simulate(published_trace(trace), policy, capacity, compiled=True).hits
        for trace, capacity in expected
    }
    assert measured == expected


MISSES_BY_BYTES = {
    "lru": [93374, 89783, 83572, 81722, 72494, 72104, 71972, 71704],
    "fifo": [93403, 89386, 84387, 84025, 72498, 72228, 72182, 72140],
    "clock": [93313, 89775, 83411, 81328, 74815, 72283, 71927, 64456],
    "lfu": [91699, 86720, 78578, 76707, 69945, 66221, 64445, 64376],
    "sieve": [91699, 86720, 78578, 76707, 69945, 66221, 64445, 64376],
    "arc": [90252, 85861, 78168, 74297, 67381, 65685, 64439, 64772],
    "belady": [79256, 70724, 65481, 61594, 59645, 57599, 50873, 48974],
}
"""libCacheSim's own test numbers, for 128 MiB times 1 to 8."""


@pytest.mark.parametrize("name", MISSES_BY_BYTES)
def test_misses_by_bytes_equal_those_of_libcachesim(
    name: str, published_trace: Callable[[str], Trace]
) -> None:
    trace = published_trace("libcachesim-cloudPhysicsIO")
    sizes = [128 * 2**20 * times for times in range(1, 9)]
    results = [simulate(trace, name, size, unit="bytes") for size in sizes]
    assert [result.misses for result in results] == MISSES_BY_BYTES[name]
    assert all(result.bytes_requested == 4_368_040_448 for result in results)


@pytest.mark.parametrize("name", BY_BYTES)
def test_objects_of_one_size_are_counted_as_entries_are(name: str) -> None:
    plain = zipf(3_000, objects=200)
    sized = Trace(plain.keys, "sized", np.full(len(plain), 100, np.int64))
    by_bytes = simulate(sized, name, 50 * 100, unit="bytes")
    by_entries = simulate(plain, name, 50, compiled=True)
    if name in ("slru", "two_queue", "s3_fifo", "arc"):
        # Shares of 5,000 bytes are not rounded, and ARC's border moves by bytes, not by objects.
        assert by_bytes.hits == pytest.approx(by_entries.hits, rel=0.05)
    else:
        assert by_bytes.hits == by_entries.hits
    assert by_bytes.bytes_hit == by_bytes.hits * 100


@pytest.mark.parametrize("name", ["fifo", "lru", "lfu"])
@given(
    requests=st.lists(st.integers(0, 12), min_size=1, max_size=200),
    sizes=st.lists(st.integers(0, 20), min_size=13, max_size=13),
    capacity=st.integers(1, 60),
)
@settings(deadline=None)
def test_bytes_are_counted_as_a_cache_with_weights_counts_them(
    name: str, requests: list[int], sizes: list[int], capacity: int
) -> None:
    class Learners(POLICIES[name]):  # type: ignore[misc,name-defined]
        """A class of one's own has no compiled code."""

    trace = Trace(requests, "drawn", np.array([sizes[key] for key in requests]))
    ours = simulate(trace, name, capacity, unit="bytes")
    theirs = simulate(trace, Learners, capacity, unit="bytes")
    assert (ours.hits, ours.bytes_hit) == (theirs.hits, theirs.bytes_hit)


def test_an_object_larger_than_the_cache_is_never_taken_in() -> None:
    trace = Trace([1, 2, 1, 2, 1], "sized", np.array([5, 100, 5, 100, 5]))
    for name in BY_BYTES:
        assert simulate(trace, name, 50, unit="bytes").hits == 2, name


@given(keys=st.lists(st.integers(-(2**63), 2**63 - 1) | st.integers(-9, 9), min_size=1))
@settings(deadline=None)
def test_integer_keys_are_numbered_by_first_appearance(keys: list[int]) -> None:
    number = {key: place for place, key in enumerate(dict.fromkeys(keys))}
    for kind in (np.array(keys), keys):
        dense = numbered(kind)
        assert dense.ids.tolist() == [number[key] for key in keys]
        assert [keys[at] for at in dense.first] == list(number)


def test_the_generator_of_python_is_replayed_exactly() -> None:
    from numba import njit

    from cachelab.lab.kernels.lots import below, state_of

    @njit
    def drawn(state: np.ndarray, count: int) -> np.ndarray:
        lots = np.empty(count, np.int64)
        for at in range(count):
            lots[at] = below(state, 1000)
        return lots

    rng = random.Random(7)
    rng.random()
    state = state_of(rng)
    assert drawn(state, 2_000).tolist() == [int(rng.random() * 1000) for _ in range(2_000)]


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: simulate([1], "lru", 1, unit="pages"), "unit must be .* not 'pages'"),
        (lambda: simulate([1], "lru", 1, unit="bytes"), "'trace' has no sizes"),
        (lambda: simulate([1.0, float("nan")], "lru", 1), "request 1 asks for nan"),
        (lambda: simulate(np.array([1.0, np.nan]), "lru", 1), "request 1 asks for nan"),
        (lambda: Trace([1, 2], "t", np.array([3, -4])), "'t', request 1: a size of -4"),
        (
            lambda: simulate(Trace([1], "t", np.array([1])), "aged_lfu", 1, unit="bytes"),
            "aged_lfu can't be played by bytes",
        ),
    ],
)
def test_what_cannot_be_played_is_refused_by_its_value(
    call: Callable[[], object], words: str
) -> None:
    with pytest.raises(ValueError, match=words):
        call()


def test_an_unhashable_key_is_named() -> None:
    with pytest.raises(TypeError, match=r"request 1 asks for \['b'\], which can't be a key"):
        simulate(["a", ["b"]], "lru", 1)  # type: ignore[list-item]
