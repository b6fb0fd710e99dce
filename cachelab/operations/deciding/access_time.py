"""
What a cache costs and saves in time: a hit is quick, and every miss is slower than without one.

A miss looks in the cache for nothing, asks the origin, and stores the answer. So an average has
three prices in it, and whether a cache helps depends on how often it hits.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AccessTime:
    """
    The seconds that a read takes with a cache: at a hit, at a miss, on average; and without.

    >>> time = access_time(0.9, lookup=0.001, origin=0.050)
    >>> round(time.mean * 1000, 3), round(time.speedup, 1)
    (6.0, 8.3)
    >>> round(time.hit_speedup)
    50
    """

    hit: float
    miss: float
    mean: float
    without: float

    @property
    def speedup(self) -> float:
        """How many times faster the average read is than without a cache; below 1 it is slower."""
        return self.without / self.mean if self.mean else math.inf

    @property
    def hit_speedup(self) -> float:
        """How many times faster a hit is: what the average would be if nothing ever missed."""
        return self.without / self.hit if self.hit else math.inf


@dataclass(frozen=True, slots=True)
class Layer:
    """A cache on the way to the origin: seconds to look and to fill, and its own hit ratio."""

    lookup: float
    hit_ratio: float
    fill: float = 0.0

    def __post_init__(self) -> None:
        _check_ratio(self.hit_ratio)
        _check_seconds(lookup=self.lookup, fill=self.fill)


def access_time(hit_ratio: float, lookup: float, origin: float, fill: float = 0.0) -> AccessTime:
    """
    The seconds of a read through one cache: h * lookup + (1 - h) * (lookup + origin + fill).

    Raises:
        ValueError: the ratio is not from 0 to 1, or a time is negative or not finite.

    >>> time = access_time(0.9, lookup=75e-6, origin=8e-6, fill=75e-6)
    >>> time.mean > time.without  # nine hits in ten, and slower than no cache
    True
    """
    _check_seconds(origin=origin)
    layer = Layer(lookup, hit_ratio, fill)
    return AccessTime(lookup, lookup + origin + fill, mean_access_time([layer], origin), origin)


def mean_access_time(layers: Sequence[Layer], origin: float) -> float:
    """
    The average seconds of a read that goes through `layers`, the nearest first, to the origin.

    Each hit ratio is that of the reads which reach its layer, and those are harder to hit than the
    reads of the users: a layer's ratio measured alone is too good here.

    Complexity: O(layers).

    >>> round(mean_access_time([Layer(0.001, 0.5), Layer(0.010, 0.5)], origin=0.100), 3)
    0.031
    """
    _check_seconds(origin=origin)
    mean = origin
    for layer in reversed(layers):
        mean = layer.lookup + (1 - layer.hit_ratio) * (mean + layer.fill)
    return mean


def break_even_hit_ratio(lookup: float, origin: float, fill: float = 0.0) -> float:
    """
    The hit ratio above which the average read is faster with the cache than without.

    From lookup + (1 - h) * (origin + fill) < origin follows h > (lookup + fill) / (origin + fill).
    At 1 or above no cache helps: looking takes as long as asking.

    Raises:
        ValueError: a time is negative or not finite, or the origin and the fill take none.

    >>> break_even_hit_ratio(lookup=0.001, origin=0.050)
    0.02
    >>> break_even_hit_ratio(lookup=75e-6, origin=8e-6) > 1
    True
    """
    _check_seconds(lookup=lookup, origin=origin, fill=fill)
    if origin + fill == 0:
        raise ValueError("an origin that answers in no time leaves nothing to save")
    return (lookup + fill) / (origin + fill)


def left_over(hit_ratios: Iterable[float]) -> float:
    """
    The share of the reads that gets past caches with these hit ratios, the product of their misses.

    >>> round(left_over([0.8, 0.9]), 3)
    0.02
    """
    rest = 1.0
    for ratio in hit_ratios:
        _check_ratio(ratio)
        rest *= 1 - ratio
    return rest


def load_factor(hit_ratio: float) -> float:
    """
    How many times more reads the same origin bears behind a cache: 1 / (1 - h).

    Ten times needs a hit ratio of 0.9, and of reads only: writes all reach the origin.

    >>> round(load_factor(0.9), 6), round(load_factor(0.5), 6)
    (10.0, 2.0)
    """
    rest = left_over([hit_ratio])
    return math.inf if rest == 0 else 1 / rest


def hit_ratio_for_load(reads: float, capacity: float) -> float:
    """
    The hit ratio that brings `reads` a second down to the `capacity` of the origin.

    A target that follows from what the origin bears, where "90 %" follows from nothing.

    >>> round(hit_ratio_for_load(reads=4_000, capacity=1_000), 6)
    0.75
    """
    if not (0 < capacity < math.inf and 0 <= reads < math.inf):
        raise ValueError(f"rates must be finite, capacity above 0: {reads!r} and {capacity!r}")
    return max(0.0, 1 - capacity / reads) if reads else 0.0


def _check_ratio(ratio: float) -> None:
    if not 0 <= ratio <= 1:
        raise ValueError(f"a hit ratio is from 0 to 1, not {ratio!r}")


def _check_seconds(**times: float) -> None:
    for name, seconds in times.items():
        if not 0 <= seconds < math.inf:
            raise ValueError(f"{name} must be a number of seconds from 0 up, not {seconds!r}")
