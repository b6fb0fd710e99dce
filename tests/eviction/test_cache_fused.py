"""The short way of FIFO, LRU and LFU against the long way, which asks the policy."""

import copy
import gc
import pickle
import threading
import weakref
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cachelab.eviction import FIFO, LFU, LRU, Cache, EvictionPolicy, Synchronized
from cachelab.eviction.loads import Loads
from cachelab.eviction.synchronized import _locked
from cachelab.ports import ManualClock

KINDS = (FIFO, LRU, LFU)
every_kind = pytest.mark.parametrize("kind", KINDS)

KEYS = st.sampled_from("abcdef")
STEPS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["get", "get", "delete", "peek"]), KEYS),
        st.tuples(st.just("put"), KEYS, st.integers()),
        st.tuples(st.just("clear")),
        st.tuples(st.just("copy")),
    ),
    max_size=60,
)
LATER = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["get", "get", "delete"]), KEYS),
        st.tuples(st.just("put"), KEYS, st.integers(), st.sampled_from([None, 1.0, 2.0])),
        st.tuples(st.just("wait"), st.sampled_from([0.5, 1.0])),
    ),
    max_size=30,
)


class LongWay(Cache):
    """As a subclass, it asks its policy at each request."""


def state(cache: Cache) -> tuple[Any, ...]:
    cache.check()
    return cache.items(), list(cache), len(cache), cache.stats, cache.weight


@every_kind
@given(capacity=st.integers(1, 4), steps=STEPS)
def test_the_short_way_does_what_the_long_way_does(kind, capacity: int, steps) -> None:
    short, long = Cache(kind(capacity)), LongWay(kind(capacity))
    for verb, *rest in steps:
        if verb == "copy":
            short = copy.deepcopy(short)
        else:
            assert getattr(short, verb)(*rest) == getattr(long, verb)(*rest)
        assert state(short) == state(long)


@every_kind
@given(steps=STEPS, later=LATER, heard=st.booleans())
def test_it_hands_over_when_limits_come_and_callers_need_not_look_again(
    kind, steps, later, heard: bool
) -> None:
    caches, verbs, told, clock = [], [], ([], []), ManualClock()
    for make in (Cache, LongWay):
        cache = make(kind(3), clock=clock)
        caches.append(cache)
        # As in a loop that looked the methods up before it began.
        verbs.append({name: getattr(cache, name) for name in ("get", "put", "delete", "peek")})
    for verb, *rest in steps:
        if verb in verbs[0]:
            assert verbs[0][verb](*rest) == verbs[1][verb](*rest)
    if heard:
        caches[0].on_evict, caches[1].on_evict = (
            lambda *entry: told[0].append(entry),
            lambda *entry: told[1].append(entry),
        )
    for verb, *rest in later:
        if verb == "wait":
            clock.advance(rest[0])
        else:
            assert verbs[0][verb](*rest) == verbs[1][verb](*rest)
        assert state(caches[0]) == state(caches[1])
    assert told[0] == told[1]


@every_kind
def test_a_time_to_live_that_is_refused_loses_nothing(kind) -> None:
    cache = Cache(kind(2))
    cache["a"] = 1
    with pytest.raises(ValueError, match="ttl must be above 0"):
        cache.put("a", 2, ttl=-1)
    cache["b"], cache["c"] = 2, 3
    cache.check()
    assert len(cache) == 2


@every_kind
@pytest.mark.parametrize(
    "again",
    [copy.deepcopy, lambda cache: pickle.loads(pickle.dumps(cache))],
    ids=["copy", "pickle"],
)
def test_a_copy_has_a_life_of_its_own(kind, again: Callable[[Cache], Cache]) -> None:
    first = Cache(kind(2))
    first["a"], first["b"] = 1, 2
    second = again(first)
    second["c"] = 3
    second.get("c")
    assert "c" not in first
    assert first.items() == [("a", 1), ("b", 2)]
    assert second["c"] == 3
    assert (first.stats.hits, second.stats.hits) == (0, 2)
    first.check()
    second.check()
    with pytest.raises(ValueError, match="already serves"):
        Cache(second.policy)


class Value:
    """Something that can be referred to weakly."""


@every_kind
def test_a_replaced_value_is_let_go_even_after_limits_came(kind) -> None:
    cache, value = Cache(kind(2)), Value()
    alive = weakref.ref(value)
    cache["a"] = value
    cache.put("b", 1, ttl=100)
    cache["a"] = 2
    del value
    gc.collect()
    assert alive() is None


@pytest.mark.parametrize("base", KINDS)
def test_a_policy_of_ones_own_is_asked(base: type[EvictionPolicy]) -> None:
    hits = []

    class Mine(base):  # type: ignore[misc, valid-type]
        def hit(self, key: object) -> None:
            hits.append(key)
            super().hit(key)

    cache = Cache(Mine(2))
    cache["a"] = 1
    assert cache["a"] == 1
    assert hits == ["a"]


def test_a_cache_of_ones_own_is_used_with_its_verbs() -> None:
    class Loud(Cache):
        def get(self, key: object, default: object = None) -> object:
            return ("got", super().get(key, default))

    class LoudTogether(Synchronized):
        def get(self, key: object, default: object = None) -> object:
            return ("locked", super().get(key, default))

    assert Loud(LRU(2)).get("a") == ("got", None)
    assert Synchronized(Loud(LRU(2))).get("a") == ("got", None)
    assert LoudTogether(Cache(LRU(2))).get("a") == ("locked", None)


@every_kind
def test_counting_anew_leaves_the_old_counters_as_they_were(kind) -> None:
    cache = Cache(kind(2))
    cache.get("a")
    before = cache.stats
    cache.reset_stats()
    cache.put("a", 1)
    cache.get("a")
    assert (before.misses, before.hits) == (1, 0)
    assert (cache.stats.misses, cache.stats.hits) == (0, 1)


class InterruptedLock:
    """A lock at which Ctrl-C arrives once: while it waits, or when it has just been taken."""

    def __init__(self, taken: bool) -> None:
        self.lock, self.taken, self.due = threading.RLock(), taken, True

    def acquire(self) -> bool:
        if self.due:
            self.due = False
            if self.taken:
                self.lock.acquire()
            raise KeyboardInterrupt
        return self.lock.acquire()

    def release(self) -> None:
        self.lock.release()


@pytest.mark.parametrize("taken", [False, True], ids=["waiting", "taken"])
@pytest.mark.parametrize("verb", [0, 1], ids=["get", "put"])
def test_ctrl_c_at_the_lock_is_heard_and_leaves_the_lock_free(taken: bool, verb: int) -> None:
    lock = InterruptedLock(taken)
    verbs = _locked(Cache(LRU(2)), lock, Loads())
    with pytest.raises(KeyboardInterrupt):
        verbs[verb]("a", 1)
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(lock.lock.acquire, timeout=5).result(10)


def test_an_error_in_an_operation_leaves_the_lock_free() -> None:
    cache = Synchronized(Cache(LRU(2)))
    with pytest.raises(TypeError, match="unhashable"):
        cache.put([], 1)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="unhashable"):
        cache.get([])  # type: ignore[arg-type]
    with ThreadPoolExecutor(1) as pool:
        pool.submit(cache.put, "a", 1).result(10)
    assert cache["a"] == 1
