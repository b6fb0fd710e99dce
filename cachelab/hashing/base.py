"""
The contract of a placement: which of the nodes owns a key.

Everybody who knows the nodes finds the same owner, without asking anybody. What tells placements
apart is the rest: how even the shares are, how many keys move when a node joins or leaves, and
what a lookup costs.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from math import isfinite
from typing import TYPE_CHECKING, ClassVar, TypeAlias

from .keys import Key, KeyHash, as_bytes, key_hash, mix64, whole_number

if TYPE_CHECKING:
    from .arrays import Batch, Indexes, Keys, Numbers, Positions

Nodes: TypeAlias = Iterable[str] | Mapping[str, float]
"""Names of nodes; as a mapping, with the weight of each."""

NO_NODES = "there are no nodes: add one first"


class Placement(ABC):
    """
    A rule that says which node owns a key, and which would take it over.

    Nodes are names; what a name stands for is the caller's business. A node of weight 2 should own
    twice as many keys as one of weight 1. Adding a node that is there changes nothing.

    One thread at a time changes the nodes. `node_for` in other threads needs no lock: it sees the
    nodes before the change or after it, never half of it.

    Raises:
        TypeError: a node is no text, or a key is neither text, bytes nor a whole number.
        ValueError: a weight is not above zero, a node is unknown, or there are too few nodes.
    """

    name: ClassVar[str]
    """Registry key, as in `PLACEMENTS["ring"]`."""
    weighted: ClassVar[bool] = True
    """Whether nodes may differ in weight."""
    order_free: ClassVar[bool] = True
    """Whether the owner of a key depends on the nodes alone, not on how they came and went."""
    moves_least: ClassVar[bool] = True
    """Whether keys move only to a node that joins, and only from a node that leaves."""
    digits: ClassVar[bool] = False
    """Whether a whole number stands for its decimal digits, as clients send it to servers."""

    def __init__(self, nodes: Nodes = (), *, hash: str | KeyHash = "blake2b") -> None:
        self.hash = hash if isinstance(hash, KeyHash) else key_hash(hash)
        self._number = self.hash.number
        self._weights: dict[str, float] = {}
        for node, weight in _pairs(nodes):
            if self._is_new(node, weight):
                self._weights[node] = weight
        self._nodes = self._order()
        self._arrange()

    @property
    def nodes(self) -> tuple[str, ...]:
        """The nodes, in the order that `nodes_for_many` numbers them: by name, if nothing else."""
        return self._nodes

    @property
    def weights(self) -> dict[str, float]:
        """The weight of each node."""
        return dict(self._weights)

    def add(self, node: str, weight: float = 1) -> None:
        """
        Let `node` join.

        Raises:
            TypeError: `node` is no text, or `weight` no number.
            ValueError: `weight` is not above zero, or `node` is there with another weight.
        """
        if self._is_new(node, weight):
            self._weights = {**self._weights, node: weight}
            self._nodes = self._order()
            self._joined(node, weight)

    def remove(self, node: str) -> None:
        """
        Let `node` leave.

        Raises:
            ValueError: there is no such node.
        """
        if node not in self:
            raise ValueError(f"there is no node {node!r}")
        weight = self._weights[node]
        self._weights = self._without(node)
        self._nodes = self._order()
        self._left(node, weight)

    def position(self, key: Key) -> int:
        """
        Where `key` lies among the numbers below 2**64.

        A whole number is scattered by `mix64`, whatever `hash` is, so that a batch of them needs
        no bytes: 5 and "5" are different keys, unless the placement says `digits`.
        """
        if isinstance(key, str):
            return self._number(key.encode())
        if isinstance(key, bytes):
            return self._number(key)
        return self._number(as_bytes(key)) if self.digits else mix64(whole_number(key))

    def node_for(self, key: Key) -> str:
        """
        The node that owns `key`.

        Raises:
            ValueError: there are no nodes.
        """
        for owner in self.walk(key):
            return owner
        raise ValueError(NO_NODES)

    @abstractmethod
    def walk(self, key: Key) -> Iterator[str]:
        """Go through all nodes in the order in which they would own `key`, the owner first."""

    def nodes_for(self, key: Key, count: int) -> list[str]:
        """
        The owner of `key` and those next in line, `count` different nodes in all.

        Raises:
            ValueError: `count` is below 1, or there are fewer nodes.
        """
        if isinstance(count, bool) or not isinstance(count, int):
            raise TypeError(f"count must be a whole number, not {count!r}")
        if count < 1:
            raise ValueError(f"count must be at least 1, not {count}")
        self._need(count)
        return list(islice(self.walk(key), count))

    def nodes_for_many(self, keys: Keys) -> Indexes:
        """
        The owner of each of `keys`, as an array of indexes into `nodes`.

        `keys` is an array of whole numbers (the fast way), or text, bytes and whole numbers in
        any mixture. The answers are those of `node_for`. Needs NumPy, and uses Numba for large
        batches where a kernel is faster and Numba is installed.

        >>> from cachelab.hashing import HashRing
        >>> ring = HashRing(["a", "b", "c"])
        >>> [ring.nodes[owner] for owner in ring.nodes_for_many(["k1", "k2", "k3"])]
        ['b', 'a', 'b']
        """
        from .batch import as_batch, in_parts

        self._need(1)
        batch = as_batch(keys)
        return in_parts(batch, self._positions, self._locator(len(batch)))

    def _positions(self, keys: Batch) -> Positions:
        from .batch import one_by_one, positions

        if self.digits:
            return one_by_one(keys, self.position)
        return positions(keys, self.hash, self.position)

    @abstractmethod
    def _locator(self, count: int, /) -> Callable[[Positions], Numbers]:
        """Return what turns positions into indexes, best for `count` keys in all."""

    @abstractmethod
    def _arrange(self) -> None:
        """Work out from the nodes whatever lookups need."""

    def _joined(self, _node: str, _weight: float, /) -> None:
        self._arrange()

    def _left(self, _node: str, _weight: float, /) -> None:
        self._arrange()

    def _without(self, node: str) -> dict[str, float]:
        return {other: weight for other, weight in self._weights.items() if other != node}

    def _order(self) -> tuple[str, ...]:
        return tuple(sorted(self._weights))

    def _is_new(self, node: str, weight: float) -> bool:
        _check_node(node, weight)
        if not self.weighted and weight != 1:
            raise ValueError(f"{self.name} knows no weights: {node!r} cannot have {weight!r}")
        present = self._weights.get(node, weight)
        if present != weight:
            raise ValueError(
                f"{node!r} is there with weight {present!r}: remove it to give it {weight!r}"
            )
        return node not in self._weights

    def _need(self, count: int) -> None:
        if len(self._weights) >= count:
            return
        if not self._weights:
            raise ValueError(NO_NODES)
        raise ValueError(f"{count} nodes are asked for and there are {len(self._weights)}")

    def __contains__(self, node: object) -> bool:
        return isinstance(node, str) and node in self._weights

    def __len__(self) -> int:
        return len(self._weights)

    def check(self) -> None:
        """Raise AssertionError if an invariant of the placement is broken."""
        assert sorted(self._nodes) == sorted(self._weights)
        if not self._nodes:
            return
        for key in ("", "a", b"\xff", 0, -1):
            walk = list(self.walk(key))
            assert sorted(walk) == sorted(self._nodes), "a walk that does not meet each node once"
            assert self.node_for(key) == walk[0]

    def __repr__(self) -> str:
        return f"{type(self).__name__}({list(self._nodes)!r})"


def _pairs(nodes: Nodes) -> Iterable[tuple[str, float]]:
    if isinstance(nodes, str | bytes):
        raise TypeError(f"nodes must be a list of names, not the text {nodes!r}")
    if isinstance(nodes, Mapping):
        return nodes.items()
    return [(node, 1) for node in nodes]


def _check_node(node: str, weight: float) -> None:
    if not isinstance(node, str):
        raise TypeError(f"a node must be text, not {node!r}")
    if isinstance(weight, bool) or not isinstance(weight, int | float):
        raise TypeError(f"the weight of {node!r} must be a number, not {weight!r}")
    if not (isfinite(weight) and weight > 0):
        raise ValueError(f"the weight of {node!r} must be above 0, not {weight!r}")
