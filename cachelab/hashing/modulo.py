"""
The remainder: the position of the key divided by the number of nodes.

It is as even as can be, costs nothing, and moves nearly every key when a node joins: of 11 nodes
only one key in 11 stays. That is what all the other placements are for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from .base import Placement
from .keys import Key

if TYPE_CHECKING:
    from .arrays import Numbers, Positions


class Modulo(Placement):
    """
    Node number `position mod n` of the nodes in the order of their names.

    `nodes_for` goes on to the following names. A join or a leave changes the owner of n keys in
    n + 1: a cache behind it starts cold.

    Complexity: O(1) a lookup, O(n log n) a change.

    >>> nodes = Modulo(["a", "b", "c"])
    >>> nodes.node_for("user:42"), nodes.nodes_for("user:42", 2)
    ('c', ['c', 'a'])
    """

    name = "modulo"
    weighted = False
    moves_least = False

    def walk(self, key: Key) -> Iterator[str]:
        nodes = self._nodes
        owner = self.position(key) % len(nodes) if nodes else 0
        yield from nodes[owner:]
        yield from nodes[:owner]

    def _locator(self, _count: int, /) -> Callable[[Positions], Numbers]:
        nodes = len(self._nodes)
        return lambda positions: (positions % nodes).astype("int32")

    def _arrange(self) -> None:
        """Nothing is prepared."""
