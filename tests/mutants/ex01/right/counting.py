"""The percentile by counting, the levels by the share of reads that get there, a class for figures."""

from dataclasses import dataclass, field


def percentile(values, p):
    if not (0 <= p <= 100):
        raise ValueError(f"no percentile {p}")
    candidates = [v for v in values if 100 * sum(w <= v for w in values) >= p * len(values)]
    return min(candidates, default=None)


@dataclass
class Figures:
    samples: list = field(default_factory=list)

    def report(self):
        ordered = sorted(self.samples)
        size = len(ordered)
        return {
            "n": size,
            "mean": sum(ordered) / size,
            "p50": percentile(ordered, 50),
            "p99": percentile(ordered, 99),
            "max": ordered[-1],
        }


def bench(fn, clock, n):
    if n < 1:
        raise ValueError("n must be at least 1")
    figures = Figures()
    fn()
    while len(figures.samples) < n:
        began = clock.now()
        fn()
        ended = clock.now()
        figures.samples += [ended - began]
    return figures.report()


def amat(levels):
    share, total, ratio = 1.0, 0.0, 0
    for lookup, ratio in levels:
        if ratio < 0 or ratio > 1:
            raise ValueError("a hit ratio is from 0 to 1")
        total += share * lookup
        share *= 1 - ratio
    if ratio != 1:
        raise ValueError("reads fall out at the end")
    return total


def break_even_hit_ratio(cache, origin):
    lookup, fill = cache
    ratio = (lookup + fill) / (origin + fill) if origin + fill else 1.0
    return ratio if ratio <= 1 else None
