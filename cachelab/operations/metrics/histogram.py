"""
How long calls took, as counts in buckets that grow with the value.

An average hides the slow calls, and percentiles cannot be averaged: the mean of two servers' 99th
percentiles is nobody's 99th percentile. Counts can be added. So latencies are kept as counts, in
buckets whose width is a fixed share of their value, and any percentile is read off the sum.
"""

import math
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable
from fractions import Fraction
from itertools import accumulate

TICK = 2.0**-30
"""Seconds of the finest step, just under a nanosecond; a power of two, so bounds are exact."""

PRECISION = 6
"""Each doubling is cut into 2**6 buckets."""

LONGEST = 2**42
"""Ticks, 4,096 seconds: what took longer is counted as that long; `maximum` has its true value."""

_STEPS = 1 << PRECISION


def bucket_of(ticks: int) -> int:
    """Return the number of the bucket that holds `ticks`, 0 or more."""
    if ticks <= _STEPS:
        return ticks
    shift = (ticks - 1).bit_length() - PRECISION - 1
    return (shift << PRECISION) + ((ticks - 1) >> shift) + 1


def upper_bound(bucket: int) -> int:
    """Return the most ticks that the bucket of that number holds."""
    if bucket <= _STEPS:
        return bucket
    shift, step = divmod(bucket - 1 - _STEPS, _STEPS)
    return (step + _STEPS + 1) << shift


BUCKETS = bucket_of(LONGEST) + 1
"""How many buckets there can be: the bound on a histogram's memory."""


class LatencyHistogram:
    """
    Latencies in seconds, from a nanosecond to over an hour, as counts in log-linear buckets.

    A quantile is never below the true one, by nearest rank, and above it by at most 1/64 of it,
    or by a tick; beyond 4,096 seconds the longest stands for all. `count`, `minimum` and `maximum`
    are exact. To merge is to add counts, so a merged histogram says what one of all values would.

    A client that waits for an answer before it asks again asks less often while the server is
    stuck, and the stall shows up once instead of once for each request it would have made
    (coordinated omission). Where requests are meant to come every so often, give `record` that
    time, and it adds those that were left out.

    Complexity: O(1) to record; at most 2,369 buckets, of which only those in use are kept.

    Raises:
        ValueError: a latency is negative or no number, or a quantile is not within 0 and 1.

    Source: the buckets of HdrHistogram (G. Tene), which also names coordinated omission.

    >>> latency = LatencyHistogram([0.001] * 98 + [0.25, 0.5])
    >>> round(latency.quantile(0.5), 4), latency.quantile(0.99), latency.maximum
    (0.001, 0.25, 0.5)
    """

    __slots__ = ("count", "counts", "maximum", "minimum", "total")

    def __init__(self, seconds: Iterable[float] = ()) -> None:
        self.counts: Counter[int] = Counter()
        self.count = 0
        self.total = 0.0
        self.minimum = math.inf
        self.maximum = 0.0
        for one in seconds:
            self.record(one)

    def record(self, seconds: float, every: float | None = None) -> None:
        """Count a call that took `seconds`; if one was due `every` so often, those left out too."""
        if not 0 <= seconds < math.inf:
            raise ValueError(f"a latency must be 0 seconds or more, not {seconds!r}")
        self._count(seconds)
        if every is not None:
            if not every > 0:
                raise ValueError(f"calls can be due every so many seconds above 0, not {every!r}")
            for number in range(1, math.ceil(seconds / every)):
                self._count(seconds - number * every)

    def merge(self, other: "LatencyHistogram") -> None:
        """Add what `other` has counted."""
        self.counts.update(other.counts)
        self.count += other.count
        self.total += other.total
        self.minimum = min(self.minimum, other.minimum)
        self.maximum = max(self.maximum, other.maximum)

    @classmethod
    def merged(cls, parts: Iterable["LatencyHistogram"]) -> "LatencyHistogram":
        """Return one histogram of all that `parts` have counted."""
        result = cls()
        for part in parts:
            result.merge(part)
        return result

    def quantile(self, q: float) -> float:
        """
        Return the latency that a share `q` of the calls did not exceed; NaN before the first call.

        It is the value of rank ceil(q n), the first for q = 0, as its bucket's upper bound.
        """
        if not 0 <= q <= 1:
            raise ValueError(f"a quantile is a share between 0 and 1, not {q!r}")
        if not self.count:
            return math.nan
        # In fractions: 0.07 * 100 is 7.000000000000001, whose ceiling is a rank too far.
        rank = max(1, math.ceil(Fraction(str(q)) * self.count))
        bucket = self._bucket_of_rank(rank)
        if bucket == BUCKETS - 1:  # the last one also holds what was longer
            return self.maximum
        return max(self.minimum, min(self.maximum, upper_bound(bucket) * TICK))

    @property
    def mean(self) -> float:
        """The mean latency; NaN before the first call."""
        return self.total / self.count if self.count else math.nan

    def at_most(self, seconds: float) -> int:
        """Return how many took at most `seconds`; exact where that is 0 or a power of two."""
        last = bucket_of(math.floor(seconds / TICK))
        return sum(count for bucket, count in self.counts.items() if bucket <= last)

    def _bucket_of_rank(self, rank: int) -> int:
        used = sorted(self.counts)
        reached = list(accumulate(self.counts[bucket] for bucket in used))
        return used[bisect_left(reached, rank)]

    def _count(self, seconds: float) -> None:
        ticks = min(LONGEST, math.ceil(seconds / TICK))
        self.counts[bucket_of(ticks)] += 1
        self.count += 1
        self.total += seconds
        self.minimum = min(self.minimum, seconds)
        self.maximum = max(self.maximum, seconds)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, LatencyHistogram):
            return NotImplemented
        return (self.counts, self.minimum, self.maximum) == (
            other.counts,
            other.minimum,
            other.maximum,
        )

    __hash__ = None  # type: ignore[assignment] # the counts change

    def __repr__(self) -> str:
        return f"<LatencyHistogram of {self.count} calls>"
