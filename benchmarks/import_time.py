"""
How long `import cachelab.eviction` makes a program start later.

    python benchmarks/import_time.py

Fresh processes in pairs, one that imports the room and one that does nothing; the difference within
each pair, in milliseconds by the clock and by the processor, and its median. Then what Python
itself says of the most expensive modules (`-X importtime`, which makes everything slower).
"""

import os
import platform
import statistics
import subprocess
import sys
import time

PAIRS, SHOWN = 15, 8
SUBJECT = "import cachelab.eviction"


def start(code: str) -> tuple[float, float]:
    """Run a fresh process to its end; return its milliseconds by the clock and on the processor."""
    began, before = time.perf_counter(), os.times()
    subprocess.run([sys.executable, "-c", code], check=True)
    after, ended = os.times(), time.perf_counter()
    busy = after.children_user + after.children_system
    busy -= before.children_user + before.children_system
    return (ended - began) * 1_000, busy * 1_000


def dearest() -> list[str]:
    """Return the lines of `-X importtime` for the modules that took the longest by themselves."""
    run = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", SUBJECT],
        check=True,
        stderr=subprocess.PIPE,
        text=True,
    )
    bare = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", ""],
        check=True,
        stderr=subprocess.PIPE,
        text=True,
    )
    loaded_anyway = {line.rpartition("|")[2].strip() for line in bare.stderr.splitlines()}
    rows = [line.removeprefix("import time:").split("|") for line in run.stderr.splitlines()[1:]]
    new = [(int(own), name.strip()) for own, _, name in rows if name.strip() not in loaded_anyway]
    return [f"{own / 1_000:6.1f} ms  {name}" for own, name in sorted(new, reverse=True)[:SHOWN]]


def main() -> None:
    start(SUBJECT), start("pass")  # bytecode on disk, files in memory
    extra: list[tuple[float, float]] = []
    for _ in range(PAIRS):
        bare, ours = start("pass"), start(SUBJECT)
        extra.append((ours[0] - bare[0], ours[1] - bare[1]))
    print(f"{SUBJECT}, Python {platform.python_version()}, {platform.machine()}, {PAIRS} pairs")
    for kind, values in zip(("by the clock", "processor"), zip(*extra, strict=True), strict=True):
        print(
            f"{kind:13} {statistics.median(values):5.1f} ms more than a bare interpreter "
            f"({min(values):.1f} to {max(values):.1f})"
        )
    print("\nDearest by themselves, slowed down by the measurement:", *dearest(), sep="\n")


if __name__ == "__main__":
    main()
