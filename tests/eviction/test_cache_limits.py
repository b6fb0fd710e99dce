import gc
import math
import threading
import weakref

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cachelab.eviction import LRU, POLICIES, Cache, CacheStats, Synchronized
from cachelab.ports import ManualClock

every_policy = pytest.mark.parametrize(
    "name", [name for name, policy in POLICIES.items() if not policy.needs_future]
)

STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("get"), st.sampled_from("abcde")),
        st.tuples(st.just("delete"), st.sampled_from("abcde")),
        st.tuples(
            st.just("put"),
            st.sampled_from("abcde"),
            st.integers(0, 6),
            st.sampled_from([None, 1.0, 2.5, math.inf]),
        ),
        st.tuples(st.just("wait"), st.sampled_from([0.5, 1.0, 2.0])),
    ),
    max_size=50,
)


class NaiveLimits:
    """An LRU cache with deadlines and weights: a list of entries, least recent first."""

    def __init__(self, capacity: int, ttl: float, max_weight: int) -> None:
        self.capacity, self.ttl, self.max_weight = capacity, ttl, max_weight
        self.now = 0.0
        self.entries: list[tuple[str, int, float]] = []

    def alive(self) -> None:
        self.entries = [entry for entry in self.entries if entry[2] > self.now]

    def find(self, key: str) -> tuple[str, int, float] | None:
        self.alive()
        return next((entry for entry in self.entries if entry[0] == key), None)

    def get(self, key: str) -> int | None:
        entry = self.find(key)
        if entry is None:
            return None
        self.entries.remove(entry)
        self.entries.append(entry)
        return entry[1]

    def put(self, key: str, weight: int, ttl: float | None) -> None:
        entry = self.find(key)
        if entry is not None:
            self.entries.remove(entry)
        if weight > self.max_weight:
            return
        while sum(other[1] for other in self.entries) + weight > self.max_weight:
            self.entries.pop(0)
        if len(self.entries) == self.capacity:
            self.entries.pop(0)
        self.entries.append((key, weight, self.now + (self.ttl if ttl is None else ttl)))

    def delete(self, key: str) -> bool:
        entry = self.find(key)
        if entry is not None:
            self.entries.remove(entry)
        return entry is not None


@given(STEPS)
def test_lru_with_deadlines_and_weights_does_what_a_list_of_entries_does(steps) -> None:
    clock = ManualClock()
    naive = NaiveLimits(3, ttl=2.0, max_weight=8)
    cache = Cache(LRU(3), ttl=2.0, weigh=lambda _, value: value, max_weight=8, clock=clock)
    for verb, *rest in steps:
        if verb == "wait":
            clock.advance(rest[0])
            naive.now += rest[0]
        elif verb == "get":
            assert cache.get(rest[0]) == naive.get(rest[0])
        elif verb == "delete":
            assert cache.delete(rest[0]) is naive.delete(rest[0])
        else:
            cache.put(rest[0], rest[1], ttl=rest[2])
            naive.put(*rest)
        naive.alive()
        assert list(cache) == [key for key, _, _ in naive.entries]
        assert cache.weight == sum(weight for _, weight, _ in naive.entries)
        cache.check()


@every_policy
@given(steps=STEPS)
def test_whatever_the_policy_nothing_dead_or_stale_is_served(name: str, steps) -> None:
    clock = ManualClock()
    cache = Cache(
        POLICIES[name](3), ttl=2.0, weigh=lambda _, value: value, max_weight=8, clock=clock
    )
    stored: dict[str, tuple[int, float]] = {}
    for verb, *rest in steps:
        if verb == "wait":
            clock.advance(rest[0])
        elif verb == "get":
            value = cache.get(rest[0])
            if value is not None:
                assert stored[rest[0]][0] == value
                assert stored[rest[0]][1] > clock.now()
        elif verb == "delete":
            cache.delete(rest[0])
            stored.pop(rest[0], None)
        else:
            cache.put(rest[0], rest[1], ttl=rest[2])
            life = 2.0 if rest[2] is None else rest[2]
            stored[rest[0]] = (rest[1], clock.now() + life)
        assert len(cache) <= 3
        assert cache.weight <= 8
        cache.check()


def test_an_entry_is_dead_at_exactly_its_time_to_live() -> None:
    clock = ManualClock()
    cache = Cache(LRU(2), ttl=10, clock=clock)
    cache.put("a", 1)
    clock.advance(9.5)
    assert "a" in cache
    clock.advance(0.5)
    assert "a" not in cache
    assert cache.get("a", "dead") == "dead"


def test_a_put_starts_a_new_life_and_a_get_does_not() -> None:
    clock = ManualClock()
    cache = Cache(LRU(2), ttl=10, clock=clock)
    for key in "ab":
        cache.put(key, 1)
    clock.advance(6)
    cache.put("a", 2)
    cache.get("b")
    clock.advance(6)
    assert list(cache) == ["a"]


def test_a_dead_entry_does_not_cost_a_live_one_its_place() -> None:
    clock = ManualClock()
    cache = Cache(LRU(2), clock=clock)
    cache.put("short", 1, ttl=1)
    cache.put("long", 2)
    cache.get("short")
    clock.advance(1)
    cache.put("new", 3, ttl=5)
    assert sorted(cache) == ["long", "new"]
    assert (cache.stats.expirations, cache.stats.evictions) == (1, 0)


def test_an_object_larger_than_the_cache_is_refused_and_loses_nothing_else() -> None:
    cache = Cache(LRU(5), weigh=lambda _, value: len(value), max_weight=10)
    cache.put("a", "1234")
    cache.put("film", "x" * 11)
    assert "film" not in cache
    assert cache.get("a") == "1234"
    assert (cache.stats.refused, cache.stats.evictions) == (1, 0)


def test_an_entry_that_grew_too_large_is_dropped_instead_of_served_old() -> None:
    cache = Cache(LRU(5), weigh=lambda _, value: len(value), max_weight=10)
    cache.put("a", "1234")
    cache.put("a", "x" * 11)
    assert cache.get("a", "gone") == "gone"


def test_the_callback_tells_why_an_entry_left_and_finds_a_whole_cache() -> None:
    told: list[tuple[object, object, str, int]] = []
    clock = ManualClock()

    def tell(key: object, value: object, reason: str) -> None:
        cache.check()
        told.append((key, value, reason, len(cache)))

    cache = Cache(LRU(1), ttl=5, on_evict=tell, clock=clock)
    cache.put("a", 1)
    cache.put("b", 2)
    cache.delete("b")
    cache.put("c", 3)
    clock.advance(5)
    cache.purge()
    assert told == [("a", 1, "evicted", 1), ("c", 3, "expired", 0)]


def test_a_callback_that_raises_is_heard_and_leaves_the_cache_whole() -> None:
    def fail(*entry: object) -> None:
        raise OSError("no disk")

    cache = Cache(LRU(1), on_evict=fail)
    cache.put("a", 1)
    with pytest.raises(OSError, match="no disk"):
        cache.put("b", 2)
    cache.check()
    assert cache.get("b") == 2


def test_square_brackets_work_as_those_of_a_dict() -> None:
    cache = Cache(LRU(2))
    cache["a"] = None
    assert cache["a"] is None
    del cache["a"]
    with pytest.raises(KeyError):
        cache["a"]
    with pytest.raises(KeyError):
        del cache["a"]


def test_peek_and_items_are_no_uses() -> None:
    cache = Cache(LRU(2))
    cache["a"], cache["b"] = 1, 2
    assert cache.peek("a") == 1
    assert dict(cache.items()) == {"a": 1, "b": 2}
    cache["c"] = 3
    assert "a" not in cache
    assert cache.stats == CacheStats(evictions=1)


def test_clear_keeps_the_counters_and_frees_the_policy() -> None:
    cache = Cache(LRU(2))
    cache["a"] = 1
    cache.get("a")
    cache.clear()
    assert len(cache) == 0
    assert cache.stats.hits == 1
    cache.check()


@pytest.mark.parametrize("ttl", [0, -1, math.nan])
def test_a_time_to_live_that_is_none_is_refused_and_loses_nothing(ttl: float) -> None:
    cache = Cache(LRU(2))
    cache["a"] = 1
    with pytest.raises(ValueError, match="ttl must be above 0"):
        cache.put("a", 2, ttl=ttl)
    assert cache["a"] == 1
    with pytest.raises(ValueError, match="ttl must be above 0"):
        Cache(LRU(2), ttl=ttl)


@pytest.mark.parametrize(("weight", "error"), [(-1, ValueError), (1.5, TypeError)])
def test_a_weight_that_is_no_size_is_refused_and_loses_nothing(weight, error) -> None:
    cache = Cache(LRU(2), weigh=lambda _, value: value, max_weight=5)
    cache["a"] = 1
    with pytest.raises(error, match=str(weight)):
        cache["a"] = weight
    cache.check()
    assert cache["a"] == 1


def test_a_load_is_shared_by_all_who_miss_the_same_key() -> None:
    cache = Synchronized(Cache(LRU(2)))
    loading, go_on = threading.Event(), threading.Event()
    calls: list[str] = []

    def load(key: str) -> str:
        calls.append(key)
        loading.set()
        assert go_on.wait(10)
        return key.upper()

    answers: list[str] = []
    threads = [
        threading.Thread(target=lambda: answers.append(cache.get_or_load("a", load)))
        for _ in range(5)
    ]
    for thread in threads:
        thread.start()
    assert loading.wait(10)
    assert len(cache) == 0, "the lock is free while the loader runs"
    go_on.set()
    for thread in threads:
        thread.join(10)
    assert answers == ["A"] * 5
    assert calls == ["a"]


def test_a_put_during_a_load_wins_over_what_was_loaded() -> None:
    cache = Synchronized(Cache(LRU(2)))

    def load(key: str) -> str:
        cache.put(key, "new")
        return "old"

    cache.get_or_load("a", load)
    assert cache.get("a") == "new"


def test_a_load_that_fails_is_not_kept_and_blocks_nobody() -> None:
    cache = Synchronized(Cache(LRU(2)))

    def fail(_key: str) -> str:
        raise LookupError("no such row")

    with pytest.raises(LookupError):
        cache.get_or_load("a", fail)
    assert cache.get_or_load("a", str.upper) == "A"


def test_a_loader_that_asks_for_its_own_key_is_told_so() -> None:
    cache = Synchronized(Cache(LRU(2)))
    with pytest.raises(RuntimeError, match="'a' waits for itself"):
        cache.get_or_load("a", lambda key: cache.get_or_load(key, str))


def test_the_sweep_drops_what_nobody_asks_for_and_ends_with_the_cache() -> None:
    clock, gone = ManualClock(), threading.Event()
    cache = Cache(LRU(2), ttl=1, clock=clock, on_evict=lambda *_: gone.set())
    with Synchronized(cache, sweep_every=0.001) as swept:
        swept.put("a", 1)
        clock.advance(1)
        assert gone.wait(10)
        assert swept.stats.expirations == 1
    assert "cachelab-sweep" not in {thread.name for thread in threading.enumerate()}


def test_a_dropped_cache_leaves_no_thread_behind() -> None:
    cache = Synchronized(Cache(LRU(2), ttl=1), sweep_every=1_000)
    (thread,) = [one for one in threading.enumerate() if one.name == "cachelab-sweep"]
    alive = weakref.ref(cache)
    del cache
    gc.collect()
    assert alive() is None
    thread.join(10)
    assert not thread.is_alive()
