"""
Clients at work through a caching strategy, and what they saw.

Every row written carries a serial number, so that a read which comes back with an older one than
was acknowledged before it began can be told, and so can a write that is gone.
"""

from dataclasses import dataclass
from itertools import count
from random import Random
from typing import Any

import numpy as np

from cachelab.ports import MISSING, Journal, Runtime, SimRuntime, Source, Store
from cachelab.strategies import STRATEGIES, MemoryLog, Strategy, WriteBehind, Written
from cachelab.strategies.base import value_of

from .traces import zipf


class Uncached(Strategy):
    """No cache at all: what every strategy is measured against."""

    name = "no_cache"

    def __init__(self, store: Store, source: Source, ttl: float) -> None:  # noqa: ARG002
        self.source = source

    def read(self, key: str) -> Any:
        return value_of(self.source.read(key))

    def write(self, key: str, row: Any) -> Written:
        return Written(self.source.write(key, row), fresh=True)

    def delete(self, key: str) -> Written:
        return Written(self.source.delete(key), fresh=True)


KINDS: dict[str, type[Strategy]] = {"no_cache": Uncached, **STRATEGIES}


@dataclass(frozen=True)
class Workload:
    """
    What the clients ask for: Zipf(1.0) over `keys`, a share `reads` of it reads.

    Each key is written by one client only, so its serial numbers rise in the order of its writes.

    Raises:
        ValueError: a number is below 1, or a share outside 0 to 1.
    """

    requests: int = 4_000
    keys: int = 400
    reads: float = 0.9
    clients: int = 8
    ttl: float = 60.0
    seed: int = 1

    def __post_init__(self) -> None:
        for name in ("requests", "keys", "clients"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be at least 1, not {getattr(self, name)}")
        if self.clients > self.keys:
            raise ValueError(f"{self.clients} clients need as many keys, not {self.keys}")
        if not 0 <= self.reads <= 1:
            raise ValueError(f"reads must be a share from 0 to 1, not {self.reads!r}")

    def of_client(self, client: int) -> list[tuple[bool, str]]:
        """Return the requests of one client: whether it is a read, and the key."""
        n = len(range(client, self.requests, self.clients))
        rng = np.random.default_rng((self.seed, client))
        drawn = np.asarray(zipf(max(n, 1), self.keys, seed=self.seed * 1_000 + client).keys)[:n]
        own = drawn - drawn % self.clients + client
        reads = rng.random(n) < self.reads
        keys = np.where(reads | (own >= self.keys), np.where(reads, drawn, client), own)
        return [(bool(read), f"row:{key}") for read, key in zip(reads, keys, strict=True)]


@dataclass(frozen=True)
class ComparisonRow:
    """
    What one strategy did; times in seconds.

    `hit_ratio` is the share of reads whose caller did not have to ask the database. `source_reads`
    and `source_writes` are calls of the database for each request. `stale` is the share of reads
    older than what was acknowledged before they began. `lost` of the `acknowledged` keys have an
    older row in the database after a crash than the last that was acknowledged.
    """

    strategy: str
    hit_ratio: float
    read_p50: float
    read_p99: float
    write_p50: float
    write_p99: float
    source_reads: float
    source_writes: float
    stale: float
    acknowledged: int
    lost: int


class Clients:
    """Clients at work through one strategy, and what they saw."""

    def __init__(
        self, strategy: Strategy, runtime: Runtime, work: Workload, journal: Journal | None = None
    ) -> None:
        self.strategy, self.runtime, self.work = strategy, runtime, work
        self.journal = Journal() if journal is None else journal
        self.serial = count(1)
        self.acknowledged: dict[str, int] = {}
        self.read_times: list[float] = []
        self.write_times: list[float] = []
        self.misses = self.stale = 0

    @property
    def done(self) -> int:
        """Count the requests that were answered."""
        return len(self.read_times) + len(self.write_times)

    def run(self) -> None:
        """Let every client do its requests, side by side."""
        tasks = [
            self.runtime.spawn(self._client, number, name=f"client {number}")
            for number in range(self.work.clients)
        ]
        for task in tasks:
            task.join()

    def _client(self, number: int) -> None:
        for read, key in self.work.of_client(number):
            (self._read if read else self.write)(key)

    def _read(self, key: str) -> None:
        promised, before = self.acknowledged.get(key, 0), len(self.journal)
        began = self.runtime.now()
        row = self.strategy.read(key)
        self.read_times.append(self.runtime.now() - began)
        self.stale += serial_of(row) < promised
        me = self.runtime.task_name()
        self.misses += any(
            event.task == me and event.port == "source" for event in self.journal[before:]
        )

    def write(self, key: str) -> None:
        """Write the next serial number to `key`, and note that it was acknowledged."""
        serial, began = next(self.serial), self.runtime.now()
        self.strategy.write(key, {"serial": serial, "text": "x" * 100})
        self.write_times.append(self.runtime.now() - began)
        self.acknowledged[key] = serial

    def row(self, lost: int, acknowledged: int) -> ComparisonRow:
        """Sum up; `lost` and `acknowledged` come from the crash."""
        asked = [event.verb == "read" for event in self.journal if event.port == "source"]
        reads, requests = max(1, len(self.read_times)), self.work.requests
        return ComparisonRow(
            strategy=self.strategy.name,
            hit_ratio=1 - self.misses / reads,
            read_p50=_nearest_rank(self.read_times, 50),
            read_p99=_nearest_rank(self.read_times, 99),
            write_p50=_nearest_rank(self.write_times, 50),
            write_p99=_nearest_rank(self.write_times, 99),
            source_reads=sum(asked) / requests,
            source_writes=(len(asked) - sum(asked)) / requests,
            stale=self.stale / reads,
            acknowledged=acknowledged,
            lost=lost,
        )


def _nearest_rank(times: list[float], percent: int) -> float:
    ordered = sorted(times) or [0.0]
    return ordered[max(0, -(-percent * len(ordered) // 100) - 1)]


def serial_of(row: Any) -> int:
    """Return the serial number of a row, 0 where there is none."""
    return 0 if row is MISSING else int(row["serial"])


def lost_keys(source: Source, acknowledged: dict[str, int]) -> int:
    """Count the keys whose row in `source` is older than what was acknowledged."""
    return sum(
        serial_of(value_of(source.read(key))) < serial for key, serial in acknowledged.items()
    )


def made(name: str, store: Store, source: Source, runtime: Runtime, ttl: float) -> Strategy:
    """Make a strategy by its name; the jitter of its lives is the same in every comparison."""
    if name == "no_cache":
        return Uncached(store, source, ttl)
    options: dict[str, Any] = {"runtime": runtime, "rng": Random(name)}
    if name == WriteBehind.name and isinstance(runtime, SimRuntime):
        options["log"] = MemoryLog(runtime, store=store)
    return KINDS[name].over(store, source, ttl=ttl, **options)
