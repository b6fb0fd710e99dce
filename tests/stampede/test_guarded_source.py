"""Any guard under any strategy, through a source around the source."""

from typing import Any

import pytest

from cachelab.ports import (
    MISSING,
    MemorySource,
    MemoryStore,
    Runtime,
    SimRuntime,
    Store,
    ThreadRuntime,
    Versioned,
)
from cachelab.ports.instrument import instrument
from cachelab.ports.journal import Journal
from cachelab.stampede import GUARDS, GuardedSource, LeasedLoad, LockedLoad
from cachelab.strategies import STRATEGIES, MemoryLog, ReadThrough

STRATEGY = pytest.mark.parametrize("strategy", STRATEGIES)
PROCESSES = 20


def log(strategy: str, store: Store, runtime: Runtime | None = None) -> dict[str, Any]:
    """What write-behind needs besides, where the store is no server."""
    if strategy != "write_behind":
        return {}
    return {"log": MemoryLog(ThreadRuntime() if runtime is None else runtime, store=store)}


@STRATEGY
@pytest.mark.parametrize("name", GUARDS)
def test_a_guarded_strategy_reads_what_it_wrote(strategy: str, name: str) -> None:
    store = MemoryStore()
    truth = MemorySource()
    truth.write("k", "old")
    with GUARDS[name](store, ttl=60) as guard:
        source = GuardedSource(truth, guard)
        with STRATEGIES[strategy].over(store, source, ttl=60, **log(strategy, store)) as cache:
            assert cache.read("k") == "old"
            cache.write("k", "new")
            assert cache.read("k") == "new"
            cache.delete("k")
            assert cache.read("k") is MISSING
            cache.write("nothing", None)
            assert cache.read("nothing") is None


@STRATEGY
def test_twenty_processes_at_a_cold_key_ask_the_database_once(strategy: str) -> None:
    assert loads(strategy, guarded=True) == 1


def test_without_a_guard_each_process_asks() -> None:
    assert loads("cache_aside", guarded=False) == PROCESSES


def loads(strategy: str, *, guarded: bool) -> int:
    """The reads of the database when twenty processes of ten clients miss a key at once."""
    sim, journal, truth = SimRuntime(), Journal(), MemorySource()
    truth.write("k", "row")
    store = MemoryStore(sim)
    slow = instrument(truth, sim, journal=journal, latency=0.1)

    def process() -> None:
        source = GuardedSource(slow, LockedLoad(store, sim, ttl=1)) if guarded else slow
        options = log(strategy, store, sim)
        with STRATEGIES[strategy].over(store, source, ttl=60, runtime=sim, **options) as cache:
            for task in [sim.spawn(cache.read, "k") for _ in range(10)]:
                assert task.join() == "row"

    def meeting() -> None:
        for task in [sim.spawn(process) for _ in range(PROCESSES)]:
            task.join()

    sim.run(meeting)
    return journal.counts()["read"]


def test_a_guard_can_also_be_the_loader_of_a_read_through() -> None:
    store, asked = MemoryStore(), []

    def square(key: str) -> int:
        asked.append(key)
        return int(key.partition(":")[2]) ** 2

    guard = LeasedLoad(store, ttl=1)
    caches = [ReadThrough(store, ttl=60) for _ in range(3)]
    for cache in caches:
        cache.register_loader("square", lambda key: guard.get(key, square))
    assert [cache.get("square:12") for cache in caches] == [144] * 3
    assert asked == ["square:12"]


def test_rows_written_together_are_all_forgotten() -> None:
    source = GuardedSource(MemorySource(), LeasedLoad(MemoryStore(), ttl=60))
    assert source.read("a") is MISSING
    source.write_many({"a": Versioned("A", 3), "b": Versioned(None, 4)})
    assert source.read("a") == Versioned("A", 3)
    assert source.read("b") == Versioned(None, 4)


def test_a_write_that_failed_is_forgotten_too_for_it_may_have_been_carried_out() -> None:
    truth = MemorySource()
    source = GuardedSource(
        instrument(truth, faults=lambda verb, *_: OSError("gone") if verb == "write" else None),
        LeasedLoad(MemoryStore(), ttl=60),
    )
    truth.write("k", "old")
    source.read("k")
    truth.write("k", "new")
    with pytest.raises(OSError, match="gone"):
        source.write("k", "newer")
    assert source.read("k") == Versioned("new", 2)
