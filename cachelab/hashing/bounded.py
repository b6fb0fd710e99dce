"""
A ring with a ceiling: a node that has its fill turns keys away, and they go to the next.

A plain ring leaves the fullest of 100 nodes with a quarter more than the mean, and one with a hot
stretch of the circle with far more. Here nobody ever holds over `1 + epsilon` times the mean.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import chain
from math import ceil, isfinite
from typing import TYPE_CHECKING

from .base import Nodes, Placement
from .keys import Key, KeyHash, whole_number
from .ring import HashRing
from .walks import distinct

if TYPE_CHECKING:
    from .arrays import Indexes, Keys, Numbers, Positions


class BoundedLoad(Placement):
    """
    The owner of a key is the first node at or after it on a ring that has room for it.

    Intuition: of m keys held by n nodes of equal weight, none holds more than
    `ceil((1 + epsilon) * m / n)`. `take` and `drop` say which keys are held (or which requests are
    under way); `node_for` tells where a key is, or where it would go now, and changes nothing.
    While nothing is held, this is the plain ring.

    A small `epsilon` makes shares even and searches long: about 1 / epsilon**2 nodes are asked.

    When a node joins, keys that now meet it before their holder go there, as on a ring, while it
    has room. When one leaves, its keys go to the next with room. A key that stands over a ceiling
    that has come down, the last taken first, moves to the next node with room.

    Threads that share one need a lock around every call: what is held is part of the answer.

    Complexity: for p points, O(log p + 1 / epsilon**2) expected for `take`, O(n) more for `drop`;
    a join asks for every key held, a leave for every key of that node.

    Source: V. Mirrokni, M. Thorup, M. Zadimoghaddam, "Consistent hashing with bounded loads", SODA
    2018: the ceiling, and forwarding to the next node. Deviation: a key that was
    turned away is not called back when room appears, which saves moves and costs longer walks.

    >>> nodes = BoundedLoad(["a", "b"], epsilon=0.25)
    >>> holders = [nodes.take(f"user:{number}") for number in range(8)]
    >>> nodes.ceiling("a"), sorted((holders.count("a"), holders.count("b")))
    (5, [3, 5])
    """

    name = "bounded"

    def __init__(
        self,
        nodes: Nodes = (),
        virtual_nodes: int = 150,
        *,
        epsilon: float = 0.25,
        hash: str | KeyHash = "blake2b",
    ) -> None:
        if isinstance(epsilon, bool) or not isinstance(epsilon, int | float):
            raise TypeError(f"epsilon must be a number, not {epsilon!r}")
        if not (isfinite(epsilon) and epsilon > 0):
            raise ValueError(f"epsilon must be above 0, not {epsilon!r}")
        self.epsilon = epsilon
        self.ring = HashRing(nodes, virtual_nodes, hash=hash)
        self.holder: dict[Key, str] = {}
        """The node of each key held."""
        super().__init__(self.ring.weights, hash=hash)

    def take(self, key: Key) -> str:
        """Hold `key` from now on; return its node. A key that is held stays where it is."""
        node = self.node_for(key)
        if key not in self.holder:
            self._put(key, node)
        return node

    def drop(self, key: Key) -> None:
        """
        Hold `key` no longer.

        Raises:
            ValueError: it is not held.
        """
        if self._held_by(key) is None:
            raise ValueError(f"{key!r} is not held")
        del self.held[self.holder.pop(key)][key]
        self._bring_down()

    def ceiling(self, node: str) -> int:
        """The most keys that `node` may hold, given how many are held in all."""
        return self._ceiling(node, len(self.holder))

    def node_for(self, key: Key) -> str:
        self._need(1)
        held_by = self._held_by(key)
        return held_by or self._first_with_room(key, len(self.holder) + 1)

    def walk(self, key: Key) -> Iterator[str]:
        onward = list(self.ring.walk(key))
        held_by = self._held_by(key)
        total = len(self.holder) + 1
        free = [node for node in onward if self._has_room(node, total)]
        return distinct(chain([held_by] if held_by else [], free, onward), len(self))

    def nodes_for_many(self, keys: Keys) -> Indexes:
        if not self.holder:
            return super().nodes_for_many(keys)
        import numpy as np

        from .batch import as_batch

        number = {node: at for at, node in enumerate(self._nodes)}
        return np.array([number[self.node_for(key)] for key in as_batch(keys)], np.int32)

    def _locator(self, count: int, /) -> Callable[[Positions], Numbers]:
        return self.ring._locator(count)

    def _held_by(self, key: Key) -> str | None:
        # True would be found as 1, and a list be no key of a dictionary at all.
        if not isinstance(key, str | bytes):
            key = whole_number(key)
        return self.holder.get(key)

    def _ceiling(self, node: str, total: int) -> int:
        return ceil(self._factors[node] * total)

    def _has_room(self, node: str, total: int) -> bool:
        return len(self.held[node]) < self._ceiling(node, total)

    def _first_with_room(self, key: Key, total: int) -> str:
        # The ceilings add up to more than `total`, so there is one.
        return next(node for node in self.ring.walk(key) if self._has_room(node, total))

    def _put(self, key: Key, node: str) -> None:
        self.holder[key] = node
        self.held[node][key] = None

    def _move(self, key: Key, node: str) -> None:
        del self.held[self.holder[key]][key]
        self._put(key, node)

    def _bring_down(self) -> None:
        total = len(self.holder)
        for node, keys in self.held.items():
            for key in reversed(list(keys)[self._ceiling(node, total) :]):
                self._move(key, self._first_with_room(key, total))

    def _arrange(self) -> None:
        self.held: dict[str, dict[Key, None]] = {node: {} for node in self._nodes}
        """The keys that each node holds, in the order in which it got them."""
        self._set_factors()

    def _set_factors(self) -> None:
        # Fractions: in floats (1 + 0.1) * 50 / 11 is a little over 5, and the ceiling would be 6.
        bound = 1 + Fraction(str(self.epsilon))
        total = sum(map(Fraction, self._weights.values()))
        self._factors = {
            node: bound * Fraction(weight) / total for node, weight in self._weights.items()
        }

    def _joined(self, node: str, weight: float, /) -> None:
        self.ring.add(node, weight)
        self.held[node] = {}
        self._set_factors()
        total = len(self.holder)
        for key, holder in list(self.holder.items()):
            first = next(met for met in self.ring.walk(key) if met in (node, holder))
            if first == node and self._has_room(node, total):
                self._move(key, node)
        self._bring_down()

    def _left(self, node: str, _weight: float, /) -> None:
        self.ring.remove(node)
        self._set_factors()
        orphans = self.held.pop(node)
        if not self._nodes:
            self.holder.clear()  # nobody is left to hold anything
            return
        for key in orphans:
            del self.holder[key]
        total = len(self.holder) + len(orphans)
        for key in orphans:
            self._put(key, self._first_with_room(key, total))

    def check(self) -> None:
        super().check()
        assert self.holder == {key: node for node, keys in self.held.items() for key in keys}
        assert all(len(keys) <= self.ceiling(node) for node, keys in self.held.items())
        assert self.ring.weights == self._weights
        self.ring.check()
