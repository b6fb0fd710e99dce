"""
Redis Cluster's way: keys hash to 16,384 slots, and a table says which node holds each slot.

The hash is fixed and the table is not: a slot moves when somebody moves it. Keys that must be used
together share a hash tag, the part between braces, and so a slot.
"""

from __future__ import annotations

from binascii import crc_hqx
from collections.abc import Callable, Iterable, Iterator
from itertools import chain, groupby, islice
from typing import TYPE_CHECKING

from .base import NO_NODES, Nodes, Placement
from .keys import Key, KeyHash, as_bytes
from .walks import distinct

if TYPE_CHECKING:
    from .arrays import Numbers, Positions

SLOTS = 16_384


def hash_tag(key: Key) -> bytes:
    """
    The part of `key` that is hashed: what stands between the first `{` and the next `}`.

    Without such a part, or with an empty one, it is the whole key.

    Source: Redis Cluster specification, "Hash tags".

    >>> hash_tag("{user:42}:profile"), hash_tag("user:42"), hash_tag("{}a"), hash_tag("a{{b}}c")
    (b'user:42', b'user:42', b'{}a', b'{b')
    """
    whole = as_bytes(key)
    _, opened, rest = whole.partition(b"{")
    tag, closed, _ = rest.partition(b"}")
    return tag if opened and closed and tag else whole


def hash_slot(key: Key) -> int:
    """
    The slot of `key`: CRC-16 (XMODEM) of its hash tag, modulo 16,384.

    Source: Redis Cluster specification, "Key distribution model".

    >>> hash_slot("foo"), hash_slot("{user1000}.following") == hash_slot("{user1000}.followers")
    (12182, True)
    """
    return crc_hqx(hash_tag(key), 0) % SLOTS


def _digest(data: bytes) -> bytes:
    return hash_slot(data).to_bytes(8, "big")


class Slots(Placement):
    """
    The owner of a key is the node that the table gives the key's slot to.

    Nodes given at the start get ranges of slots in that order, in proportion to their weights, as
    `redis-cli --cluster create` deals them. A node that joins takes its part from those that have
    the most for their weight; what a leaving node had goes to those with the least. `move` changes
    the table by hand. So the table has a history, and two that met the same nodes may differ.

    `nodes_for` goes on to the owners of the following slots. (In a Redis Cluster a master's copies
    are on replicas of its own.) A whole number as a key stands for its digits.

    Complexity: O(length of the key) a lookup; O(16,384) a change.

    >>> cluster = Slots(["a", "b", "c"])
    >>> cluster.ranges()["a"], cluster.node_for("foo")
    ([(0, 5460)], 'c')
    >>> cluster.add("d")
    >>> cluster.ranges()["d"]
    [(4096, 5460), (9557, 10922), (15019, 16383)]
    """

    name = "slots"
    table: list[str]
    """The owner of each slot."""
    order_free = False
    digits = True

    def __init__(self, nodes: Nodes = ()) -> None:
        super().__init__(nodes, hash=KeyHash("crc16", hash_slot, _digest))

    def node_for(self, key: Key) -> str:
        table = self.table
        if not table:
            raise ValueError(NO_NODES)
        return table[hash_slot(key)]

    def walk(self, key: Key) -> Iterator[str]:
        table, slot = self.table, hash_slot(key)
        met = chain(islice(table, slot, None), islice(table, slot), self._nodes)
        return distinct(met, len(self))

    def ranges(self) -> dict[str, list[tuple[int, int]]]:
        """The slots of each node, as ranges (first, last)."""
        found: dict[str, list[tuple[int, int]]] = {node: [] for node in self._nodes}
        last = -1
        for node, slots in groupby(self.table):
            first, last = last + 1, last + len(list(slots))
            found[node].append((first, last))
        return found

    def move(self, slots: Iterable[int], node: str) -> None:
        """
        Give `slots` to `node`.

        Raises:
            ValueError: there is no such slot, or no such node.

        >>> cluster = Slots(["a", "b"])
        >>> cluster.move([hash_slot("foo")], "a")
        >>> cluster.node_for("foo"), cluster.ranges()["a"]
        ('a', [(0, 8191), (12182, 12182)])
        """
        if node not in self:
            raise ValueError(f"there is no node {node!r}")
        table = list(self.table)
        for slot in slots:
            if not 0 <= slot < SLOTS:
                raise ValueError(f"a slot must be from 0 to {SLOTS - 1}, not {slot!r}")
            table[slot] = node
        self.table = table

    def _locator(self, _count: int, /) -> Callable[[Positions], Numbers]:
        import numpy as np

        number = {node: at for at, node in enumerate(self._nodes)}
        table = np.array([number[node] for node in self.table], dtype=np.int32)
        return lambda positions: table[positions]

    def _arrange(self) -> None:
        total, so_far = sum(self._weights.values()), 0.0
        table: list[str] = []
        for node, weight in self._weights.items():
            so_far += weight
            table += [node] * (round(SLOTS * so_far / total) - len(table))
        self.table = table

    def _joined(self, node: str, weight: float, /) -> None:
        if len(self) == 1:
            self._arrange()
            return
        held = self._held()
        del held[node]
        table = list(self.table)
        for _ in range(round(SLOTS * weight / sum(self._weights.values()))):
            table[held[max(held, key=self._fullness(held))].pop()] = node
        self.table = table

    def _left(self, node: str, _weight: float, /) -> None:
        if not self._nodes:
            self.table = []
            return
        held = self._held()
        table = list(self.table)
        for slot in held.pop(node, []):
            taker = min(held, key=self._fullness(held))
            table[slot] = taker
            held[taker].append(slot)
        self.table = table

    def _held(self) -> dict[str, list[int]]:
        held: dict[str, list[int]] = {node: [] for node in self._nodes}
        for slot, node in enumerate(self.table):
            held.setdefault(node, []).append(slot)
        return held

    def _fullness(self, held: dict[str, list[int]]) -> Callable[[str], tuple[float, str]]:
        """Slots for a unit of weight; of equals the name decides."""
        return lambda node: (len(held[node]) / self._weights[node], node)

    def check(self) -> None:
        super().check()
        assert len(self.table) == (SLOTS if self._nodes else 0)
        assert set(self.table) <= set(self._nodes), "a slot of a node that is not there"
