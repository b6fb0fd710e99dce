"""
Aged LFU, compiled: LFU's list, sorted anew whenever the counts are halved.
"""

import numpy as np

from .bits import AHEAD, prefetch
from .compiled import inline, kernel
from .lfu import COUNT, count_up, enter, leave, longer
from .lists import NEWER, append, empty_lists

LAST = 3
HALF = np.uint64(32)


@inline
def halve(links, marks, end, ids, residents):
    """Halve all counts, upwards, and put the list into the order of the new ones."""
    rank = np.empty(residents, np.uint64)
    x = links[end, NEWER]
    for place in range(residents):
        links[x, COUNT] = (links[x, COUNT] + 1) // 2
        rank[place] = (np.uint64(links[x, COUNT]) << HALF) | np.uint64(links[x, LAST])
        x = links[x, NEWER]
    rank.sort()
    marks[:] = end
    links[end] = end
    for one in rank:
        x = ids[np.uint32(one)]  # the time of its last use tells which object it is
        append(links, end, x)
        marks[links[x, COUNT]] = x


@kernel
def aged_lfu(ids, objects, capacity, period):
    links = empty_lists(objects, 1, 4)
    end = np.uint32(objects)
    marks = np.full(1024, end, np.uint32)
    used = hits = 0
    until_halving = period
    for now in range(len(ids)):
        x, soon = ids[now], ids[min(now + AHEAD, len(ids) - 1)]
        prefetch(links, soon)
        links[x, LAST] = now
        if links[x, COUNT]:
            hits += 1
            if links[x, COUNT] + 2 > len(marks):
                marks = longer(marks, end)
            count_up(links, marks, end, x)
        else:
            if used == capacity:
                leave(links, marks, end)
                used -= 1
            enter(links, marks, x)
            used += 1
        until_halving -= 1
        if until_halving == 0:
            until_halving = period
            halve(links, marks, end, ids, used)
    return hits, hits
