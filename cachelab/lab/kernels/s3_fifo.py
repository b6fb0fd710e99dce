"""
S3-FIFO, compiled: three lists, and one byte that says in which of them an object is and its uses.
"""

import numpy as np

from .bits import AHEAD, prefetch
from .compiled import inline, kernel
from .lists import append, empty_lists, pop_oldest, unlink
from .weights import weight_of

ABSENT, GHOST, SMALL, MAIN = np.uint8(0), np.uint8(4), np.uint8(8), np.uint8(16)
ONE_USE, USES = np.uint8(1), np.uint8(3)
"""The two lowest bits of the byte count the uses."""


@inline
def leave_small(links, state, small, main, threshold, weights):
    """
    Empty `small` from its old end until an object had to go, and the others move to `main`.

    Return that object, or the end of `small` if there was none, and what the moved ones weigh.
    """
    moved = 0
    while True:
        x = pop_oldest(links, small)
        if x == small or (state[x] & USES) < threshold:
            return x, moved
        state[x] = MAIN
        append(links, main, x)
        moved += weight_of(weights, x)


@inline
def leave_main(links, state, main):
    """Pass over the objects that still have uses, one use each; drop the first that has none."""
    while True:
        x = pop_oldest(links, main)
        if state[x] == MAIN:
            state[x] = ABSENT
            return x
        state[x] -= ONE_USE
        append(links, main, x)


@inline
def remember(links, state, ghost, in_ghost, ghost_room, weights, x):
    """Keep the name of x, and forget the oldest ones if there are too many; return their weight."""
    append(links, ghost, x)
    state[x] = GHOST
    in_ghost += weight_of(weights, x)
    while in_ghost > ghost_room:
        forgotten = pop_oldest(links, ghost)
        state[forgotten] = ABSENT
        in_ghost -= weight_of(weights, forgotten)
    return in_ghost


@kernel
def s3_fifo(ids, objects, capacity, weights, small_room, ghost_room, threshold):
    links = empty_lists(objects, 3)
    small, main, ghost = np.uint32(objects), np.uint32(objects + 1), np.uint32(objects + 2)
    state = np.zeros(objects, np.uint8)
    used = in_small = in_ghost = hits = hit_weight = 0  # what the members weigh
    filling = True
    for at in range(len(ids)):
        x, soon = ids[at], ids[min(at + AHEAD, len(ids) - 1)]
        prefetch(state, soon)
        weight = weight_of(weights, x)
        byte = state[x]
        if byte >= SMALL:
            hits += 1
            hit_weight += weight
            if (byte & USES) < USES:
                state[x] = byte + ONE_USE
            continue
        if weight > capacity:
            continue
        if byte == GHOST:
            unlink(links, x)
            in_ghost -= weight
        while used + weight > capacity:
            filling = False
            victim = small
            if in_small >= small_room or in_small == used:
                victim, moved = leave_small(links, state, small, main, threshold, weights)
                in_small -= moved
            if victim != small:
                in_small -= weight_of(weights, victim)
                in_ghost = remember(links, state, ghost, in_ghost, ghost_room, weights, victim)
            else:
                victim = leave_main(links, state, main)
            used -= weight_of(weights, victim)
        if byte == GHOST or (filling and in_small >= small_room):
            append(links, main, x)
            state[x] = MAIN
        else:
            append(links, small, x)
            state[x] = SMALL
            in_small += weight
        used += weight
    return hits, hit_weight
