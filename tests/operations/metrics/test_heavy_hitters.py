"""Hot keys in bounded memory, against exact counts."""

import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cachelab.operations.metrics import Heavy, SpaceSaving, heaviest

KEYS = st.lists(st.sampled_from("abcdefghij"), max_size=120)


def summary(keys: list[str], counters: int) -> SpaceSaving:
    result = SpaceSaving(counters)
    for key in keys:
        result.add(key)
    return result


@given(keys=KEYS, counters=st.integers(1, 12))
def test_a_count_is_never_too_low_and_its_doubt_covers_what_is_too_high(
    keys: list[str], counters: int
) -> None:
    truth = Counter(keys)
    for heavy in summary(keys, counters).top():
        assert heavy.at_least <= truth[heavy.key] <= heavy.count
        assert heavy.error <= len(keys) / counters


@given(keys=KEYS, counters=st.integers(1, 12))
def test_a_key_with_more_than_its_share_is_always_there(keys: list[str], counters: int) -> None:
    heavy = {key for key, count in Counter(keys).items() if count > len(keys) / counters}
    assert heavy <= summary(keys, counters).counts.keys()


@given(keys=KEYS, counters=st.integers(1, 12))
def test_counters_buckets_and_the_smallest_count_agree(keys: list[str], counters: int) -> None:
    one = summary(keys, counters)
    assert {k: c for c, bucket in one.buckets.items() for k in bucket} == one.counts
    assert one.smallest == min(one.counts.values(), default=0)
    assert sum(one.counts.values()) == one.total == len(keys)
    assert len(one.counts) <= counters


@given(keys=KEYS)
def test_with_a_counter_for_every_key_all_counts_are_exact(keys: list[str]) -> None:
    exact = sorted(Counter(keys).items(), key=lambda item: (-item[1], item[0]))
    assert summary(keys, 10).top() == [Heavy(key, count, 0) for key, count in exact]


@given(parts=st.lists(KEYS, max_size=4), counters=st.integers(1, 12))
def test_over_several_summaries_the_bounds_hold_as_well(
    parts: list[list[str]], counters: int
) -> None:
    truth = Counter(key for part in parts for key in part)
    total = sum(truth.values())
    found = heaviest([summary(part, counters) for part in parts], 1_000)
    for heavy in found:
        assert heavy.at_least <= truth[heavy.key] <= heavy.count
        assert heavy.error <= total / counters
    assert {k for k, n in truth.items() if n > total / counters} <= {one.key for one in found}


def test_the_ten_hottest_of_a_skewed_stream_are_found_among_a_hundred_thousand_keys() -> None:
    rng = random.Random(1)
    stream = [f"k{int(100_000 ** rng.random())}" for _ in range(50_000)]
    hottest = {key for key, _ in Counter(stream).most_common(10)}
    found = summary(stream, 200).top(10)
    assert {heavy.key for heavy in found} == hottest


def test_without_a_counter_there_is_nothing_to_count_with() -> None:
    with pytest.raises(ValueError, match="at least 1 counter, not 0"):
        SpaceSaving(0)
