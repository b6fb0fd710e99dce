"""
What a trace says about caching before anything is simulated: popularity, repeats, writes, reuse.

The numbers are those of `cachelab.operations.Profile`, which the warning signs are checked on.
"""

import math
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from cachelab.eviction import Key
from cachelab.operations.deciding import Profile

from .traces import Ids, Trace, as_trace


def profile(
    trace: Trace | Iterable[Key], writes: Sequence[bool] | NDArray[np.bool_] | None = None
) -> Profile:
    """
    The profile of `trace`, whose requests are reads but for those that `writes` marks.

    Complexity: O(requests * log objects).

    Raises:
        ValueError: there is not one mark for each request, or every request is a write.

    >>> found = profile("a b a c a b".split())
    >>> found.reads, found.objects, found.one_hit_share, found.hit_ratio(2)
    (6, 3, 0.3333333333333333, 0.3333333333333333)
    >>> profile("a a a".split(), writes=[False, True, False]).bound
    0.0
    """
    trace = as_trace(trace)
    written = np.zeros(len(trace), np.bool_) if writes is None else np.asarray(writes, np.bool_)
    if written.shape != (len(trace),):
        raise ValueError(f"{len(trace)} requests need as many marks, not {written.size}")
    ids = np.asarray(trace.dense.ids, np.int64)
    read = ids[~written]
    if len(read) == 0:
        raise ValueError(f"every request of {trace.name!r} is a write: there is nothing to cache")
    counts = np.sort(np.bincount(read))[::-1]
    counts = counts[counts > 0]
    return Profile(
        counts=counts.tolist(),
        distances=_distances(read),
        writes=int(written.sum()),
        kept=_found_unwritten(ids, written),
        skew=zipf_exponent(counts),
        name=trace.name,
    )


def zipf_exponent(counts: Sequence[int] | NDArray[np.int64]) -> float:
    """
    The exponent a of a Zipf distribution, count ~ rank ** -a, that makes `counts` likeliest.

    The ranks are those of the counts themselves, so chance differences look like popularity: with
    few reads for each object the exponent of uniform traffic is found a little above 0.

    Complexity: O(objects) for each of some fifty steps.

    Source: maximum likelihood, as in A. Clauset et al., "Power-law distributions in empirical
    data", SIAM Review 51, 2009; here over a known number of ranks, solved by bisection.

    >>> zipf_exponent([100, 100, 100])
    0.0
    >>> round(zipf_exponent([1000, 500, 333, 250, 200]), 2)
    1.0
    """
    ordered = np.sort(np.asarray(counts, float))[::-1]
    logs = np.log(np.arange(1, len(ordered) + 1))
    seen = float(ordered @ logs / ordered.sum())
    low, high = 0.0, 64.0
    if len(ordered) == 1 or seen >= _mean_log(logs, 0.0) * (1 - 1e-12):
        return 0.0
    while high - low > 1e-9:
        middle = (low + high) / 2
        # The steeper the distribution, the smaller the ranks that it draws.
        low, high = (middle, high) if _mean_log(logs, middle) > seen else (low, middle)
    return low


def _mean_log(logs: NDArray[np.float64], exponent: float) -> float:
    weights = np.exp(-exponent * logs)
    return float(weights @ logs / math.fsum(weights))


def _distances(read: Ids) -> list[int]:
    from .kernels.distances import reuse_distances

    played = Trace(read)
    counts: list[int] = reuse_distances(played.dense.ids, played.dense.objects).tolist()
    return counts


def _found_unwritten(ids: Ids, written: NDArray[np.bool_]) -> int:
    """Count the reads whose object was read, and not written, by the request before to it."""
    order = np.argsort(ids, kind="stable")
    same = ids[order][1:] == ids[order][:-1]
    was_read, is_read = ~written[order][:-1], ~written[order][1:]
    return int(np.count_nonzero(same & was_read & is_read))
