"""
2Q, compiled: newcomers, ghosts and proven objects in three lists.
"""

import numpy as np

from .bits import AHEAD, prefetch
from .compiled import kernel
from .lists import append, empty_lists, pop_oldest, unlink
from .weights import weight_of

ABSENT, GHOST, NEW, PROVEN = np.uint8(0), np.uint8(1), np.uint8(2), np.uint8(3)


@kernel
def two_queue(ids, objects, capacity, weights, kin, kout):
    links = empty_lists(objects, 3)
    a1_in, a1_out, am = np.uint32(objects), np.uint32(objects + 1), np.uint32(objects + 2)
    state = np.zeros(objects, np.uint8)
    in_a1_in = in_a1_out = in_am = hits = hit_weight = 0  # what the members of each weigh
    for at in range(len(ids)):
        x, soon = ids[at], ids[min(at + AHEAD, len(ids) - 1)]
        prefetch(state, soon)
        prefetch(links, soon)
        weight = weight_of(weights, x)
        was = state[x]
        if was >= NEW:
            hits += 1
            hit_weight += weight
            if was == PROVEN:
                unlink(links, x)
                append(links, am, x)
            continue
        if weight > capacity:
            continue
        if was == GHOST:
            unlink(links, x)
            in_a1_out -= weight
        while in_a1_in + in_am + weight > capacity:
            if in_a1_in <= kin and in_am:
                victim = pop_oldest(links, am)
                state[victim] = ABSENT
                in_am -= weight_of(weights, victim)
                continue
            victim = pop_oldest(links, a1_in)
            in_a1_in -= weight_of(weights, victim)
            append(links, a1_out, victim)
            state[victim] = GHOST
            in_a1_out += weight_of(weights, victim)
            while in_a1_out > kout:
                forgotten = pop_oldest(links, a1_out)
                state[forgotten] = ABSENT
                in_a1_out -= weight_of(weights, forgotten)
        if was == GHOST:
            append(links, am, x)
            state[x] = PROVEN
            in_am += weight
        else:
            append(links, a1_in, x)
            state[x] = NEW
            in_a1_in += weight
    return hits, hit_weight
