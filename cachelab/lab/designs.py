"""
Designs of caches as values: what is asked for, the layers that answer, what it costs.

`simulate_design` plays one workload against one design and returns measured figures. The layers
are real caches of ours under a virtual clock (see `design_runs`); prices are parameters, not
quotations: change them to yours.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from cachelab.eviction import POLICIES

MONTH = 30 * 86_400.0
"""Seconds for which dollars are counted."""


@dataclass(frozen=True, slots=True)
class Workload:
    """
    What is asked for: Zipf(`alpha`) over `objects` keys, `reads` and `writes` a second.

    A call of the origin takes `origin_seconds` on the average, `origin_slots` at a time; the others
    queue. A share `private` of the keys may be stored in no layer that is `public_only`. In the
    middle tenth of the time reads come `peak` times as often, and the additional ones ask for the
    most popular key.

    With `follows` above 0 it is a social feed: objects are users, each of whom follows so many
    others; a write is a post. The user of rank r has `audience / (r + 1)` followers.

    Raises:
        ValueError: a number is out of range.
    """

    name: str = "workload"
    objects: int = 5_000
    alpha: float = 1.0
    reads: float = 200.0
    writes: float = 2.0
    seconds: float = 120.0
    object_bytes: int = 2_000
    private: float = 0.0
    peak: float = 1.0
    origin_seconds: float = 0.02
    origin_slots: int = 8
    follows: int = 0
    audience: int = 0

    def __post_init__(self) -> None:
        _at_least(1, objects=self.objects, object_bytes=self.object_bytes, peak=self.peak)
        _at_least(1, origin_slots=self.origin_slots)
        _at_least(0, alpha=self.alpha, writes=self.writes, follows=self.follows)
        _at_least(0, audience=self.audience)
        _above_zero(reads=self.reads, seconds=self.seconds, origin_seconds=self.origin_seconds)
        if not 0 <= self.private <= 1:
            raise ValueError(f"private must be a share from 0 to 1, not {self.private!r}")
        if self.follows >= self.objects:
            raise ValueError(f"nobody can follow {self.follows} of {self.objects} users")


@dataclass(frozen=True, slots=True)
class Layer:
    """
    One layer of caches: `nodes` of them, each with room for `entries`, which live `ttl` seconds.

    Nodes that are `shared` are shards of one cache; others each keep their own copies, as processes
    or places do, and requests are spread over them. A look takes `seconds`. `invalidated` says that
    a write removes the copies, `leased` that no load which a write has overtaken brings an old one
    back, `coalesced` that misses of a key share one load.

    Raises:
        ValueError: a number is out of range, or the policy is unknown.
    """

    name: str
    entries: int
    ttl: float
    nodes: int = 1
    shared: bool = True
    seconds: float = 0.001
    public_only: bool = False
    invalidated: bool = False
    leased: bool = False
    coalesced: bool = False
    policy: str = "lru"
    dollars_per_gb: float = 10.0
    dollars_per_node: float = 20.0

    def __post_init__(self) -> None:
        _at_least(1, entries=self.entries, nodes=self.nodes)
        _at_least(0, seconds=self.seconds, dollars_per_gb=self.dollars_per_gb)
        _at_least(0, dollars_per_node=self.dollars_per_node)
        _above_zero(ttl=self.ttl)
        if self.policy not in POLICIES or getattr(POLICIES[self.policy], "needs_future", False):
            raise ValueError(f"a layer cannot run the policy {self.policy!r}")


@dataclass(frozen=True, slots=True)
class Design:
    """
    Layers from the nearest to the farthest, in front of the origin.

    In a feed, posts of users with at most `push_up_to` followers are written into each follower's
    feed, `push_batch` feeds a call of the origin; the others are looked up when a feed is read.

    Raises:
        ValueError: two layers have one name, or a number is out of range.
    """

    layers: tuple[Layer, ...] = ()
    name: str = "design"
    push_up_to: int = 0
    push_batch: int = 100

    def __post_init__(self) -> None:
        _at_least(0, push_up_to=self.push_up_to)
        _at_least(1, push_batch=self.push_batch)
        names = [layer.name for layer in self.layers]
        if len(set(names)) < len(names):
            raise ValueError(f"layers must have different names, not {', '.join(names)}")


@dataclass(frozen=True, slots=True)
class Prices:
    """
    Dollars for what no layer has a price of its own for.

    `per_million_calls` of the origin, and `per_layer` a month: each moving part has to be run by
    somebody.
    """

    per_million_calls: float = 5.0
    per_layer: float = 50.0


@dataclass(frozen=True, slots=True)
class Figures:
    """
    What a design did under a workload; times in seconds.

    `hit_ratios` has for each layer the share of the looks at it that found a copy. `worst_second`
    is the most calls of the origin that came in one second. `stale_share` of the answers were
    older than a write that came before they were asked for, the worst by `worst_age` seconds.
    `dollars` are for a month like this.
    """

    requests: int
    hit_ratios: Mapping[str, float]
    p50: float
    p99: float
    origin_calls: int
    worst_second: int
    stale_share: float
    worst_age: float
    dollars: float
    bill: Mapping[str, float] = field(default_factory=dict)
    """The dollars by what they are paid for."""


def simulate_design(
    workload: Workload, design: Design, seed: int = 0, *, prices: Prices | None = None
) -> Figures:
    """
    Play `workload` against `design`; the same seed gives the same figures.

    The first fifth of the time warms the caches and is not counted.

    Complexity: O(reads * layers), times the lookups of a read in a feed; some ten microseconds for
    each look, so a second for a hundred thousand.

    >>> shop = Workload(reads=100, seconds=60, objects=1_000)
    >>> bare = simulate_design(shop, Design())
    >>> cached = simulate_design(shop, Design((Layer("cache", entries=500, ttl=60),)))
    >>> bare.hit_ratios, round(bare.origin_calls / bare.requests, 1)
    ({}, 1.0)
    >>> cached.origin_calls < bare.origin_calls / 2, cached.p50 < bare.p50
    (True, True)
    """
    from .design_runs import DesignRun

    run = DesignRun(workload, design, seed)
    run.play()
    return run.figures(bill(workload, design, run.call_rate, prices or Prices()))


def bill(
    workload: Workload, design: Design, calls_per_second: float, prices: Prices
) -> dict[str, float]:
    """
    Return the dollars a month of a design, by what they are paid for.

    >>> cache = Layer("cache", entries=500_000, ttl=60, nodes=2)
    >>> bill(Workload(), Design((cache,)), 100.0, Prices())
    {'cache': 60.0, 'moving parts': 50.0, 'origin': 1296.0}
    """
    paid = {
        layer.name: layer.nodes
        * (
            layer.dollars_per_node
            + layer.entries * workload.object_bytes / 1e9 * layer.dollars_per_gb
        )
        for layer in design.layers
    }
    paid["moving parts"] = prices.per_layer * len(design.layers)
    paid["origin"] = calls_per_second * MONTH / 1e6 * prices.per_million_calls
    return paid


def _at_least(least: float, **numbers: float) -> None:
    for name, number in numbers.items():
        if not number >= least:
            raise ValueError(f"{name} must be at least {least:g}, not {number!r}")


def _above_zero(**numbers: float) -> None:
    for name, number in numbers.items():
        if not 0 < number < float("inf"):
            raise ValueError(f"{name} must be above 0, not {number!r}")
