"""The worker of a write-behind, one step at a time: batches, poison, outages, and backing off."""

from collections.abc import Iterable
from typing import Any

import pytest

from cachelab.ports import MISSING, Versioned
from cachelab.strategies import MemoryLog
from cachelab.strategies.flusher import Flusher
from cachelab.strategies.log import Backlog, Pending

from .world import World, keys


class Bench:
    """A flusher over a log and a source in memory, stepped by hand."""

    def __init__(self, **options: Any) -> None:
        self.world = World()
        self.log = MemoryLog(self.world.runtime, limit=200, retry_after=1.0)
        self.after: list[set[str]] = []
        self.dead: list[tuple[str, str]] = []
        settings: dict[str, Any] = {
            "interval": 0.05,
            "batch_size": 100,
            "max_attempts": 3,
            "longest_delay": 2.0,
            **options,
        }
        self.flusher = Flusher(
            self.log,
            self.world.source,
            self.world.runtime,
            after=self._after,
            dead=self._dead,
            **settings,
        )

    def _after(self, stored: Iterable[str]) -> None:
        self.after.append(set(stored))

    def _dead(self, write: Pending, error: Exception) -> None:
        self.dead.append((write.key, str(error)))

    def write(self, key: str, value: Any) -> None:
        self.log.append(key, value, ["row", "", 1.0, value], 1.0)

    def value(self, key: str) -> Any:
        row = self.world.source.read(key)
        return row.value if isinstance(row, Versioned) else row


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_a_hundred_writes_of_one_key_are_one_write_of_the_source(bench: Bench) -> None:
    for number in range(100):
        bench.write("k", number)
    bench.flusher.step()
    assert (bench.world.source.batches, bench.value("k")) == ([["k"]], 99)


def test_a_batch_is_as_large_as_asked_and_a_full_one_is_followed_at_once() -> None:
    bench = Bench(batch_size=40)
    for key in keys(100):
        bench.write(key, 1)
    pauses = [bench.flusher.step() for _ in range(4)]
    assert [len(batch) for batch in bench.world.source.batches] == [40, 40, 20]
    assert pauses == [0.0, 0.0, 0.05, 0.05]


def test_what_is_stored_leaves_the_log_after_its_followers_were_told(bench: Bench) -> None:
    bench.write("a", 1)
    bench.write("b", 2)
    bench.flusher.step()
    assert (bench.after, bench.log.size(), bench.flusher.stored) == ([{"a", "b"}], 0, 2)


def test_a_removal_is_written_like_any_other(bench: Bench) -> None:
    bench.write("k", 1)
    bench.flusher.step()
    bench.write("k", MISSING)
    bench.flusher.step()
    assert bench.value("k") is MISSING


def test_a_row_that_the_source_refuses_takes_nobody_with_it(bench: Bench) -> None:
    bench.world.source.refused = ["bad"]
    for key in keys(50):
        bench.write(key, "bad" if key == "k17" else "good")
    bench.flusher.step()
    assert [bench.value(key) for key in keys(50)].count("good") == 49
    assert (bench.value("k17"), bench.log.size()) == (MISSING, 1)


def test_to_find_the_row_at_fault_takes_about_two_logarithms_of_tries(bench: Bench) -> None:
    bench.world.source.refused = ["bad"]
    for key in keys(64):
        bench.write(key, "bad" if key == "k17" else "good")
    bench.flusher.step()
    assert bench.world.source.calls.count("write_many") == 1 + 2 * 6


def test_a_row_refused_time_and_again_while_others_pass_is_buried(bench: Bench) -> None:
    bench.world.source.refused = ["bad"]
    bench.write("poison", "bad")
    for number in range(4):
        bench.write("healthy", number)
        bench.flusher.step()
        bench.world.clock.advance(1)
    assert bench.dead == [("poison", "a constraint says no")]
    assert [(letter.key, letter.row.value) for letter in bench.log.dead_letters()] == [
        ("poison", "bad")
    ]
    assert (bench.log.size(), bench.flusher.buried, bench.value("healthy")) == (0, 1, 3)


def test_a_row_that_the_source_names_is_parted_from_its_batch_at_once(bench: Bench) -> None:
    bench.world.source.refused, bench.world.source.names_rows = ["bad"], True
    for key in keys(64):
        bench.write(key, "bad" if key in ("k17", "k40") else "good")
    bench.flusher.step()
    assert bench.world.source.calls == ["write_many"] * 3
    assert bench.flusher.stored == 62


def test_a_named_row_is_buried_though_no_other_is_there_to_be_accepted(bench: Bench) -> None:
    bench.world.source.refused, bench.world.source.names_rows = ["bad"], True
    bench.write("poison", "bad")
    for _ in range(3):
        assert bench.flusher.step() == 0.05  # the source is well
        bench.world.clock.advance(1)
    assert (bench.dead, bench.log.size()) == ([("poison", "a constraint says no")], 0)


@pytest.mark.parametrize("max_attempts", [1, 3])
def test_nothing_is_buried_while_the_source_accepts_nothing(max_attempts: int) -> None:
    bench = Bench(max_attempts=max_attempts)
    for key in keys(30):
        bench.write(key, 1)
    bench.world.source.down = True
    for _ in range(50):
        bench.flusher.step()
        bench.world.clock.advance(2)
    bench.world.source.down = False
    assert (bench.dead, bench.log.size()) == ([], 30)
    bench.flusher.step()
    assert [bench.value(key) for key in keys(30)] == [1] * 30


def test_an_outage_is_met_with_longer_and_longer_pauses(bench: Bench) -> None:
    bench.write("k", 1)
    bench.world.source.down = True
    pauses = []
    for _ in range(8):
        pauses.append(bench.flusher.step())
        bench.world.clock.advance(2)
    assert pauses == [0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 2.0, 2.0]
    bench.world.source.down = False
    assert bench.flusher.step() == 0.05


def test_a_dead_source_is_not_asked_about_each_row_of_a_batch(bench: Bench) -> None:
    for key in keys(64):
        bench.write(key, 1)
    bench.world.source.down = True
    bench.flusher.step()
    assert bench.world.source.calls.count("write_many") <= 2 * 6


def test_many_bad_rows_in_front_do_not_hide_the_good_one_for_ever(bench: Bench) -> None:
    bench.world.source.refused = ["bad"]
    for key in keys(63):
        bench.write(key, "bad")
    bench.write("good", "good")
    for _ in range(7):
        bench.flusher.step()
        bench.world.clock.advance(1)
    assert bench.value("good") == "good"


def test_an_older_write_that_comes_late_does_not_undo_a_newer_one(bench: Bench) -> None:
    bench.write("k", "old")
    (late,) = bench.log.take(1)
    bench.write("k", "new")
    bench.flusher.step()
    bench.world.source.write_many({"k": late.row})  # a worker that was slow
    bench.log.done([late])
    assert bench.value("k") == "new"


def test_a_write_during_a_flush_is_not_forgotten_with_the_older_one(bench: Bench) -> None:
    bench.write("k", "old")
    taken = bench.log.take(1)
    bench.write("k", "new")
    bench.log.done(taken)
    newest = bench.log.newest("k")
    assert newest is not None
    assert (newest.value, bench.log.size()) == ("new", 1)


def test_a_write_that_nobody_finished_is_handed_out_again_after_a_while(bench: Bench) -> None:
    bench.write("k", 1)
    assert len(bench.log.take(10)) == 1
    bench.world.clock.advance(0.999)
    assert bench.log.take(10) == []
    bench.world.clock.advance(0.001)
    assert [write.key for write in bench.log.take(10)] == ["k"]


def test_a_full_log_refuses_new_keys_and_still_takes_newer_rows(bench: Bench) -> None:
    for key in keys(200):
        bench.write(key, 1)
    with pytest.raises(Backlog, match="200 writes wait"):
        bench.write("one more", 1)
    bench.write("k7", 2)
    assert bench.log.size() == 200


def test_a_row_changed_by_its_owner_after_the_write_is_stored_as_it_was(bench: Bench) -> None:
    row = {"n": 1}
    bench.write("k", row)
    row["n"] = 2
    bench.flusher.step()
    assert bench.value("k") == {"n": 1}


def test_versions_grow_even_when_the_clock_stands_or_goes_back(bench: Bench) -> None:
    versions = [bench.log.append("k", n, ["row", "", 1.0, n], 1.0) for n in range(5)]
    assert versions == sorted(set(versions))
