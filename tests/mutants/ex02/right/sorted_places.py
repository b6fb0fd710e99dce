"""Distances by bisection in a sorted list of last places; the curve from a histogram."""

from bisect import bisect_right, insort
from collections import Counter


def reuse_distances(trace):
    places, last, answer = [], {}, []
    for now, key in enumerate(trace):
        before = last.get(key)
        if before is None:
            answer.append(None)
        else:
            at = bisect_right(places, before)
            answer.append(len(places) - at)
            del places[at - 1]
        insort(places, now)
        last[key] = now
    return answer


def mrc(trace, sizes):
    histogram = Counter(reuse_distances(trace))
    total = len(trace)
    return tuple(
        1 - sum(n for d, n in histogram.items() if d is not None and d < size) / total
        for size in sizes
    )


def profile(log):
    keys = [key for _verb, key in log]
    ordered = sorted((keys.count(key) for key in set(keys)), reverse=True)
    tenth = max(1, (len(ordered) + 9) // 10)
    return dict(
        requests=len(keys),
        objects=len(ordered),
        write_share=len([1 for verb, _key in log if verb == "write"]) / len(keys),
        one_hit_share=ordered.count(1) / len(ordered),
        top_share=sum(ordered[:tenth]) / len(keys),
        reads=len([1 for verb, _key in log if verb == "read"]),
    )


def should_cache(case):
    miss = 1 - case["hit_ratio"]
    of_a_read = case["origin"] - case["lookup"] - miss * (case["origin"] + case["fill"])
    reads, writes = case["reads"], case["writes"]
    saving = (reads * of_a_read - writes * case["lookup"]) / (reads + writes)
    tests = {
        "slow lookup": case["origin"] <= case["lookup"],
        "little reuse": of_a_read <= 0,
        "many writes": of_a_read > 0 >= saving,
    }
    reasons = {name for name, holds in tests.items() if holds}
    return {"saving": saving, "cache": not reasons, "reasons": reasons}
