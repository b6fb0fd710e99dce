"""
ARC, compiled: four lists, what they weigh, and a border `p` that the ghosts move.

By weight, the cases ask "would it be too long?" where the paper asks "is it full?"; with weights of
1 that is the same question.
"""

import numpy as np

from .bits import AHEAD, prefetch
from .compiled import inline, kernel
from .lists import append, empty_lists, pop_oldest, unlink
from .weights import weight_of

ABSENT, B1, B2, T1, T2 = (np.uint8(n) for n in range(5))


@inline
def move_oldest(links, state, source, target, name):
    """Move the oldest of one list to another one and mark it with that one's name; return it."""
    x = pop_oldest(links, source)
    append(links, target, x)
    state[x] = name
    return x


@inline
def drop_oldest(links, state, source):
    """Forget the oldest of a list; return it."""
    x = pop_oldest(links, source)
    state[x] = ABSENT
    return x


@kernel
def arc(ids, objects, capacity, weights):
    links = empty_lists(objects, 4)
    b1, b2 = np.uint32(objects), np.uint32(objects + 1)
    t1, t2 = np.uint32(objects + 2), np.uint32(objects + 3)
    state = np.zeros(objects, np.uint8)
    in_b1 = in_b2 = in_t1 = in_t2 = hits = hit_weight = 0  # what the members of each weigh
    p = 0.0
    for at in range(len(ids)):
        x, soon = ids[at], ids[min(at + AHEAD, len(ids) - 1)]
        prefetch(state, soon)
        prefetch(links, soon)
        weight = weight_of(weights, x)
        was = state[x]
        if was >= T1:  # case I
            hits += 1
            hit_weight += weight
            unlink(links, x)
            append(links, t2, x)
            if was == T1:
                state[x] = T2
                in_t1 -= weight
                in_t2 += weight
            continue
        if weight > capacity:
            continue
        if was == B1:  # case II
            p = min(p + max(in_b2 / in_b1, 1.0), float(capacity))
        elif was == B2:  # case III
            p = max(p - max(in_b1 / in_b2, 1.0), 0.0)
        while in_t1 + in_t2 + weight > capacity:
            if was == ABSENT and in_t1 + in_b1 + weight > capacity:  # case IV(A)
                if in_b1 == 0:
                    in_t1 -= weight_of(weights, drop_oldest(links, state, t1))
                    continue
                in_b1 -= weight_of(weights, drop_oldest(links, state, b1))
            elif was == ABSENT and in_t1 + in_t2 + in_b1 + in_b2 + weight > 2 * capacity:
                in_b2 -= weight_of(weights, drop_oldest(links, state, b2))  # case IV(B)
            if in_t1 and (in_t1 > p or (was == B2 and in_t1 == p)):  # REPLACE
                victim = weight_of(weights, move_oldest(links, state, t1, b1, B1))
                in_t1 -= victim
                in_b1 += victim
            else:
                victim = weight_of(weights, move_oldest(links, state, t2, b2, B2))
                in_t2 -= victim
                in_b2 += victim
        if was == ABSENT:
            append(links, t1, x)
            state[x] = T1
            in_t1 += weight
            continue
        unlink(links, x)
        append(links, t2, x)
        state[x] = T2
        in_t2 += weight
        if was == B1:
            in_b1 -= weight
        else:
            in_b2 -= weight
    return hits, hit_weight
