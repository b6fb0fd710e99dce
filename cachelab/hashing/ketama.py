"""
Ketama: the ring that memcached clients agree on, point for point.

Each md5 of a server's label gives four points of 32 bits. Clients in any language that follow the
same recipe find a key on the same server, so they can share one cache.
"""

from __future__ import annotations

from hashlib import md5
from struct import pack, unpack
from typing import ClassVar

from .base import Nodes
from .keys import KeyHash
from .ring import HashRing

DIGESTS = 40
"""Digests for a server of average weight: 160 points."""


def _number(data: bytes) -> int:
    return int.from_bytes(md5(data, usedforsecurity=False).digest()[:4], "little")


def _digest(data: bytes) -> bytes:
    return _number(data).to_bytes(8, "big")


class KetamaRing(HashRing):
    """
    A ring of 32 bits whose points are those of libmemcached's weighted ketama.

    Name a server as that client labels it: `10.0.1.1` on the standard port, `10.0.1.1:11212` on
    another. A whole number as a key stands for its digits.

    A server of weight w has `4 * floor(40 n w / W)` points, where n servers weigh W together, so
    with unequal weights the points of all servers change when one joins. That is why
    `moves_least` is false. Of two servers at one point libmemcached takes whichever its sorting
    puts first; here it is the smaller name.

    Complexity: as for `HashRing`, but every change is a rebuild.

    Source: R. Jones, "libketama", last.fm 2007; hosts.cc of libmemcached, whose arithmetic in
    single precision is kept: it gives 25 equal servers 39 digests each, not 40.

    >>> ring = KetamaRing({"10.0.1.1": 600, "10.0.1.2": 300})
    >>> ring.node_for("user:42"), len(ring.points)
    ('10.0.1.1', 316)
    """

    name = "ketama"
    moves_least = False
    digits = True
    bits: ClassVar[int] = 32

    def __init__(self, nodes: Nodes = ()) -> None:
        super().__init__(
            nodes,
            virtual_nodes=4 * DIGESTS,
            hash=KeyHash("ketama", _number, _digest),
        )

    def points_of(self, node: str, weight: float = 1) -> list[int]:
        """The points of `node`, given how many servers there are and what they weigh."""
        points: list[int] = []
        for number in range(self._digests(weight)):
            label = f"{node}-{number}".encode()
            points += unpack("<4I", md5(label, usedforsecurity=False).digest())
        return points

    def _digests(self, weight: float) -> int:
        part = _single(_single(weight) / _single(sum(self._weights.values())))
        points = _single(part * 4 * DIGESTS)
        return int(_single(_single(points / 4 * len(self)) + 0.0000000001))

    def _joined(self, _node: str, _weight: float, /) -> None:
        self._arrange()

    def _left(self, _node: str, _weight: float, /) -> None:
        self._arrange()


def _single(number: float) -> float:
    """Round `number` to the 24 bits of a C float."""
    rounded: float = unpack("f", pack("f", number))[0]
    return rounded
