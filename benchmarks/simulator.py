"""
Our simulator against libCacheSim's, policy by policy, and the curve, the sample and the sweep.

    pip install libcachesim          (GPL-3, in an environment of its own: it brings 17 packages)
    python benchmarks/simulator.py
    python benchmarks/simulator.py --traces zipf0.8,zipf1.0,zipf1.2,scanloop --rounds 3

libCacheSim reads its own file format in C and is run twice: as installed, and with the hash table
size that suits it best. "on numbers" leaves out the numbering of keys, which is done once a trace.
"""

import statistics
import tempfile
from functools import partial
from pathlib import Path
from typing import Any

import click
import libcachesim
import numpy as np
from racing import (
    cpu_seconds,
    geometric_mean,
    machine,
    spread,
    tuned,
    wall_seconds,
    workload,
    write_for_libcachesim,
)

from cachelab.eviction import POLICIES
from cachelab.lab import Trace, miss_ratio_curve, simulate, sweep
from cachelab.lab.dense import numbered

PEERS = {
    "fifo": "FIFO",
    "random": "Random",
    "clock": "Clock",
    "sieve": "Sieve",
    "lru": "LRU",
    "slru": "SLRU",
    "lfu": "LFU",
    "aged_lfu": "LFUDA",
    "lru_k": "LRUK",
    "two_queue": "TwoQ",
    "arc": "ARC",
    "lirs": "LIRS",
    "s3_fifo": "S3FIFO",
    "w_tinylfu": "WTinyLFU",
    "belady": "Belady",
}
SAME = {"fifo", "clock", "sieve", "lru", "lfu", "two_queue", "arc", "s3_fifo", "belady"}
"""The others are other variants of what the name says: near in work, not equal in misses."""


class Peer:
    """libCacheSim on one trace file."""

    def __init__(self, trace: Trace, path: Path) -> None:
        write_for_libcachesim(trace, path)
        self.requests = len(trace)
        self.reader = libcachesim.TraceReader(str(path), libcachesim.TraceType.ORACLE_GENERAL_TRACE)

    def run(self, name: str, capacity: int, hashpower: int) -> tuple[float, int]:
        """Return CPU seconds and misses of one simulation from an empty cache."""

        def play() -> float:
            cache = getattr(libcachesim, name)(capacity, hashpower=hashpower)
            return float(cache.process_trace(self.reader)[0])

        seconds, ratio = cpu_seconds(play)
        return seconds, round(ratio * self.requests)


def race_policies(trace: Trace, peer: Peer, capacity: int, rounds: int) -> dict[str, list[float]]:
    """Print a line a policy; return our leads over the default and over the best table."""
    leads: dict[str, list[float]] = {"default": [], "tuned": []}
    print(f"\n{trace.name}, {capacity:,} entries: ours in Mreq/s on numbers, and our lead")
    for name in POLICIES:
        ours, default, best = [], [], []
        if name not in PEERS:
            ours = [cpu_seconds(partial(simulate, trace, name, capacity))[0] for _ in range(rounds)]
            print(f"  {name:12} {len(trace) / statistics.median(ours) / 1e6:5.0f}   (no peer)")
            continue
        simulate(trace, name, capacity)
        for _ in range(rounds):
            seconds, result = cpu_seconds(lambda n=name: simulate(trace, n, capacity))
            theirs, misses = peer.run(PEERS[name], capacity, 24)
            fastest, _ = peer.run(PEERS[name], capacity, tuned(capacity))
            ours.append(seconds)
            default.append(theirs / seconds)
            best.append(fastest / seconds)
        leads["default"].append(statistics.median(default))
        leads["tuned"].append(statistics.median(best))
        same = "same misses" if misses == result.misses else f"{result.misses / misses:.3f} of its"
        assert name not in SAME or misses == result.misses, (name, misses, result.misses)
        print(
            f"  {name:12} {len(trace) / statistics.median(ours) / 1e6:5.0f}"
            f"   default {spread(default)}   best table {spread(best)}   {same}"
        )
    for which, values in leads.items():
        print(f"  {which}: least {min(values):.1f}x, geometric mean {geometric_mean(values):.1f}x")
    return leads


def race_raw_keys(trace: Trace, peer: Peer, capacity: int, rounds: int) -> None:
    """One run from raw keys: number them, then simulate."""
    for name in ("fifo", "lru", "s3_fifo", "arc"):
        leads = []
        for _ in range(rounds):
            fresh = Trace(trace.keys, trace.name)
            seconds, _ = cpu_seconds(lambda n=name, t=fresh: simulate(t, n, capacity))
            leads.append(peer.run(PEERS[name], capacity, tuned(capacity))[0] / seconds)
        print(
            f"  one run from raw keys, {name:8} {capacity:>7,} entries: {spread(leads)} best table"
        )


def race_curve(trace: Trace, peer: Peer, rounds: int) -> None:
    """The exact curve of LRU against twenty runs, and the sample against the exact curve."""
    sizes = [int(size) for size in np.geomspace(100, trace.objects * 0.9, 20)]
    exact_leads, sample_leads = [], []
    miss_ratio_curve(trace, sample=0.01)
    for _ in range(rounds):
        seconds, exact = cpu_seconds(lambda: miss_ratio_curve(trace))
        runs = [peer.run("LRU", size, tuned(size)) for size in sizes]
        assert [misses for _, misses in runs] == [round(exact.at(s) * len(trace)) for s in sizes]
        exact_leads.append(sum(one for one, _ in runs) / seconds)
        sample_seconds, sampled = cpu_seconds(lambda: miss_ratio_curve(trace, sample=0.01))
        sample_leads.append(seconds / sample_seconds)
    print(f"  exact LRU curve against 20 runs: {spread(exact_leads)}, identical")
    grid = np.geomspace(sampled.reliable_from, trace.objects, 100).astype(int)
    errors = [abs(exact.at(size) - sampled.at(size)) for size in grid]
    print(
        f"  sample of 0.01 against the exact curve: {spread(sample_leads)}, "
        f"error {sum(errors) / len(errors):.4f} on average, {max(errors):.4f} at most"
    )


def race_cores(trace: Trace, rounds: int) -> None:
    """A sweep on two cores against the same on one."""
    names = ["fifo", "clock", "sieve", "lru", "s3_fifo", "arc"]
    sizes = [int(size) for size in np.geomspace(1_000, trace.objects / 2, 8)]
    leads = []
    for _ in range(rounds):
        one = wall_seconds(lambda: sweep(trace, names, sizes, jobs=1))
        leads.append(one / wall_seconds(lambda: sweep(trace, names, sizes, jobs=2)))
    print(
        f"  sweep of {len(names)} policies x {len(sizes)} sizes, "
        f"two cores against one: {spread(leads)}"
    )


@click.command()
@click.option("--traces", default="zipf1.0", show_default=True)
@click.option("--requests", default=5_000_000, show_default=True)
@click.option("--rounds", default=3, show_default=True)
def main(traces: str, requests: int, rounds: int) -> None:
    print(machine(), f"libcachesim {libcachesim.__version__}")
    total: dict[str, list[float]] = {"default": [], "tuned": []}
    with tempfile.TemporaryDirectory() as folder:
        for name in traces.split(","):
            trace = workload(name, requests)
            numbered(trace.keys[:1_000])  # compiles
            numbering, _ = cpu_seconds(lambda t=trace: numbered(t.keys))
            print(
                f"\n{name}: {len(trace):,} requests, {trace.objects:,} objects, "
                f"numbered at {len(trace) / numbering / 1e6:.0f} Mkeys/s"
            )
            peer = Peer(trace, Path(folder) / f"{name}.oracleGeneral.bin")
            for capacity in (10_000, 100_000):
                leads: Any = race_policies(trace, peer, capacity, rounds)
                total = {which: total[which] + leads[which] for which in total}
                race_raw_keys(trace, peer, capacity, rounds)
            race_curve(trace, peer, rounds)
            race_cores(trace, rounds)
    print()
    for which, values in total.items():
        print(
            f"all, {which}: least {min(values):.1f}x, geometric mean {geometric_mean(values):.1f}x"
        )


if __name__ == "__main__":
    main()
