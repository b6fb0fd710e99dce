"""
LFU, compiled: one list by count, and by last use within a count, with a mark at the end of each.
"""

import numpy as np

from .bits import AHEAD, prefetch
from .compiled import inline, kernel
from .lists import OLDER, empty_lists, insert_after, pop_oldest, unlink
from .weights import weight_of

COUNT = 2


@inline
def longer(marks, end):
    """Return `marks` with as much room again."""
    more = np.full(2 * len(marks), end, np.uint32)
    more[: len(marks)] = marks
    return more


@inline
def count_up(links, marks, end, x):
    """Move x, which is in the list, behind all members with one use more than it has."""
    old = links[x, COUNT]
    older = links[x, OLDER]
    target = marks[old + 1]
    if target == end:
        target = marks[old]
    if marks[old] == x:
        marks[old] = older if older != end and links[older, COUNT] == old else end
    if target != x:
        unlink(links, x)
        insert_after(links, target, x)
    links[x, COUNT] = old + 1
    marks[old + 1] = x


@inline
def enter(links, marks, x):
    """Put in x with a count of 1; its mark tells where the others with that count end."""
    insert_after(links, marks[1], x)
    links[x, COUNT] = 1
    marks[1] = x


@inline
def leave(links, marks, end):
    """Take out and return the first of the list, used least."""
    victim = pop_oldest(links, end)
    if marks[links[victim, COUNT]] == victim:
        marks[links[victim, COUNT]] = end
    links[victim, COUNT] = 0
    return victim


@kernel
def lfu(ids, objects, capacity, weights):
    links = empty_lists(objects, 1, 4)
    end = np.uint32(objects)
    marks = np.full(1024, end, np.uint32)
    used = hits = hit_weight = 0
    for at in range(len(ids)):
        x, soon = ids[at], ids[min(at + AHEAD, len(ids) - 1)]
        prefetch(links, soon)
        weight = weight_of(weights, x)
        if links[x, COUNT]:
            hits += 1
            hit_weight += weight
            if links[x, COUNT] + 2 > len(marks):
                marks = longer(marks, end)
            count_up(links, marks, end, x)
            continue
        if weight > capacity:
            continue
        while used + weight > capacity:
            victim = leave(links, marks, end)
            used -= weight_of(weights, victim)
        enter(links, marks, x)
        used += weight
    return hits, hit_weight
