"""
The owner of a million positions on a circle, most of them found in one step.

The circle is cut into equal buckets, many more than there are points. In most of them lies no
point, so all of the bucket has one owner, and a position's upper bits tell the bucket. The few
positions in the other buckets are searched for.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .arrays import Numbers, Positions
from .circle import Circle

BUCKETS_A_POINT = 64
"""With 64, between one and two keys in 100 are searched for."""

MOST_BITS = 22
SEARCH = -1
"""Marks a bucket with a point inside."""


class BucketTable:
    """
    A circle laid out for batches of positions below `2**bits`.

    Complexity: O(points log points + buckets) to build; O(1) a position, and O(log points) for one
    in 64 of them.
    """

    def __init__(self, circle: Circle, nodes: Sequence[str], bits: int) -> None:
        number = {node: at for at, node in enumerate(nodes)}
        self.points = np.array(circle.points, dtype=np.uint64)
        # The narrowest type that holds -1 and every number: the table should fit the cache.
        narrow = np.min_scalar_type(-len(nodes) - 1)
        self.owners = np.array([number[node] for node in circle.owners], dtype=narrow)
        wanted = (len(self.points) * BUCKETS_A_POINT - 1).bit_length()
        bucket_bits = min(wanted, MOST_BITS, bits)
        self.shift = np.uint64(bits - bucket_bits)
        inside = np.bincount(self._buckets(self.points), minlength=1 << bucket_bits)
        passed = np.cumsum(inside)  # so many points lie before the next one
        self.table = np.where(inside == 0, self.owners[passed], narrow.type(SEARCH))

    def _buckets(self, positions: Positions) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        return np.right_shift(positions, self.shift).view(np.int64)

    def locate(self, positions: Positions) -> Numbers:
        """Return the number of the node that owns each of `positions`."""
        owners: Numbers = self.table[self._buckets(positions)]
        unsure = np.flatnonzero(owners == SEARCH)
        owners[unsure] = self.owners[np.searchsorted(self.points, positions[unsure])]
        return owners
