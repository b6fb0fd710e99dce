"""
SIEVE, compiled: one list in order of arrival, and a hand on one of its members.
"""

import numpy as np

from .bits import AHEAD, prefetch
from .compiled import kernel
from .lists import NEWER, append, empty_lists, unlink
from .weights import weight_of

ABSENT, UNSEEN, VISITED = np.uint8(0), np.uint8(1), np.uint8(2)


@kernel
def sieve(ids, objects, capacity, weights):
    links = empty_lists(objects, 1)
    end = np.uint32(objects)
    state = np.zeros(objects, np.uint8)
    hand = end
    used = hits = hit_weight = 0
    for at in range(len(ids)):
        x, soon = ids[at], ids[min(at + AHEAD, len(ids) - 1)]
        prefetch(state, soon)
        weight = weight_of(weights, x)
        if state[x]:
            state[x] = VISITED
            hits += 1
            hit_weight += weight
            continue
        if weight > capacity:
            continue
        while used + weight > capacity:
            if hand == end:
                hand = links[end, NEWER]
            met = hand
            hand = links[met, NEWER]
            if state[met] == VISITED:
                state[met] = UNSEEN
            else:
                state[met] = ABSENT
                unlink(links, met)
                used -= weight_of(weights, met)
        append(links, end, x)
        state[x] = UNSEEN
        used += weight
    return hits, hit_weight
