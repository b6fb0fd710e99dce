"""
The count-min sketch, compiled: four rows of counters, each with a byte.
"""

import numpy as np

from .compiled import inline

MOST = np.uint8(15)
ROWS, UPPER = 4, np.uint64(32)
LOWER_HALF, ODD = np.uint64(0xFFFFFFFF), np.uint64(1)


@inline
def count_once(rows, mixed):
    """Count the object whose mixed fingerprint is given once more."""
    place, step = mixed & LOWER_HALF, (mixed >> UPPER) | ODD
    mask = np.uint64(rows.shape[1] - 1)
    for row in range(ROWS):
        if rows[row, place & mask] < MOST:
            rows[row, place & mask] += np.uint8(1)
        place += step


@inline
def estimate(rows, mixed):
    """Return the smallest of the object's four counters."""
    place, step = mixed & LOWER_HALF, (mixed >> UPPER) | ODD
    mask = np.uint64(rows.shape[1] - 1)
    least = MOST
    for row in range(ROWS):
        least = min(least, rows[row, place & mask])
        place += step
    return least


@inline
def halve(rows):
    """Halve all counters, rounded down."""
    for row in range(ROWS):
        for place in range(rows.shape[1]):
            rows[row, place] >>= np.uint8(1)
