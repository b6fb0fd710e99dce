"""Refresh-ahead: when a copy is renewed, by how many, and what a renewal may not do."""

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from cachelab.ports import MISSING, ThreadRuntime
from cachelab.strategies import RefreshAhead

from .world import World, keys


@pytest.fixture
def world() -> World:
    return World()


class Origin:
    """A loader that notes its calls, and answers with their number, or as told."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.error: Exception | None = None
        self.before_answer: Callable[[], Any] = lambda: None
        self.answer: Any = None

    def __call__(self, key: str) -> Any:
        self.calls.append(key)
        number = len(self.calls)
        self.before_answer()
        if self.error is not None:
            raise self.error
        return number if self.answer is None else self.answer


@pytest.fixture
def origin() -> Origin:
    return Origin()


Make = Callable[..., RefreshAhead]


@pytest.fixture
def ahead(world: World, origin: Origin) -> Iterator[Make]:
    made: list[RefreshAhead] = []

    def make(**options: Any) -> RefreshAhead:
        settings = {"ttl": 10.0, "jitter": 0, **options}
        made.append(RefreshAhead(world.store, origin, world.runtime, **settings))
        return made[-1]

    yield make
    for cache in made:
        cache.close()


def settle(cache: RefreshAhead) -> None:
    """Wait until every renewal under way has ended."""
    for task in list(cache.refresher.tasks):
        task.join()


def test_a_copy_read_in_the_last_fifth_of_its_life_is_renewed(
    world: World, origin: Origin, ahead: Make
) -> None:
    cache = ahead()
    cache.read("k")
    world.clock.advance(7.999)
    cache.read("k")
    settle(cache)
    assert origin.calls == ["k"]
    world.clock.advance(0.001)
    assert cache.read("k") == 1  # served at once
    settle(cache)
    assert (cache.read("k"), origin.calls) == (2, ["k", "k"])


def test_a_renewed_copy_lives_a_whole_life(world: World, ahead: Make) -> None:
    cache = ahead()
    cache.read("k")
    world.clock.advance(9)
    cache.read("k")
    settle(cache)
    assert world.store.ttl("k") == 10


def test_a_reader_never_waits_while_a_popular_key_is_renewed_in_time(
    world: World, origin: Origin, ahead: Make
) -> None:
    cache = ahead()
    cache.read("k")
    for _ in range(200):
        world.clock.advance(0.5)
        world.forget_calls()
        cache.read("k")
        settle(cache)
        assert "add" not in world.store_calls()[:1]
    assert 11 <= len(origin.calls) <= 14


@pytest.mark.parametrize("left", [0.4, 0.001])
def test_a_copy_with_milliseconds_to_live_is_a_hit(
    world: World, origin: Origin, ahead: Make, left: float
) -> None:
    cache = ahead(ttl=4.0)
    cache.read("k")
    world.clock.advance(4.0 - left)
    origin.error = TimeoutError("too slow")
    assert cache.read("k") == 1


def test_a_copy_without_an_end_is_a_hit_and_never_renewed(
    world: World, origin: Origin, ahead: Make
) -> None:
    world.store.set("k", ["row", "stamp", 10.0, "for good"])
    cache = ahead()
    world.clock.advance(10_000)
    assert cache.read("k") == "for good"
    settle(cache)
    assert origin.calls == []


def test_the_time_to_renew_follows_the_life_the_copy_was_stored_with(
    world: World, origin: Origin, ahead: Make
) -> None:
    ahead(ttl=10.0).read("k")
    reader_of_another_opinion = ahead(ttl=3600.0)
    reader_of_another_opinion.read("k")
    settle(reader_of_another_opinion)
    assert origin.calls == ["k"]


def test_one_renewal_at_a_time_however_many_read(world: World, origin: Origin, ahead: Make) -> None:
    cache = ahead()
    cache.read("k")
    world.clock.advance(9)
    go_on = threading.Event()
    origin.before_answer = lambda: go_on.wait(10)
    for _ in range(50):
        cache.read("k")
    go_on.set()
    settle(cache)
    assert origin.calls == ["k", "k"]


def test_of_three_processes_one_renews(world: World, origin: Origin, ahead: Make) -> None:
    processes = [ahead() for _ in range(3)]
    for cache in processes:
        cache.read("k")
    world.clock.advance(9)
    origin.error = TimeoutError("slow, so that nobody is done")
    for cache in processes:
        cache.read("k")
        settle(cache)
    assert origin.calls == ["k", "k"]


def test_two_hundred_keys_are_renewed_by_four_threads(
    world: World, origin: Origin, ahead: Make
) -> None:
    cache = ahead(workers=4)
    for key in keys(200):
        cache.read(key)
    world.clock.advance(9)
    inside: list[int] = []
    go_on = threading.Event()

    def wait_inside() -> None:
        inside.append(threading.get_ident())
        go_on.wait(10)

    origin.before_answer = wait_inside
    for key in keys(200):
        cache.read(key)
    while len(inside) < 4:
        ThreadRuntime().sleep(0.001)
    ThreadRuntime().sleep(0.02)  # time for a fifth to come, if there were one
    assert len(set(inside)) == 4
    go_on.set()
    settle(cache)
    assert (len(origin.calls), len(set(inside))) == (400, 4)


def test_the_most_read_key_is_renewed_first(world: World, origin: Origin, ahead: Make) -> None:
    cache = ahead(workers=1)
    for key, reads in [("cold", 2), ("hot", 9), ("warm", 5), ("first", 1)]:
        for _ in range(reads):
            cache.read(key)
    world.clock.advance(9)
    go_on = threading.Event()
    origin.calls.clear()
    origin.before_answer = lambda: go_on.wait(10)
    for key in ["first", "cold", "warm", "hot"]:
        cache.read(key)
        while not origin.calls:
            ThreadRuntime().sleep(0.001)
    go_on.set()
    settle(cache)
    assert origin.calls == ["first", "hot", "warm", "cold"]


def test_old_reads_count_less_and_in_the_end_nothing(world: World, ahead: Make) -> None:
    cache = ahead(half_life=60.0)
    for _ in range(9):  # a miss and eight hits
        cache.read("k")
    assert cache.heat.of("k") == 8
    world.clock.advance(120)
    assert cache.heat.of("k") == 2


def test_no_read_is_lost_from_the_count_when_threads_read_at_once(ahead: Make) -> None:
    heat = ahead().heat

    def reader() -> None:
        for _ in range(2_000):
            heat.read("k")

    for task in [ThreadRuntime().spawn(reader) for _ in range(4)]:
        task.join()
    assert heat.of("k") == 8_000


def test_the_keys_it_keeps_count_of_are_bounded(ahead: Make) -> None:
    cache = ahead(tracked=100)
    for key in keys(1_000):
        cache.read(key)
        cache.read(key)
    assert len(cache.heat.tracks) == 100


def test_an_invalidation_during_a_renewal_is_not_undone(
    world: World, origin: Origin, ahead: Make
) -> None:
    cache = ahead()
    cache.read("k")
    world.clock.advance(9)
    origin.before_answer = lambda: cache.invalidate("k")
    cache.read("k")
    settle(cache)
    assert world.store.get("k") is MISSING


def test_not_even_if_an_equal_row_has_been_brought_since(
    world: World, origin: Origin, ahead: Make
) -> None:
    cache, other = ahead(), RefreshAhead(world.store, lambda _: 1, world.runtime, ttl=10)
    assert cache.read("k") == 1
    world.clock.advance(9)

    def rewritten_to_what_it_was() -> None:
        other.invalidate("k")
        other.read("k")

    origin.before_answer = rewritten_to_what_it_was
    cache.read("k")
    settle(cache)
    assert cache.read("k") == 1
    other.close()


def test_a_loader_that_fails_is_asked_less_and_less_and_the_copy_served(
    world: World, origin: Origin, ahead: Make
) -> None:
    errors: list[tuple[str, Exception]] = []
    cache = ahead(
        ttl=1000.0, lease_ttl=5.0, on_error=lambda key, error: errors.append((key, error))
    )
    cache.read("k")
    world.clock.advance(800)
    origin.error = TimeoutError("the database is down")
    at = []
    for second in range(100):
        calls = len(origin.calls)
        assert cache.read("k") == 1
        settle(cache)
        at += [second] * (len(origin.calls) - calls)
        world.clock.advance(1)
    assert at == [0, 5, 15, 35, 75]
    assert errors == [("k", origin.error)] * 5


def test_a_row_that_is_gone_at_its_renewal_becomes_an_absence(
    world: World, origin: Origin, ahead: Make
) -> None:
    cache = ahead()
    cache.read("k")
    world.clock.advance(9)
    origin.answer = MISSING
    cache.read("k")
    settle(cache)
    assert cache.read("k") is MISSING


class Threadless(ThreadRuntime):
    """A machine that has no thread left."""

    def __init__(self, world: World) -> None:
        self.clock = world.clock
        self.has_threads = False

    def now(self) -> float:
        return self.clock.now()

    def spawn(self, *args: Any, **options: Any) -> Any:
        if not self.has_threads:
            raise RuntimeError("can't start new thread")
        return super().spawn(*args, **options)


def test_a_machine_without_threads_serves_the_copy_and_renews_when_it_can(
    world: World, origin: Origin
) -> None:
    runtime = Threadless(world)
    cache = RefreshAhead(world.store, origin, runtime, ttl=10, jitter=0)
    cache.read("k")
    world.clock.advance(9)
    assert cache.read("k") == 1
    runtime.has_threads = True
    cache.read("k")
    settle(cache)
    assert cache.read("k") == 2
    cache.close()


def test_a_store_that_is_down_falls_through_to_the_loader(world: World, ahead: Make) -> None:
    cache = ahead()
    world.store.down = True
    assert [cache.read("k"), cache.read("k")] == [1, 2]


def test_a_store_that_cannot_tell_how_long_is_left_still_serves(
    world: World, origin: Origin, ahead: Make
) -> None:
    cache = ahead()
    cache.read("k")
    world.store.failing = {"ttl"}
    world.clock.advance(9)
    assert cache.read("k") == 1
    settle(cache)
    assert origin.calls == ["k"]


def test_with_a_source_it_writes_and_with_a_loader_it_refuses(world: World, ahead: Make) -> None:
    with RefreshAhead(world.store, world.source, world.runtime, ttl=10) as cache:
        cache.write("k", "old")
        assert cache.read("k") == "old"
        cache.write("k", "new")
        assert cache.read("k") == "new"
        cache.delete("k")
        assert cache.read("k") is MISSING
    for change in (lambda: ahead().write("k", 1), lambda: ahead().delete("k")):
        with pytest.raises(ValueError, match="'k' cannot be written"):
            change()


@pytest.mark.parametrize("factor", [0, 1, -0.5, float("nan")])
def test_a_factor_that_is_no_share_of_a_life_is_refused(ahead: Make, factor: float) -> None:
    with pytest.raises(ValueError, match="factor must be between 0 and 1"):
        ahead(factor=factor)
