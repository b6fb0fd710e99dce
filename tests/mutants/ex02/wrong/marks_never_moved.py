# rejected by: distances
# leaves the old mark where it was
from collections import Counter


class Marks:
    """
    Marks at places 0 to size - 1, counted in O(log size): a Fenwick tree.
    """

    def __init__(self, size):
        self.sums = [0] * (size + 1)

    def add(self, place, number):
        place += 1
        while place < len(self.sums):
            self.sums[place] += number
            place += place & -place

    def before(self, place):
        total = 0
        while place:
            total += self.sums[place]
            place -= place & -place
        return total


def reuse_distances(trace):
    """
    How many other keys were requested since the last request of each key; None for the first.
    """
    marks, last, found = Marks(len(trace)), {}, []
    for place, key in enumerate(trace):
        if key in last:
            found.append(marks.before(place) - marks.before(last[key] + 1))
        else:
            found.append(None)
        marks.add(place, 1)
        last[key] = place
    return found


def mrc(trace, sizes):
    """
    The miss ratio of an LRU cache of each size.
    """
    found = reuse_distances(trace)
    return [sum(d is None or d >= size for d in found) / len(trace) for size in sizes]


def profile(log):
    """
    The figures of a log of reads and writes.
    """
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
