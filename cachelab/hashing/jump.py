"""
Jump consistent hash: for numbered buckets no table is needed at all.

Imagine buckets being added one by one. When there are n, the key should move to the newest with
chance 1/n, else stay. Instead of rolling the dice for each n, the function draws how far ahead the
next move is, and jumps there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from .base import NO_NODES, Placement
from .keys import MASK, Key, mix64

if TYPE_CHECKING:
    from .arrays import Numbers, Positions

ENOUGH = 500_000
"""Keys from which compiling pays."""


def jump_hash(key: int, buckets: int) -> int:
    """
    The bucket, from 0 up to `buckets - 1`, of a key that is a well mixed number of 64 bits.

    Complexity: O(log buckets), no memory.

    Raises:
        ValueError: `buckets` is below 1.

    Source: J. Lamping, E. Veach, "A fast, minimal memory, consistent hash algorithm", 2014,
    figure 1, whose names are kept.

    >>> [jump_hash(0xDEADBEEF, buckets) for buckets in (1, 2, 3, 4, 5, 6)]
    [0, 1, 2, 3, 3, 5]
    """
    if buckets < 1:
        raise ValueError(f"buckets must be at least 1, not {buckets}")
    b, j = -1, 0
    while j < buckets:
        b = j
        key = (key * 2862933555777941757 + 1) & MASK  # a linear congruential generator
        j = int((b + 1) * (2**31 / ((key >> 33) + 1)))  # the next bucket the key would move to
    return b


class Jump(Placement):
    """
    Node number `jump_hash(position, n)`, the nodes numbered in the order in which they joined.

    The function knows numbers, not names, and a new node can only get the next number: the order
    of joining is part of the placement, and all who share it must keep it. The last node leaves as
    cheaply as it came. When another one leaves, the last takes its number: the keys of both move,
    2/n of all instead of 1/n, and `nodes` shows the new order.

    `nodes_for` jumps again, with another number made from the key's, among the nodes left over.

    Complexity: O(log n) a lookup, O(count * (n + log n)) for `nodes_for`.

    >>> nodes = Jump(["a", "b", "c"])
    >>> nodes.node_for("user:42"), nodes.nodes_for("user:42", 2)
    ('c', ['c', 'b'])
    >>> nodes.remove("a")
    >>> nodes.nodes
    ('c', 'b')
    """

    name = "jump"
    weighted = False
    order_free = False
    moves_least = False

    def node_for(self, key: Key) -> str:
        nodes = self._nodes
        if not nodes:
            raise ValueError(NO_NODES)
        return nodes[jump_hash(self.position(key), len(nodes))]

    def walk(self, key: Key) -> Iterator[str]:
        left = list(self._nodes)
        position = self.position(key)
        while left:
            yield left.pop(jump_hash(position, len(left)))
            position = mix64(position + 1)

    def _locator(self, count: int, /) -> Callable[[Positions], Numbers]:
        from .batch import kernels
        from .vectors import jump_all

        compiled = kernels(count, ENOUGH)
        jump = jump_all if compiled is None else compiled.jump_all
        buckets = len(self._nodes)
        return lambda positions: jump(positions, buckets)

    def _order(self) -> tuple[str, ...]:
        return tuple(self._weights)

    def _without(self, node: str) -> dict[str, float]:
        last = self._nodes[-1]
        stay = (last if other == node else other for other in self._nodes[:-1])
        return dict.fromkeys(stay, 1)

    def _arrange(self) -> None:
        """Nothing is prepared."""
