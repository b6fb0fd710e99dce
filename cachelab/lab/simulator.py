"""
Playing a trace against a policy and counting the hits.

No values, no clock, no server: a cache's hit ratio is decided by the order of the keys, the policy
and the capacity alone. The first request counts like any other (a cold start).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Protocol, cast

from cachelab.eviction import POLICIES, EvictionPolicy, Key

from .traces import Trace, as_trace


class CacheLike(Protocol):
    """What a learner hands in: `get` answers None for an absent key, `put` stores."""

    def get(self, key: Any) -> Any: ...
    def put(self, key: Any, value: Any) -> object: ...


PolicyLike = str | type[EvictionPolicy] | Callable[[int], CacheLike]


@dataclass(frozen=True)
class Result:
    """
    What one policy made of one trace at one capacity (in entries).

    >>> Result(policy="lru", trace="t", capacity=10, requests=4, hits=1)
    Result(lru on t, capacity 10: 1 of 4 hit, 0.2500)
    """

    policy: str
    trace: str
    capacity: int
    requests: int
    hits: int

    @property
    def misses(self) -> int:
        return self.requests - self.hits

    @property
    def hit_ratio(self) -> float:
        return self.hits / self.requests

    def __repr__(self) -> str:
        return (
            f"Result({self.policy} on {self.trace}, capacity {self.capacity}: "
            f"{self.hits} of {self.requests} hit, {self.hit_ratio:.4f})"
        )


def simulate(trace: Trace | Iterable[Key], policy: PolicyLike, capacity: int) -> Result:
    """
    Count the hits of `policy` with room for `capacity` entries on `trace`, from an empty cache.

    `policy` is a name from `POLICIES`, a policy class, or any class with `get(key)` and
    `put(key, value)` that takes a capacity: the one you wrote, for instance.

    Complexity: one verb of the policy for each request, and memory for the resident keys.

    Raises:
        ValueError: the policy is unknown, the trace empty, or the capacity below 1.

    >>> simulate("a b a c a b".split(), "lru", capacity=2)
    Result(lru on trace, capacity 2: 2 of 6 hit, 0.3333)
    """
    trace = as_trace(trace)
    name, make = _maker(policy)
    if isinstance(capacity, bool) or not isinstance(capacity, int) or capacity < 1:
        raise ValueError(f"capacity must be a whole number from 1 up, not {capacity!r}")
    subject = make(capacity)
    count = _policy_hits if isinstance(subject, EvictionPolicy) else _cache_hits
    hits = count(cast(Any, subject), trace)
    return Result(name, trace.name, capacity, len(trace), hits)


def _maker(policy: PolicyLike) -> tuple[str, Callable[[int], EvictionPolicy | CacheLike]]:
    if isinstance(policy, str):
        if policy not in POLICIES:
            raise ValueError(f"unknown policy {policy!r}; known are {', '.join(POLICIES)}")
        return policy, POLICIES[policy]
    name = getattr(policy, "name", None) or getattr(policy, "__name__", repr(policy))
    is_policy = isinstance(policy, type) and issubclass(policy, EvictionPolicy)
    if not is_policy and not (hasattr(policy, "get") and hasattr(policy, "put")):
        raise TypeError(f"{name} is no policy and has no get(key) and put(key, value)")
    return str(name), policy


def _policy_hits(policy: EvictionPolicy, trace: Trace) -> int:
    hits = 0
    for key in trace:
        if key in policy:
            policy.hit(key)
            hits += 1
        else:
            policy.insert(key)
    return hits


def _cache_hits(cache: CacheLike, trace: Trace) -> int:
    hits = 0
    for key in trace:
        if cache.get(key) is None:
            cache.put(key, True)
        else:
            hits += 1
    return hits


def capacity_of(text: str, trace: Trace) -> int:
    """
    Read a capacity as people write it: `1000` entries, or `1%` of the trace's objects.

    A share is rounded to the nearest whole entry, and is at least one.

    Raises:
        ValueError: it is neither, or not above zero.

    >>> from cachelab.lab import scan
    >>> capacity_of("64", scan(5_000)), capacity_of("2.5%", scan(5_000))
    (64, 125)
    """
    number = text.strip().removesuffix("%")
    try:
        value = float(number) if text.strip().endswith("%") else int(number.replace("_", ""))
    except ValueError:
        raise ValueError(f"capacity {text!r} is neither a number of entries nor a share") from None
    if not 0 < value < float("inf"):
        raise ValueError(f"capacity must be at least 1 entry, not {text.strip()!r}")
    if isinstance(value, float):
        return max(1, round(value / 100 * trace.objects))
    return value
