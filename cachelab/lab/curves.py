"""
Miss-ratio curves: how much a larger cache would help, at every size and not at one.

LRU has the inclusion property (a larger cache holds all that a smaller one does), so one pass over
the reuse distances gives every size at once. A sample of the objects gives nearly the same curve in
a fraction of the time. Policies without that property are simulated, size by size.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cachelab.eviction import Key

from .contestants import PolicyLike, name_of
from .subjects import with_short_traces
from .sweeps import sweep
from .traces import Trace, as_trace

Sizes = NDArray[np.int64]
Ratios = NDArray[np.float64]


@dataclass(frozen=True, eq=False, repr=False)
class Curve:
    """
    Miss ratios (0 to 1) of one policy by capacity, smallest capacity first.

    `sample` is the share of the objects that was looked at, 1 if the curve is exact. Below
    `reliable_from` entries a sampled curve has seen fewer than ten objects and says nothing.

    >>> curve = miss_ratio_curve("a b a c a b".split())
    >>> curve.capacities.tolist(), curve.misses.tolist()
    ([1, 2, 3], [6, 4, 3])
    >>> round(curve.at(2), 4)
    0.6667
    """

    policy: str
    trace: str
    requests: int
    capacities: Sizes
    miss_ratios: Ratios
    unit: str = "entries"
    sample: float = 1.0

    @property
    def misses(self) -> NDArray[np.int64]:
        """Requests that missed, to the nearest whole one where the curve is sampled."""
        return np.rint(self.miss_ratios * self.requests).astype(np.int64)

    @property
    def hit_ratios(self) -> Ratios:
        return 1 - self.miss_ratios

    @property
    def reliable_from(self) -> int:
        return 1 if self.sample == 1 else round(10 / self.sample)

    def at(self, capacity: int) -> float:
        """Return the miss ratio at `capacity`, or at the next smaller one that was computed."""
        place = int(np.searchsorted(self.capacities, capacity, side="right")) - 1
        return float(self.miss_ratios[place]) if place >= 0 else 1.0

    def smallest(self, miss_ratio: float) -> int | None:
        """Return the smallest capacity that misses no more than `miss_ratio`, or None."""
        enough = np.flatnonzero(self.miss_ratios <= miss_ratio)
        return int(self.capacities[enough[0]]) if len(enough) else None

    def __repr__(self) -> str:
        how = "" if self.sample == 1 else f", sample {self.sample:g}"
        return (
            f"Curve({self.policy} on {self.trace}, {len(self.capacities)} capacities "
            f"from {self.capacities[0]} to {self.capacities[-1]} {self.unit}{how})"
        )


@with_short_traces
def miss_ratio_curve(
    trace: Trace | Iterable[Key],
    policy: PolicyLike = "lru",
    capacities: Sequence[int] | None = None,
    *,
    sample: float | None = None,
    unit: str = "entries",
    jobs: int | None = None,
) -> Curve:
    """
    Return the miss ratios of `policy` on `trace`, for each of `capacities`.

    Without `capacities`, LRU answers for every size from 1 to the number of objects, exactly, in
    one pass; another policy (or LRU by bytes, which evicts until it fits and so is no stack) for
    twenty sizes, evenly spread on a log scale.

    With `sample`, say 0.01, only that share of the objects is looked at, chosen by a hash, with all
    requests to each. How far LRU's curve is off then depends on which objects were caught: with
    some thousand of them, 0.003 to 0.019 on average and 0.06 at most in fifteen tries on Zipf
    traces of five million requests. Below `10 / sample` entries it is no good. Another policy is
    simulated in miniature: the sample played at that share of each capacity.

    Complexity: exact LRU O(requests * log objects); sampled, one hash a request and the same for
    the sample; others one simulation a capacity.

    Raises:
        ValueError: as `simulate`, or `sample` is not above 0 and up to 1, or catches no object.

    Source: R. L. Mattson et al., 1970 (stack distances). C. Waldspurger et al., "Efficient MRC
    construction with SHARDS", FAST 2015: fixed rate, with the correction of section 3.4 (the
    requests expected in the sample and not seen there count as hits). C. Waldspurger et al.,
    "Cache modeling and optimization using miniature simulations", USENIX ATC 2017.
    """
    trace = as_trace(trace)
    rate = _checked_rate(sample)
    if policy == "lru" and unit == "entries":
        return _stack_curve(trace, capacities, rate)
    played, expected = (trace, len(trace)) if rate == 1 else _sample(trace, rate)
    sizes = _spread(trace, unit) if capacities is None else _checked_sizes(capacities)
    small = [max(1, round(int(size) * rate)) for size in sizes]
    results = sweep(played, [policy], small, unit=unit, jobs=jobs)
    hits = np.array([result.hits for result in results])
    ratios = _miss_ratios(hits, len(played), expected)
    return Curve(name_of(policy), trace.name, len(trace), sizes, ratios, unit, rate)


def _stack_curve(trace: Trace, capacities: Sequence[int] | None, rate: float) -> Curve:
    from .kernels.distances import reuse_distances

    played, expected = (trace, len(trace)) if rate == 1 else _sample(trace, rate)
    counts = reuse_distances(played.dense.ids, played.dense.objects)
    hits = np.cumsum(np.concatenate(([0], counts[1:])))  # by the capacity of the sample
    if capacities is None:
        largest = max(1, round(played.objects / rate))
        sizes = np.arange(1, largest + 1) if rate == 1 else _grid(1, largest, 1_000)
    else:
        sizes = _checked_sizes(capacities)
    places = np.minimum((sizes * rate).astype(np.int64), played.objects)
    ratios = _miss_ratios(hits[places], len(played), expected)
    return Curve("lru", trace.name, len(trace), sizes, ratios, sample=rate)


def _sample(trace: Trace, rate: float) -> tuple[Trace, float]:
    """Return the requests to a share of the objects, and how many were to be expected."""
    from .kernels.sampling import sampled

    integers = isinstance(trace.keys, np.ndarray) and trace.keys.dtype.kind in "iu"
    keys: Any = trace.keys if integers else trace.dense.ids
    kept = sampled(keys, np.uint64(min(rate * 2.0**64, 2.0**64 - 2048)))
    if len(kept) == 0:
        raise ValueError(f"a sample of {rate:g} catches none of the objects of {trace.name!r}")
    return Trace(kept, trace.name), len(trace) * rate


def _miss_ratios(hits: Any, seen: int, expected: float) -> Ratios:
    """Return misses over the requests that the sample should have; what it lacks are hits."""
    ratios: Ratios = np.clip((seen - hits) / expected, 0.0, 1.0)
    return ratios


def _checked_rate(sample: float | None) -> float:
    if sample is None:
        return 1.0
    if isinstance(sample, bool) or not isinstance(sample, int | float) or not 0 < sample <= 1:
        raise ValueError(f"sample must be a share above 0 and up to 1, not {sample!r}")
    return float(sample)


def _checked_sizes(capacities: Sequence[int]) -> Sizes:
    sizes = np.asarray(capacities)
    if sizes.ndim != 1 or len(sizes) == 0 or sizes.dtype.kind not in "iu" or sizes.min() < 1:
        raise ValueError(f"capacities must be whole numbers from 1 up, not {capacities!r}")
    return np.unique(sizes).astype(np.int64)


def _spread(trace: Trace, unit: str) -> Sizes:
    """Return twenty sizes from a thousandth of all objects (or of their bytes) to all."""
    largest = trace.objects if unit == "entries" else int(trace.weights.sum())
    return _grid(max(1, largest // 1000), max(1, largest), 20)


def _grid(first: int, last: int, points: int) -> Sizes:
    return np.unique(np.rint(np.geomspace(first, last, points)).astype(np.int64))
