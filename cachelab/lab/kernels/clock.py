"""
CLOCK, compiled: the ring is a line whose front is under the hand.
"""

import numpy as np

from .bits import AHEAD, prefetch
from .compiled import kernel
from .weights import weight_of

ABSENT, IDLE, REFERENCED = np.uint8(0), np.uint8(1), np.uint8(2)


@kernel
def clock(ids, objects, capacity, weights):
    line = np.empty(objects, np.uint32)
    state = np.zeros(objects, np.uint8)
    front = back = used = hits = hit_weight = 0
    for at in range(len(ids)):
        x, soon = ids[at], ids[min(at + AHEAD, len(ids) - 1)]
        prefetch(state, soon)
        weight = weight_of(weights, x)
        if state[x]:
            state[x] = REFERENCED
            hits += 1
            hit_weight += weight
            continue
        if weight > capacity:
            continue
        while used + weight > capacity:
            met = line[front]
            front = front + 1 if front + 1 < objects else 0
            if state[met] == REFERENCED:
                state[met] = IDLE
                line[back] = met
                back = back + 1 if back + 1 < objects else 0
            else:
                state[met] = ABSENT
                used -= weight_of(weights, met)
        line[back] = x
        back = back + 1 if back + 1 < objects else 0
        state[x] = IDLE
        used += weight
    return hits, hit_weight
