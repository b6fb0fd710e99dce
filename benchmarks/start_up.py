"""
How long the first simulation takes in a fresh process, and twenty of them against libCacheSim.

    pip install libcachesim
    python benchmarks/start_up.py

Cold means that no compiled code is on disk; the second process finds what the first has left there.
Times are of whole processes, with the time of an empty one that imports numpy printed beside them.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import click
from racing import machine, spread, workload, write_for_libcachesim

ONE = """
import time
from cachelab.lab import simulate, zipf
trace = zipf(200_000, 20_000)
start = time.perf_counter()
simulate(trace, "lru", 1000)
print(time.perf_counter() - start)
"""
OURS = """
import numpy, sys
from cachelab.lab import Trace, sweep
names = ["fifo", "clock", "sieve", "lru", "lfu", "two_queue", "s3_fifo"][:int(sys.argv[3])]
sizes = [1000, 10_000, 100_000][:int(sys.argv[4])]
trace = Trace(numpy.load(sys.argv[1]))
print([r.misses for r in sweep(trace, names, sizes, jobs=1)])
"""
THEIRS = """
import libcachesim, sys, math
names = ["FIFO", "Clock", "Sieve", "LRU", "LFU", "TwoQ", "S3FIFO"]
reader = libcachesim.TraceReader(sys.argv[2], libcachesim.TraceType.ORACLE_GENERAL_TRACE)
n = reader.get_num_of_req()
print([round(getattr(libcachesim, name)(c, hashpower=math.ceil(math.log2(c)) + 3)
       .process_trace(reader)[0] * n)
       for name in names[:int(sys.argv[3])] for c in [1000, 10_000, 100_000][:int(sys.argv[4])]])
"""


def process(code: str, *arguments: str, cache: str) -> tuple[float, str]:
    """Run code in a fresh process; return wall seconds and what it printed."""
    environment = {**os.environ, "NUMBA_CACHE_DIR": cache}
    start = time.perf_counter()
    run = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        check=True,
        text=True,
        stdout=subprocess.PIPE,
        env=environment,
    )
    return time.perf_counter() - start, run.stdout


@click.command()
@click.option("--rounds", default=5, show_default=True)
@click.option("--requests", default=5_000_000, show_default=True)
def main(rounds: int, requests: int) -> None:
    print(machine())
    bare = [process("import numpy", cache="")[0] for _ in range(rounds)]
    print(f"a process that imports numpy: {statistics.median(bare):.2f} s")
    cold, cached = [], []
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as cache:
            cold.append(float(process(ONE, cache=cache)[1]))
            cached.append(float(process(ONE, cache=cache)[1]))
    print(
        f"first simulation, numba's import included: cold {statistics.median(cold):.2f} s, ", end=""
    )
    print(f"with compiled code on disk {statistics.median(cached):.2f} s")
    with tempfile.TemporaryDirectory() as folder:
        race(Path(folder), requests, rounds)


def race(folder: Path, requests: int, rounds: int) -> None:
    import numpy as np

    trace = workload("zipf1.0", requests)
    keys, file = folder / "keys.npy", folder / "trace.oracleGeneral.bin"
    np.save(keys, np.asarray(trace.keys))
    write_for_libcachesim(trace, file)
    for policies, sizes in ((1, 1), (7, 3)):
        arguments = (str(keys), str(file), str(policies), str(sizes))
        process(OURS, *arguments, cache=str(folder / "cache"))
        leads = []
        for _ in range(rounds):
            seconds, misses = process(OURS, *arguments, cache=str(folder / "cache"))
            peer, theirs = process(THEIRS, *arguments, cache="")
            assert misses == theirs, (misses, theirs)
            leads.append(peer / seconds)
        print(f"{policies * sizes} simulations in a fresh process, from raw keys: {spread(leads)}")


if __name__ == "__main__":
    main()
