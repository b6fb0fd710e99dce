"""A watched store: the contract of a store, and what it tells."""

import random
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cachelab.operations.metrics import Big, CacheMetrics, Measured
from cachelab.operations.metrics.measured import encoded_size, is_a_copy
from cachelab.ports import (
    MISSING,
    ManualClock,
    MemorySource,
    MemoryStore,
    SimRuntime,
    StoreError,
    instrument,
)
from cachelab.strategies import CacheAside
from tests.contracts.store_contract import StoreContract


class TestMeasured(StoreContract):
    @pytest.fixture
    def clock(self) -> ManualClock:
        return ManualClock()

    @pytest.fixture
    def store(self, clock: ManualClock) -> Iterator[Measured]:
        store = CacheMetrics(clock).watch(MemoryStore(clock), size_of=encoded_size)
        yield store
        store.close()

    @pytest.fixture
    def advance(self, clock: ManualClock) -> Callable[[float], None]:
        return clock.advance


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def metrics(clock: ManualClock) -> CacheMetrics:
    return CacheMetrics(clock)


@pytest.fixture
def store(metrics: CacheMetrics, clock: ManualClock) -> Measured:
    return metrics.watch(MemoryStore(clock), size_of=encoded_size)


LOOKUPS = st.lists(st.tuples(st.sampled_from("abc"), st.booleans()), min_size=1, max_size=40)


@given(steps=LOOKUPS)
def test_hits_and_misses_are_those_of_a_count_by_hand(steps: list[tuple[str, bool]]) -> None:
    clock = ManualClock()
    metrics = CacheMetrics(clock)
    store, present, hits = metrics.watch(MemoryStore(clock)), set(), 0
    for key, is_write in steps:
        if is_write:
            store.set(key, 1)
            present.add(key)
        store.get(key)
        hits += key in present
    totals = metrics.totals()
    assert (totals.hits, totals.misses) == (hits, len(steps) - hits)
    assert totals.hit_ratio == hits / len(steps)
    assert totals.miss_ratio == pytest.approx(1 - hits / len(steps))


def test_each_key_of_a_call_for_many_is_a_lookup(metrics: CacheMetrics, store: Measured) -> None:
    store.set_many({"a": 1, "b": 2})
    assert store.get_many(["a", "b", "c"]) == {"a": 1, "b": 2}
    totals = metrics.totals()
    assert (totals.hits, totals.misses, totals.latencies["many"].count) == (2, 1, 1)


def test_misses_have_latencies_as_hits_do() -> None:
    sim = SimRuntime()
    metrics = CacheMetrics(sim)
    slow = instrument(MemoryStore(sim), sim, latency=lambda _, key: 0.5 if key == "gone" else 0.25)
    store = metrics.watch(slow)

    def scene() -> None:
        store.set("there", 1)
        store.get("there")
        store.get("gone")

    sim.run(scene)
    kinds = metrics.totals().latencies
    assert (kinds["hit"].longest, kinds["miss"].longest, kinds["write"].longest) == (
        0.25,
        0.5,
        0.25,
    )
    assert metrics.totals().lookups.count == 2


def test_a_call_that_fails_is_neither_hit_nor_miss(clock: ManualClock) -> None:
    metrics = CacheMetrics(clock)
    dead = instrument(MemoryStore(clock), faults=lambda *_: StoreError("no route to host"))
    store = metrics.watch(dead)
    for call in (lambda: store.get("k"), lambda: store.set("k", 1), lambda: store.delete("k")):
        with pytest.raises(StoreError, match="no route"):
            call()
    totals = metrics.totals()
    assert (totals.failures, totals.hits, totals.misses, totals.hit_ratio) == (3, 0, 0, None)
    assert totals.latencies["failed"].count == 3


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, True),
        (0, True),
        ("", True),
        (MISSING, False),
        (["row", "stamp", 60.0, "Ada"], True),
        (["absent", "stamp", 10.0], True),
        (["lease", "stamp"], False),
        (["place", "token", None], False),
        (["place", "token", ["row", 0.1, 5.0, "older"]], True),
    ],
)
def test_a_placeholder_is_no_hit(value: object, expected: bool) -> None:
    assert is_a_copy(value) is expected


def test_the_hit_ratio_behind_a_strategy_is_that_of_its_reads(
    metrics: CacheMetrics, store: Measured
) -> None:
    source = MemorySource()
    source.write("user:1", "Ada")
    cache = CacheAside(store, source, ttl=60, rng=random.Random(1))
    assert [cache.read("user:1") for _ in range(4)] == ["Ada"] * 4
    assert (metrics.totals().hits, metrics.totals().misses) == (3, 1)


def test_the_biggest_values_are_known_and_forgotten_when_they_go(
    metrics: CacheMetrics, store: Measured
) -> None:
    store.set("big", "x" * 1_000)
    store.set("small", "x")
    store.add("huge", "x" * 5_000)
    store.delete("huge")
    store.replace("big", "x" * 1_000, MISSING)
    store.set("middle", "x" * 100)
    size = encoded_size("x" * 100)
    assert metrics.totals().big_keys == (Big(size, "middle"), Big(encoded_size("x"), "small"))
    store.clear()
    assert metrics.totals().big_keys == ()
