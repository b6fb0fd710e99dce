"""
Fifty million requests: our lead over libCacheSim, and how much memory it takes.

    pip install libcachesim
    python benchmarks/long_trace.py              (about ten minutes and 3 GiB of disk)
    python benchmarks/long_trace.py --ours-only  (the memory alone, two minutes)

The trace is a Zipf(1.0) stream over ten million objects; capacities are 1 % and 10 % of those that
appear. The peak is that of the whole process, from reading the file to the last simulation.
"""

import resource
import subprocess
import sys
import tempfile
from pathlib import Path

import click
from racing import cpu_seconds, machine, spread, tuned, workload, write_for_libcachesim

from cachelab.lab import miss_ratio_curve, read_trace, simulate

NAMES = {"fifo": "FIFO", "lru": "LRU", "s3_fifo": "S3FIFO", "sieve": "Sieve"}


def ours(path: Path) -> None:
    """In a process of its own: read the file, simulate, and tell times and memory."""
    seconds, trace = cpu_seconds(lambda: read_trace(path))
    numbering, objects = cpu_seconds(lambda: trace.objects)
    print(f"read {seconds:.1f} s, numbered {numbering:.1f} s: {len(trace):,} requests, {objects:,}")
    for name in NAMES:
        simulate(trace[:100_000], name, 1_000)  # compiles
    for share in (100, 10):
        for name in NAMES:
            cost, result = cpu_seconds(lambda n=name, c=objects // share: simulate(trace, n, c))
            print(f"ours {name} {objects // share} {cost:.3f} {result.misses}", flush=True)
    curve, _ = cpu_seconds(lambda: miss_ratio_curve(trace))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"exact LRU curve {curve:.1f} s; peak {peak:.2f} GiB")


def theirs(path: Path, measured: list[list[str]]) -> None:
    import libcachesim

    reader = libcachesim.TraceReader(str(path), libcachesim.TraceType.ORACLE_GENERAL_TRACE)
    for _, name, capacity, seconds, misses in measured:
        size = int(capacity)
        cache = getattr(libcachesim, NAMES[name])(size, hashpower=tuned(size))
        cost, ratio = cpu_seconds(lambda c=cache: c.process_trace(reader)[0])
        found = round(ratio * path.stat().st_size / 24)
        print(
            f"{name:8} {size:>9,}: {spread([cost / float(seconds)])}, {found - int(misses)} apart"
        )


@click.command()
@click.option("--requests", default=50_000_000, show_default=True)
@click.option("--ours-only", is_flag=True)
@click.option("--read", type=click.Path(path_type=Path), hidden=True)
def main(requests: int, ours_only: bool, read: Path | None) -> None:
    if read is not None:
        ours(read)
        return
    print(machine())
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "long.oracleGeneral.bin"
        write_for_libcachesim(workload("zipf1.0", requests), path)
        command = [sys.executable, __file__, "--read", str(path)]
        output = subprocess.run(command, check=True, text=True, stdout=subprocess.PIPE).stdout
        print(output, end="")
        if not ours_only:
            theirs(path, [line.split() for line in output.splitlines() if line.startswith("ours")])


if __name__ == "__main__":
    main()
