"""
Jump and rendezvous hashing for arrays of positions, compiled by Numba.

Used for large batches only, where it repays the second that importing and compiling take; the
machine code is kept on disk for the next process. Every answer equals that of `vectors`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache

import numpy as np

from .arrays import Indexes, Positions

BLOCK = 2048
"""Keys at a time, so that all that is known of them stays in the processor's nearest caches."""


def jump_all(positions: Positions, buckets: int) -> Indexes:
    """`jump_hash` of each of `positions`."""
    return _in_blocks(_jump, positions, float(buckets))


def highest_bidders(positions: Positions, seeds: Sequence[int]) -> Indexes:
    """The number of the seed with the highest bid for each of `positions`, weights being equal."""
    return _in_blocks(_highest_bidders, positions, np.array(seeds, dtype=np.uint64))


def _in_blocks(loop: Callable[..., None], positions: Positions, among: object) -> Indexes:
    compiled = _compiled(loop)
    owners = np.zeros(len(positions), dtype=np.int32)
    for start in range(0, len(positions), BLOCK):
        compiled(positions[start : start + BLOCK], among, owners[start : start + BLOCK])
    return owners


@cache
def _compiled(loop: Callable[..., None]) -> Callable[..., None]:
    from numba import njit

    compiled: Callable[..., None] = njit(cache=True, nogil=True)(loop)
    return compiled


# All keys take a step together, in loops without a branch: vector instructions do eight at once.


def _jump(positions: Positions, buckets: float, owners: Indexes) -> None:
    keys = positions.copy()
    b = np.zeros(len(keys))
    j = np.zeros(len(keys))
    whose = np.arange(len(keys))
    moving = len(keys)
    while moving:
        for at in range(moving):
            keys[at] = keys[at] * np.uint64(2862933555777941757) + np.uint64(1)
            drawn = np.int64(keys[at] >> np.uint64(33)) + 1
            j[at] = np.floor((b[at] + 1.0) * (2147483648.0 / drawn))
        still = 0
        for at in range(moving):  # those that move on close ranks; the others are where they stay
            owners[whose[at]] = np.int32(b[at])
            keys[still], whose[still], b[still] = keys[at], whose[at], j[at]
            still += j[at] < buckets
        moving = still


def _highest_bidders(positions: Positions, seeds: Positions, owners: Indexes) -> None:
    best = np.zeros(len(positions), dtype=np.uint64)
    winner = np.zeros(len(positions), dtype=np.uint64)
    for number in range(len(seeds)):
        for at in range(len(positions)):
            bid = positions[at] ^ seeds[number]
            bid = (bid ^ (bid >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
            bid = (bid ^ (bid >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
            bid ^= bid >> np.uint64(31)
            winner[at] = np.uint64(number) if bid > best[at] else winner[at]
            best[at] = bid if bid > best[at] else best[at]
    for at in range(len(positions)):
        owners[at] = np.int32(winner[at])
