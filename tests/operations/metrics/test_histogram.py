"""Latencies in buckets: the error that is stated, exact merging, and bounded memory."""

import math
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cachelab.operations.metrics import LatencyHistogram
from cachelab.operations.metrics.histogram import BUCKETS, TICK, bucket_of, upper_bound

LATENCIES = st.floats(0.0, 4_096.0, allow_subnormal=False)
SHARES = st.integers(0, 1_000).map(lambda n: n / 1_000)


def nearest_rank(values: list[float], q: float) -> float:
    rank = max(1, math.ceil(Fraction(str(q)) * len(values)))
    return sorted(values)[rank - 1]


@given(values=st.lists(LATENCIES, min_size=1), q=SHARES)
def test_a_quantile_is_never_too_low_and_too_high_by_one_in_64_at_most(
    values: list[float], q: float
) -> None:
    truth = nearest_rank(values, q)
    assert truth <= LatencyHistogram(values).quantile(q) <= truth * (1 + 1 / 64) + TICK


@given(parts=st.lists(st.lists(LATENCIES), max_size=5))
def test_merged_histograms_are_the_histogram_of_all_values(parts: list[list[float]]) -> None:
    merged = LatencyHistogram.merged(LatencyHistogram(part) for part in parts)
    assert merged == LatencyHistogram(value for part in parts for value in part)


def test_the_mean_of_two_percentiles_is_not_the_percentile_of_both() -> None:
    calm, stuck = LatencyHistogram([0.001] * 990), LatencyHistogram([1.0] * 10)
    both = LatencyHistogram.merged([calm, stuck])
    averaged = (calm.quantile(0.99) + stuck.quantile(0.99)) / 2
    assert (round(both.quantile(0.99), 4), round(averaged, 2)) == (0.001, 0.5)


def test_every_bucket_begins_where_the_one_before_it_ends() -> None:
    ends = [upper_bound(bucket) for bucket in range(BUCKETS)]
    assert [bucket_of(end) for end in ends] == list(range(BUCKETS))
    assert [bucket_of(end + 1) for end in ends[:-1]] == list(range(1, BUCKETS))


def test_no_bucket_is_wider_than_a_64th_of_where_it_begins() -> None:
    ends = [upper_bound(bucket) for bucket in range(BUCKETS)]
    assert all((end - before) * 64 <= before for before, end in pairwise(ends[64:]))


def test_a_million_latencies_take_no_more_than_the_buckets_there_are() -> None:
    histogram = LatencyHistogram(0.000_001 * 1.0001 ** (n % 250_000) for n in range(0, 10**6, 7))
    assert len(histogram.counts) <= BUCKETS
    assert histogram.count == len(range(0, 10**6, 7))


@pytest.mark.parametrize("n", [1, 2, 10, 100, 1_000])
def test_the_last_rank_is_the_last_value(n: int) -> None:
    values = [float(2**-k) for k in range(20)][:n] + [8.0] * max(0, n - 20)
    assert LatencyHistogram(values).quantile(1.0) == max(values)


def test_the_rank_is_not_one_too_high_because_of_a_rounding_error() -> None:
    values = [1.0] * 7 + [4.0] * 93
    assert math.ceil(0.07 * 100) == 8
    assert LatencyHistogram(values).quantile(0.07) == 1.0


def test_an_empty_histogram_has_no_quantile_and_no_mean() -> None:
    empty = LatencyHistogram()
    assert math.isnan(empty.quantile(0.99))
    assert math.isnan(empty.mean)


def test_what_takes_over_an_hour_is_counted_and_the_longest_is_kept() -> None:
    histogram = LatencyHistogram([1.0, 10_000.0])
    assert (histogram.quantile(1.0), histogram.maximum, histogram.count) == (10_000.0, 10_000.0, 2)


@pytest.mark.parametrize("seconds", [-0.1, math.inf, math.nan])
def test_a_latency_that_is_none_is_refused(seconds: float) -> None:
    with pytest.raises(ValueError, match="a latency must be"):
        LatencyHistogram().record(seconds)


@pytest.mark.parametrize("q", [-0.1, 1.1, 99])
def test_a_quantile_is_a_share_and_no_percentage(q: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        LatencyHistogram([1.0]).quantile(q)


def test_a_stall_counts_for_all_the_calls_that_were_due_during_it() -> None:
    """99 quick calls and one of ten seconds, at one call in 0.1 s, are 99 good ones and 100 bad."""
    waiting, due = LatencyHistogram(), LatencyHistogram()
    for seconds in [0.001] * 99 + [10.0]:
        waiting.record(seconds)
        due.record(seconds, every=0.1)
    assert round(waiting.quantile(0.99), 3) == 0.001
    assert due.quantile(0.75) > 4.9
    assert due.count == 199


@given(values=st.lists(LATENCIES, min_size=1), power=st.integers(-30, 12))
def test_how_many_were_within_a_power_of_two_is_exact(values: list[float], power: int) -> None:
    bound = 2.0**power
    assert LatencyHistogram(values).at_most(bound) == sum(value <= bound for value in values)
