"""
A cold start against a warm one in virtual time: the twin of `benchmarks/cold_and_warm.py`.

The figures are printed: `pytest -s tests/operations/warming/test_cold_and_warm.py`.
"""

import random
from dataclasses import dataclass
from itertools import accumulate

import pytest

from cachelab.operations.metrics import CacheMetrics
from cachelab.operations.warming import CacheWarmer, Through, by_column
from cachelab.ports import MemorySource, MemoryStore, SimRuntime, Versioned, instrument
from cachelab.strategies import CacheAside

ROWS, TRIP, QUERY, RATE = 1_000, 0.0005, 0.02, 200.0


def day(seed: int, requests: int) -> list[str]:
    """The keys that are asked for on a day, by a Zipf law."""
    weights = list(accumulate(1 / rank for rank in range(1, ROWS + 1)))
    ranks = random.Random(seed).choices(range(ROWS), cum_weights=weights, k=requests)
    return [f"item:{rank}" for rank in ranks]


@dataclass(frozen=True)
class Outcome:
    """What 500 reads needed: loads, and the mean time of one."""

    loads: int
    mean: float


def start(is_warm: bool) -> Outcome:
    sim = SimRuntime()
    metrics = CacheMetrics(sim)
    rows = MemorySource()
    rows.write_many({f"item:{rank}": Versioned(rank, 1) for rank in range(ROWS)})
    store = metrics.watch(instrument(MemoryStore(sim), sim, latency=TRIP))
    source = instrument(rows, sim, latency=QUERY)
    cache = CacheAside(store, source, ttl=600.0, runtime=sim, rng=random.Random(1))

    def scene() -> Outcome:
        if is_warm:
            log = [f"GET {key}" for key in day(1, 5_000)]
            warmer = CacheWarmer(Through(cache), per_second=RATE, runtime=sim)
            report = warmer.warm_from_log(log, by_column(1), top=400)
            assert report.kept == 400
            assert sim.now() >= 399 / RATE
        sim.sleep(10.0)
        before, began = metrics.totals(), sim.now()
        for key in day(2, 500):
            assert cache.read(key) == int(key[5:])
        after = metrics.totals()
        loaded = after.misses - before.misses
        return Outcome(loaded, (sim.now() - began) / 500)

    return sim.run(scene)


def test_a_warm_start_saves_most_loads_and_most_of_the_time_of_the_first_reads() -> None:
    cold, warm = start(is_warm=False), start(is_warm=True)
    for name, one in (("cold", cold), ("warm", warm)):
        print(f"\n{name}: {one.loads} loads for 500 reads, {one.mean * 1000:.2f} ms a read")
    assert warm.loads < 0.5 * cold.loads
    assert warm.mean < 0.5 * cold.mean


def test_the_time_of_a_read_is_what_its_hit_ratio_says() -> None:
    """A hit costs a trip; a miss a look, a lease, a load and a fill: this start has no variance."""
    for is_warm in (False, True):
        outcome = start(is_warm)
        miss = 3 * TRIP + QUERY
        expected = (outcome.loads * miss + (500 - outcome.loads) * TRIP) / 500
        assert outcome.mean == pytest.approx(expected)
