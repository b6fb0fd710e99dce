"""
What the races share: traces with random 64-bit keys, their files for libCacheSim, and the clock.

Ratios are what counts: contestants take turns within a round, and each ratio is the median over the
rounds. Times are CPU seconds of the thread that works, so that a busy machine disturbs less.
"""

import platform
import statistics
import time
from collections.abc import Callable
from math import ceil, log2
from pathlib import Path
from typing import Any

import numpy as np

from cachelab.lab import Trace, loop, mix, scan, zipf

RECORD = np.dtype([("time", "<u4"), ("id", "<u8"), ("size", "<u4"), ("next", "<i8")])


def renamed(trace: Trace, name: str) -> Trace:
    """Give every object a random 64-bit name, as keys in the wild have."""
    names = np.random.default_rng(7).integers(1, 2**62, trace.objects)
    ids = trace.dense.ids
    return Trace(names[ids], name)


def workload(name: str, requests: int) -> Trace:
    """Make one of the four traces by name: zipf0.8, zipf1.0, zipf1.2 or scanloop."""
    if name.startswith("zipf"):
        objects = max(1_000_000, requests // 5)
        return renamed(zipf(requests, objects, float(name.removeprefix("zipf"))), name)
    popular, walked = int(requests * 0.6), int(requests * 0.2)
    parts = zipf(popular, 500_000), loop(walked, 150_000), scan(requests - popular - walked)
    return renamed(mix(*parts, burst=2_000), name)


def write_for_libcachesim(trace: Trace, path: Path) -> None:
    """Write a trace in libCacheSim's own binary format, unit sizes, with next uses for Belady."""
    from cachelab.lab.kernels.belady import next_uses

    table = np.zeros(len(trace), RECORD)
    table["time"] = np.arange(len(trace)) // 1_000
    table["id"], table["size"] = np.asarray(trace.keys), 1
    following = next_uses(trace.dense.ids, trace.objects).astype(np.int64)
    table["next"] = np.where(following == len(trace), -1, following + 1)
    table.tofile(path)


def tuned(capacity: int) -> int:
    """The size of libCacheSim's hash table, as a power of two, at which it is fastest."""
    return ceil(log2(capacity)) + 3


def cpu_seconds(call: Callable[[], Any]) -> tuple[float, Any]:
    """Return how long the call kept this thread's processor busy, and its answer."""
    start = time.thread_time()
    answer = call()
    return time.thread_time() - start, answer


def wall_seconds(call: Callable[[], Any]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def spread(values: list[float]) -> str:
    """Write a median with the least and the greatest."""
    return f"{statistics.median(values):6.1f}x ({min(values):.1f} to {max(values):.1f})"


def geometric_mean(values: list[float]) -> float:
    return statistics.geometric_mean(values)


def machine() -> str:
    return f"Python {platform.python_version()}, {platform.system()} {platform.machine()}"
