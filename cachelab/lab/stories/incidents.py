"""
Six incidents of a cache, each two minutes of real code in virtual time, as its dashboards saw them.

A shop reads through `CacheAside` from a cache of four nodes, each of which does one thing at a
time, in front of a database with four slots. Three quarters of a minute in, something happens.
"""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from cachelab.eviction import LRU
from cachelab.hashing import Slots
from cachelab.lab.traces import zipf
from cachelab.operations import CacheMetrics
from cachelab.operations.tiers import LocalStore
from cachelab.ports import MemorySource, SimRuntime
from cachelab.ports.instrument import VERBS
from cachelab.strategies import CacheAside

SLICE, SLICES, ONSET = 10.0, 12, 45.0
WARM_UP = 25.0
"""Seconds of customers before the first reading."""

KEYS, ROOM, LIFE, RATE = 150, 165, 46.0, 14.0
END = WARM_UP + SLICE * SLICES
NODE_SECONDS, ORIGIN_SECONDS, ORIGIN_SLOTS = 0.02, 0.02, 4


@dataclass(frozen=True, slots=True)
class Reading:
    """What the dashboards say of one slice of time; rates are by the second, times in seconds."""

    hit_ratio: float
    p99: float
    origin_calls: float
    hottest: float
    """The share of the lookups that were of one key."""
    evictions: float
    expirations: float
    entries: int
    origin_p99: float

    def value(self, name: str) -> float:
        return float(getattr(self, name))


@dataclass(frozen=True)
class Incident:
    """A cause, and what was seen of it."""

    cause: str
    readings: tuple[Reading, ...]


class _Queue:
    """Servers that do one thing each at a time; whoever comes later waits."""

    def __init__(self, sim: SimRuntime, servers: int, seconds: float) -> None:
        self.sim, self.seconds = sim, seconds
        self.free = [0.0] * servers

    def serve(self, server: int | None = None) -> float:
        """Wait for one server, or for the first that is free; return how long all of it took."""
        at = self.free.index(min(self.free)) if server is None else server
        now = self.sim.now()
        self.free[at] = max(now, self.free[at]) + self.seconds
        took = self.free[at] - now
        self.sim.sleep(took)
        return took


class _Nodes:
    """A store on four nodes, by the slot of the key."""

    def __init__(self, store: LocalStore, sim: SimRuntime) -> None:
        self.store = store
        self.placement = Slots(["0", "1", "2", "3"])
        self.queue = _Queue(sim, 4, NODE_SECONDS)

    def __getattr__(self, verb: str) -> Any:
        found = getattr(self.store, verb)
        if verb not in VERBS or verb in ("clear", "close"):
            return found

        def call(key: str, *args: Any, **options: Any) -> Any:
            self.queue.serve(int(self.placement.node_for(key)))
            return found(key, *args, **options)

        return call


@dataclass
class Shop:
    """The shop at work: what an incident may turn, and what its dashboards have seen."""

    seed: int = 0
    sim: SimRuntime = field(default_factory=lambda: SimRuntime(max_steps=5_000_000))
    jitter: float = 0.9
    latencies: list[float] = field(default_factory=list)
    origin_times: list[float] = field(default_factory=list)
    readings: list[Reading] = field(default_factory=list)

    def open(self) -> None:
        """Build everything; the incident may have set `jitter` before."""
        self.store = LocalStore(LRU(ROOM), clock=self.sim)
        self.metrics = CacheMetrics(self.sim, slice_seconds=SLICE)
        self.store.cache.on_evict = self.metrics.on_evict
        self.origin = _Queue(self.sim, ORIGIN_SLOTS, ORIGIN_SECONDS)
        self.rows = MemorySource()
        nodes: Any = _Nodes(self.store, self.sim)
        self.strategy = CacheAside(
            self.metrics.watch(nodes),
            self,  # type: ignore[arg-type]
            ttl=LIFE,
            jitter=self.jitter,
            rng=random.Random(self.seed),
            runtime=self.sim,
        )

    # The database

    def read(self, key: str) -> Any:
        """Return a row, as the database does when it is this one's turn."""
        self.origin_times.append(self.origin.serve())
        self.rows.write(key, "x")
        return self.rows.read(key)

    # The traffic

    def ask(self, key: str, counts: bool = True) -> None:
        """Read one row through the strategy, as a customer whose wait `counts`."""
        began = self.sim.now()
        self.strategy.read(key)
        if counts:
            self.latencies.append(self.sim.now() - began)

    def stream(self, rate: float, key: Callable[[int], str], until: float, counts: bool) -> None:
        """Send requests at random moments, `rate` a second, without waiting for answers."""
        rng, number = random.Random(f"{self.seed} {rate}"), 0
        while True:
            self.sim.sleep(rng.expovariate(rate))
            if self.sim.now() >= until:
                return
            self.sim.spawn(self.ask, key(number), counts)
            number += 1

    def run(self, happen: Callable[["Shop"], None]) -> None:
        """Warm the cache, let the customers come, and let it happen."""
        self.open()
        popular = list(zipf(round(2 * RATE * END), KEYS, 0.9, seed=self.seed))
        self.sim.spawn(self.stream, RATE, lambda n: f"row:{popular[n]}", END, True)
        self.sim.spawn(self._happen, happen)
        self.sim.sleep(WARM_UP)
        self.latencies.clear()
        self.origin_times.clear()
        if self.jitter == 0:  # a deployment fills the cache, and every copy gets the same life
            for rank in range(KEYS):
                self.store.set(f"row:{rank}", ["row", f"warm{rank}", LIFE, "x"], ttl=LIFE)
        for _ in range(SLICES):
            self.sim.sleep(SLICE - 1e-6)
            self._note()
            self.sim.sleep(1e-6)

    def _happen(self, happen: Callable[["Shop"], None]) -> None:
        self.sim.sleep(WARM_UP + ONSET)
        happen(self)

    def _note(self) -> None:
        window = self.metrics.window(SLICE)
        lookups = max(1, window.hits + window.misses)
        hottest = window.hot_keys[0].count / lookups if window.hot_keys else 0.0
        self.readings.append(
            Reading(
                hit_ratio=window.hits / lookups,
                p99=_nearest_rank(self.latencies),
                origin_calls=len(self.origin_times) / SLICE,
                hottest=min(1.0, hottest),
                evictions=window.evictions / SLICE,
                expirations=window.expirations / SLICE,
                entries=len(self.store.cache),
                origin_p99=_nearest_rank(self.origin_times),
            )
        )
        self.latencies.clear()
        self.origin_times.clear()


def _nearest_rank(times: list[float]) -> float:
    ordered = sorted(times) or [0.0]
    return ordered[-(-99 * len(ordered) // 100) - 1]


def _hot_key(shop: Shop) -> None:
    shop.stream(43.0, lambda _: "row:7", END, True)


def _scan(shop: Shop) -> None:
    shop.stream(20.0, lambda n: f"report:{n}", END, False)


def _nothing(_shop: Shop) -> None:
    """The copies were all made at the same time with the same life: that was the incident."""


def _restart(shop: Shop) -> None:
    shop.store.clear()


def _slow_origin(shop: Shop) -> None:
    shop.origin.seconds = 0.25


def _probe(shop: Shop) -> None:
    shop.stream(10.0, lambda _: "health:ping", END, False)


CAUSES: Mapping[str, Callable[[Shop], None]] = {
    "one key is hot": _hot_key,
    "a scan evicts the popular": _scan,
    "all copies expire together": _nothing,
    "the cache restarted cold": _restart,
    "the database is slow": _slow_origin,
    "a probe reads one key": _probe,
}
"""What happens, by its name; a probe is a health check that does no harm, and flatters."""


@lru_cache(maxsize=12)
def record_incident(cause: str, seed: int = 0) -> Incident:
    """
    Return what the dashboards saw of two minutes in which `cause` came about.

    Complexity: some 5,000 requests are made for it, so what was recorded is kept.

    Raises:
        ValueError: the cause is unknown.
    """
    if cause not in CAUSES:
        raise ValueError(f"unknown cause {cause!r}; known are {', '.join(CAUSES)}")
    shop = Shop(seed)
    if cause == "all copies expire together":
        shop.jitter = 0.0
    shop.sim.run(shop.run, CAUSES[cause])
    return Incident(cause, tuple(shop.readings))
