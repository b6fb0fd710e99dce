"""
LRU, compiled: one list in order of use.
"""

import numpy as np

from .bits import AHEAD, prefetch
from .compiled import kernel
from .lists import append, empty_lists, pop_oldest, unlink
from .weights import weight_of


@kernel
def lru(ids, objects, capacity, weights):
    links = empty_lists(objects, 1)
    end = np.uint32(objects)
    resident = np.zeros(objects, np.uint8)
    used = hits = hit_weight = 0
    for at in range(len(ids)):
        x, soon = ids[at], ids[min(at + AHEAD, len(ids) - 1)]
        prefetch(resident, soon)
        prefetch(links, soon)
        weight = weight_of(weights, x)
        if resident[x]:
            hits += 1
            hit_weight += weight
            unlink(links, x)
            append(links, end, x)
            continue
        if weight > capacity:
            continue
        while used + weight > capacity:
            victim = pop_oldest(links, end)
            resident[victim] = 0
            used -= weight_of(weights, victim)
        append(links, end, x)
        resident[x] = 1
        used += weight
    return hits, hit_weight
