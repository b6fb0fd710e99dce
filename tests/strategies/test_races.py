"""
What the strategies promise under every order of steps that Hypothesis can think of.

Processes are strategies of their own over one store and one source, in virtual time. Each call on
a port is a scheduling point; the schedule, the operations and the faults are drawn, so that a
broken promise shrinks to the shortest run that breaks it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count, product
from typing import Any, TypeAlias

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cachelab.ports import MISSING, MemoryStore, Store, StoreError, Versioned
from cachelab.ports.instrument import LostAnswer, instrument
from cachelab.ports.journal import Key
from cachelab.ports.sim import SimRuntime
from cachelab.strategies import (
    CacheAside,
    ReadThrough,
    RefreshAhead,
    Strategy,
    WriteAround,
    WriteThrough,
)

from .world import FlakySource, FlakyStore, World

FILLING = [CacheAside, ReadThrough, WriteThrough, WriteAround, RefreshAhead]
TTL = 60.0

Program: TypeAlias = list[str]
"""What one process does: reads, writes, deletes, and waits until copies are old, or dead."""

# Long from the start: a drawn list is short as a rule, and what is past its end is no choice.
SCHEDULES = st.lists(st.integers(0, 2), min_size=40, max_size=40)
STEPS = ["read", "read", "write", "delete", "wait", "outlive"]
PROGRAMS = st.lists(
    st.lists(st.sampled_from(STEPS), min_size=1, max_size=4), min_size=2, max_size=3
)
FAULTS = st.dictionaries(
    st.integers(0, 25), st.sampled_from(["refused", "answer lost"]), max_size=4
)


def faulty(sim: SimRuntime, faults: dict[int, str]) -> Store:
    """A store of which some calls, by number, fail: before they are carried out, or after."""
    numbers = count()

    def fault(verb: str, key: Key, number: int) -> StoreError | LostAnswer | None:
        error = StoreError("the store is down")
        outcomes = {"refused": error, "answer lost": LostAnswer(error)}
        return outcomes.get(faults.get(next(numbers), ""))

    return instrument(MemoryStore(sim), sim, faults=fault)


@dataclass
class History:
    """What was read when no newer version than `floor` had been acknowledged as fresh."""

    floor: int = 0
    versions: dict[Any, int] = field(default_factory=dict)
    deletions: list[int] = field(default_factory=lambda: [0])
    reads: list[tuple[Any, int]] = field(default_factory=list)
    all_fresh: bool = True

    def check(self) -> None:
        for value, floor in self.reads:
            version = max(self.deletions) if value is MISSING else self.versions[value]
            assert version >= floor, f"read {value!r} after version {floor} was acknowledged"


def process(sim: SimRuntime, cache: Strategy, program: Program, name: str, seen: History) -> None:
    for number, step in enumerate(program):
        if step == "read":
            floor = seen.floor
            seen.reads.append((cache.read("k"), floor))
        elif step in ("wait", "outlive"):
            sim.sleep(0.85 * TTL if step == "wait" else 2 * TTL)
        else:
            row = f"{name}{number}"
            written = cache.write("k", row) if step == "write" else cache.delete("k")
            if step == "write":
                seen.versions[row] = written.version
            else:
                seen.deletions.append(written.version)
            if written.fresh:
                seen.floor = max(seen.floor, written.version)
            seen.all_fresh &= written.fresh


def play(
    kind: type[Strategy], schedule: list[int], programs: list[Program], faults: dict[int, str]
) -> None:
    sim, seen = SimRuntime(schedule), History()
    store, source = faulty(sim, faults), FlakySource(sim)
    caches = [kind.over(store, source, ttl=TTL, jitter=0, runtime=sim) for _ in programs]

    def main() -> None:
        tasks = [
            sim.spawn(process, sim, cache, program, f"p{number}.", seen)
            for number, (cache, program) in enumerate(zip(caches, programs, strict=True))
        ]
        for task in tasks:
            task.join()
        for cache in caches:
            cache.close()

    sim.run(main)
    seen.check()
    faults.clear()
    truth = source.read("k")
    value = truth.value if isinstance(truth, Versioned) else truth
    copy = store.get("k")
    if seen.all_fresh and copy is not MISSING and copy[0] != "lease":
        assert (copy[3] if copy[0] == "row" else MISSING) == value, "cache and source differ"
    sim.sleep(TTL)
    assert [cache.read("k") for cache in caches] == [value] * len(caches)
    for cache in caches:
        cache.close()


@pytest.mark.parametrize("kind", FILLING)
@settings(max_examples=120)
@given(schedule=SCHEDULES, programs=PROGRAMS)
def test_no_read_goes_back_behind_a_write_that_was_acknowledged(
    kind: type[Strategy], schedule: list[int], programs: list[Program]
) -> None:
    play(kind, schedule, programs, {})


@pytest.mark.parametrize("kind", FILLING)
@settings(max_examples=120)
@given(schedule=SCHEDULES, programs=PROGRAMS, faults=FAULTS)
def test_nor_does_it_when_the_store_fails_and_the_write_was_called_fresh(
    kind: type[Strategy], schedule: list[int], programs: list[Program], faults: dict[int, str]
) -> None:
    play(kind, schedule, programs, faults)


class Counting(FlakySource):
    """A source that notes how many are reading at once."""

    inside = 0
    most = 0

    def read(self, key: str) -> Any:
        self.inside += 1
        self.most = max(self.most, self.inside)
        row = super().read(key)
        self.inside -= 1
        return row


@pytest.mark.parametrize("kind", FILLING)
@given(schedule=SCHEDULES, readers=st.integers(1, 6))
def test_of_many_that_miss_at_once_one_asks_the_source_once(
    kind: type[Strategy], schedule: list[int], readers: int
) -> None:
    sim = SimRuntime(schedule)
    store, source = FlakyStore(sim), Counting(sim)
    cache = kind.over(store, source, ttl=TTL, runtime=sim)

    def main() -> None:
        tasks = [sim.spawn(cache.read, "k") for _ in range(readers)]
        assert [task.join() for task in tasks] == [MISSING] * readers
        cache.close()

    sim.run(main)
    assert source.calls == ["read"]


@given(schedule=SCHEDULES, readers=st.integers(2, 6))
def test_one_load_at_a_time_even_when_nothing_can_be_kept(
    schedule: list[int], readers: int
) -> None:
    sim = SimRuntime(schedule)
    store, source = FlakyStore(sim), Counting(sim)
    store.down = True
    cache = CacheAside(store, source, ttl=TTL, runtime=sim)

    def main() -> None:
        for task in [sim.spawn(cache.read, "k") for _ in range(readers)]:
            task.join()

    sim.run(main)
    assert source.most == 1


def every_order(steps: int) -> Iterator[list[int]]:
    """All schedules of two tasks that pass `steps` scheduling points."""
    return (list(order) for order in product((0, 1), repeat=steps))


@pytest.mark.parametrize("kind", FILLING)
def test_a_reader_and_a_writer_in_every_order_leave_the_new_row(kind: type[Strategy]) -> None:
    outcomes = set()
    for schedule in every_order(9):
        sim = SimRuntime(schedule)
        store, source = FlakyStore(sim), FlakySource()
        source.write("k", "old")
        reading, writing = (kind.over(store, source, ttl=TTL, runtime=sim) for _ in range(2))

        def main(
            sim: SimRuntime = sim, reading: Strategy = reading, writing: Strategy = writing
        ) -> Any:
            reader = sim.spawn(reading.read, "k")
            writer = sim.spawn(writing.write, "k", "new")
            writer.join()
            return reader.join(), reading.read("k"), writing.read("k")

        outcomes.add(sim.run(main))
        reading.close()
        writing.close()
    assert outcomes == {("old", "new", "new"), ("new", "new", "new")}


def test_a_reader_does_not_join_a_load_older_than_a_write_of_its_process() -> None:
    outcomes = set()
    for schedule in every_order(10):
        sim = SimRuntime(schedule)
        source = FlakySource()
        source.write("k", "old")
        cache = CacheAside(FlakyStore(sim), source, ttl=TTL, runtime=sim)

        def write_and_read(cache: CacheAside = cache) -> Any:
            cache.write("k", "new")
            return cache.read("k")

        def main(
            sim: SimRuntime = sim, cache: CacheAside = cache, write: Any = write_and_read
        ) -> Any:
            reader = sim.spawn(cache.read, "k")
            writer = sim.spawn(write)
            return reader.join(), writer.join()

        outcomes.add(sim.run(main))
    assert outcomes == {("old", "new"), ("new", "new")}


def test_a_reader_whose_leader_never_comes_back_loads_alone() -> None:
    sim = SimRuntime()
    world = World()
    cache = CacheAside(world.store, world.source, ttl=TTL, lease_ttl=5, runtime=sim)
    world.source.write("k", "v")
    started = sim.event()

    def dead() -> None:
        started.set()
        sim.event().wait(1_000)

    def main() -> None:
        leader = sim.spawn(cache.flights.share, "k", dead)
        started.wait()
        assert (cache.read("k"), sim.now()) == ("v", 5)
        leader.join()

    sim.run(main)
