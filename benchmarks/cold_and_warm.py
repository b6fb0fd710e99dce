"""
A cold start against a warm one: the same requests, after a restart of the cache server.

    python benchmarks/cold_and_warm.py

A shop's rows are in SQLite, their copies on a cache server, and clients ask by a Zipf law. The
access log of yesterday says which keys were hot; the warm start brings the copies of those before
the first request. Both starts then get the requests of today, on a server that is new for each.
The hit ratio, the latencies and what SQLite had to do are given for the first requests and for all.
Cold and warm take turns; hits and loads are the same in each round, latencies are those of all
rounds together, and the ratio is the median over the rounds.
"""

import platform
import random
import statistics
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import accumulate
from pathlib import Path

from cachelab.operations.metrics import CacheMetrics, LatencyHistogram
from cachelab.operations.warming import CacheWarmer, Through, WarmReport, by_column
from cachelab.ports import (
    Journal,
    RedisStore,
    SQLSource,
    ThreadRuntime,
    Versioned,
    instrument,
    start_server,
)
from cachelab.strategies import CacheAside

ROWS, REQUESTS, EARLY, TOP, SKEW, ROUNDS = 5_000, 4_000, 500, 1_500, 1.0, 5
TTL, DESCRIPTION = 600.0, "a row that says what the thing is and what it costs. " * 10


@dataclass(frozen=True)
class Start:
    """What the first EARLY requests and all REQUESTS of a start saw."""

    early: LatencyHistogram
    whole: LatencyHistogram
    early_hits: int
    hits: int
    early_loads: int
    loads: int


def day(seed: int) -> list[str]:
    """Return the keys that are asked for on a day."""
    weights = list(accumulate(1 / rank**SKEW for rank in range(1, ROWS + 1)))
    ranks = random.Random(seed).choices(range(ROWS), cum_weights=weights, k=REQUESTS)
    return [f"item:{rank}" for rank in ranks]


def log_of(keys: list[str]) -> Iterator[str]:
    """Return an access log in which these keys were read, and some lines are broken."""
    for number, key in enumerate(keys):
        yield f"10:{number // 60_000:02} GET {key} 200" if number % 1_000 else "cut off"


def start(directory: Path, is_warm: bool) -> tuple[Start, WarmReport | None]:
    runtime, journal = ThreadRuntime(), Journal()
    metrics = CacheMetrics(runtime)
    source = SQLSource(str(directory / "shop.db"))
    watched = instrument(source, runtime, journal=journal)
    with start_server() as server, server.client() as client:
        store = metrics.watch(RedisStore(client, prefix="shop:"))
        cache = CacheAside(store, watched, ttl=TTL, rng=random.Random(1))
        report = None
        if is_warm:
            report = CacheWarmer(Through(cache)).warm_from_log(log_of(day(1)), by_column(2), TOP)
        journal.clear()
        hits = metrics.totals().hits
        early, early_counts = requests(cache, day(2)[:EARLY]), (metrics.totals().hits, len(journal))
        late = requests(cache, day(2)[EARLY:])
        counts = metrics.totals().hits, len(journal)
        source.close()
    whole = LatencyHistogram.merged([early, late])
    return Start(
        early, whole, early_counts[0] - hits, counts[0] - hits, early_counts[1], counts[1]
    ), report


def requests(cache: CacheAside, keys: list[str]) -> LatencyHistogram:
    runtime, latency = ThreadRuntime(), LatencyHistogram()
    for key in keys:
        began = runtime.now()
        assert cache.read(key) == DESCRIPTION
        latency.record(runtime.now() - began)
    return latency


def together(rounds: list[Start]) -> Start:
    """Return the rounds as one, whose latencies are those of all."""
    early = LatencyHistogram.merged(one.early for one in rounds)
    return replace(
        rounds[0], early=early, whole=LatencyHistogram.merged(one.whole for one in rounds)
    )


def line(name: str, latency: LatencyHistogram, hits: int, loads: int) -> str:
    times = "".join(f"{latency.quantile(q) * 1e6:9.0f}" for q in (0.5, 0.95, 0.99))
    return (
        f"{name:<26}{hits / (latency.count / ROUNDS):9.3f}{loads:9}{latency.mean * 1e6:9.0f}{times}"
    )


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        source = SQLSource(str(directory / "shop.db"))
        rows = {f"item:{rank}": Versioned(DESCRIPTION, 1) for rank in range(ROWS)}
        source.write_many(rows)
        source.close()
        rounds = [(start(directory, False)[0], *start(directory, True)) for _ in range(ROUNDS)]
    cold, warm = together([one[0] for one in rounds]), together([one[1] for one in rounds])
    ratios = [one[0].early.mean / one[1].early.mean for one in rounds]
    print(f"Python {platform.python_version()}, {platform.system()} {platform.machine()}")
    print(f"{ROWS} rows, {REQUESTS} requests by a Zipf law of {SKEW}; warm-up: {rounds[0][2]}\n")
    print(f"{'':26}hit ratio    loads  mean us   p50 us   p95 us   p99 us")
    for name, one in (("cold", cold), ("warm", warm)):
        print(line(f"{name}, first {EARLY} requests", one.early, one.early_hits, one.early_loads))
    for name, one in (("cold", cold), ("warm", warm)):
        print(line(f"{name}, all {REQUESTS} requests", one.whole, one.hits, one.loads))
    spread = f"{statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})"
    print(f"\nmean of the first {EARLY}, cold over warm: {spread}")


if __name__ == "__main__":
    main()
