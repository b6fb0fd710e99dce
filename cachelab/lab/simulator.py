"""
Playing a trace against a policy and counting the hits.

No values, no clock, no server: a cache's hit ratio is decided by the order of the keys, the policy
and the capacity alone. The first request counts like any other (a cold start). On long traces our
own policies are played by compiled code that gives the same hits; a class of yours is played as is.
"""

from collections.abc import Callable, Iterable
from typing import Any, cast

from tqdm import tqdm

from cachelab.eviction import POLICIES, Cache, EvictionPolicy, Key

from .contestants import CacheLike, PolicyLike, make, name_of
from .dense import WORTH_COMPILING
from .kernels.choice import arguments, kernel_for
from .kernels.choice import play as play_compiled
from .results import Result
from .subjects import with_short_traces
from .traces import Trace, as_trace

UNITS = ("entries", "bytes")


@with_short_traces
def simulate(
    trace: Trace | Iterable[Key],
    policy: PolicyLike,
    capacity: int,
    *,
    unit: str = "entries",
    compiled: bool | None = None,
) -> Result:
    """
    Count the hits of `policy` on `trace` with room for `capacity` entries, from an empty cache.

    `policy` is a name from `POLICIES`, a policy class, or any class with `get(key)` and
    `put(key, value)` that takes a capacity: the one you wrote, for instance. Options are given with
    `functools.partial(TwoQueue, kin=0.2)`.

    With `unit="bytes"` the capacity is one of bytes: an object takes its size (that of its first
    request), and one larger than the cache is never taken in. `compiled` says whether to play
    compiled code (True), the readable class (False), or the one that is sooner ready (None).

    Complexity: one verb of the policy for each request, and memory for the resident keys; compiled,
    about 5 to 50 nanoseconds a request and 5 to 40 bytes an object.

    Raises:
        ValueError: the policy is unknown, the trace empty, the capacity below 1, there are no sizes
            to count bytes with, or there is no compiled code for what you ask.
        TypeError: a key can't be hashed, or `policy` has no verbs to play.

    >>> simulate("a b a c a b".split(), "lru", capacity=2)
    Result(lru on trace, capacity 2: 2 of 6 hit, 0.3333)
    """
    trace = as_trace(trace)
    play, told = prepared(trace, policy, capacity, unit, compiled)
    return result_of(trace, policy, capacity, unit, play(*told))


Counts = tuple[int, int]
"""Requests that hit, and what they weighed."""


def prepared(
    trace: Trace, policy: PolicyLike, capacity: int, unit: str, compiled: bool | None
) -> tuple[Callable[..., Counts], tuple[Any, ...]]:
    """Check what is asked for; return the function to call and its arguments, on any core."""
    if unit not in UNITS:
        raise ValueError(f"unit must be one of {', '.join(UNITS)}, not {unit!r}")
    subject = make(policy, capacity)
    trace.check_keys()
    kernel = kernel_for(subject) if isinstance(subject, EvictionPolicy) else None
    if unit == "bytes" and type(subject) in POLICIES.values():
        if kernel is None or not kernel.by_bytes or compiled is False:
            raise ValueError(f"{name_of(policy)} can't be played by bytes: it counts entries")
        compiled = True
    if kernel is None and compiled:
        raise ValueError(f"there is no compiled code for {name_of(policy)}")
    if kernel is None or not (len(trace) >= WORTH_COMPILING if compiled is None else compiled):
        return play_readable, (trace, policy, capacity, unit)
    return play_compiled, (kernel.name, *arguments(kernel, subject, trace, unit))


def result_of(trace: Trace, policy: PolicyLike, capacity: int, unit: str, counts: Counts) -> Result:
    """Put the counts of a simulation under the names they belong to."""
    hits, weight = counts
    sized = (trace.bytes_requested, weight) if unit == "bytes" else ()
    return Result(name_of(policy), trace.name, capacity, len(trace), hits, unit, *sized)


def play_readable(trace: Trace, policy: PolicyLike, capacity: int, unit: str) -> Counts:
    """Play all requests on the class itself."""
    if unit == "bytes":
        return _bytes_hit(trace, policy, capacity)
    subject = make(policy, capacity, trace)
    count = _policy_hits if isinstance(subject, EvictionPolicy) else _cache_hits
    hits = count(cast(Any, subject), trace)
    return hits, hits


def _requests(trace: Trace) -> Iterable[Key]:
    """Go through the trace, with a progress bar in a terminal if it takes a while."""
    return tqdm(trace, desc=trace.name, unit="req", delay=2, leave=False, disable=None)


def _policy_hits(policy: EvictionPolicy, trace: Trace) -> int:
    hits = 0
    for key in _requests(trace):
        if key in policy:
            policy.hit(key)
            hits += 1
        else:
            policy.insert(key)
    return hits


def _cache_hits(cache: CacheLike, trace: Trace) -> int:
    hits = 0
    for key in _requests(trace):
        if cache.get(key) is None:
            cache.put(key, True)
        else:
            hits += 1
    return hits


def _bytes_hit(trace: Trace, policy: PolicyLike, capacity: int) -> Counts:
    """Play a policy inside a `Cache` that weighs its entries; the policy's own room is no limit."""
    subject = make(policy, trace.objects, trace)
    if not isinstance(subject, EvictionPolicy):
        raise ValueError(f"{name_of(policy)} can't be played by bytes: it counts entries")
    cache = Cache(subject, weigh=lambda _, size: int(size), max_weight=capacity)
    hits = weight = 0
    for key, size in zip(_requests(trace), trace.weights[trace.dense.ids].tolist(), strict=True):
        if cache.get(key) is None:
            cache.put(key, size)
        else:
            hits += 1
            weight += size
    return hits, weight
