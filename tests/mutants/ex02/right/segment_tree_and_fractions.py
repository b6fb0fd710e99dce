"""Distances by a segment tree; ratios as fractions, reasons as a set."""

from __future__ import annotations
from collections import Counter, OrderedDict
from dataclasses import dataclass, field
from bisect import bisect_left, insort
from fractions import Fraction
from functools import reduce
from itertools import accumulate
from math import ceil


@dataclass
class SegTree:
    n: int
    t: list = field(init=False)

    def __post_init__(self):
        self.t = [0] * (2 * max(1, self.n))

    def put(self, p, v):
        p += self.n
        self.t[p] = v
        while p > 1:
            p >>= 1
            self.t[p] = self.t[2 * p] + self.t[2 * p + 1]

    def total(self, l, r):
        s = 0
        l += self.n
        r += self.n
        while l < r:
            if l & 1:
                s += self.t[l]
                l += 1
            if r & 1:
                r -= 1
                s += self.t[r]
            l >>= 1
            r >>= 1
        return s


def reuse_distances(trace):
    trace = list(trace)
    seg, last = SegTree(len(trace)), {}

    def one(i, k):
        if (p := last.get(k)) is None:
            d = None
        else:
            d = seg.total(p + 1, i)
            seg.put(p, 0)
        last[k] = i
        seg.put(i, 1)
        return d

    return tuple(one(i, k) for i, k in enumerate(trace))


def mrc(trace, sizes):
    c = Counter(reuse_distances(trace))
    n = len(trace)
    top = max([s for s in sizes])
    hits = [0, *accumulate(c.get(d, 0) for d in range(top))]
    return tuple(Fraction(n - hits[s], n) for s in sizes)


def profile(log):
    kinds = Counter(kind for kind, _ in log)
    uses = sorted(Counter(key for _, key in log).values(), reverse=True)
    n = sum(kinds.values())
    return {
        "requests": n,
        "objects": len(uses),
        "write_share": Fraction(kinds["write"], n),
        "one_hit_share": Fraction(uses.count(1), len(uses)),
        "top_share": Fraction(sum(uses[: ceil(len(uses) / 10)]), n),
    }


def should_cache(case):
    match case:
        case {"reads": r, "writes": w, "hit_ratio": h, "lookup": l, "fill": f, "origin": o}:
            pass
    gain = o - (l + (1 - h) * (o + f))
    saving = r / (r + w) * gain - w / (r + w) * l
    rules = {"slow lookup": l >= o, "little reuse": gain <= 0, "many writes": gain > 0 >= saving}
    return {
        "cache": saving > 0,
        "saving": saving,
        "reasons": {name for name, on in rules.items() if on},
    }
