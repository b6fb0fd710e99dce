"""
A walk through memory in which each step has to wait for the one before: latency, and no bandwidth.
"""

from .compiled import kernel


@kernel
def chase(chain, place, steps):
    """Follow `chain`, in which each place holds the next one, for `steps`; return the last."""
    for _ in range(steps):
        place = chain[place]
    return place
