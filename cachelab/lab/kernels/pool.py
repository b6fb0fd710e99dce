"""
The bag and the pool of the sampled policies, compiled.
"""

from .compiled import inline


@inline
def sit_down(chairs, chair_of, taken, x):
    """Give x the chair behind the last one taken."""
    chairs[taken] = x
    chair_of[x] = taken


@inline
def stand_up(chairs, chair_of, taken, x):
    """Give the chair of x to whoever sits on the last of those taken."""
    last = chairs[taken - 1]
    chairs[chair_of[x]] = last
    chair_of[last] = chair_of[x]


@inline
def offer(idles, waiting, pooled, idle, x):
    """Put x into the pool before the first that is as idle; return how many are in it."""
    at = 0
    while at < pooled and idles[at] < idle:
        at += 1
    if pooled == len(idles):
        if at == 0:
            return pooled
        at -= 1
        for place in range(at):
            idles[place] = idles[place + 1]
            waiting[place] = waiting[place + 1]
        pooled -= 1
    else:
        for place in range(pooled, at, -1):
            idles[place] = idles[place - 1]
            waiting[place] = waiting[place - 1]
    idles[at] = idle
    waiting[at] = x
    return pooled + 1


@inline
def take(waiting, pooled, resident):
    """Take the best that is still resident; return it, or -1, and how many are left."""
    while pooled:
        pooled -= 1
        if resident[waiting[pooled]]:
            return waiting[pooled], pooled
    return -1, pooled
