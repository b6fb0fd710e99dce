"""The durable write-behind and its log on a stream, over fakeredis and a real server."""

from collections.abc import Iterator
from typing import Any

import fakeredis
import pytest
import redis

from cachelab.ports import (
    MISSING,
    MemoryStore,
    RedisStore,
    Server,
    StoreError,
    ThreadRuntime,
    Versioned,
    start_server,
)
from cachelab.strategies import Backlog, StreamLog, WriteBehind

from .world import FlakySource, keys

HOUR = 3600.0


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with start_server() as server:
        yield server


@pytest.fixture(params=["fakeredis", "server"])
def store(request: pytest.FixtureRequest) -> Iterator[RedisStore]:
    if request.param == "fakeredis":
        store = RedisStore(fakeredis.FakeRedis(), prefix="app:")
    else:
        store = RedisStore(request.getfixturevalue("server").url, prefix="app:")
    yield store
    store.client.flushall()
    store.close()
    store.client.close()


@pytest.fixture
def source() -> FlakySource:
    return FlakySource()


@pytest.fixture
def log(store: RedisStore) -> Iterator[StreamLog]:
    log = StreamLog(store, retry_after=0.02)
    yield log
    log.close()


@pytest.fixture
def cache(store: RedisStore, source: FlakySource, log: StreamLog) -> Iterator[WriteBehind]:
    """A write-behind whose worker does not move by itself for an hour."""
    cache = WriteBehind(store, source, ttl=60, log=log, interval=HOUR, max_attempts=2)
    yield cache
    source.down = False
    cache.close()


def value(source: FlakySource, key: str) -> Any:
    row = source.read(key)
    return row.value if isinstance(row, Versioned) else row


def test_a_write_is_in_the_cache_at_once_and_in_the_source_after_a_step(
    store: RedisStore, source: FlakySource, cache: WriteBehind
) -> None:
    assert cache.write("k", {"n": 1}).fresh
    assert (cache.read("k"), value(source, "k")) == ({"n": 1}, MISSING)
    cache.flusher.step()
    assert value(source, "k") == {"n": 1}


def test_a_write_that_waits_is_read_though_its_copy_was_evicted(
    store: RedisStore, source: FlakySource, cache: WriteBehind
) -> None:
    source.write("k", "old")
    cache.write("k", "new")
    store.delete("k")
    assert cache.read("k") == "new"
    cache.delete("k")
    store.delete("k")
    assert cache.read("k") is MISSING


def test_another_process_reads_it_too(
    store: RedisStore, source: FlakySource, cache: WriteBehind
) -> None:
    other = WriteBehind(store, source, ttl=60, interval=HOUR)
    cache.write("k", "new")
    assert other.read("k") == "new"
    store.delete("k")
    assert other.read("k") == "new"
    assert other.close().left == 0


def test_many_writes_of_a_key_are_one_of_the_source(
    source: FlakySource, cache: WriteBehind, log: StreamLog
) -> None:
    for number in range(50):
        cache.write("k", number)
    assert log.size() == 50
    cache.flusher.step()
    assert (source.batches, value(source, "k"), log.size()) == ([["k"]], 49, 0)


def test_a_removal_reaches_the_source(source: FlakySource, cache: WriteBehind) -> None:
    cache.write("k", 1)
    cache.flusher.step()
    cache.delete("k")
    assert cache.read("k") is MISSING
    cache.flusher.step()
    assert value(source, "k") is MISSING


@pytest.mark.parametrize("key", ["", "a:b", "{tag}", "snow ☃", "\udc80", "k\0k"])
def test_any_text_is_a_key(source: FlakySource, cache: WriteBehind, key: str) -> None:
    cache.write(key, key)
    cache.copies.store.delete(key)
    assert cache.read(key) == key
    cache.flusher.step()
    assert value(source, key) == key


def test_versions_grow_with_the_log(log: StreamLog) -> None:
    versions = [log.append("k", n, ["row", "s", 60.0, n], 60) for n in range(200)]
    assert versions == sorted(set(versions))


def test_a_version_is_above_those_the_source_gave_before(
    source: FlakySource, cache: WriteBehind
) -> None:
    for number in range(100):
        source.write("k", number)
    cache.write("k", "behind")
    cache.flusher.step()
    assert value(source, "k") == "behind"


def test_what_a_dead_worker_took_is_handed_to_another(
    store: RedisStore, source: FlakySource, cache: WriteBehind, log: StreamLog
) -> None:
    for key in keys(10):
        cache.write(key, 1)
    dead = StreamLog(store)
    assert len(dead.take(10)) == 10
    assert log.take(10) == []
    ThreadRuntime().sleep(0.03)
    cache.flusher.step()
    assert [value(source, key) for key in keys(10)] == [1] * 10
    dead.close()


def test_a_dead_worker_s_old_write_does_not_undo_a_newer_one(
    store: RedisStore, source: FlakySource, cache: WriteBehind
) -> None:
    dead = StreamLog(store)
    cache.write("k", "old")
    assert len(dead.take(10)) == 1
    cache.write("k", "new")
    cache.flusher.step()
    assert value(source, "k") == "new"
    ThreadRuntime().sleep(0.03)
    cache.flusher.step()
    assert (value(source, "k"), cache.log.size()) == ("new", 0)
    dead.close()


def test_a_worker_that_leaves_with_writes_in_hand_does_not_take_them_along(
    store: RedisStore, source: FlakySource, cache: WriteBehind
) -> None:
    cache.write("k", 1)
    leaving = StreamLog(store)
    assert len(leaving.take(10)) == 1
    leaving.close()
    ThreadRuntime().sleep(0.03)
    cache.flusher.step()
    assert value(source, "k") == 1


def test_a_refused_row_is_buried_and_no_longer_served(
    store: RedisStore, source: FlakySource, log: StreamLog
) -> None:
    told: list[tuple[str, Any, str]] = []
    cache = WriteBehind(
        store,
        source,
        ttl=60,
        log=log,
        interval=HOUR,
        max_attempts=2,
        on_dead=lambda key, row, error: told.append((key, row, str(error))),
    )
    source.refused = ["bad"]
    cache.write("poison", "bad")
    for number in range(2):
        cache.write(f"k{number}", number)
        cache.flusher.step()
        ThreadRuntime().sleep(0.03)
    (letter,) = log.dead_letters()
    assert (letter.key, letter.row.value, letter.reason) == (
        "poison",
        "bad",
        "a constraint says no",
    )
    assert told == [("poison", "bad", "a constraint says no")]
    assert cache.read("poison") is MISSING
    closed = cache.close()
    assert (closed.stored, closed.buried, closed.left) == (2, 1, 0)


def test_a_full_log_refuses_and_nothing_of_the_write_is_done(
    store: RedisStore, source: FlakySource
) -> None:
    log = StreamLog(store, limit=3)
    cache = WriteBehind(store, source, ttl=60, log=log, interval=HOUR)
    for number in range(3):
        cache.write("k", number)
    with pytest.raises(Backlog, match="3 writes wait"):
        cache.write("k", "too much")
    assert (cache.read("k"), log.size()) == (2, 3)
    cache.flusher.step()
    cache.write("k", "now")
    assert cache.close().left == 0


def test_a_close_says_truly_what_is_left(
    source: FlakySource, store: RedisStore, log: StreamLog
) -> None:
    cache = WriteBehind(store, source, ttl=60, log=log, interval=HOUR)
    source.down = True
    for key in keys(5):
        cache.write(key, 1)
    assert cache.close(timeout=0.1).left == 5
    with pytest.raises(ValueError, match="closed"):
        cache.write("k", 1)
    source.down = False
    successor = WriteBehind(store, source, ttl=60, log=StreamLog(store, retry_after=0.01))
    assert successor.close().left == 0
    assert [value(source, key) for key in keys(5)] == [1] * 5


def test_clearing_the_store_drops_no_write(
    store: RedisStore, source: FlakySource, cache: WriteBehind
) -> None:
    cache.write("k", 1)
    store.clear()
    assert cache.read("k") == 1
    cache.flusher.step()
    assert value(source, "k") == 1


def test_a_log_that_a_clear_of_the_store_would_drop_is_refused(store: RedisStore) -> None:
    with pytest.raises(ValueError, match="app:log"):
        StreamLog(store, name="app:log")


def test_a_store_without_a_server_is_told_to_bring_a_log(source: FlakySource) -> None:
    with pytest.raises(TypeError, match="log"):
        WriteBehind(MemoryStore(), source, ttl=60)


def test_a_server_that_may_evict_the_log_is_refused(server: Server, source: FlakySource) -> None:
    store = RedisStore(server.url, prefix="app:")
    store.client.config_set("maxmemory-policy", "allkeys-lru")
    cache = WriteBehind(store, source, ttl=60, interval=HOUR)
    try:
        with pytest.raises(StoreError, match="allkeys-lru"):
            cache.write("k", 1)
        assert cache.log.size() == 0
    finally:
        store.client.config_set("maxmemory-policy", "noeviction")
        cache.close()
        store.close()


def test_a_command_whose_answer_is_lost_is_not_sent_again(store: RedisStore) -> None:
    log = StreamLog(store)
    assert log.client.get_retry().get_retries() == 0
    log.close()


def test_a_log_that_was_lost_with_its_server_begins_anew(
    store: RedisStore, source: FlakySource, cache: WriteBehind
) -> None:
    cache.write("k", 1)
    cache.flusher.step()
    store.client.flushall()
    cache.write("k", 2)
    cache.flusher.step()
    assert value(source, "k") == 2


def test_the_worker_does_all_this_by_itself(store: RedisStore, source: FlakySource) -> None:
    runtime = ThreadRuntime()
    cache = WriteBehind(store, source, ttl=60, interval=0.001)
    for key in keys(20):
        cache.write(key, 1)
    give_up = runtime.now() + 10
    while cache.log.size() and runtime.now() < give_up:
        runtime.sleep(0.001)
    assert [value(source, key) for key in keys(20)] == [1] * 20
    assert cache.close().left == 0


def test_with_the_server_gone_reads_answer_from_the_source_and_writes_raise(
    source: FlakySource,
) -> None:
    nowhere = redis.Redis(port=1, retry=None)
    cache = WriteBehind(RedisStore(nowhere), source, ttl=60)
    source.write("k", "stored")
    assert cache.read("k") == "stored"
    with pytest.raises(StoreError):
        cache.write("k", "new")
    closed = cache.close(timeout=0.05)
    assert (closed.left, closed.stored) == (None, 0)
    nowhere.close()
