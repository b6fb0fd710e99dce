"""Write-through and write-around: what a write leaves in the cache, and what failures leave."""

from typing import Any

import pytest

from cachelab.ports import MISSING, MemoryStore, SourceError, Versioned
from cachelab.strategies import WriteAround, WriteThrough

from .world import FlakySource, World

BOTH = pytest.mark.parametrize("kind", [WriteThrough, WriteAround])


@pytest.fixture
def world() -> World:
    return World()


def through(world: World, kind: type[WriteThrough] = WriteThrough) -> WriteThrough:
    return kind(world.store, world.source, ttl=60, jitter=0, runtime=world.runtime)


def test_after_a_write_through_the_next_read_is_a_hit(world: World) -> None:
    cache = through(world)
    assert cache.write("k", {"v": 1}).fresh
    assert (world.trips(cache.read, "k"), cache.read("k")) == ((1, 0), {"v": 1})


def test_a_write_around_creates_no_copy_and_corrects_the_one_there_is(world: World) -> None:
    cache = through(world, WriteAround)
    cache.write("k", 1)
    assert world.store.get("k") is MISSING
    assert cache.read("k") == 1
    cache.write("k", 2)
    assert (world.trips(cache.read, "k"), cache.read("k")) == ((1, 0), 2)


@BOTH
def test_a_remembered_absence_gives_way_to_the_row(world: World, kind: type[WriteThrough]) -> None:
    cache = through(world, kind)
    assert cache.read("k") is MISSING
    cache.write("k", 1)
    assert (world.trips(cache.read, "k"), cache.read("k")) == ((1, 0), 1)
    cache.delete("k")
    assert (world.trips(cache.read, "k"), cache.read("k")) == ((1, 0), MISSING)


class Normalising(FlakySource):
    """A database with a trigger that stores text in lower case."""

    def write(self, key: str, value: Any, version: int | None = None) -> int:
        return super().write(key, value.lower(), version)


@BOTH
def test_the_copy_is_what_the_database_made_of_the_row(
    world: World, kind: type[WriteThrough]
) -> None:
    world.source = Normalising()
    cache = through(world, kind)
    cache.read("mail")
    cache.write("mail", "ADA@X.ORG")
    assert (world.trips(cache.read, "mail"), cache.read("mail")) == ((1, 0), "ada@x.org")


class UpdateOnly(FlakySource):
    """A database that updates the rows it has, and says nothing about others."""

    def write(self, key: str, value: Any, version: int | None = None) -> int:
        return 0 if self.read(key) is MISSING else super().write(key, value, version)


@BOTH
def test_a_write_that_hit_no_row_leaves_no_phantom(world: World, kind: type[WriteThrough]) -> None:
    world.source = UpdateOnly()
    cache = through(world, kind)
    cache.read("ghost")
    cache.write("ghost", {"name": "nobody"})
    assert cache.read("ghost") is MISSING


@BOTH
def test_a_write_does_not_touch_what_its_caller_holds(
    world: World, kind: type[WriteThrough]
) -> None:
    row = {"name": "Ada"}
    cache = through(world, kind)
    cache.write("k", row)
    row["name"] = "changed"
    assert cache.read("k") == {"name": "Ada"}


@BOTH
def test_a_refused_write_leaves_the_truth_and_raises_the_source_s_error(
    world: World, kind: type[WriteThrough]
) -> None:
    cache = through(world, kind)
    cache.write("k", "old")
    cache.read("k")
    world.source.down = world.store.down = True
    with pytest.raises(SourceError):
        cache.write("k", "new")
    with pytest.raises(SourceError):
        cache.delete("k")
    world.source.down = world.store.down = False
    assert cache.read("k") == "old"


@BOTH
def test_a_store_that_fails_after_the_commit_fails_no_write_and_is_reported(
    world: World, kind: type[WriteThrough]
) -> None:
    cache = through(world, kind)
    cache.write("k", "old")
    cache.read("k")
    world.store.down = True
    written = cache.write("k", "new")
    world.store.down = False
    assert (written.fresh, cache.read("k")) == (False, "new")
    stored = world.source.read("k")
    assert isinstance(stored, Versioned)
    assert stored.version == written.version


@BOTH
def test_after_such_a_failure_others_see_the_old_row_for_its_ttl_at_most(
    world: World, kind: type[WriteThrough]
) -> None:
    cache, other_process = through(world, kind), through(world, kind)
    cache.write("k", "old")
    other_process.read("k")
    world.store.down = True
    cache.write("k", "new")
    world.store.down = False
    world.clock.advance(59.999)
    assert other_process.read("k") == "old"
    world.clock.advance(0.001)
    assert other_process.read("k") == "new"


@BOTH
def test_a_failing_store_costs_a_write_two_errors_at_most(
    world: World, kind: type[WriteThrough]
) -> None:
    cache = through(world, kind)
    world.store.down = True
    assert world.trips(cache.write, "k", 1) == (2, 1)


@BOTH
def test_a_server_out_of_memory_that_still_deletes_keeps_no_old_copy(
    world: World, kind: type[WriteThrough]
) -> None:
    cache, other_process = through(world, kind), through(world, kind)
    cache.write("k", "old")
    cache.read("k")
    world.store.failing = {"set", "add", "replace"}
    assert cache.write("k", "new").fresh
    assert other_process.read("k") == "new"


@BOTH
def test_a_source_that_fails_after_the_commit_fails_no_write(
    world: World, kind: type[WriteThrough]
) -> None:
    cache = through(world, kind)
    cache.write("k", "old")
    cache.read("k")
    world.source.failing_reads = True
    assert cache.write("k", "new").fresh
    world.source.failing_reads = False
    world.clock.advance(5)  # the lease that found no row
    assert cache.read("k") == "new"


class Overtaken(MemoryStore):
    """A store in which something happens right after the next lease is laid down."""

    def __init__(self) -> None:
        super().__init__()
        self.then: Any = None

    def set(self, key: str, value: Any, ttl: float | None = None) -> None:
        super().set(key, value, ttl)
        then, self.then = self.then, None
        if then is not None:
            then()


def test_the_older_of_two_writers_cannot_have_the_last_word() -> None:
    store, source = Overtaken(), FlakySource()
    slow, fast = WriteThrough(store, source, ttl=60), WriteThrough(store, source, ttl=60)
    store.then = lambda: fast.write("k", "newer")
    slow.write("k", "older")
    assert slow.read("k") == "newer"
    assert source.calls == ["write", "write", "read", "read"]
