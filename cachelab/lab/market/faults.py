"""
What goes wrong on market day: a node dies, a cache is flushed, the bus is cut, the origin is slow.

A hot key and clocks that differ are faults of another kind: they are in the workload.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .shop import Shop


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault: its kind, and the seconds from its beginning to its end."""

    kind: str
    start: float
    end: float

    def separates(self, one: int, other: int, moment: float) -> bool:
        """Tell whether the bus is cut between two processes: 0 to 2 do not reach 3 to 5."""
        cut = self.kind == "partition" and self.start <= moment < self.end
        return cut and (one < 3) != (other < 3)


DEAD_NODE = 1
RESTARTED = 4
"""The node of the shared cache that dies, and the process that is started anew with it."""


def begin_faults(shop: "Shop") -> None:
    """Put the fault of a workload on the calendar of its run."""
    fault = shop.workload.fault
    if fault is None:
        return
    shop.faults.append(fault)
    if fault.kind == "node death":
        shop.at(fault.start, _die, shop)
        shop.at(fault.end, _return, shop)
        shop.at(fault.start + 2.0, shop.restart, RESTARTED)
    elif fault.kind == "flush":
        shop.at(fault.start, _flush, shop)
    elif fault.kind == "slow origin":
        shop.at(fault.start, _slow, shop, 2.0)
        shop.at(fault.end, _slow, shop, 1.0)


def _die(shop: "Shop") -> None:
    shared = shop.levels["l2"]
    if shared.places:
        shared.empty(DEAD_NODE)
        shared.dead.add(DEAD_NODE)


def _return(shop: "Shop") -> None:
    shop.levels["l2"].dead.discard(DEAD_NODE)


def _flush(shop: "Shop") -> None:
    """Empty the shared cache, as FLUSHALL does: edges and processes keep what they have."""
    shared = shop.levels["l2"]
    for place in range(len(shared.places)):
        shared.empty(place)


def _slow(shop: "Shop", factor: float) -> None:
    shop.origin.slowness = factor
