"""
Random, compiled: the same lots in the same order as the readable class.
"""

import numpy as np

from .bits import AHEAD, prefetch
from .compiled import kernel
from .lots import below
from .weights import weight_of


@kernel
def random_victim(ids, objects, capacity, weights, state):
    chairs = np.empty(objects, np.uint32)
    resident = np.zeros(objects, np.uint8)
    taken = used = hits = hit_weight = 0
    for at in range(len(ids)):
        x, soon = ids[at], ids[min(at + AHEAD, len(ids) - 1)]
        prefetch(resident, soon)
        weight = weight_of(weights, x)
        if resident[x]:
            hits += 1
            hit_weight += weight
            continue
        if weight > capacity:
            continue
        while used + weight > capacity:
            chair = below(state, taken)
            victim = chairs[chair]
            taken -= 1
            chairs[chair] = chairs[taken]
            resident[victim] = 0
            used -= weight_of(weights, victim)
        chairs[taken] = x
        taken += 1
        resident[x] = 1
        used += weight
    return hits, hit_weight
