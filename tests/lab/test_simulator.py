from collections import OrderedDict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cachelab.eviction import LRU, POLICIES, Cache
from cachelab.lab import Trace, capacity_of, scan, simulate, zipf


class LearnersLRU:
    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self.values: OrderedDict[object, object] = OrderedDict()

    def get(self, key: object) -> object:
        if key not in self.values:
            return None
        self.values.move_to_end(key)
        return self.values[key]

    def put(self, key: object, value: object) -> None:
        self.values[key] = value
        self.values.move_to_end(key)
        if len(self.values) > self.capacity:
            self.values.popitem(last=False)


def cache_of(name: str, requests: Trace) -> type[Cache]:
    options = {"future": requests} if POLICIES[name].needs_future else {}

    class Wrapped(Cache):
        def __init__(self, capacity: int) -> None:
            super().__init__(POLICIES[name](capacity, **options))

    return Wrapped


@pytest.mark.parametrize("name", POLICIES)
def test_a_policy_counts_the_same_by_name_by_class_and_inside_a_cache(name: str) -> None:
    trace = zipf(3_000, objects=200)
    hits = {
        simulate(trace, name, 20).hits,
        simulate(trace, POLICIES[name], 20).hits,
        simulate(trace, cache_of(name, trace), 20).hits,
    }
    assert len(hits) == 1


@given(st.lists(st.integers(0, 12), min_size=1, max_size=200), st.integers(1, 9))
def test_a_learners_own_class_is_simulated_like_ours(keys: list[int], capacity: int) -> None:
    assert simulate(keys, LearnersLRU, capacity).hits == simulate(keys, LRU, capacity).hits


def test_a_result_names_everything_it_was_made_of() -> None:
    result = simulate(["a", "b", "a"], "lru", 2)
    assert (result.policy, result.capacity, result.requests) == ("lru", 2, 3)
    assert (result.hits, result.misses, result.hit_ratio) == (1, 2, 1 / 3)


@pytest.mark.parametrize("capacity", [0, -1, 2.5, "3", True, None])
def test_a_capacity_that_is_none_is_refused_by_its_value(capacity) -> None:
    with pytest.raises(ValueError, match=f"not {capacity!r}"):
        simulate([1], "lru", capacity)


def test_an_unknown_policy_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match="unknown policy 'lur'; known are fifo"):
        simulate([1], "lur", 1)


def test_a_class_without_get_and_put_is_refused_by_its_name() -> None:
    with pytest.raises(TypeError, match="OrderedDict is no policy and has no get"):
        simulate([1], OrderedDict, 1)


def test_an_empty_trace_is_refused() -> None:
    with pytest.raises(ValueError, match="empty"):
        simulate([], "lru", 1)


@pytest.mark.parametrize(
    ("text", "entries"), [("64", 64), ("1_000", 1000), ("1%", 2), ("0.01%", 1), (" 50 % ", 100)]
)
def test_a_capacity_is_read_as_entries_or_as_a_share_of_the_objects(text, entries) -> None:
    assert capacity_of(text, scan(200)) == entries


@pytest.mark.parametrize("text", ["0", "-4", "0%", "nan%", "inf%", "1.5", "", "many"])
def test_a_capacity_that_is_nothing_is_refused_by_its_text(text: str) -> None:
    with pytest.raises(ValueError, match=f"capacity.*'{text}'"):
        capacity_of(text, scan(10))
