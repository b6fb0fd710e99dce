"""Distances without a tree of sums: a treap-free way, counting later last-uses by merge sort."""


def reuse_distances(trace):
    # The distance of a request at t with last use p is the number of places q in (p, t) that are the
    # last use of their key before t: all places in between, less those whose next use is before t.
    last, spans = {}, []
    for now, key in enumerate(trace):
        if key in last:
            spans.append((last[key], now))
        last[key] = now
    inside = _nested(spans)
    found = [None] * len(trace)
    for start, end in spans:
        found[end] = end - start - 1 - inside[end]
    return found


def _nested(spans):
    """For each span, by its end: how many spans lie inside it."""
    counts = {end: 0 for _, end in spans}

    def sort(part):
        if len(part) < 2:
            return part
        middle = len(part) // 2
        early, late = sort(part[:middle]), sort(part[middle:])
        # by end, ascending; a span of `early` lies inside one of `late` if it starts later
        merged, i = [], 0
        for span in late:
            while i < len(early) and early[i][0] > span[0]:
                merged.append(early[i])
                i += 1
            counts[span[1]] += i
            merged.append(span)
        return merged + early[i:]

    sort(sorted(spans, key=lambda span: span[1]))
    return counts


def mrc(trace, sizes):
    found = reuse_distances(trace)
    curve = []
    for size in sizes:
        hits = len([d for d in found if d is not None and d < size])
        curve.append((len(trace) - hits) / len(trace))
    return curve


def profile(log):
    """
    The figures of a log of reads and writes.
    """
    from collections import Counter

    counts = Counter(key for _, key in log)
    top = -(-len(counts) // 10)
    return {
        "requests": len(log),
        "objects": len(counts),
        "write_share": sum(verb == "write" for verb, _ in log) / len(log),
        "one_hit_share": sum(count == 1 for count in counts.values()) / len(counts),
        "top_share": sum(count for _, count in counts.most_common(top)) / len(log),
    }


def should_cache(case):
    """
    Whether the cache pays, what it saves of an average request, and why it does not.
    """
    lookup, origin = case["lookup"], case["origin"]
    read = lookup + (1 - case["hit_ratio"]) * (origin + case["fill"])
    spent = case["reads"] * read + case["writes"] * (origin + lookup)
    saving = origin - spent / (case["reads"] + case["writes"])
    reasons = []
    if lookup >= origin:
        reasons.append("slow lookup")
    if read >= origin:
        reasons.append("little reuse")
    elif saving <= 0:
        reasons.append("many writes")
    return {"cache": saving > 0, "saving": saving, "reasons": reasons}
