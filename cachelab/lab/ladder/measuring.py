"""
Timing one operation honestly: after a warm-up, above the timer's resolution, by percentiles.

An average hides the slow ones, and a timer that ticks every 40 ns knows nothing of 20 ns. So what
is short is timed in batches, and what comes out says how many operations were in each.
"""

import gc
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

NS = 1e-9
TICKS = 100
"""A batch takes at least as many ticks of the timer, so that its error is below 1 %."""

Run = Callable[[int], object]
"""Does the operation so many times."""

ClockNs = Callable[[], int]


@dataclass(frozen=True, slots=True)
class Timing:
    """
    Percentiles in seconds per operation, of `samples` batches of `batch` operations each.

    With a batch above 1, a percentile is one of averages: a single slow operation is hidden in its
    batch. `resolution` is the timer's, in seconds.
    """

    p50: float
    p90: float
    p99: float
    longest: float
    samples: int
    batch: int
    resolution: float


def nearest_rank(values: Sequence[float], percent: float) -> float:
    """
    The smallest value that at least `percent` % of all are not above: one that was measured.

    Complexity: O(n log n).

    Raises:
        ValueError: there are no values, or `percent` is not above 0 and up to 100.

    >>> nearest_rank([15, 20, 35, 40, 50], 40), nearest_rank([3, 1, 2], 100)
    (20, 3)
    """
    if not values:
        raise ValueError("no values have no percentile")
    if not 0 < percent <= 100:
        raise ValueError(f"a percentile is above 0 and up to 100, not {percent!r}")
    return sorted(values)[math.ceil(percent / 100 * len(values)) - 1]


def timer_resolution(clock: ClockNs = time.perf_counter_ns, tries: int = 1_000) -> int:
    """
    The shortest time in nanoseconds between two different readings of `clock`, of `tries`.

    It is the tick of the timer or the cost of reading it, whichever is longer.
    """
    shortest = math.inf
    for _ in range(tries):
        start = after = clock()
        while after == start:
            after = clock()
        shortest = min(shortest, after - start)
    return int(shortest)


def measure(
    run: Run, samples: int = 1_000, *, at_most: float = 1.0, clock: ClockNs = time.perf_counter_ns
) -> Timing:
    """
    Time `run`, which does an operation as many times as it is told.

    It is warmed up while the batch grows to a hundred ticks of the timer, and a tenth of the
    samples more. There are fewer samples if they would take over `at_most` seconds, ten at least.
    The garbage collector waits meanwhile, as in `timeit`.

    One caller asks again when it has been answered. A stall then delays the questions that would
    have been asked, and they are missing among the samples: see `with_waiting`.

    Raises:
        ValueError: fewer than ten samples.
    """
    if samples < 10:
        raise ValueError(f"samples must be at least 10, not {samples!r}")
    tick = timer_resolution(clock)
    collecting = gc.isenabled()
    gc.disable()
    try:
        batch, taken = _batch(run, tick * TICKS, clock)
        fitting = int(at_most / NS / max(taken, 1))
        wanted = max(10, min(samples, fitting))
        for _ in range(wanted // 10):
            run(batch)
        times = [_timed(run, batch, clock) for _ in range(wanted)]
    finally:
        if collecting:
            gc.enable()
    seconds = [time_ * NS / batch for time_ in times]
    p50, p90, p99 = (nearest_rank(seconds, percent) for percent in (50, 90, 99))
    return Timing(p50, p90, p99, max(seconds), wanted, batch, tick * NS)


def _batch(run: Run, enough: int, clock: ClockNs) -> tuple[int, int]:
    """Return the smallest power of two of operations that take `enough` nanoseconds."""
    batch = 1
    while (taken := min(_timed(run, batch, clock) for _ in range(3))) < enough:
        batch *= 2
    return batch, taken


def _timed(run: Run, batch: int, clock: ClockNs) -> int:
    start = clock()
    run(batch)
    return clock() - start
