"""
Which kernel plays which policy, and what it has to be told.

The parameters are read off an instance of the readable class, so a share such as `kin` is rounded
in one place only. A subclass is not its parent, since it may override a verb: it has no kernel.
"""

from collections.abc import Callable
from importlib import import_module
from operator import attrgetter
from typing import Any, Final, NamedTuple

from cachelab.eviction import (
    ARC,
    FIFO,
    LFU,
    LIRS,
    LRU,
    LRUK,
    S3FIFO,
    SLRU,
    AgedLFU,
    Belady,
    Clock,
    EvictionPolicy,
    Random,
    SampledLFU,
    SampledLRU,
    Sieve,
    TwoQueue,
    WTinyLFU,
)
from cachelab.lab.traces import Trace


class Kernel(NamedTuple):
    """
    A compiled function, in the module of the same name, and the policy's attributes it is told.

    `by_bytes` tells whether it can also fill a cache by the sizes of the objects, and `more` gives
    what is no plain attribute.
    """

    name: str
    options: tuple[str, ...] = ()
    by_bytes: bool = True
    more: Callable[[Any, Trace], tuple[Any, ...]] = lambda policy, trace: ()  # noqa: ARG005


def _lots(policy: Any, trace: Trace) -> tuple[Any, ...]:  # noqa: ARG001
    from .lots import state_of

    return (state_of(policy.rng),)


def _climber_and_fingerprints(policy: WTinyLFU, trace: Trace) -> tuple[Any, ...]:
    climber = policy.climber
    if climber is None:
        return ((0, 0.0, 0.0, 0.0, 0.0), trace.fingerprints)
    limits = (climber.first_step, climber.DECAY, climber.RESTART, float(climber.largest))
    return ((climber.sample, *limits), trace.fingerprints)


KERNELS: Final[dict[type[EvictionPolicy], Kernel]] = {
    FIFO: Kernel("fifo"),
    Random: Kernel("random_victim", more=_lots),
    Clock: Kernel("clock"),
    Sieve: Kernel("sieve"),
    LRU: Kernel("lru"),
    SLRU: Kernel("slru", ("room",)),
    LFU: Kernel("lfu"),
    AgedLFU: Kernel("aged_lfu", ("period",), by_bytes=False),
    LRUK: Kernel("lru_k", ("k",)),
    TwoQueue: Kernel("two_queue", ("kin", "kout")),
    ARC: Kernel("arc"),
    LIRS: Kernel("lirs", ("lir_room", "stack_room"), by_bytes=False),
    S3FIFO: Kernel("s3_fifo", ("small_room", "ghost_room", "threshold")),
    WTinyLFU: Kernel(
        "w_tinylfu",
        ("window_room", "protected_share", "sketch.width", "sketch.period"),
        by_bytes=False,
        more=_climber_and_fingerprints,
    ),
    SampledLRU: Kernel("sampled_lru", ("samples", "pool.size"), more=_lots),
    SampledLFU: Kernel(
        "sampled_lfu",
        ("samples", "pool.size", "counter.factor", "counter.period"),
        by_bytes=False,
        more=_lots,
    ),
    Belady: Kernel("belady"),
}
"""The policies that have been compiled."""


def kernel_for(policy: EvictionPolicy) -> Kernel | None:
    """Return the kernel that does exactly what `policy` would, if there is one."""
    if isinstance(policy, LRUK) and policy.correlated:
        return None
    return KERNELS.get(type(policy))


def arguments(kernel: Kernel, policy: Any, trace: Trace, unit: str) -> tuple[Any, ...]:
    """Return what the kernel is told: numbers and arrays, nothing else."""
    weights = (trace.weights if unit == "bytes" else None,) if kernel.by_bytes else ()
    options = (attrgetter(name)(policy) for name in kernel.options)
    dense = trace.dense
    told = (dense.ids, dense.objects, policy.capacity, *weights, *options)
    return (*told, *kernel.more(policy, trace))


def play(name: str, *told: Any) -> tuple[int, int]:
    """Play all requests from an empty cache; return the hits and what they weighed."""
    function: Callable[..., tuple[int, int]] = getattr(import_module(f".{name}", __package__), name)
    hits, weight = function(*told)
    return int(hits), int(weight)
