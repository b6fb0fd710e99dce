"""Order by a heap, levels by recursion, the ratio by substitution."""

import heapq
import statistics
from fractions import Fraction


def percentile(values, p):
    if p < 0 or p > 100:
        raise ValueError(p)
    heap = list(values)
    heapq.heapify(heap)
    wanted = Fraction(p) * len(heap) / 100
    value = None
    for seen in range(1, len(heap) + 1):
        value = heapq.heappop(heap)
        if seen >= wanted:
            return value
    return value


def bench(fn, clock, n):
    marks = []
    for turn in range(n + 1):
        start = clock.now()
        fn()
        if turn:
            marks.append(clock.now() - start)
    return dict(
        n=len(marks),
        mean=statistics.fmean(marks),
        p50=percentile(marks, 50),
        p99=percentile(marks, 99),
        max=percentile(marks, 100),
        min=min(marks),
    )


def amat(levels):
    if len(levels) == 0:
        raise ValueError("no level")
    (lookup, ratio), rest = levels[0], levels[1:]
    if not 0 <= ratio <= 1:
        raise ValueError(ratio)
    if not rest:
        if ratio != 1:
            raise ValueError(ratio)
        return float(lookup)
    return ratio * lookup + (1 - ratio) * (lookup + amat(rest))


def break_even_hit_ratio(cache, origin):
    gain = origin - cache[0]
    loss = origin + cache[1]
    return 1 - gain / loss if gain >= 0 else None
