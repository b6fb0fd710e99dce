"""
Hit ratio over time: what one number for a whole trace hides.

A policy that recovers from a change and one that does not can have the same ratio in the end. So
the hits are counted window by window.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from cachelab.eviction import EvictionPolicy, Key

from .contestants import PolicyLike, make, name_of
from .subjects import with_short_traces
from .traces import Trace, as_trace


@dataclass(frozen=True, slots=True)
class Timeline:
    """
    Hit ratios (0 to 1) of one policy in successive windows of `window` requests.

    >>> hits_over_time("a b a b c c".split(), ["lru"], capacity=2, window=2)[0].hit_ratios
    (0.0, 1.0, 0.5)
    """

    policy: str
    trace: str
    window: int
    hit_ratios: tuple[float, ...]

    def level(self, first: int, last: int) -> float:
        """Return the mean over the windows from `first` to before `last`."""
        part = self.hit_ratios[first:last]
        return sum(part) / len(part)

    def recovery(self, change: int, share: float = 0.9) -> int | None:
        """
        Return the windows after `change` until `share` of the level before it is reached again.

        The level before is the mean of the five windows that end there; None if it never is.

        Raises:
            ValueError: there is no window before the change, or none after it.
        """
        if not 0 < change < len(self.hit_ratios):
            windows = len(self.hit_ratios)
            raise ValueError(f"a change after window {change} of {windows} has none on one side")
        before = self.level(max(0, change - 5), change)
        later = self.hit_ratios[change:]
        return next((n for n, ratio in enumerate(later) if ratio >= share * before), None)


@with_short_traces
def hits_over_time(
    trace: Trace | Iterable[Key], policies: Sequence[PolicyLike], capacity: int, window: int
) -> list[Timeline]:
    """
    Play each policy on the trace and count its hits in windows; a rest of the trace is left out.

    Complexity: as `simulate` with readable code, one verb of the policy for each request.

    Raises:
        ValueError: the window is below 1 or longer than the trace, or as `simulate`.
    """
    trace = as_trace(trace)
    if not 1 <= window <= len(trace):
        raise ValueError(f"a window has 1 to {len(trace)} requests, not {window!r}")
    keys = list(trace)
    return [
        Timeline(name_of(policy), trace.name, window, tuple(_windows(made, keys, window)))
        for policy, made in ((policy, make(policy, capacity, keys)) for policy in policies)
    ]


def _windows(subject: Any, keys: Sequence[Key], window: int) -> Iterable[float]:
    ask = _policy_hit if isinstance(subject, EvictionPolicy) else _cache_hit
    remaining = iter(keys)
    for _ in range(len(keys) // window):
        yield sum(ask(subject, key) for key in islice(remaining, window)) / window


def _policy_hit(policy: EvictionPolicy, key: Key) -> bool:
    if key in policy:
        policy.hit(key)
        return True
    policy.insert(key)
    return False


def _cache_hit(cache: Any, key: Key) -> bool:
    if cache.get(key) is not None:
        return True
    cache.put(key, True)
    return False
