"""
Sampled LRU, compiled: the same lots in the same order as the readable class.
"""

import numpy as np

from .bits import AHEAD, prefetch
from .compiled import inline, kernel
from .lots import below
from .pool import offer, sit_down, stand_up, take
from .weights import weight_of


@inline
def best_drawn(chairs, taken, state, samples, last):
    """Draw so many and return the one used longest ago, the first drawn of equals."""
    best = chairs[below(state, taken)]
    for _ in range(samples - 1):
        x = chairs[below(state, taken)]
        if last[x] < last[best]:
            best = x
    return best


@kernel
def sampled_lru(ids, objects, capacity, weights, samples, pool_size, state):
    chairs = np.empty(objects, np.uint32)
    chair_of = np.empty(objects, np.uint32)
    resident = np.zeros(objects, np.uint8)
    last = np.zeros(objects, np.uint32)
    idles, waiting = np.empty(pool_size, np.int64), np.empty(pool_size, np.int64)
    pooled = taken = used = hits = hit_weight = 0
    for now in range(len(ids)):
        x, soon = ids[now], ids[min(now + AHEAD, len(ids) - 1)]
        prefetch(resident, soon)
        prefetch(last, soon)
        weight = weight_of(weights, x)
        if resident[x]:
            hits += 1
            hit_weight += weight
            last[x] = now
            continue
        if weight > capacity:
            continue
        while used + weight > capacity:
            victim = np.int64(-1)
            if pool_size == 0:
                victim = np.int64(best_drawn(chairs, taken, state, samples, last))
            while victim < 0:
                for _ in range(samples):
                    drawn = chairs[below(state, taken)]
                    pooled = offer(idles, waiting, pooled, now - last[drawn], drawn)
                victim, pooled = take(waiting, pooled, resident)
            stand_up(chairs, chair_of, taken, victim)
            taken -= 1
            resident[victim] = 0
            used -= weight_of(weights, victim)
        sit_down(chairs, chair_of, taken, x)
        taken += 1
        resident[x] = 1
        last[x] = now
        used += weight
    return hits, hit_weight
