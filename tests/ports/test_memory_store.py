"""The in-process store: the contract, the exact moment of death, and a model it is held against."""

import logging
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from cachelab.ports import MISSING, ManualClock, MemoryStore, ThreadRuntime
from cachelab.ports.memory import Entry
from tests.contracts.store_contract import StoreContract


class TestMemoryStore(StoreContract):
    @pytest.fixture
    def clock(self) -> ManualClock:
        return ManualClock()

    @pytest.fixture
    def store(self, clock: ManualClock) -> MemoryStore:
        return MemoryStore(clock)

    @pytest.fixture
    def advance(self, clock: ManualClock) -> Callable[[float], None]:
        return clock.advance


def test_an_entry_is_dead_at_the_very_moment_its_ttl_is_over() -> None:
    clock = ManualClock()
    store = MemoryStore(clock)
    store.set("k", 1, ttl=2.0)
    clock.advance(1.9999)
    assert store.get("k") == 1
    clock.advance(2.0 - clock.now())
    assert store.get("k") is MISSING


def test_a_dead_entry_that_was_asked_for_no_longer_takes_room() -> None:
    clock = ManualClock()
    store = MemoryStore(clock)
    store.set("k", 1, ttl=1)
    clock.advance(1)
    store.get("k")
    assert store.entries == {}


@pytest.mark.parametrize("payload", [b"", b"\xff", b"{", b'{"!set":[[]]}', b'{"!unknown":1}'])
def test_damaged_bytes_are_a_miss_are_reported_and_are_removed(payload: bytes) -> None:
    told: list[tuple[str, str]] = []
    store = MemoryStore(on_corrupt=lambda key, error: told.append((key, str(error))))
    store.entries["k"] = Entry(payload, None)
    assert store.get("k") is MISSING
    assert store.entries == {}
    assert store.get_many(["k"]) == {}
    assert told == [("k", "these bytes are not a value that was kept here")]


def test_without_a_callback_damaged_bytes_are_logged(caplog: pytest.LogCaptureFixture) -> None:
    store = MemoryStore()
    store.entries["k"] = Entry(b"{", None)
    store.get("k")
    assert caplog.record_tuples == [
        (
            "cachelab.ports",
            logging.WARNING,
            "the entry of 'k' was removed: these bytes are not a value that was kept here",
        )
    ]


def test_without_a_clock_time_is_the_machine_s() -> None:
    store = MemoryStore()
    store.set("k", 1, ttl=3600)
    left = store.ttl("k")
    assert isinstance(left, float)
    assert 3500 < left <= 3600


def test_clear_of_one_store_leaves_another_alone() -> None:
    one, other = MemoryStore(), MemoryStore()
    one.set("k", 1)
    other.set("k", 2)
    one.clear()
    assert other.get("k") == 2


def test_threads_that_set_and_delete_one_key_leave_it_whole() -> None:
    store, runtime = MemoryStore(), ThreadRuntime()

    def work(who: int) -> int:
        dropped = 0
        for turn in range(300):
            store.set("k", [who, turn])
            assert store.get("k") is MISSING or len(store.get_many(["k"])) <= 1
            dropped += store.delete("k")
        return dropped

    tasks = [runtime.spawn(work, who) for who in range(4)]
    assert 0 < sum(task.join() for task in tasks) <= 1200
    assert store.get("k") is MISSING


keys = st.sampled_from("abc")


class AgainstAModel(RuleBasedStateMachine):
    """Every answer of the store is that of a list of (key, value, dies_at), newest last."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = ManualClock()
        self.store = MemoryStore(self.clock)
        self.written: list[tuple[str, object, float | None]] = []

    def expected(self, key: str) -> object:
        for name, value, dies_at in reversed(self.written):
            if name == key:
                dead = dies_at is not None and dies_at <= self.clock.now()
                return MISSING if dead else value
        return MISSING

    @rule(key=keys, value=st.none() | st.integers(0, 3), ttl=st.none() | st.integers(1, 4))
    def set(self, key: str, value: int | None, ttl: int | None) -> None:
        self.store.set(key, value, ttl)
        dies_at = None if ttl is None else self.clock.now() + ttl
        self.written.append((key, value, dies_at))

    @rule(key=keys, value=st.none() | st.integers(0, 3), ttl=st.none() | st.integers(1, 4))
    def add(self, key: str, value: int | None, ttl: int | None) -> None:
        is_free = self.expected(key) is MISSING
        assert self.store.add(key, value, ttl) == is_free
        if is_free:
            self.written.append((key, value, None if ttl is None else self.clock.now() + ttl))

    @rule(
        key=keys,
        old=st.none() | st.integers(0, 3),
        new=st.just(MISSING) | st.none() | st.integers(0, 3),
        ttl=st.none() | st.integers(1, 4),
    )
    def replace(self, key: str, old: int | None, new: object, ttl: int | None) -> None:
        found = self.expected(key)
        is_there = found is not MISSING and found == old
        assert self.store.replace(key, old, new, ttl) == is_there
        if is_there and new is MISSING:
            self.written = [entry for entry in self.written if entry[0] != key]
        elif is_there:
            dies_at = None if ttl is None else self.clock.now() + ttl
            self.written.append((key, new, dies_at))

    @rule(key=keys)
    def delete(self, key: str) -> None:
        assert self.store.delete(key) == (self.expected(key) is not MISSING)
        self.written = [entry for entry in self.written if entry[0] != key]

    @rule(seconds=st.integers(0, 3))
    def advance(self, seconds: int) -> None:
        self.clock.advance(seconds)

    @rule()
    def clear(self) -> None:
        self.store.clear()
        self.written = []

    @rule(key=keys)
    def get(self, key: str) -> None:
        found, expected = self.store.get(key), self.expected(key)
        assert found is expected or found == expected

    @invariant()
    def get_many_and_ttl_agree_with_the_model(self) -> None:
        present = {key: value for key in "abc" if (value := self.expected(key)) is not MISSING}
        assert {key for key in "abc" if self.store.ttl(key) is not MISSING} == present.keys()
        assert self.store.get_many("abc") == present


TestAgainstAModel = AgainstAModel.TestCase


@given(st.floats(0.001, 1e6), st.floats(0, 1e6))
def test_ttl_and_get_agree_on_who_is_alive(ttl: float, passed: float) -> None:
    clock = ManualClock(1e5)
    store = MemoryStore(clock)
    store.set("k", 1, ttl)
    clock.advance(passed)
    assert (store.ttl("k") is MISSING) == (store.get("k") is MISSING)
