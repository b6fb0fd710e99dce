"""
SLRU, compiled: two lists in order of use.
"""

import numpy as np

from .bits import AHEAD, prefetch
from .compiled import kernel
from .lists import append, empty_lists, pop_oldest, unlink
from .weights import weight_of

ABSENT, ON_PROBATION, PROTECTED = np.uint8(0), np.uint8(1), np.uint8(2)


@kernel
def slru(ids, objects, capacity, weights, room):
    links = empty_lists(objects, 2)
    probation, protected = np.uint32(objects), np.uint32(objects + 1)
    state = np.zeros(objects, np.uint8)
    used = in_protected = hits = hit_weight = 0
    for at in range(len(ids)):
        x, soon = ids[at], ids[min(at + AHEAD, len(ids) - 1)]
        prefetch(state, soon)
        prefetch(links, soon)
        weight = weight_of(weights, x)
        if state[x] == ABSENT:
            if weight > capacity:
                continue
            while used + weight > capacity:
                segment = probation if used > in_protected else protected
                victim = pop_oldest(links, segment)
                state[victim] = ABSENT
                used -= weight_of(weights, victim)
                if segment == protected:
                    in_protected -= weight_of(weights, victim)
            append(links, probation, x)
            state[x] = ON_PROBATION
            used += weight
            continue
        hits += 1
        hit_weight += weight
        unlink(links, x)
        append(links, protected, x)
        if state[x] == PROTECTED:
            continue
        state[x] = PROTECTED
        in_protected += weight
        while in_protected > room:
            demoted = pop_oldest(links, protected)
            append(links, probation, demoted)
            state[demoted] = ON_PROBATION
            in_protected -= weight_of(weights, demoted)
    return hits, hit_weight
