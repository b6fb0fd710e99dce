"""
The keys asked for most often, in memory that does not grow with the number of keys.

A counter for each key is as large as the key space, and a user's id in a key makes that endless.
Space-Saving keeps k counters; a key without one takes over the smallest, count and all, and
remembers how much of its count that was. What it says can be too high, by a known amount.
"""

import heapq
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Heavy:
    """A key, the `count` that it was asked for at most, and how much too high that may be."""

    key: str
    count: int
    error: int

    @property
    def at_least(self) -> int:
        """How often the key was asked for at the least."""
        return self.count - self.error


class SpaceSaving:
    """
    Counts for the `counters` keys that seem to be asked for most.

    Of `total` requests, a key asked for more than `total / counters` times is always among them.
    Each count is at least the true one, and above it by no more than its own `error`, which is at
    most `total / counters`. As long as there are no more keys than counters, all counts are exact.

    Complexity: O(1) for a request, O(counters) memory, O(counters log n) for the first n.

    Raises:
        ValueError: there is no counter.

    Source: Metwally, Agrawal, El Abbadi, "Efficient computation of frequent and top-k elements in
    data streams", ICDT 2005.

    >>> summary = SpaceSaving(2)
    >>> for key in "abacab": summary.add(key)
    >>> summary.top(2)
    [Heavy(key='a', count=3, error=0), Heavy(key='b', count=3, error=2)]
    """

    def __init__(self, counters: int) -> None:
        if counters < 1:
            raise ValueError(f"there must be at least 1 counter, not {counters!r}")
        self.counters = counters
        self.total = 0
        self.counts: dict[str, int] = {}
        self.errors: dict[str, int] = {}
        self.buckets: dict[int, dict[str, None]] = {}
        """The keys of each count, in the order in which they reached it."""
        self.smallest = 0

    def add(self, key: str) -> None:
        """Count one request for `key`."""
        self.total += 1
        count = self.counts.get(key)
        if count is not None:
            self._leave(key, count)
        elif len(self.counts) < self.counters:
            count, self.errors[key], self.smallest = 0, 0, 1
        else:
            count = self._take_over(key)
        self.counts[key] = count + 1
        self.buckets.setdefault(count + 1, {})[key] = None
        if self.smallest not in self.buckets:
            self.smallest = count + 1  # only a key that left the smallest count can empty it

    def top(self, n: int | None = None) -> list[Heavy]:
        """Return the `n` keys with the highest counts, or all, highest first."""
        return heaviest([self], len(self.counts) if n is None else n)

    def copy(self) -> "SpaceSaving":
        """Return a summary of its own, with the same counts."""
        result = SpaceSaving(self.counters)
        result.total, result.smallest = self.total, self.smallest
        result.counts, result.errors = self.counts.copy(), self.errors.copy()
        result.buckets = {count: keys.copy() for count, keys in self.buckets.items()}
        return result

    @property
    def floor(self) -> int:
        """The most that a key without a counter can have been asked for."""
        return self.smallest if len(self.counts) == self.counters else 0

    def _take_over(self, key: str) -> int:
        count = self.smallest
        victim = next(iter(self.buckets[count]))
        self._leave(victim, count)
        del self.counts[victim], self.errors[victim]
        self.errors[key] = count
        return count

    def _leave(self, key: str, count: int) -> None:
        del self.buckets[count][key]
        if not self.buckets[count]:
            del self.buckets[count]


def heaviest(summaries: Iterable[SpaceSaving], n: int) -> list[Heavy]:
    """
    Return the `n` keys with the highest counts over all that `summaries` have seen.

    A key that one of them does not hold may have been asked for there as often as its `floor`:
    that is added to the count, and to the doubt. So a count is never too low, and too high by at
    most the sum of `total / counters` over the summaries.

    Source: Agarwal et al., "Mergeable summaries", PODS 2012.

    >>> early, late = SpaceSaving(10), SpaceSaving(10)
    >>> early.add("a"), late.add("b"), late.add("b")
    (None, None, None)
    >>> heaviest([early, late], 1)
    [Heavy(key='b', count=2, error=0)]
    """
    above: Counter[str] = Counter()
    doubt: Counter[str] = Counter()
    floor = 0
    for one in summaries:
        # As if each key had the floor of each summary, and those held have so much more or less.
        floor += one.floor
        for key, count in one.counts.items():
            above[key] += count - one.floor
            doubt[key] += one.errors[key] - one.floor
    first = heapq.nsmallest(n, above, key=lambda key: (-above[key], key))
    return [Heavy(key, floor + above[key], floor + doubt[key]) for key in first]
