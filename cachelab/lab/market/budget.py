"""
The monthly bill: memory in each layer, bytes sent to users, calls of the origin, moving parts.

Prices are parameters of the game and no quotations. They are scaled to the model, in which a
megabyte stands for a gigabyte of the shop.
"""

from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from typing import Any

from cachelab.eviction import POLICIES

MONTH = 30 * 86_400.0
"""Seconds for which dollars are counted."""

PLACES = {"cdn": 3, "l1": 6, "l2": 4}
"""How many places a layer has: edges, processes, nodes."""

PARTS = ("cdn", "l1", "l2", "leases", "bus", "timers", "purge")
"""What counts as a moving part as soon as a design uses it."""

RUNNING = tuple(
    name for name, policy in POLICIES.items() if not getattr(policy, "needs_future", False)
)
"""The eviction policies that a layer can run: all but those that have to know what comes."""


@dataclass(frozen=True, slots=True)
class Prices:
    """
    Dollars a month: for a megabyte in one place of a layer, for a part, and for what is used.
    """

    megabyte: Mapping[str, float] = field(
        default_factory=lambda: {"cdn": 1.0, "l1": 1.0, "l2": 2.0}
    )
    part: float = 25.0
    million_calls: float = 5.0
    gigabyte_from_app: float = 0.09
    gigabyte_from_cdn: float = 0.03


@dataclass(frozen=True, slots=True)
class Budget:
    """What a design may cost in a month, and the prices it is counted with."""

    dollars: float = 1_200.0
    prices: Prices = field(default_factory=Prices)


@dataclass(frozen=True, slots=True)
class Tier:
    """
    What a design buys of one layer: megabytes in each place, and who has to go when it is full.

    A policy is told a number of `entries`, by itself 200 for a megabyte; the bytes bind besides.

    Raises:
        ValueError: a number is out of range, or there is no such policy.
    """

    megabytes: float
    policy: str = "lru"
    entries: int = 0

    def __post_init__(self) -> None:
        if not 0 < self.megabytes <= 100_000:
            raise ValueError(f"megabytes must be above 0, not {self.megabytes!r}")
        if self.policy not in RUNNING:
            known = ", ".join(RUNNING)
            raise ValueError(f"no layer runs the policy {self.policy!r}; there are {known}")
        if type(self.entries) is not int or not 0 <= self.entries <= 1_000_000:
            raise ValueError(f"entries must be a whole number, not {self.entries!r}")

    @property
    def room(self) -> int:
        """The entries that the policy is told."""
        return self.entries or max(8, int(200 * self.megabytes))


def plan_of(chosen: Any) -> dict[str, Tier]:
    """
    Return the layers that a design buys, from what its `configure` returned.

    Raises:
        ValueError: that is no plan; the message says why.

    >>> plan_of({"l2": {"megabytes": 4, "policy": "s3_fifo"}})
    {'l2': Tier(megabytes=4, policy='s3_fifo', entries=0)}
    """
    if not isinstance(chosen, dict):
        raise ValueError(f"configure returns a dictionary of layers, not {chosen!r}")
    plan = {}
    for name, wanted in chosen.items():
        if name not in PLACES:
            raise ValueError(f"there is no layer {name!r}; there are {', '.join(PLACES)}")
        if not isinstance(wanted, dict) or not {"megabytes"} <= set(wanted) <= {
            "megabytes",
            "policy",
            "entries",
        }:
            raise ValueError(f"a layer has megabytes, policy and entries, not {wanted!r}")
        if isinstance(wanted["megabytes"], bool) or not isinstance(
            wanted["megabytes"], int | float
        ):
            raise ValueError(f"megabytes must be a number, not {wanted['megabytes']!r}")
        plan[name] = Tier(**wanted)
    return plan


def bill(
    plan: Mapping[str, Tier],
    parts: Set[str],
    calls_per_second: float,
    bytes_per_second: Mapping[str, float],
    prices: Prices,
) -> dict[str, float]:
    """
    Return the dollars of a month by what they are paid for.

    >>> plan = plan_of({"l2": {"megabytes": 10}})
    >>> bill(plan, {"l2"}, 25.0, {"app": 0.0, "cdn": 0.0}, Prices())
    {'memory': 80.0, 'parts': 25.0, 'origin': 324.0, 'egress': 0.0}
    """
    memory = sum(
        tier.megabytes * PLACES[name] * prices.megabyte[name] for name, tier in plan.items()
    )
    sent = bytes_per_second["app"] * prices.gigabyte_from_app
    sent += bytes_per_second["cdn"] * prices.gigabyte_from_cdn
    return {
        "memory": memory,
        "parts": prices.part * len(parts),
        "origin": calls_per_second * MONTH / 1e6 * prices.million_calls,
        "egress": sent * MONTH / 1e9,
    }
