"""
Aged LFU: LFU whose counts fade, so that yesterday's favourite can lose its place.

Plain LFU never forgets: after a change of taste the old favourites keep the cache. Here all counts
are halved now and then, and a new favourite needs few uses to overtake an old one.
"""

from collections import OrderedDict

from .base import Key
from .lfu import LFU
from .options import whole


class AgedLFU(LFU):
    """
    Evicts the key with the smallest count, where all counts are halved every `period` requests.

    Intuition: a use is worth half as much after each period. Among equal counts the least recently
    used key goes, as in LFU; halves are rounded up, so a resident key counts at least 1.

    Time is counted in requests (hits and insertions), never read off a clock: `period` is ten times
    the capacity unless given.

    Complexity: as LFU, plus one pass over the resident keys every `period` requests: O(1) a request
    as long as the period is no shorter than the capacity.

    Source: J. T. Robinson, M. V. Devarakonda, "Data cache management using frequency-based
    replacement", SIGMETRICS 1990 ("each count C is reduced to C/2, rounded up"). Deviation: there
    the average count starts the reduction, here the number of requests.

    >>> aged = AgedLFU(2, period=4)
    >>> aged.insert("a"), aged.hit("a"), aged.hit("a"), aged.hit("a"), aged.count
    ([], None, None, None, {'a': 2})
    """

    name = "aged_lfu"

    def __init__(self, capacity: int, *, period: int | None = None) -> None:
        super().__init__(capacity)
        self.period = whole("period", 10 * capacity if period is None else period, least=1)
        self.until_halving = self.period
        """Requests left before the next halving."""
        self.recency: OrderedDict[Key, None] = OrderedDict()
        """Least recently used first: the order on a shelf that several shelves fall onto."""

    def hit(self, key: Key) -> None:
        super().hit(key)
        self.recency.move_to_end(key)
        self._tick()

    def insert(self, key: Key) -> list[Key]:
        evicted = super().insert(key)
        for victim in evicted:
            del self.recency[victim]
        self.recency[key] = None
        self._tick()
        return evicted

    def remove(self, key: Key) -> None:
        super().remove(key)
        del self.recency[key]

    def _tick(self) -> None:
        self.until_halving -= 1
        if self.until_halving == 0:
            self.until_halving = self.period
            self._halve()

    def _halve(self) -> None:
        self.shelves.clear()
        for key in self.recency:
            self.count[key] = (self.count[key] + 1) // 2
            self.shelves[self.count[key]][key] = None
        self.lowest = min(self.shelves, default=0)

    def check(self) -> None:
        super().check()
        assert self.recency.keys() == self.count.keys()
        assert 0 < self.until_halving <= self.period
