"""
How long a copy may live: bounded by how old an answer may be, chosen by how often it is asked for.

The promise comes first: a copy that lives T seconds can be T seconds old when it is served, plus
what it was old when it was stored. Below that bound, a longer life means more hits and more answers
that have changed meanwhile; how many of both follows from two measured rates.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Life:
    """
    A time to live in seconds, and what it brings for one key.

    `oldest` is the age that an answer can reach, `hit_ratio` the share of reads that find a copy,
    `loads` the reads of the origin each second, `stale_share` the share of all reads whose answer
    had changed at the origin by then.
    """

    ttl: float
    oldest: float
    hit_ratio: float
    loads: float
    stale_share: float


def ttl_for(
    staleness: float,
    *,
    reads: float,
    writes: float = 0.0,
    fill: float = 0.0,
    below: Sequence[float] = (),
    hit_ratio: float | None = None,
) -> Life:
    """
    The time to live for a key whose answers may be `staleness` seconds old.

    `reads` and `writes` are the key's own, each second, as measured. `fill` is how long a load may
    take from reading the truth to storing the copy, and `below` the times to live of the caches
    that the load may be answered by: an answer is that old already when the clock starts. What they
    leave is the longest life that keeps the promise. With a `hit_ratio` to reach, the life is the
    shortest that reaches it, but never longer than that.

    The rate of writes does not bound the life, as a rule with "1 - write frequency" has it: one
    cannot take a rate from a number. It decides how many answers are stale, which is in the result.

    Raises:
        ValueError: nothing is left of the staleness, a rate is negative, or the ratio is not below
            1 and at least 0.

    >>> life = ttl_for(30, reads=0.5, writes=1 / 300)
    >>> life.ttl, round(life.hit_ratio, 4), round(life.stale_share, 3)
    (30.0, 0.9375, 0.045)
    >>> ttl_for(30, reads=0.5, writes=2).ttl  # two writes a second: still 30 s, and mostly stale
    30.0
    >>> round(ttl_for(30, reads=0.5, fill=1, below=[5], hit_ratio=0.8).ttl, 6)
    8.0
    """
    _check_rate(staleness=staleness, reads=reads, writes=writes, fill=fill)
    aged = fill + math.fsum(below)
    longest = staleness - aged
    if longest <= 0:
        raise ValueError(
            f"no time to live keeps answers within {staleness:g} s: "
            f"they are up to {aged:g} s old when they are stored"
        )
    ttl = longest if hit_ratio is None else min(longest, life_for_hit_ratio(hit_ratio, reads))
    return Life(
        ttl,
        ttl + aged,
        hit_ratio_of(ttl, reads),
        0.0 if reads == 0 else reads / (1 + reads * ttl),
        stale_share(ttl, reads, writes),
    )


def hit_ratio_of(ttl: float, reads: float) -> float:
    """
    The hit ratio of a key that is read `reads` times a second at random and kept for `ttl` seconds.

    A load is followed by the r * T reads of its life, which hit, and the one after, which misses:
    r * T / (1 + r * T). Reads at random are a Poisson process; a cache that is too small for its
    keys hits less.

    Source: J. Jung et al., "Modeling TTL-based Internet caches", INFOCOM 2003 (by renewal theory).

    >>> round(hit_ratio_of(ttl=1, reads=1_000), 3)  # one second is no short life for a hot key
    0.999
    >>> hit_ratio_of(ttl=3600, reads=2 / 3600) > 0.6
    True
    """
    _check_rate(ttl=ttl, reads=reads)
    return reads * ttl / (1 + reads * ttl)


def hit_ratio_until_written(reads: float, writes: float) -> float:
    """
    The hit ratio of a key whose copy lives until the next write removes it: r / (r + w).

    A read hits if what came before it was a read.

    >>> hit_ratio_until_written(reads=3, writes=1)
    0.75
    """
    _check_rate(reads=reads, writes=writes)
    return reads / (reads + writes) if reads else 0.0


def life_for_hit_ratio(hit_ratio: float, reads: float) -> float:
    """
    The shortest time to live that reaches `hit_ratio`: h / (r * (1 - h)).

    >>> round(life_for_hit_ratio(0.9, reads=0.5), 9)
    18.0
    """
    if not 0 <= hit_ratio < 1:
        raise ValueError(f"a hit ratio to reach is from 0 to below 1, not {hit_ratio!r}")
    _check_rate(reads=reads)
    return hit_ratio / (reads * (1 - hit_ratio)) if reads else math.inf


def stale_share(ttl: float, reads: float, writes: float) -> float:
    """
    The share of all reads that a copy answers whose row was written after it was loaded.

    A read t seconds after the load is stale with probability 1 - exp(-w * t). Over the r * T reads
    of a life these add up to r * (T - (1 - exp(-w * T)) / w), of 1 + r * T reads in all.

    >>> round(stale_share(ttl=300, reads=1, writes=1 / 300), 3)  # a life of the mean gap of writes
    0.367
    """
    _check_rate(ttl=ttl, reads=reads, writes=writes)
    if writes == 0:
        return 0.0
    # expm1 keeps its digits where writes are rare, and the difference is small.
    changed = ttl + math.expm1(-writes * ttl) / writes
    return max(0.0, reads * changed / (1 + reads * ttl))


def _check_rate(**values: float) -> None:
    for name, value in values.items():
        if not 0 <= value < math.inf:
            raise ValueError(f"{name} must be a finite number from 0 up, not {value!r}")
