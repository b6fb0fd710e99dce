"""A store in this process that an eviction policy keeps small."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cachelab.eviction import LRU, POLICIES, EvictionPolicy
from cachelab.operations import LocalStore
from cachelab.ports import MISSING, ManualClock, MemoryStore
from cachelab.ports.codec import encode
from tests.contracts.store_contract import StoreContract

ONLINE = sorted(name for name, policy in POLICIES.items() if not policy.needs_future)


class TestLocalStore(StoreContract):
    @pytest.fixture
    def clock(self) -> ManualClock:
        return ManualClock()

    @pytest.fixture
    def store(self, clock: ManualClock) -> LocalStore:
        return LocalStore(LRU(5_000), clock=clock)

    @pytest.fixture
    def advance(self, clock: ManualClock) -> Callable[[float], None]:
        return clock.advance


KEYS = st.sampled_from("abcdef")
VERBS = st.one_of(
    st.tuples(st.just("set"), KEYS, st.integers(0, 3), st.none() | st.integers(1, 5)),
    st.tuples(st.just("add"), KEYS, st.integers(0, 3), st.none() | st.integers(1, 5)),
    st.tuples(st.just("replace"), KEYS, st.integers(0, 3), st.integers(0, 3)),
    st.tuples(st.sampled_from(["get", "delete", "ttl"]), KEYS),
    st.tuples(st.just("advance"), st.integers(0, 3)),
)


@given(st.sampled_from(ONLINE), st.lists(VERBS, max_size=40))
def test_with_room_for_all_it_answers_as_a_dict_would(
    name: str, verbs: list[tuple[Any, ...]]
) -> None:
    clock = ManualClock()
    ours, twin = LocalStore(POLICIES[name](200), clock=clock), MemoryStore(clock)
    for verb, *arguments in verbs:
        if verb == "advance":
            clock.advance(*arguments)
        else:
            assert getattr(ours, verb)(*arguments) == getattr(twin, verb)(*arguments)


@given(st.sampled_from(ONLINE), st.lists(VERBS, max_size=60))
def test_what_it_has_is_what_a_dict_would_have_and_no_more_than_fits(
    name: str, verbs: list[tuple[Any, ...]]
) -> None:
    clock = ManualClock()
    ours, twin = LocalStore(POLICIES[name](3), clock=clock), MemoryStore(clock)
    for verb, *arguments in verbs:
        if verb == "advance":
            clock.advance(*arguments)
        elif verb in ("set", "delete"):
            getattr(ours, verb)(*arguments)
            getattr(twin, verb)(*arguments)
        elif verb == "get":
            assert ours.get(*arguments) in (MISSING, twin.get(*arguments))
        assert len(ours) <= 3


def test_a_use_keeps_a_key_and_a_question_about_its_ttl_does_not() -> None:
    store = LocalStore(LRU(2))
    store.set_many({"a": 1, "b": 2})
    store.get("a")
    store.ttl("b")
    store.set("c", 3)
    assert store.get_many("abc") == {"a": 1, "c": 3}


def test_bytes_are_bounded_as_they_are_encoded() -> None:
    store = LocalStore(LRU(100), max_bytes=2 * len(encode("x" * 50)))
    for key in "abc":
        store.set(key, "x" * 50)
    assert store.get_many("abc").keys() == {"b", "c"}


def test_what_is_larger_than_the_store_is_not_kept_and_neither_is_what_it_replaces() -> None:
    store = LocalStore(LRU(100), max_bytes=60)
    store.set("k", "small")
    store.set("k", "x" * 100)
    assert store.get("k") is MISSING
    assert store.add("k", "x" * 100) is False


def test_a_policy_serves_one_store() -> None:
    policy: EvictionPolicy = LRU(2)
    LocalStore(policy)
    with pytest.raises(ValueError, match="already serves a cache"):
        LocalStore(policy)


def test_bytes_that_are_no_value_are_a_miss_and_are_told() -> None:
    told: list[str] = []
    store = LocalStore(LRU(2), on_corrupt=lambda key, _: told.append(key))
    store.set("k", 1)
    store.cache.peek("k").__class__.payload.__set__(store.cache.peek("k"), b"{")
    assert (store.get("k"), told, len(store)) == (MISSING, ["k"], 0)
