"""
LIRS, compiled: the stack in one set of links, the queue and the ghosts in another.
"""

import numpy as np

from .bits import AHEAD, prefetch
from .compiled import inline, kernel
from .lists import NEWER, append, empty_lists, pop_oldest, unlink

ABSENT, GHOST, HIR, LIR = np.uint8(0), np.uint8(1), np.uint8(2), np.uint8(3)


@inline
def prune(stack, bottom, others, status, in_stack):
    """Take off the stack what lies below its last LIR object; return how many, and ghosts of it."""
    taken = ghosts = 0
    while stack[bottom, NEWER] != bottom and status[stack[bottom, NEWER]] != LIR:
        x = pop_oldest(stack, bottom)
        in_stack[x] = 0
        taken += 1
        if status[x] == GHOST:
            unlink(others, x)
            status[x] = ABSENT
            ghosts += 1
    return taken, ghosts


@kernel
def lirs(ids, objects, capacity, lir_room, stack_room):
    stack, others = empty_lists(objects, 1), empty_lists(objects, 2)
    bottom = queue = np.uint32(objects)
    ghosts = np.uint32(objects + 1)
    status = np.zeros(objects, np.uint8)
    in_stack = np.zeros(objects, np.uint8)
    used = height = n_lir = n_ghosts = hits = 0
    for at in range(len(ids)):
        x, soon = ids[at], ids[min(at + AHEAD, len(ids) - 1)]
        prefetch(status, soon)
        prefetch(stack, soon)
        was, was_in_stack = status[x], in_stack[x]
        if was >= HIR:
            hits += 1
        if ABSENT < was < LIR:
            unlink(others, x)
        if was == GHOST:
            n_ghosts -= 1
        if was < HIR:
            if used == capacity:
                victim = pop_oldest(others, queue)
                status[victim] = ABSENT
                if in_stack[victim]:
                    append(others, ghosts, victim)
                    status[victim] = GHOST
                    n_ghosts += 1
            else:
                used += 1
        if was_in_stack:
            unlink(stack, x)
        else:
            in_stack[x] = 1
            height += 1
        append(stack, bottom, x)
        if was != LIR:
            if was_in_stack or n_lir < lir_room:
                status[x] = LIR
                n_lir += 1
                if n_lir > lir_room:
                    demoted = pop_oldest(stack, bottom)
                    in_stack[demoted] = 0
                    height -= 1
                    append(others, queue, demoted)
                    status[demoted] = HIR
                    n_lir -= 1
            else:
                append(others, queue, x)
                status[x] = HIR
        taken, pruned_ghosts = prune(stack, bottom, others, status, in_stack)
        height -= taken
        n_ghosts -= pruned_ghosts
        while height > stack_room and n_ghosts:
            forgotten = pop_oldest(others, ghosts)
            unlink(stack, forgotten)
            status[forgotten] = ABSENT
            in_stack[forgotten] = 0
            height -= 1
            n_ghosts -= 1
    return hits, hits
