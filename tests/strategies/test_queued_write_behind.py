"""Write-behind with its queue in the process: what it answers, refuses, keeps, and loses."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cachelab.ports import MISSING, SQLSource, ThreadRuntime, Versioned
from cachelab.strategies import Backlog, QueuedWriteBehind

from .world import FlakySource, World


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def cache(world: World) -> Iterator[QueuedWriteBehind]:
    """A write-behind whose worker does not move by itself for an hour."""
    with QueuedWriteBehind(
        world.store, world.source, ttl=60, interval=3600, max_pending=3
    ) as cache:
        yield cache


def test_a_write_is_read_back_before_it_is_stored(world: World, cache: QueuedWriteBehind) -> None:
    cache.write("k", {"n": 1})
    assert (cache.read("k"), world.source.batches) == ({"n": 1}, [])
    cache.delete("k")
    assert cache.read("k") is MISSING


def test_it_is_read_back_though_an_older_copy_is_in_the_cache(
    world: World, cache: QueuedWriteBehind
) -> None:
    world.source.write("k", "old")
    cache.read("k")
    cache.write("k", "new")
    assert cache.read("k") == "new"


def test_after_a_batch_the_older_copies_are_gone(world: World, cache: QueuedWriteBehind) -> None:
    world.source.write("k", "old")
    cache.read("k")
    cache.write("k", "new")
    cache.flusher.step()
    other_process = QueuedWriteBehind(world.store, world.source, ttl=60)
    assert (cache.read("k"), other_process.read("k")) == ("new", "new")
    other_process.close()


def test_a_full_queue_refuses_the_write_and_says_so(cache: QueuedWriteBehind) -> None:
    for key in "abc":
        cache.write(key, 1)
    with pytest.raises(Backlog):
        cache.write("d", 1)
    assert cache.read("d") is MISSING


def test_a_closed_one_has_stored_everything_and_takes_nothing_more(world: World) -> None:
    cache = QueuedWriteBehind(world.store, world.source, ttl=60, batch_size=2)
    for key in "abcde":
        cache.write(key, key)
    closed = cache.close()
    assert (closed.stored, closed.buried, closed.left) == (5, 0, 0)
    with pytest.raises(ValueError, match="closed"):
        cache.write("f", 1)
    stored = [world.source.read(key) for key in "abcde"]
    assert [row.value for row in stored if isinstance(row, Versioned)] == list("abcde")


def test_what_cannot_be_stored_in_time_is_counted_as_left(world: World) -> None:
    cache = QueuedWriteBehind(world.store, world.source, ttl=60)
    world.source.down = True
    for key in "abc":
        cache.write(key, key)
    assert cache.close(timeout=0.2).left == 3


def test_a_source_that_fails_at_first_is_tried_until_the_time_is_up(world: World) -> None:
    cache = QueuedWriteBehind(world.store, world.source, ttl=60, retry_after=0.01)
    world.source.down = True
    cache.write("k", 1)
    closing = ThreadRuntime().spawn(cache.close, 10.0)
    while len(world.source.calls) < 3:
        ThreadRuntime().sleep(0.001)
    world.source.down = False
    assert closing.join().left == 0


class Slow(FlakySource):
    """A source that stops in the middle of a batch until it is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.inside, self.go_on = threading.Event(), threading.Event()

    def write_many(self, rows: Any) -> None:
        self.inside.set()
        assert self.go_on.wait(10)
        super().write_many(rows)


def test_a_close_that_cannot_wait_for_a_slow_batch_does_not_count_it_as_stored(
    world: World,
) -> None:
    source = Slow()
    cache = QueuedWriteBehind(world.store, source, ttl=60, interval=0.001)
    cache.write("k", 1)
    assert source.inside.wait(10)
    assert cache.close(timeout=0.05).left == 1
    source.go_on.set()
    assert cache.close().left == 0
    assert (source.batches, cache.read("k")) == ([["k"]], 1)


PROGRAM = """
import sys
from cachelab.ports import MemoryStore, SQLSource
from cachelab.strategies import QueuedWriteBehind
cache = QueuedWriteBehind(MemoryStore(), SQLSource(sys.argv[1]), ttl=60, interval=3600)
for number in range(20):
    cache.write(f"k{number}", number)
"""


def test_a_program_that_ends_without_a_close_has_its_writes_stored(tmp_path: Path) -> None:
    path = str(tmp_path / "rows.db")
    subprocess.run([sys.executable, "-c", PROGRAM, path], check=True, timeout=60)
    source = SQLSource(path)
    rows = [source.read(f"k{number}") for number in range(20)]
    source.close()
    assert [row.value for row in rows if isinstance(row, Versioned)] == list(range(20))


@pytest.mark.parametrize("option", ["batch_size", "max_attempts", "max_pending"])
def test_a_size_of_nothing_is_refused(world: World, option: str) -> None:
    options: Any = {option: 0}
    with pytest.raises(ValueError, match=f"{option} must be at least 1, not 0"):
        QueuedWriteBehind(world.store, world.source, ttl=60, **options)
