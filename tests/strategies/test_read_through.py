"""Read-through: which loader serves a key, what it may answer, and what is kept of it."""

import threading
from typing import Any

import pytest

from cachelab.ports import MISSING, ThreadRuntime
from cachelab.strategies import ReadThrough

from .world import World


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def cache(world: World) -> ReadThrough:
    return ReadThrough(world.store, ttl=60, negative_ttl=5, jitter=0, runtime=world.runtime)


class Loader:
    """A loader that notes the keys it is asked for, and answers with them."""

    def __init__(self, answer: Any = None) -> None:
        self.asked: list[str] = []
        self.answer = answer

    def __call__(self, key: str) -> Any:
        self.asked.append(key)
        if isinstance(self.answer, Exception):
            raise self.answer
        return key.upper() if self.answer is None else self.answer


def test_a_loader_is_given_the_whole_key(cache: ReadThrough) -> None:
    loader = Loader()
    cache.register_loader("user", loader)
    assert cache.get("user:1") == "USER:1"
    assert cache.get("user:1:profile") == "USER:1:PROFILE"
    assert loader.asked == ["user:1", "user:1:profile"]


def test_the_longest_prefix_decides(cache: ReadThrough) -> None:
    for prefix in ("", "app", "app:config", "user:"):
        cache.register_loader(prefix, Loader(answer=prefix))
    keys = ["app:config:x", "app:config", "app:configuration", "application", "user:1", "app:", ""]
    answers = ["app:config", "app:config", "app", "", "user:", "app", ""]
    assert [cache.get(key) for key in keys] == answers


def test_a_key_that_nobody_loads_is_refused_whether_or_not_it_is_cached(
    cache: ReadThrough,
) -> None:
    cache.register_loader("user", Loader())
    cache.get("stray:1", loader=Loader())
    for _ in range(2):
        with pytest.raises(ValueError, match="stray:1"):
            cache.get("stray:1")


def test_a_second_loader_for_a_prefix_is_refused(cache: ReadThrough) -> None:
    cache.register_loader("user", Loader())
    with pytest.raises(ValueError, match="user"):
        cache.register_loader("user:", Loader())


def test_what_a_loader_answers_is_kept_for_the_time_asked(world: World, cache: ReadThrough) -> None:
    loader = Loader()
    cache.get("k", loader=loader, ttl=7.5)
    assert world.store.ttl("k") == 7.5
    world.clock.advance(7.4999)
    cache.get("k", loader=loader)
    assert loader.asked == ["k"]
    world.clock.advance(0.001)
    cache.get("k", loader=loader)
    assert world.store.ttl("k") == 60


@pytest.mark.parametrize("ttl", [0, -1])
def test_a_time_to_live_of_nothing_is_refused(cache: ReadThrough, ttl: float) -> None:
    with pytest.raises(ValueError, match="ttl"):
        cache.get("k", loader=Loader(), ttl=ttl)


@pytest.mark.parametrize("answer", [0, "", [], False, {}, ()])
def test_falsy_rows_are_rows(cache: ReadThrough, answer: Any) -> None:
    loader = Loader(answer)
    assert [cache.get("k", loader=loader) for _ in range(3)] == [answer] * 3
    assert loader.asked == ["k"]


def test_none_is_a_row_and_missing_an_absence_remembered_for_less_time(
    world: World, cache: ReadThrough
) -> None:
    nothing: list[str] = []
    cache.register_loader("null", lambda key: nothing.append(key))
    absent = Loader(answer=MISSING)
    for _ in range(3):
        assert cache.get("null") is None
        assert cache.get("absent", loader=absent) is MISSING
    world.clock.advance(5)
    cache.get("null")
    cache.get("absent", loader=absent)
    assert (nothing, absent.asked) == (["null"], ["absent", "absent"])


def test_an_error_of_a_loader_reaches_the_reader_and_is_not_kept(cache: ReadThrough) -> None:
    loader = Loader(answer=LookupError("no such table"))
    for _ in range(2):
        with pytest.raises(LookupError, match="no such table"):
            cache.get("k", loader=loader)
    assert loader.asked == ["k", "k"]
    assert cache.get("k", loader=Loader()) == "K"


def test_a_load_that_failed_leaves_no_lease_in_the_way(cache: ReadThrough) -> None:
    loads: list[str] = []

    def second_time_lucky(key: str) -> str:
        loads.append(key)
        if len(loads) == 1:
            raise ConnectionError(key)
        return "row"

    with pytest.raises(ConnectionError):
        cache.get("k", second_time_lucky)
    assert [cache.get("k", second_time_lucky) for _ in range(3)] == ["row"] * 3
    assert len(loads) == 2


def test_a_lease_that_cannot_be_given_back_hides_no_error(world: World, cache: ReadThrough) -> None:
    def breaks_everything(key: str) -> str:
        world.store.down = True
        raise ConnectionError(key)

    with pytest.raises(ConnectionError):
        cache.get("k", breaks_everything)


def test_a_store_that_is_down_falls_through_to_the_loader(world: World, cache: ReadThrough) -> None:
    world.store.down = True
    assert cache.get("k", loader=Loader()) == "K"


def test_a_row_the_codec_refuses_is_returned_uncached(cache: ReadThrough) -> None:
    lock = threading.Lock()
    assert cache.get("k", loader=lambda _: lock) is lock
    assert cache.get("k", loader=lambda _: lock) is lock


def test_an_invalidated_row_is_loaded_anew(cache: ReadThrough) -> None:
    loader = Loader()
    cache.get("k", loader=loader)
    assert cache.invalidate("k") is True
    cache.get("k", loader=loader)
    assert loader.asked == ["k", "k"]


def test_an_invalidation_that_failed_says_so(world: World, cache: ReadThrough) -> None:
    world.store.down = True
    assert cache.invalidate("k") is False


def test_an_invalidation_during_a_load_keeps_its_row_out_of_the_cache(
    world: World, cache: ReadThrough
) -> None:
    rows = ["old", "new"]

    def overtaken(key: str) -> str:
        row = rows.pop(0)
        if row == "old":
            cache.invalidate(key)
        return row

    assert cache.get("k", loader=overtaken) == "old"
    assert cache.get("k", loader=overtaken) == "new"


def test_a_write_goes_to_the_writer_of_the_prefix_and_removes_the_copy(world: World) -> None:
    cache = ReadThrough.over(world.store, world.source, ttl=60)
    assert cache.read("k") is MISSING
    assert cache.write("k", 1).fresh
    assert cache.read("k") == 1
    cache.delete("k")
    assert cache.read("k") is MISSING


def test_without_a_writer_a_write_is_refused(cache: ReadThrough) -> None:
    cache.register_loader("user", Loader())
    with pytest.raises(ValueError, match="user:1"):
        cache.write("user:1", {})


def test_ten_threads_that_miss_together_call_the_loader_once(world: World) -> None:
    runtime = ThreadRuntime()
    cache = ReadThrough(world.store, ttl=60)
    inside, go_on = threading.Event(), threading.Event()
    rows: list[dict[str, int]] = []

    def slow(key: str) -> dict[str, int]:
        rows.append({"id": 1})
        inside.set()
        assert go_on.wait(10)
        return rows[-1]

    first = runtime.spawn(cache.get, "k", slow)
    assert inside.wait(10)
    others = [runtime.spawn(cache.get, "k", slow) for _ in range(9)]
    while cache.flights.under_way["k"].passengers < 9:
        runtime.sleep(0.001)
    go_on.set()
    answers = [task.join() for task in [first, *others]]
    assert (answers, len(rows)) == ([{"id": 1}] * 10, 1)
    assert len({id(answer) for answer in answers}) == 10
