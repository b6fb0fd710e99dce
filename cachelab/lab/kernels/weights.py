"""
What an object weighs: its size in bytes, or 1 where entries are counted.
"""

from .compiled import inline


@inline
def weight_of(weights, x):
    """Return what x weighs; numba leaves the question out where `weights` is None."""
    if weights is None:
        return 1
    return weights[x]
