"""
One key under a time to live, played on the real strategy in virtual time.

Readers come at random through a strategy; another process writes the row in the source and tells
nobody, so that only expiry makes a copy go. What the readers saw is counted.
"""

import math
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from cachelab.ports import MemorySource, MemoryStore, SimRuntime, Versioned
from cachelab.ports.stores import Absent
from cachelab.strategies import CacheAside, Strategy

from .subjects import with_short_traces

KEY = "row"

StrategyLike = Callable[..., Any]
"""A strategy of ours, or a class with `read(key)` made from a store, a source and a `ttl`."""


@dataclass(frozen=True, slots=True)
class Lived:
    """Shares of reads that did not wait for the source, and that were stale; loads a second."""

    hit_ratio: float
    stale_share: float
    loads: float


class _Rows(MemorySource):
    """A source that counts its reads, and which of them a reader waited for."""

    def __init__(self, runtime: SimRuntime) -> None:
        super().__init__()
        self.runtime = runtime
        self.loads = self.waited = 0

    def read(self, key: str) -> Versioned | Absent:
        self.loads += 1
        self.waited += self.runtime.task_name() == "main"
        return super().read(key)


@with_short_traces
def live(
    ttl: float,
    reads: float,
    writes: float,
    strategy: StrategyLike = CacheAside,
    *,
    requests: int = 1_000,
    seed: int = 1,
) -> Lived:
    """
    Play `requests` reads at `reads` a second of a row that changes `writes` times a second.

    Complexity: O(requests + writes in that time).

    Raises:
        ValueError: there are no reads, or fewer than no writes.

    >>> kept = live(ttl=10, reads=1.0, writes=0.01)
    >>> 0.85 < kept.hit_ratio < 0.95, kept.loads < 0.2
    (True, True)
    """
    if not (reads > 0 and writes >= 0):
        raise ValueError(f"reads must be above 0 and writes from 0 up, not {reads} and {writes}")
    sim, rng = SimRuntime(), random.Random(seed)
    source = _Rows(sim)
    store = MemoryStore(sim)
    made: Any = _made(strategy, store, source, ttl, sim, random.Random(seed))
    stale = sim.run(_readers, sim, rng, source, made, reads, writes, requests)
    hits = requests - source.waited
    return Lived(hits / requests, stale / requests, source.loads / sim.now())


def _made(
    strategy: StrategyLike,
    store: MemoryStore,
    source: _Rows,
    ttl: float,
    sim: SimRuntime,
    rng: random.Random,
) -> Any:
    """Return the strategy between store and source; what ours draw, they draw from `rng`."""
    make: Any = strategy
    if not (isinstance(strategy, type) and issubclass(strategy, Strategy)):
        return make(store, source, ttl=ttl)
    try:
        return make.over(store, source, ttl=ttl, runtime=sim, rng=rng)
    except TypeError:  # a strategy that draws nothing
        return make.over(store, source, ttl=ttl, runtime=sim)


def _readers(
    sim: SimRuntime,
    rng: random.Random,
    source: _Rows,
    strategy: Any,
    reads: float,
    writes: float,
    requests: int,
) -> int:
    """Read, and between the reads let the row change; return how many reads were stale."""
    changes = stale = 0
    next_write = rng.expovariate(writes) if writes else math.inf
    source.write(KEY, 0)
    for _ in range(requests):
        sim.sleep(rng.expovariate(reads))
        while next_write <= sim.now():
            changes += 1
            next_write += rng.expovariate(writes)
            source.write(KEY, changes)
        stale += strategy.read(KEY) != changes
    if hasattr(strategy, "close"):
        strategy.close()
    return stale
