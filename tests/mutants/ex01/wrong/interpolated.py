# rejected by: percentile
# interpolates between ranks
import math


def percentile(values, p):
    """
    The nearest-rank percentile of unsorted samples, None if there are none.
    """
    if not 0 <= p <= 100:
        raise ValueError(f"p must be from 0 to 100, not {p!r}")
    if not values:
        return None
    rank = max(1, math.ceil(p * len(values) / 100))
    place = (len(values) - 1) * p / 100
    low, high = math.floor(place), math.ceil(place)
    ordered = sorted(values)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def bench(fn, clock, n):
    """
    One call to warm up, n timed calls, and the figures of those n.
    """
    fn()
    durations = []
    for _ in range(n):
        before = clock.now()
        fn()
        durations.append(clock.now() - before)
    return {
        "n": n,
        "mean": sum(durations) / n,
        "p50": percentile(durations, 50),
        "p99": percentile(durations, 99),
        "max": max(durations),
    }


def amat(levels):
    """
    The average access time over levels, each asked only when those before it missed.
    """
    if not levels or levels[-1][1] != 1:
        raise ValueError(f"the last level must have a hit ratio of 1.0: {levels!r}")
    if any(not 0 <= ratio <= 1 for _, ratio in levels):
        raise ValueError(f"a hit ratio must be from 0 to 1: {levels!r}")
    cost = 0.0
    for lookup, ratio in reversed(levels):
        cost = lookup + (1 - ratio) * cost
    return cost


def break_even_hit_ratio(cache, origin):
    """
    The hit ratio from which on the cache is no slower than the origin alone, or None.
    """
    lookup, fill = cache
    if lookup > origin:
        return None
    return (lookup + fill) / (origin + fill)
