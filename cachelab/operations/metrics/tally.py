"""
What happened in one stretch of time, in counts that can be added to those of another.
"""

from collections import Counter
from collections.abc import Iterable

from .heavy_hitters import SpaceSaving
from .histogram import LatencyHistogram

KINDS = ("hit", "miss", "many", "write", "failed")
"""What latencies are kept under: a lookup's outcome, a call for many keys, a write, a failure."""


class Tally:
    """
    Counts, latencies by kind, lookups by prefix, and the keys asked for most, of one time slice.

    Complexity: memory for five histograms, `hot_counters` keys, and the prefixes given to it.
    """

    __slots__ = ("counts", "hits_of", "hot", "latencies", "misses_of")

    def __init__(self, hot_counters: int) -> None:
        self.counts: Counter[str] = Counter()
        """hits, misses, writes, deletes, failures, evictions and expirations."""
        self.hits_of: Counter[str] = Counter()
        self.misses_of: Counter[str] = Counter()
        self.latencies = {kind: LatencyHistogram() for kind in KINDS}
        self.hot = SpaceSaving(hot_counters)

    def look(self, key: str, prefix: str, is_hit: bool) -> None:
        """Count the lookup of one key."""
        self.counts["hits" if is_hit else "misses"] += 1
        (self.hits_of if is_hit else self.misses_of)[prefix] += 1
        self.hot.add(key)

    def merge(self, other: "Tally") -> None:
        """Add what `other` has counted, all but the hot keys: see `heaviest`."""
        self.counts.update(other.counts)
        self.hits_of.update(other.hits_of)
        self.misses_of.update(other.misses_of)
        for kind, latency in other.latencies.items():
            self.latencies[kind].merge(latency)

    def copy(self) -> "Tally":
        """Return a tally of its own, with the same counts."""
        result = Tally.merged([self])
        result.hot = self.hot.copy()
        return result

    @classmethod
    def merged(cls, parts: Iterable["Tally"]) -> "Tally":
        """Return one tally of all that `parts` have counted, without the hot keys."""
        result = cls(1)
        for part in parts:
            result.merge(part)
        return result
