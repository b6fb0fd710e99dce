"""
Rendezvous hashing: every node bids for the key, and the highest bid owns it.

A bid depends on the key and on that node only. So a leaving node's keys go to their second bidders
and nobody else's key moves; no ring, no virtual nodes, and exact shares. The price is a bid of
every node for every lookup.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import log
from typing import TYPE_CHECKING, NamedTuple

from .base import NO_NODES, Placement
from .keys import Key, mix64

if TYPE_CHECKING:
    from .arrays import Numbers, Positions

ENOUGH = 20_000_000
"""Bids from which compiling pays."""


class Bidders(NamedTuple):
    """The nodes in the order of their names, a seed from each name, and unequal weights."""

    nodes: tuple[str, ...]
    seeds: list[int]
    weights: list[float]
    """None at all where every node weighs the same."""


class Rendezvous(Placement):
    """
    The owner of a key is the node with the highest bid, `mix64(key's position ^ node's seed)`.

    With unequal weights the bid is -w / ln(u), where u is the same number scaled to (0, 1): the
    logarithm makes the chance to win proportional to w, and bids of other nodes do not change when
    one weight does. Of bids so near that rounding decides (odds below 1 in 10**12 a key) another
    machine's logarithm may see another winner.

    Complexity: O(n) a lookup, O(n log n) for `nodes_for`; O(n) memory.

    Source: D. G. Thaler, C. V. Ravishankar, "Using name-based mappings to increase hit rates",
    IEEE/ACM Transactions on Networking 6(1), 1998; the weights as in C. Schindelhauer,
    G. Schomaker, "Weighted distributed hash tables", SPAA 2005 (the logarithmic method).

    >>> nodes = Rendezvous(["a", "b", "c"])
    >>> nodes.nodes_for("user:42", 3)
    ['b', 'a', 'c']
    >>> nodes.remove("b")
    >>> nodes.nodes_for("user:42", 2)
    ['a', 'c']
    """

    name = "rendezvous"

    def node_for(self, key: Key) -> str:
        bids = self.bids(key)
        if not bids:
            raise ValueError(NO_NODES)
        # Of equal bids max() takes the first, and the nodes are in the order of their names.
        return max(bids, key=bids.__getitem__)

    def walk(self, key: Key) -> Iterator[str]:
        bids = self.bids(key)
        return iter(sorted(bids, key=bids.__getitem__, reverse=True))

    def bids(self, key: Key) -> dict[str, float]:
        """
        What each node bids for `key`.

        >>> bids = Rendezvous({"small": 1, "large": 3}).bids("user:42")
        >>> {node: round(bid, 2) for node, bid in bids.items()}
        {'large': 6.08, 'small': 0.63}
        """
        position = self.position(key)
        bidders = self._bidders
        drawn = [mix64(position ^ seed) for seed in bidders.seeds]
        if not bidders.weights:
            return dict(zip(bidders.nodes, drawn, strict=True))
        weighed = zip(bidders.nodes, drawn, bidders.weights, strict=True)
        return {node: -weight / log(unit(number)) for node, number, weight in weighed}

    def _locator(self, count: int, /) -> Callable[[Positions], Numbers]:
        from .batch import kernels
        from .vectors import highest_bidders

        _, seeds, weights = self._bidders
        if weights:  # NumPy's logarithm is quicker than the one that Numba compiles to
            return lambda positions: highest_bidders(positions, seeds, weights)
        compiled = kernels(count * len(seeds), ENOUGH)
        highest = highest_bidders if compiled is None else compiled.highest_bidders
        return lambda positions: highest(positions, seeds)

    def _arrange(self) -> None:
        seeds = [self._number(node.encode()) for node in self._nodes]
        weights = [self._weights[node] for node in self._nodes]
        self._bidders = Bidders(self._nodes, seeds, weights if len(set(weights)) > 1 else [])


def unit(number: int) -> float:
    """
    Scale a number below 2**64 to the open interval from 0 to 1, without rounding.

    >>> unit(0) > 0, unit(2**64 - 1) < 1, unit(2**63)
    (True, True, 0.5000000000000001)
    """
    return ((number >> 12) + 0.5) * 2.0**-52
