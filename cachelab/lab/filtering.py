"""
Caches behind caches: what a layer does not answer is the trace of the next, and it is another one.

The first layer keeps what is popular, so what it lets through is not. The second sees fewer
repetitions, however large it is: its hit ratio falls as the first grows, while the load on the
origin falls as well. A hit ratio says nothing without what stands before it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from cachelab.eviction import POLICIES, Cache, EvictionPolicy, Key

from .contestants import PolicyLike, make, name_of
from .results import Result
from .subjects import with_short_traces
from .traces import Trace, as_trace

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class FilterPoint:
    """
    Two layers at one capacity of the first, each ratio out of the requests that reached the layer.

    `origin` is the share of all requests that neither answered: the product of the miss ratios.
    """

    first_capacity: int
    first: float
    second: float
    origin: float


@with_short_traces
def layer_hit_ratios(
    trace: Trace | Iterable[Key],
    policies: Sequence[PolicyLike],
    capacities: Sequence[int],
    *,
    caches: Sequence[int] | None = None,
    unit: str = "entries",
) -> list[Result]:
    """
    Play a trace through layers of caches, the nearest to the clients first; return what each made.

    Each layer gets what the one before it missed, and keeps what goes by. `caches` is how many a
    layer consists of, 1 each by default: with 6, each request comes to one of six in turn, as to
    six processes behind a balancer. A `Result` counts the requests that reached its layer. With
    sizes in the trace it also has the bytes, whatever the `unit` of the capacities.

    A layer that nothing reaches is left out, and so are those behind it.

    Complexity: one verb of a policy for each request that reaches a layer; not compiled.

    Raises:
        ValueError: the lists differ in length, a number is below 1, a policy is unknown, the trace
            is empty, or has no sizes to count bytes with.

    >>> both = layer_hit_ratios("a b a a c a b a".split(), ["lru", "lru"], [1, 3])
    >>> [(result.requests, result.hits) for result in both]
    [(8, 1), (7, 4)]
    """
    trace = as_trace(trace)
    counts = [1] * len(policies) if caches is None else list(caches)
    if isinstance(policies, str) or not len(policies) == len(capacities) == len(counts) > 0:
        raise ValueError(f"as many of each, not {policies!r} at {capacities!r} times {counts!r}")
    if min(counts) < 1:
        raise ValueError(f"a layer has at least 1 cache, not {min(counts)!r}")
    results: list[Result] = []
    reaching: Trace | None = trace
    for policy, capacity, many in zip(policies, capacities, counts, strict=True):
        if reaching is None:
            break
        hit = _played(reaching, policy, int(capacity), many, unit)
        results.append(_result(reaching, hit, policy, int(capacity), unit, trace.name))
        reaching = _what_is_left(reaching, ~hit)
    return results


@with_short_traces
def filtering_effect(
    trace: Trace | Iterable[Key],
    first_capacities: Sequence[int],
    second_capacity: int,
    *,
    policies: tuple[PolicyLike, PolicyLike] = ("lru", "lru"),
    caches: tuple[int, int] = (1, 1),
) -> list[FilterPoint]:
    """
    Return how the second layer does as the first grows.

    Raises:
        ValueError: as `layer_hit_ratios`, or there is no capacity.

    >>> from cachelab.lab import zipf
    >>> for point in filtering_effect(zipf(20_000, objects=2_000), [10, 100, 1_000], 1_000):
    ...     print(f"{point.first:.2f}  {point.second:.2f}  {point.origin:.2f}")
    0.17  0.83  0.14
    0.50  0.72  0.14
    0.86  0.17  0.12
    """
    trace = as_trace(trace)
    if not len(first_capacities):
        raise ValueError("no capacity of the first layer was given")
    points = []
    for capacity in first_capacities:
        sizes = (int(capacity), second_capacity)
        results = layer_hit_ratios(trace, policies, sizes, caches=caches)
        ratios = [result.hit_ratio for result in results]
        first, second = (*ratios, 0.0)[:2]
        points.append(FilterPoint(int(capacity), first, second, (1 - first) * (1 - second)))
    return points


def filtering_chart(
    points: Sequence[FilterPoint], title: str = "", *, table: bool = False
) -> "Figure":
    """
    Draw the hit ratio of each layer, and the share that reaches the origin, as the first grows.

    `table` puts the numbers under the chart.

    Raises:
        ValueError: there is no point to draw.
    """
    from .charts import _lines

    if not points:
        raise ValueError("there is no point to draw")
    series = {
        "first layer": [(point.first_capacity, point.first) for point in points],
        "second layer": [(point.first_capacity, point.second) for point in points],
        "left for the origin": [(point.first_capacity, point.origin) for point in points],
    }
    across = "capacity of the first layer, entries (log scale)"
    return _lines(series, title, across, "share of requests", table)


def _played(trace: Trace, policy: PolicyLike, capacity: int, many: int, unit: str) -> Flags:
    """Return for each request whether the cache that it came to had it."""
    by_bytes = unit == "bytes"
    if unit not in ("entries", "bytes"):
        raise ValueError(f"unit must be one of entries, bytes, not {unit!r}")
    subjects = [_subject(trace, policy, capacity, by_bytes) for _ in range(many)]
    weights = trace.weights[trace.dense.ids].tolist() if by_bytes else None
    hits = np.zeros(len(trace), np.bool_)
    for place, key in enumerate(trace):
        weight = True if weights is None else weights[place]
        hits[place] = _asked(subjects[place % many], key, weight)
    return hits


def _subject(trace: Trace, policy: PolicyLike, capacity: int, by_bytes: bool) -> Any:
    chosen: Any = POLICIES.get(policy) if isinstance(policy, str) else policy
    if getattr(getattr(chosen, "func", chosen), "needs_future", False):
        raise ValueError("belady needs the future of its own cache: play it alone, with simulate")
    if not by_bytes:
        return make(policy, capacity)
    subject = make(policy, trace.objects)
    if not isinstance(subject, EvictionPolicy):
        raise ValueError(f"{name_of(policy)} can't be played by bytes: it counts entries")
    return Cache(subject, weigh=lambda _, size: int(size), max_weight=capacity)


def _asked(subject: Any, key: Key, weight: Any) -> bool:
    if isinstance(subject, EvictionPolicy):
        if key in subject:
            subject.hit(key)
            return True
        subject.insert(key)
        return False
    if subject.get(key) is None:
        subject.put(key, weight)
        return False
    return True


def _what_is_left(trace: Trace, missed: Flags) -> Trace | None:
    """Return the trace of the requests that missed, with the sizes of their objects."""
    if not missed.any():
        return None
    keys: Any = trace.keys
    if isinstance(keys, np.ndarray):
        left: Any = keys[missed]
    else:
        left = [key for key, is_left in zip(keys, missed, strict=True) if is_left]
    sizes = None if trace.sizes is None else trace.weights[trace.dense.ids][missed]
    return Trace(left, trace.name, sizes)


def _result(
    trace: Trace, hit: Flags, policy: PolicyLike, capacity: int, unit: str, name: str
) -> Result:
    hits = int(hit.sum())
    sized: tuple[int, ...] = ()
    if trace.sizes is not None:
        weights = trace.weights[trace.dense.ids]
        sized = (int(weights.sum()), int(weights[hit].sum()))
    return Result(name_of(policy), name, capacity, len(trace), hits, unit, *sized)
