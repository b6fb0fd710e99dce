"""
Jump and rendezvous hashing for arrays of positions, in NumPy.

The same loops as in `kernels`, turned inside out: one step for all keys, then the next step.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest

import numpy as np

from .arrays import Indexes, Positions
from .batch import mix64_all


def jump_all(positions: Positions, buckets: int) -> Indexes:
    """
    `jump_hash` of each of `positions`.

    >>> jump_all(np.array([0xDEADBEEF, 1], dtype=np.uint64), 6).tolist()
    [5, 0]
    """
    owners = np.zeros(len(positions), dtype=np.int32)
    moving = np.arange(len(positions))
    keys = positions
    last = np.zeros(len(positions))
    while len(moving):
        keys = keys * np.uint64(2862933555777941757) + np.uint64(1)
        following = np.floor((last + 1.0) * (2.0**31 / ((keys >> np.uint64(33)) + np.uint64(1))))
        goes_on = following < buckets
        moving, keys, last = moving[goes_on], keys[goes_on], following[goes_on]
        owners[moving] = last
    return owners


def highest_bidders(
    positions: Positions, seeds: Sequence[int], weights: Sequence[float] = ()
) -> Indexes:
    """
    The number of the seed with the highest bid for each of `positions`; no weights means equal.

    >>> from cachelab.hashing import mix64
    >>> highest_bidders(np.array([9], dtype=np.uint64), [1, 2, 3]).tolist()
    [0]
    >>> [mix64(9 ^ seed) >> 60 for seed in [1, 2, 3]]
    [13, 3, 0]
    """
    owners = np.zeros(len(positions), dtype=np.int32)
    best = np.full(len(positions), -1.0) if weights else np.zeros(len(positions), dtype=np.uint64)
    for number, (seed, weight) in enumerate(zip_longest(seeds, weights)):
        bids = mix64_all(positions ^ np.uint64(seed))
        if weight is not None:
            bids = -weight / np.log(((bids >> np.uint64(12)) + 0.5) * 2.0**-52)
        higher = bids > best
        owners[higher] = number
        np.maximum(best, bids, out=best)
    return owners
