"""
FIFO, compiled: a line of object numbers and one byte an object.
"""

import numpy as np

from .bits import AHEAD, prefetch
from .compiled import kernel
from .weights import weight_of


@kernel
def fifo(ids, objects, capacity, weights):
    line = np.empty(objects, np.uint32)
    resident = np.zeros(objects, np.uint8)
    front = back = used = hits = hit_weight = 0
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
            victim = line[front]
            front = front + 1 if front + 1 < objects else 0
            resident[victim] = 0
            used -= weight_of(weights, victim)
        line[back] = x
        back = back + 1 if back + 1 < objects else 0
        resident[x] = 1
        used += weight
    return hits, hit_weight
