"""
What crashes lose, in virtual time: processes that stop for ever at any point of their work.

A process that dies is one whose next call on a port never returns: nothing of it runs any more,
not even its `finally` blocks.
"""

import math
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cachelab.ports import MISSING, MemorySource, MemoryStore, SourceError, Versioned
from cachelab.ports.instrument import instrument
from cachelab.ports.journal import Journal
from cachelab.ports.sim import Deadlock, SimRuntime
from cachelab.strategies import (
    CacheAside,
    MemoryLog,
    QueuedWriteBehind,
    ReadThrough,
    RefreshAhead,
    Strategy,
    WriteAround,
    WriteBehind,
    WriteThrough,
)

TTL = 60.0
SCHEDULES = st.lists(st.integers(0, 2), min_size=60, max_size=60)


class Life:
    """How many calls on its ports a process has left, and the calls of its source that fail."""

    def __init__(
        self, sim: SimRuntime, calls: float = math.inf, errors: frozenset[int] = frozenset()
    ) -> None:
        self.sim = sim
        self.left = calls
        self.errors = errors
        self.source_calls = 0

    def spend(self) -> None:
        self.sim.checkpoint()
        if self.left <= 0:
            self.sim.sleep(math.inf)
        self.left -= 1


class Mortal:
    """A port as a process sees it that has so much of a life."""

    def __init__(self, port: Any, life: Life) -> None:
        self.port = port
        self.life = life

    def __getattr__(self, verb: str) -> Any:
        def call(*args: Any) -> Any:
            self.life.spend()
            if isinstance(self.port, MemorySource):
                self.life.source_calls += 1
                if self.life.source_calls in self.life.errors:
                    raise SourceError("not now")
            return getattr(self.port, verb)(*args)

        return call


def run_until_stuck(sim: SimRuntime, main: Any) -> None:
    """Run `main`; those who died wait for ever, which the runtime calls a deadlock."""
    with suppress(Deadlock):
        sim.run(main)


@settings(max_examples=150)
@given(
    schedule=SCHEDULES,
    lives=st.lists(st.integers(3, 60), min_size=1, max_size=3),
    errors=st.frozensets(st.integers(1, 12), max_size=6),
    keys=st.integers(1, 3),
)
def test_a_durable_write_behind_loses_no_acknowledged_write(
    schedule: list[int], lives: list[int], errors: frozenset[int], keys: int
) -> None:
    sim = SimRuntime(schedule)
    store, source = MemoryStore(sim), MemorySource()
    log = MemoryLog(sim, store=store)
    acknowledged: dict[str, int] = {}

    def process(number: int, life: Life) -> None:
        cache = behind(life)
        for count in range(6):
            key = f"k{count % keys}"
            row = f"{number}.{count}"
            version = cache.write(key, row).version
            acknowledged[key] = max(version, acknowledged.get(key, 0))
            sim.sleep(0.03)

    def behind(life: Life) -> WriteBehind:
        ports: Any = [Mortal(port, life) for port in (store, source, log)]
        return WriteBehind(
            ports[0], ports[1], ttl=TTL, log=ports[2], interval=0.05, batch_size=2, runtime=sim
        )

    def main() -> None:
        for number, calls in enumerate(lives):
            sim.spawn(process, number, Life(sim, calls, errors))
        sim.sleep(100)
        closed = behind(Life(sim)).close(timeout=100)
        assert (closed.left, closed.buried) == (0, 0)
        for key, version in acknowledged.items():
            row, copy = source.read(key), store.get(key)
            assert isinstance(row, Versioned)
            assert row.version >= version, f"{key} was acknowledged at a version that is not there"
            assert copy is MISSING or copy[3] == row.value, "cache and source differ"
        checked.append(True)

    checked: list[bool] = []
    run_until_stuck(sim, main)
    assert checked


@given(schedule=SCHEDULES, writes=st.lists(st.integers(0, 2), min_size=1, max_size=12))
def test_closing_a_queue_stores_the_last_write_of_every_key(
    schedule: list[int], writes: list[int]
) -> None:
    sim = SimRuntime(schedule)
    store, source = MemoryStore(sim), MemorySource()
    life = Life(sim)
    last: dict[str, int] = {}

    def main() -> None:
        ports: Any = [Mortal(port, life) for port in (store, source)]
        cache = QueuedWriteBehind(*ports, ttl=TTL, interval=0.05, batch_size=2, runtime=sim)
        for number, key in enumerate(writes):
            cache.write(f"k{key}", number)
            last[f"k{key}"] = number
            assert cache.read(f"k{key}") == number
            sim.sleep(0.03)
        assert cache.close().left == 0
        assert {key: cache.read(key) for key in last} == last

    sim.run(main)
    rows = {key: source.read(key) for key in last}
    assert {key: row.value for key, row in rows.items() if isinstance(row, Versioned)} == last


def test_writes_are_collected_for_the_interval_and_go_as_one_batch() -> None:
    sim = SimRuntime()
    source = instrument(MemorySource(), sim, journal=(journal := Journal()))

    def main() -> None:
        cache = QueuedWriteBehind(MemoryStore(sim), source, ttl=TTL, interval=1.0, runtime=sim)
        for number in range(40):
            cache.write(f"k{number}", number)
            sim.sleep(0.01)
        sim.sleep(1.0)
        assert journal.counts()["write_many"] == 1
        cache.close()

    sim.run(main)


def test_a_queue_loses_exactly_what_waited_when_its_process_died() -> None:
    sim = SimRuntime()
    store, source = MemoryStore(sim), MemorySource()
    life = Life(sim)

    def main() -> None:
        ports: Any = [Mortal(port, life) for port in (store, source)]
        cache = QueuedWriteBehind(*ports, ttl=TTL, interval=1.0, runtime=sim)
        cache.write("early", 1)
        sim.sleep(1.5)
        cache.write("late", 1)
        life.left = 0
        sim.sleep(10)

    run_until_stuck(sim, main)
    assert (source.read("early") is MISSING, source.read("late") is MISSING) == (False, True)


@pytest.mark.parametrize("calls", range(1, 8))
@pytest.mark.parametrize("kind", [CacheAside, ReadThrough, WriteThrough, WriteAround, RefreshAhead])
def test_a_writer_that_dies_at_any_point_leaves_an_old_copy_for_its_ttl_at_most(
    kind: type[Strategy], calls: int
) -> None:
    sim = SimRuntime()
    store, source = MemoryStore(sim), MemorySource()
    source.write("k", "old")
    healthy = kind.over(store, source, ttl=TTL, jitter=0, runtime=sim)
    outcome: list[Any] = []

    def writer() -> None:
        life = Life(sim, calls)
        ports: Any = [Mortal(port, life) for port in (store, source)]
        kind.over(*ports, ttl=TTL, jitter=0, runtime=sim).write("k", "new")
        outcome.append("acknowledged")

    def main() -> None:
        assert healthy.read("k") == "old"
        start = sim.now()
        sim.spawn(writer)
        sim.sleep(1)
        soon = healthy.read("k")
        sim.sleep(start + TTL - sim.now())
        late = healthy.read("k")
        healthy.close()
        assert (late, soon in ("old", "new")) == ("new", True)
        if outcome:
            assert soon == "new"
        outcome.append("checked")

    run_until_stuck(sim, main)
    assert outcome[-1] == "checked"
