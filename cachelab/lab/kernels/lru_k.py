"""
LRU-K, compiled: those used K times ranked by the time of the K-th last use, the others in a list.

A time names an object, the one asked for then, so a set of times is a ranking of objects. Only
without a correlated reference period, where no two objects share a time.
"""

import numpy as np

from .bits import AHEAD, prefetch
from .compiled import inline, kernel
from .lists import append, empty_lists, pop_oldest, unlink
from .numbers import add, discard, empty_numbers, smallest
from .weights import weight_of


@inline
def note(hist, x, now):
    """Put the time `now` before the older times of x, and drop the oldest of them."""
    for place in range(hist.shape[1] - 1, 0, -1):
        hist[x, place] = hist[x, place - 1]
    hist[x, 0] = now


@kernel
def lru_k(ids, objects, capacity, weights, k):
    words, starts = empty_numbers(len(ids) + 1)
    links = empty_lists(objects, 1)
    end = np.uint32(objects)
    resident = np.zeros(objects, np.uint8)
    hist = np.zeros((objects, k), np.uint32)  # 0 stands for never, so time begins with 1
    used = short = hits = hit_weight = 0
    for at in range(len(ids)):
        x, soon = ids[at], ids[min(at + AHEAD, len(ids) - 1)]
        prefetch(resident, soon)
        prefetch(hist, soon)
        weight = weight_of(weights, x)
        if resident[x]:
            hits += 1
            hit_weight += weight
            if hist[x, k - 1]:
                discard(words, starts, hist[x, k - 1])
            else:
                unlink(links, x)
                short -= 1
        elif weight > capacity:
            continue
        else:
            while used + weight > capacity:
                if short:
                    victim = pop_oldest(links, end)
                    short -= 1
                else:
                    time = smallest(words, starts)
                    discard(words, starts, time)
                    victim = ids[time - np.uint64(1)]
                resident[victim] = 0
                used -= weight_of(weights, victim)
            resident[x] = 1
            used += weight
        note(hist, x, at + 1)
        if hist[x, k - 1]:
            add(words, starts, hist[x, k - 1])
        else:
            append(links, end, x)
            short += 1
    return hits, hit_weight
