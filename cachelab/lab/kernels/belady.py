"""
Belady, compiled: the residents ranked by the time of their next use.

A time names an object, the one asked for then. Times that have passed stay in the set: they are
smaller than all others, and only the largest is ever looked for.
"""

import numpy as np

from .bits import AHEAD, prefetch
from .compiled import inline, kernel
from .numbers import add, discard, empty_numbers, largest
from .weights import weight_of


@inline
def next_uses(ids, objects):
    """Return for each request the time of the next one to its object; `len(ids)` is never."""
    never = np.uint32(len(ids))
    seen = np.full(objects, never, np.uint32)
    following = np.empty(len(ids), np.uint32)
    for at in range(len(ids) - 1, -1, -1):
        following[at] = seen[ids[at]]
        seen[ids[at]] = at
    return following


@kernel
def belady(ids, objects, capacity, weights):
    following = next_uses(ids, objects)
    words, starts = empty_numbers(len(ids))
    resident = np.zeros(objects, np.uint8)
    useless = np.empty(objects, np.uint32)  # residents never asked for again
    n_useless = used = hits = hit_weight = 0
    for now in range(len(ids)):
        x, soon = ids[now], ids[min(now + AHEAD, len(ids) - 1)]
        prefetch(resident, soon)
        weight = weight_of(weights, x)
        if resident[x]:
            hits += 1
            hit_weight += weight
        elif weight > capacity:
            continue
        else:
            while used + weight > capacity:
                if n_useless:
                    n_useless -= 1
                    victim = useless[n_useless]
                else:
                    time = largest(words, starts)
                    discard(words, starts, time)
                    victim = ids[time]
                resident[victim] = 0
                used -= weight_of(weights, victim)
            resident[x] = 1
            used += weight
        if following[now] < len(ids):
            add(words, starts, following[now])
        else:
            useless[n_useless] = x
            n_useless += 1
    return hits, hit_weight
