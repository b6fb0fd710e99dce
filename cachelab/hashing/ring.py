"""
The consistent-hash ring: nodes have points on a circle, a key belongs to the next point.

When a node joins, its points take a piece of what lies before each of them, and nothing else
moves. One point a node would make very uneven pieces; `virtual_nodes` of them even each other out.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping
from hashlib import shake_128
from struct import unpack
from typing import TYPE_CHECKING, ClassVar

from .base import NO_NODES, Nodes, Placement
from .circle import Circle, circle_of
from .keys import Key, KeyHash
from .walks import distinct, new_zones_first

if TYPE_CHECKING:
    from .arrays import Numbers, Positions
    from .bucket_table import BucketTable


class HashRing(Placement):
    """
    The owner of a key is the owner of the first point at or after the key's position.

    Intuition: the circle is the whole numbers below 2**64. A node of weight w has
    `virtual_nodes * w` points (rounded, at least one), drawn from its name alone. With n nodes of
    k points the shares vary by sqrt((n-1) / (nk+1)) of their mean: 8 % for 150 points a node.
    Should two points be equal, the smaller name has it.

    `nodes_for` goes on clockwise past nodes it has met; where `zones` says which zone (a rack, a
    data centre) each node is in, it takes nodes of new zones first.

    Complexity: for p points, O(log p) a lookup; O(p log p) to build; a join or a leave is a copy
    of the circle and O(virtual_nodes log p) comparisons.

    Source: D. Karger et al., "Consistent hashing and random trees", STOC 1997, section 4. The
    points of a node come from one call of an extendable hash function, SHAKE128.

    >>> ring = HashRing(["cache-a", "cache-b", "cache-c"])
    >>> ring.node_for("user:42"), ring.nodes_for("user:42", 2)
    ('cache-a', ['cache-a', 'cache-b'])
    >>> ring.remove("cache-a")
    >>> ring.node_for("user:42")
    'cache-b'
    """

    name = "ring"
    bits: ClassVar[int] = 64
    """Positions and points are below `2**bits`."""
    _circle: Circle
    _table: tuple[Circle, BucketTable] | None

    def __init__(
        self,
        nodes: Nodes = (),
        virtual_nodes: int = 150,
        *,
        hash: str | KeyHash = "blake2b",
        zones: Mapping[str, str] | None = None,
    ) -> None:
        if isinstance(virtual_nodes, bool) or not isinstance(virtual_nodes, int):
            raise TypeError(f"virtual_nodes must be a whole number, not {virtual_nodes!r}")
        if virtual_nodes < 1:
            raise ValueError(f"virtual_nodes must be at least 1, not {virtual_nodes}")
        self.virtual_nodes = virtual_nodes
        self.zones = None if zones is None else dict(zones)
        """The zone of each node, if replicas are to be spread over zones."""
        super().__init__(nodes, hash=hash)

    @property
    def points(self) -> list[int]:
        """Every point of the circle, in ascending order."""
        return self._circle.points

    @property
    def owners(self) -> list[str]:
        """The owner of each point, and at the end that of the first once more."""
        return self._circle.owners

    def points_of(self, node: str, weight: float = 1) -> list[int]:
        """The points of `node`; with more weight it keeps those it has, and gets more."""
        count = max(1, round(self.virtual_nodes * weight))
        return list(unpack(f">{count}Q", shake_128(node.encode()).digest(8 * count)))

    def shares(self) -> dict[str, float]:
        """
        The part of the circle that each node owns, exactly: what it gets of endlessly many keys.

        >>> sum(HashRing("abc".split() + ["d"], 10).shares().values())
        1.0
        """
        lengths = dict.fromkeys(self._nodes, 0)
        before = self.points[-1] - 2**self.bits if self.points else 0
        for point, owner in zip(self.points, self.owners, strict=False):
            lengths[owner] += point - before
            before = point
        return {node: length / 2**self.bits for node, length in lengths.items()}

    def add(self, node: str, weight: float = 1, *, zone: str | None = None) -> None:
        """
        Let `node` join, in `zone` if replicas are spread over zones.

        Raises:
            ValueError: as for every placement; or the zone of `node` is not known, or it is
                another one.
        """
        zones = self.zones if zone is None else {node: zone, **(self.zones or {})}
        if zone is not None and zones is not None and zones[node] != zone:
            raise ValueError(f"{node!r} is in zone {zones[node]!r}, not in {zone!r}")
        _check_zones(zones, [*self._nodes, node])
        if self._is_new(node, weight):
            self.zones = zones
            super().add(node, weight)

    def node_for(self, key: Key) -> str:
        points, owners = self._circle
        # Text is by far the most frequent key: a call less makes a lookup a quarter faster.
        position = self._number(key.encode()) if type(key) is str else self.position(key)
        try:
            return owners[bisect_left(points, position)]
        except IndexError:
            raise ValueError(NO_NODES) from None

    def walk(self, key: Key) -> Iterator[str]:
        onward = distinct(self._circle.clockwise(self.position(key)), len(self))
        return onward if self.zones is None else new_zones_first(onward, self.zones)

    def _locator(self, _count: int, /) -> Callable[[Positions], Numbers]:
        from .bucket_table import BucketTable

        circle, table = self._circle, self._table
        if table is None or table[0] is not circle:
            table = (circle, BucketTable(circle, self._nodes, self.bits))
            self._table = table
        return table[1].locate

    def _arrange(self) -> None:
        _check_zones(self.zones, self._nodes)
        self._table = None
        self._circle = circle_of(
            {node: self.points_of(node, weight) for node, weight in self._weights.items()}
        )

    def _joined(self, node: str, weight: float, /) -> None:
        self._circle = self._circle.joined_by(node, self.points_of(node, weight))

    def _left(self, node: str, weight: float, /) -> None:
        self._circle = self._circle.left_by(node, self.points_of(node, weight))

    def check(self) -> None:
        super().check()
        points, owners = self._circle
        assert owners[len(points) :] == owners[:1], "no way round past the last point"
        expected = {node: self.points_of(node, self._weights[node]) for node in self._nodes}
        assert self._circle == circle_of(expected), "points of nobody, or not all, or out of order"


def _check_zones(zones: Mapping[str, str] | None, nodes: Iterable[str]) -> None:
    if zones is None:
        return
    for node in nodes:
        if node not in zones:
            raise ValueError(f"zones names no zone for {node!r}")
