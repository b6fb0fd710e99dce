"""
Taking a sample of the objects, with all requests to each of them.
"""

import numpy as np

from .compiled import inline, kernel

U30, U27, U31 = np.uint64(30), np.uint64(27), np.uint64(31)
FIRST, SECOND, STEP = (
    np.uint64(n) for n in (0xBF58476D1CE4E5B9, 0x94D049BB133111EB, 0x9E3779B97F4A7C15)
)


@inline
def mixed(number):
    """Return 64 bits that look random (S. Vigna's splitmix64, public domain)."""
    number += STEP
    number = (number ^ (number >> U30)) * FIRST
    number = (number ^ (number >> U27)) * SECOND
    return number ^ (number >> U31)


@kernel
def sampled(keys, limit):
    """Return the requests, in order, to objects whose mixed key is below `limit`."""
    kept = np.empty(len(keys), np.uint64)
    count = 0
    for at in range(len(keys)):
        kept[count] = keys[at]
        count += mixed(np.uint64(keys[at])) < limit
    return kept[:count].copy()
