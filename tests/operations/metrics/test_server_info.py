"""What a server did between two readings of its counters."""

import sys
from collections.abc import Iterator
from dataclasses import replace

import pytest

from cachelab.operations.metrics import (
    CacheMetrics,
    InfoDelta,
    InfoReading,
    biggest_stored_keys,
    read_info,
    stored_keys,
)
from cachelab.ports import RedisStore, Server, StoreError, connect, start_server

READING = InfoReading(100.0, "run", 90, 10, 3, 5, 1_000, 0, 8)
live = pytest.mark.skipif(sys.platform == "win32", reason="no server can be started on Windows")


@pytest.fixture
def server() -> Iterator[Server]:
    with start_server() as server:
        yield server


def test_counters_of_one_run_are_subtracted() -> None:
    after = replace(READING, at=110.0, hits=100, misses=40, evicted=4, memory=900)
    delta = InfoDelta.between(READING, after)
    assert delta == InfoDelta(10.0, 10, 30, 1, 0, -100)
    assert delta.hit_ratio == 0.25


def test_without_a_lookup_there_is_no_ratio() -> None:
    assert InfoDelta.between(READING, replace(READING, at=101.0)).hit_ratio is None


def test_after_a_restart_what_came_since_is_counted_even_if_it_is_more() -> None:
    after = replace(READING, run="another", hits=200, misses=0, evicted=0, expired=0)
    delta = InfoDelta.between(READING, after)
    assert (delta.hits, delta.misses, delta.is_complete) == (200, 0, False)


@pytest.mark.parametrize("name", ["hits", "misses", "evicted", "expired"])
def test_a_counter_that_went_back_shows_that_all_were_set_back(name: str) -> None:
    grown = replace(READING, hits=95, misses=12, evicted=4, expired=6)
    after = replace(grown, **{name: 1})  # type: ignore[arg-type]
    delta = InfoDelta.between(READING, after)
    assert not delta.is_complete
    assert getattr(delta, name) == 1
    assert delta.hits == after.hits


@live
def test_a_real_server_says_what_was_hit_missed_and_evicted(server: Server) -> None:
    metrics = CacheMetrics()
    with server.client() as client:
        store = RedisStore(client, prefix="app:")
        assert metrics.read_server(client) is None
        store.set("k", 1)
        store.get("k")
        store.get("k")
        store.get("gone")
        delta = metrics.read_server(client)
        assert delta is not None
        assert (delta.hits, delta.misses, delta.evicted, delta.is_complete) == (2, 1, 0, True)
        client.config_set("maxmemory-policy", "allkeys-lru")
        client.config_set("maxmemory", read_info(client).memory + 200_000)
        for number in range(200):
            store.set(f"big:{number}", "x" * 10_000)
        delta = metrics.read_server(client)
        assert delta is not None
        assert delta.evicted == metrics.totals().evictions > 0
        assert metrics.window().memory == metrics.memory


@live
def test_counters_that_were_reset_on_a_real_server_are_not_negative(server: Server) -> None:
    with server.client() as client:
        store = RedisStore(client, prefix="app:")
        for _ in range(5):
            store.get("gone")
        before = read_info(client)
        client.config_resetstat()
        store.get("gone")
        delta = InfoDelta.between(before, read_info(client))
        assert (delta.misses, delta.is_complete) == (1, False)


@live
def test_a_restarted_server_is_another_run() -> None:
    readings = []
    for _ in range(2):
        with start_server() as server, server.client() as client:
            readings.append(read_info(client))
    assert not InfoDelta.between(*readings).is_complete


@live
def test_the_biggest_keys_of_a_store_are_found_on_the_server(server: Server) -> None:
    with server.client() as client:
        store = RedisStore(client, prefix="a[b*:")
        store.set_many({f"k{number}": "x" * number for number in range(1_200)})
        store.set_many({"huge": "x" * 90_000, "big": "x" * 40_000})
        client.set("else", "x" * 1_000_000)
        found = biggest_stored_keys(store, 2)
        assert [big.key for big in found] == ["huge", "big"]
        assert found[0].size > 90_000
        assert set(stored_keys(store)) == {"huge", "big", *(f"k{n}" for n in range(1_200))}


def test_a_server_that_is_gone_is_a_store_error() -> None:
    with connect("redis://127.0.0.1:1") as client, pytest.raises(StoreError):
        read_info(client)
