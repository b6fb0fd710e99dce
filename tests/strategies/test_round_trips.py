"""What each strategy says a hit, a miss and a write cost, counted at the ports and on the wire."""

from collections.abc import Iterator
from typing import Any

import pytest
import redis

from cachelab.ports import MISSING, RedisStore, start_server
from cachelab.strategies import (
    CacheAside,
    QueuedWriteBehind,
    ReadThrough,
    RefreshAhead,
    Strategy,
    WriteAround,
    WriteBehind,
    WriteThrough,
)

from .world import FlakySource, World

Trips = tuple[int, int]
"""Round trips to the store and to the source."""

FILLING = [CacheAside, ReadThrough, WriteThrough, WriteAround, RefreshAhead]


class Counted(World):
    """A world whose round trips are read off a journal at its ports."""

    def __init__(self) -> None:
        super().__init__()
        self.source.write("k", "v")
        self.journal = self.watch()

    def trips(self, call: Any, *args: Any) -> Trips:
        self.journal.clear()
        call(*args)
        ports = [event.port for event in self.journal]
        return ports.count("store"), ports.count("source")


@pytest.fixture
def world() -> Counted:
    return Counted()


def made(world: World, kind: type[Strategy]) -> Strategy:
    return kind.over(world.watched_store, world.watched_source, ttl=60, runtime=world.runtime)


@pytest.mark.parametrize("kind", FILLING)
def test_a_miss_is_three_to_the_store_and_one_to_the_source(
    world: World, kind: type[Strategy]
) -> None:
    cache = made(world, kind)
    assert world.trips(cache.read, "k") == (3, 1)
    assert world.trips(cache.read, "nobody") == (3, 1)


@pytest.mark.parametrize("kind", FILLING)
def test_a_hit_is_one_to_the_store(world: World, kind: type[Strategy]) -> None:
    cache = made(world, kind)
    for key in ("k", "nobody"):
        cache.read(key)
        cache.read(key)  # the first hit of a refresh-ahead is another matter
        assert world.trips(cache.read, key) == (1, 0)


def test_the_first_hit_of_a_refresh_ahead_is_two_to_the_store(world: World) -> None:
    cache = made(world, RefreshAhead)
    cache.read("k")
    assert world.trips(cache.read, "k") == (2, 0)


def test_a_renewal_is_two_to_the_store_and_one_to_the_source(world: World) -> None:
    cache = RefreshAhead(world.watched_store, world.watched_source, world.runtime, ttl=60)
    cache.read("k")
    cache.read("k")
    world.clock.advance(50)

    def read_and_renew() -> None:
        cache.read("k")
        cache.close()

    assert world.trips(read_and_renew) == (1 + 2, 1)


@pytest.mark.parametrize(
    ("kind", "there", "trips"),
    [
        (CacheAside, True, (1, 1)),
        (CacheAside, False, (1, 1)),
        (ReadThrough, True, (1, 1)),
        (RefreshAhead, True, (1, 1)),
        (WriteThrough, True, (2, 2)),
        (WriteThrough, False, (2, 2)),
        (WriteAround, True, (3, 2)),
        (WriteAround, False, (1, 1)),
    ],
)
def test_a_write_costs_what_the_docstring_says(
    world: World, kind: type[Strategy], there: bool, trips: Trips
) -> None:
    cache = made(world, kind)
    if there:
        cache.read("k")
    assert world.trips(cache.write, "k", "w") == trips
    if there:
        cache.read("k")
    assert world.trips(cache.delete, "k") == (trips if there or kind is not WriteAround else (1, 1))


def test_a_queued_write_is_none_and_so_is_reading_it_back(world: World) -> None:
    cache = QueuedWriteBehind(world.watched_store, world.watched_source, ttl=60, interval=3600.0)
    assert world.trips(cache.write, "k", "w") == (0, 0)
    assert world.trips(cache.read, "k") == (0, 0)
    assert world.trips(cache.read, "other") == (3, 1)
    assert world.trips(cache.read, "other") == (1, 0)
    cache.write("k2", "w")
    assert world.trips(cache.flusher.step) == (2, 1)
    cache.close()


class Wire(redis.UnixDomainSocketConnection):
    """A connection that counts what is sent over it, once for each wait for an answer."""

    sent = 0

    def send_packed_command(self, command: Any, check_health: bool = True) -> None:
        Wire.sent += 1
        super().send_packed_command(command, check_health)


@pytest.fixture
def wired() -> Iterator[WriteBehind]:
    with start_server() as server:
        pool = redis.ConnectionPool(
            connection_class=Wire, path=server.url.removeprefix("unix://"), socket_timeout=5
        )
        client = redis.Redis(connection_pool=pool)
        store = RedisStore(client)
        cache = WriteBehind(store, FlakySource(), ttl=60, interval=3600.0)
        cache.write("warm", 1)  # the scripts get to the server
        store.delete("warm")
        cache.read("warm")
        cache.flusher.step()
        yield cache
        cache.close()
        client.close()


def on_the_wire(call: Any, *args: Any) -> int:
    before = Wire.sent
    call(*args)
    return Wire.sent - before


def test_a_durable_write_is_one_to_the_server(wired: WriteBehind) -> None:
    assert on_the_wire(wired.write, "k", "v") == 1
    assert on_the_wire(wired.delete, "k") == 1


def test_a_durable_hit_is_one_and_a_miss_three_and_one_to_the_log(wired: WriteBehind) -> None:
    wired.write("k", "v")
    assert on_the_wire(wired.read, "k") == 1
    wired.copies.store.delete("k")
    source = wired.source
    assert isinstance(source, FlakySource)
    source.calls.clear()
    assert (on_the_wire(wired.read, "k"), source.calls) == (4, [])
    assert (on_the_wire(wired.read, "nobody"), source.calls) == (4, ["read"])


def test_a_batch_is_one_to_take_one_to_store_and_one_to_forget(wired: WriteBehind) -> None:
    for number in range(50):
        wired.write(f"k{number}", number)
    source = wired.source
    assert isinstance(source, FlakySource)
    source.calls.clear()
    assert on_the_wire(wired.flusher.step) == 2
    assert source.calls.count("write_many") == 1
    assert wired.read("nobody") is MISSING
