"""
A cache behind `Resilient` on a bad day: reads are right, in time, and soon cheap again.

The figures are printed: `pytest -s tests/faults/test_resilient_store.py`.
"""

import sys
from collections import Counter
from collections.abc import Callable, Iterator
from statistics import median

import pytest

from cachelab.operations import CircuitBreaker, LimitedSource, Resilient, StaleRisk
from cachelab.ports import (
    MISSING,
    Journal,
    MemorySource,
    MemoryStore,
    Overloaded,
    RedisStore,
    Server,
    SimRuntime,
    SQLSource,
    StoreError,
    ThreadRuntime,
    Versioned,
    connect,
    instrument,
)
from cachelab.strategies import CacheAside

from .bad_days import FAULTS, Fault, cut_in_mid_reply, killed, late, silent
from .proxy import Proxy

slow_and_live = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="no server can be started on Windows"),
]

TIMEOUT = 0.1
"""Seconds that the client waits for a connection, and again for an answer."""

WINDOW = 1.0
"""Seconds the breaker looks back: fast successes of a longer past would outvote slow failures."""

BUSY = 0.3
"""Seconds that a busy machine may add to a read."""


@pytest.fixture
def store(proxy: Proxy) -> Iterator[Resilient]:
    client = connect(f"redis://127.0.0.1:{proxy.port}", timeout=TIMEOUT, retries=0)
    redis_store = RedisStore(client, prefix="app:")
    breaker = CircuitBreaker(window=WINDOW, minimum_calls=4, open_for=0.5, failures=StoreError)
    store = Resilient(redis_store, breaker, failed_reads="raise", on_risk=None)
    yield store
    store.close()
    client.close()


def read_all(cache: CacheAside, keys: list[str]) -> list[float]:
    """Read `keys`, each of which has its own name as its row; return the times taken."""
    runtime = ThreadRuntime()
    times = []
    for key in keys:
        start = runtime.now()
        assert cache.read(key) == key
        times.append(runtime.now() - start)
    return times


class TestLive:
    pytestmark = slow_and_live

    @pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
    def test_reads_are_right_in_time_and_mostly_fast(
        self, fault: Fault, proxy: Proxy, server: Server, store: Resilient, source: SQLSource
    ) -> None:
        keys = [f"k{n}" for n in range(60)]
        for key in keys:
            source.write(key, key)
        cache = CacheAside(store, source, ttl=60)
        read_all(cache, keys[:30])
        fault(proxy, server)
        times = read_all(cache, keys)
        budget = store.longest_read(2 * TIMEOUT) + BUSY
        print(
            f"\nserver {fault.__name__}: slowest read {max(times) * 1000:.0f} ms of "
            f"{budget * 1000:.0f}, median {median(times) * 1000:.1f} ms, "
            f"{store.failed_calls} calls failed, {store.refused_calls} not made"
        )
        assert max(times) < budget
        assert median(times) < TIMEOUT

    @pytest.mark.parametrize(
        "fault", [late, silent, cut_in_mid_reply], ids=lambda fault: fault.__name__
    )
    def test_when_the_fault_is_over_the_cache_is_used_again(
        self, fault: Fault, proxy: Proxy, server: Server, store: Resilient, source: SQLSource
    ) -> None:
        source.write("k", "k")
        cache = CacheAside(store, source, ttl=60)
        fault(proxy, server)
        read_all(cache, ["k"] * 10)
        assert not store.health().is_well
        proxy.delay, proxy.blackhole, proxy.cut = 0.0, False, False
        proxy.reset()
        runtime = ThreadRuntime()
        end = runtime.now() + 20.0
        while not store.health().is_well and runtime.now() < end:
            read_all(cache, ["k"])
        read_all(cache, ["k"] * 2)
        assert store.health().is_well
        source.write("k", "newer, and nobody told the cache")
        assert cache.read("k") == "k"

    @pytest.mark.parametrize(
        "fault", [late, silent, cut_in_mid_reply], ids=lambda fault: fault.__name__
    )
    def test_a_delete_that_failed_goes_through_once_the_fault_is_over(
        self, fault: Fault, proxy: Proxy, server: Server, store: Resilient
    ) -> None:
        store.set("k", "old")
        fault(proxy, server)
        with pytest.raises(StoreError):
            store.delete("k")
        assert store.get("k") is MISSING
        proxy.delay, proxy.blackhole, proxy.cut = 0.0, False, False
        proxy.reset()
        assert comes_true(lambda: store.health().pending_deletes == 0)
        with server.client() as client:
            assert RedisStore(client, prefix="app:").get("k") is MISSING
        assert store.health().staleness_risks == 0

    def test_a_delete_that_a_dead_server_never_takes_is_reported(
        self, proxy: Proxy, server: Server
    ) -> None:
        risks: list[StaleRisk] = []
        with connect(f"redis://127.0.0.1:{proxy.port}", timeout=TIMEOUT, retries=0) as client:
            store = Resilient(RedisStore(client), give_up_after=0.5, on_risk=risks.append)
            killed(proxy, server)
            with pytest.raises(StoreError):
                store.delete("k")
            assert comes_true(lambda: store.health().staleness_risks == 1)
            store.close()
        assert [risk.key for risk in risks] == ["k"]
        assert risks[0].at - risks[0].since >= 0.5


def comes_true(question: Callable[[], bool]) -> bool:
    """Ask again and again until the answer is yes, for 20 seconds."""
    runtime = ThreadRuntime()
    end = runtime.now() + 20.0
    while not (answer := question()) and runtime.now() < end:
        runtime.sleep(0.02)
    return answer


def dead(verb: str, key: object, number: int) -> StoreError:
    return StoreError("no route to host")


def crowd(at_most: int, queue: int, patience: float) -> dict[str, int]:
    """Let 200 clients read a row each in the same moment, past a dead cache; tell how they fare."""
    runtime, journal, fates = SimRuntime(), Journal(), Counter[str]()
    rows = MemorySource()
    rows.write_many({f"k{client}": Versioned(client, 1) for client in range(200)})
    database = instrument(rows, runtime, journal=journal, latency=0.1)
    source = LimitedSource(database, at_most, queue=queue, patience=patience, runtime=runtime)
    gone = instrument(MemoryStore(runtime), runtime, faults=dead)
    store = Resilient(gone, runtime=runtime, failed_reads="raise", on_risk=None)
    cache = CacheAside(store, source, ttl=60, runtime=runtime)

    def read(client: int) -> None:
        try:
            fates["right" if cache.read(f"k{client}") == client else "wrong"] += 1
        except Overloaded:
            fates["turned away"] += 1

    def everybody() -> None:
        for task in [runtime.spawn(read, client) for client in range(200)]:
            task.join()

    runtime.run(everybody)
    loads = [(event.at, event.at + event.seconds) for event in journal]
    overlaps = [sum(start <= moment < end for start, end in loads) for moment, _ in loads]
    return {**fates, "most at once": max(overlaps)}


def test_a_dead_cache_brings_no_more_loads_at_once_than_the_database_can_bear() -> None:
    few = crowd(at_most=8, queue=40, patience=10.0)
    all_of_them = crowd(at_most=200, queue=0, patience=10.0)
    print(f"\n200 readers past a dead cache: limited {few}, unlimited {all_of_them}")
    assert few == {"right": 48, "turned away": 152, "most at once": 8}
    assert all_of_them == {"right": 200, "most at once": 200}


def test_who_waits_longer_than_its_patience_is_turned_away() -> None:
    assert crowd(at_most=8, queue=200, patience=0.25)["right"] == 24
