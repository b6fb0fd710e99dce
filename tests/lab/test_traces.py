from collections import Counter
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cachelab.lab import Trace, loop, mix, scan, shift, simulate, zipf
from cachelab.lab.traces import as_trace


def test_zipf_frequencies_follow_the_power_law() -> None:
    counts = Counter(zipf(400_000, objects=1_000, alpha=1.0, seed=3))
    harmonic = sum(1 / rank for rank in range(1, 1_001))
    for rank in (0, 1, 4, 9, 49):
        expected = 400_000 / harmonic / (rank + 1)
        assert counts[rank] == pytest.approx(expected, rel=6 / expected**0.5)


def test_zipf_with_alpha_zero_is_uniform() -> None:
    counts = Counter(zipf(100_000, objects=10, alpha=0.0))
    assert max(counts.values()) / min(counts.values()) < 1.1


@pytest.mark.parametrize("make", [zipf, shift])
def test_the_same_seed_gives_the_same_trace_and_another_seed_another(make) -> None:
    one, same, other = (list(make(500, objects=30, seed=seed)) for seed in (1, 1, 2))
    assert one == same != other


def test_a_shift_changes_who_is_popular_but_not_how_popular() -> None:
    trace = shift(40_000, objects=200, alpha=1.0, phases=2)
    before, after = Counter(trace[:20_000]), Counter(trace[20_000:])
    shares = [counter.most_common(1)[0][1] / 20_000 for counter in (before, after)]
    assert shares[0] == pytest.approx(shares[1], rel=0.1)
    assert {k for k, _ in before.most_common(5)} != {k for k, _ in after.most_common(5)}


def test_a_scan_asks_for_nothing_twice() -> None:
    assert scan(100).objects == 100
    assert scan(100).compulsory_bound == 0.0


@given(st.lists(st.integers(1, 30), min_size=1, max_size=4), st.integers(1, 7), st.integers(0, 9))
def test_a_mix_keeps_each_part_whole_and_in_order(lengths, burst, seed) -> None:
    parts = [loop(length, length=max(1, length // 2)) for length in lengths]
    mixed = mix(*parts, burst=burst, seed=seed)
    assert len(mixed) == sum(lengths)
    assert mixed.objects == sum(part.objects for part in parts)
    first_id = 0
    for part in parts:
        own = [k - first_id for k in mixed if first_id <= k < first_id + part.objects]
        assert own == list(part)
        first_id += part.objects


def test_a_mix_of_text_keys_is_refused() -> None:
    with pytest.raises(ValueError, match="integer keys"):
        mix(Trace(["a", "b"]))


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: zipf(0, objects=5), "requests must be a whole number from 1 up, not 0"),
        (lambda: zipf(5, objects=-1), "objects .* not -1"),
        (lambda: zipf(5, objects=5, alpha=float("nan")), "alpha .* not nan"),
        (lambda: zipf(5, objects=5, alpha=-1), "alpha .* not -1"),
        (lambda: loop(5, length=2.5), "length .* not 2.5"),
        (lambda: scan(True), "requests .* not True"),
        (lambda: mix(scan(3), burst=0), "burst .* not 0"),
        (lambda: Trace([], name="nothing"), "'nothing' is empty"),
        (lambda: Trace([1, 2], sizes=np.array([1])), "2 requests but 1 sizes"),
    ],
)
def test_a_wrong_argument_is_named_with_its_value(call, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        call()


def test_a_trace_of_an_array_gives_plain_python_integers() -> None:
    assert {type(key) for key in zipf(10, objects=3)} == {int}
    assert type(zipf(10, objects=3)[0]) is int


def test_a_slice_of_a_trace_is_a_trace_with_its_sizes() -> None:
    trace = Trace(np.array([5, 6, 5]), "three", np.array([10, 20, 10]))
    assert list(trace[1:]) == [6, 5]
    assert trace[1:].sizes.tolist() == [20, 10]


def test_a_file_name_given_as_a_trace_is_answered_with_the_call_that_was_meant() -> None:
    with pytest.raises(TypeError, match=r"read_trace\('x.csv'\)"):
        as_trace("x.csv")


def test_the_compulsory_bound_is_reached_by_a_cache_that_holds_everything() -> None:
    trace = zipf(2_000, objects=100)
    assert simulate(trace, "lru", 100).hit_ratio == pytest.approx(trace.compulsory_bound)


def test_popularity_falls_with_the_rank() -> None:
    counts = Counter(zipf(200_000, objects=20))
    assert all(counts[rank] > counts[rank + 1] for rank, _ in pairwise(range(6)))
