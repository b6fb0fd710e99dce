"""Rules by prefix: the longest counts, jitter spreads, and a shorter ttl is left alone."""

import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cachelab.invalidation import ExpireAfter
from cachelab.ports import Journal, ManualClock, MemoryStore, instrument


def lives(store: ExpireAfter, count: int) -> list[float]:
    return [store.ttl(f"k{number}") for number in range(count)]  # type: ignore[misc]


@given(
    st.dictionaries(st.text("ab:", max_size=4), st.integers(1, 9)),
    st.text("ab:", max_size=6),
)
def test_the_longest_prefix_of_a_key_counts(rules: dict[str, int], key: str) -> None:
    fitting = [prefix for prefix in rules if key.startswith(prefix)]
    expected = rules[max(fitting, key=len)] if fitting else None
    assert ExpireAfter(MemoryStore(), rules).life(key) == expected


def test_keys_stored_together_die_within_the_share_of_the_jitter_and_not_together() -> None:
    store = ExpireAfter(MemoryStore(ManualClock()), {"k": 100}, jitter=0.5, rng=random.Random(1))
    for number in range(200):
        store.set(f"k{number}", number)
    found = lives(store, 200)
    assert 50 <= min(found) < 55
    assert 95 < max(found) <= 100
    assert len(set(found)) == 200


def test_a_batch_dies_in_eight_moments_and_takes_eight_round_trips() -> None:
    journal = Journal()
    inner = instrument(MemoryStore(ManualClock()), journal=journal)
    store = ExpireAfter(inner, {"k": 100}, jitter=0.5)
    store.set_many({f"k{number}": number for number in range(200)})
    assert journal.verbs() == ["set_many"] * 8
    assert len(set(lives(store, 200))) == 8


def test_without_jitter_a_batch_is_one_round_trip_for_each_rule() -> None:
    journal = Journal()
    store = ExpireAfter(
        instrument(MemoryStore(), journal=journal), {"a": 1, "b": 2}, jitter=0, default=3
    )
    store.set_many({f"{letter}{number}": 0 for letter in "abc" for number in range(50)})
    assert journal.verbs() == ["set_many"] * 3


@pytest.mark.parametrize("verb", ["set", "set_many", "add", "replace"])
@pytest.mark.parametrize(("asked", "given_"), [(None, 100), (7, 7), (1000, 100)])
def test_each_way_to_store_keeps_to_the_rule(verb: str, asked: Any, given_: float) -> None:
    store = ExpireAfter(MemoryStore(ManualClock()), {"user:": 100}, jitter=0)
    if verb == "replace":
        store.add("user:1", "lease", ttl=5)
        assert store.replace("user:1", "lease", "value", asked)
    elif verb == "set_many":
        store.set_many({"user:1": "value"}, asked)
    else:
        getattr(store, verb)("user:1", "value", asked)
    assert store.ttl("user:1") == given_


@pytest.mark.parametrize("seconds", [0, -1, float("nan"), None])
def test_a_rule_that_is_no_time_is_refused(seconds: Any) -> None:
    with pytest.raises(ValueError, match=r"must be"):
        ExpireAfter(MemoryStore(), {"user:": seconds})


@pytest.mark.parametrize("jitter", [-0.1, 1, float("nan")])
def test_a_jitter_that_would_leave_no_life_is_refused(jitter: float) -> None:
    with pytest.raises(ValueError, match="jitter"):
        ExpireAfter(MemoryStore(), jitter=jitter)
