import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from cachelab.eviction import FIFO, LFU, LRU, POLICIES, Cache, Synchronized

from .making import make

kinds = pytest.mark.parametrize("wrap", [lambda cache: cache, Synchronized], ids=["plain", "sync"])


@kinds
@pytest.mark.parametrize("value", [None, 0, "", [], False], ids=repr)
def test_any_value_can_be_stored_and_is_told_from_absence(wrap, value) -> None:
    cache = wrap(Cache(LRU(2)))
    cache.put("key", value)
    assert cache.get("key", "absent") is value


@kinds
def test_an_absent_key_answers_the_default_and_stores_nothing(wrap) -> None:
    cache = wrap(Cache(LRU(2)))
    assert cache.get("key") is None
    assert cache.get("key", 7) == 7
    assert "key" not in cache
    assert len(cache) == 0


@kinds
def test_putting_a_resident_key_replaces_its_value_and_evicts_nothing(wrap) -> None:
    cache = wrap(Cache(LRU(2)))
    cache.put("a", 1)
    cache.put("b", 1)
    cache.put("a", 2)
    assert cache.get("a") == 2
    assert "b" in cache


def test_putting_a_resident_key_is_a_use() -> None:
    cache = Cache(LRU(2))
    for key in ("a", "b", "a", "c"):
        cache.put(key, key)
    assert sorted(cache) == ["a", "c"]


@kinds
def test_deleting_frees_the_place_and_tells_whether_there_was_one(wrap) -> None:
    cache = wrap(Cache(LRU(2)))
    cache.put("a", 1)
    cache.put("b", 2)
    assert cache.delete("a") is True
    assert cache.delete("a") is False
    cache.put("c", 3)
    assert sorted(cache) == ["b", "c"]


@kinds
def test_hits_misses_and_evictions_are_kept_apart(wrap) -> None:
    cache = wrap(Cache(FIFO(1)))
    cache.put("a", 1)
    cache.get("a")
    cache.get("b")
    cache.put("b", 2)
    cache.delete("b")
    stats = cache.stats
    assert (stats.hits, stats.misses, stats.evictions) == (1, 1, 1)
    assert stats.hit_ratio == 0.5


@kinds
def test_the_hit_ratio_of_an_unused_cache_is_zero(wrap) -> None:
    assert wrap(Cache(LFU(3))).stats.hit_ratio == 0.0


def test_a_policy_serves_one_cache_only() -> None:
    policy = LRU(2)
    Cache(policy).put("a", 1)
    with pytest.raises(ValueError, match=r"LRU\(2\) already serves"):
        Cache(policy)


def test_a_class_instead_of_a_policy_is_refused_by_name() -> None:
    with pytest.raises(TypeError, match="LRU"):
        Cache(LRU)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", POLICIES)
def test_an_unhashable_key_is_refused_and_loses_nothing(name: str) -> None:
    cache = Cache(make(name, 2, "aa"))
    cache.put("a", 1)
    with pytest.raises(TypeError, match="unhashable"):
        cache.put(["b"], 2)  # type: ignore[arg-type]
    cache.check()
    assert cache.get("a") == 1


def test_a_synchronized_cache_stays_whole_under_many_threads() -> None:
    cache = Synchronized(Cache(LRU(50)))
    start = threading.Barrier(8)

    def work(seed: int) -> None:
        start.wait()
        for step in range(2_000):
            key = (seed * 7 + step * 13) % 90
            if cache.get(key) is None:
                cache.put(key, step)
            if step % 5 == 0:
                cache.delete(key)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    cache.cache.check()
    assert cache.stats.lookups == 16_000


class KeyThatWaits:
    """A key whose hash, once armed, lets a second thread try to come in between."""

    def __init__(self) -> None:
        self.inside, self.go_on = threading.Event(), threading.Event()
        self.armed = False

    def __hash__(self) -> int:
        if self.armed:
            self.armed = False
            self.inside.set()
            assert self.go_on.wait(5)
        return 1


def test_no_thread_sees_a_synchronized_cache_in_the_middle_of_an_operation() -> None:
    cache = Synchronized(Cache(LRU(2)))
    key = KeyThatWaits()
    key.armed = True
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(cache.put, key, 1)
        assert key.inside.wait(5)
        second = pool.submit(len, cache)
        assert not second.done()
        key.go_on.set()
        first.result(5)
        assert second.result(5) == 1
