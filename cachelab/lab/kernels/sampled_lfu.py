"""
Sampled LFU, compiled: the same lots in the same order as the readable class.
"""

import numpy as np

from .bits import AHEAD, prefetch
from .compiled import inline, kernel
from .lots import below, uniform
from .pool import offer, sit_down, stand_up, take

START, MOST = 5, 255


@inline
def faded(count, elapsed, period):
    """Return what is left of a count after so many requests without a use."""
    if period == 0:
        return np.int64(count)
    return max(0, np.int64(count) - elapsed // period)


@inline
def risen(state, count, factor):
    """Return the count after one more use, for which a lot is drawn."""
    if count == MOST:
        return count
    base = max(0, count - START)
    return count + (uniform(state) < 1.0 / (base * factor + 1))


@kernel
def sampled_lfu(ids, objects, capacity, samples, pool_size, factor, period, state):
    chairs = np.empty(objects, np.uint32)
    chair_of = np.empty(objects, np.uint32)
    resident = np.zeros(objects, np.uint8)
    count = np.zeros(objects, np.uint8)
    last = np.zeros(objects, np.int64)
    idles, waiting = np.empty(pool_size, np.int64), np.empty(pool_size, np.int64)
    pooled = taken = hits = 0
    for now in range(len(ids)):
        x, soon = ids[now], ids[min(now + AHEAD, len(ids) - 1)]
        prefetch(resident, soon)
        prefetch(last, soon)
        if resident[x]:
            hits += 1
            count[x] = risen(state, faded(count[x], now - last[x], period), factor)
            last[x] = now
            continue
        if taken == capacity:
            victim = np.int64(-1)
            best = -1
            if pool_size == 0:
                for _ in range(samples):
                    drawn = chairs[below(state, taken)]
                    idle = MOST - faded(count[drawn], now - last[drawn], period)
                    if idle > best:
                        best = idle
                        victim = np.int64(drawn)
            while victim < 0:
                for _ in range(samples):
                    drawn = chairs[below(state, taken)]
                    idle = MOST - faded(count[drawn], now - last[drawn], period)
                    pooled = offer(idles, waiting, pooled, idle, drawn)
                victim, pooled = take(waiting, pooled, resident)
            stand_up(chairs, chair_of, taken, victim)
            taken -= 1
            resident[victim] = 0
        sit_down(chairs, chair_of, taken, x)
        taken += 1
        resident[x] = 1
        count[x] = START
        last[x] = now
    return hits, hits
