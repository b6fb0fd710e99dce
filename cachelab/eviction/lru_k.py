"""
LRU-K: the key whose K-th last use is longest ago goes first, not the one whose last use is.

One use says little about the next; the time between K uses says how often a key is wanted. A scan
uses each key once, so all of its keys have an infinite K-th last use and go before any other.
"""

from collections.abc import Iterator
from heapq import heapify, heappop, heappush

from .base import EvictionPolicy, Key
from .options import whole

Rank = tuple[int, int]
"""K-th last reference and last reference, as request numbers; 0 stands for never."""


class LRUK(EvictionPolicy):
    """
    Evicts the key whose K-th last reference is longest ago; among equals, the least recently used.

    Intuition: a key must show twice (K = 2) that it is wanted before it outranks anything. What it
    has shown is not forgotten when it is evicted: `hist` keeps the references of every key ever
    seen. Without that, K = 2 collapses to a poor LFU.

    References to a resident key within `correlated` requests of its last one count as the same
    reference (one transaction reading a page twice), and such a key is not evicted while another
    can be. 0 counts each. Time is counted in requests. A removed key keeps its history.

    Complexity: O(log capacity) a request on average; memory for K numbers for each key ever seen.

    Source: E. J. O'Neil, P. E. O'Neil, G. Weikum, "The LRU-K page replacement algorithm for
    database disk buffering", SIGMOD 1993, figure 2.1. Deviation: history is kept for ever (their
    Retained Information Period is infinite).

    >>> policy = LRUK(2)
    >>> policy.insert("a"), policy.hit("a"), policy.insert("b"), policy.insert("c")
    ([], None, [], ['b'])
    """

    name = "lru_k"

    def __init__(self, capacity: int, *, k: int = 2, correlated: int = 0) -> None:
        super().__init__(capacity)
        self.k = whole("k", k, least=1)
        self.correlated = whole("correlated", correlated, least=0)
        self.now = 0
        """Requests so far."""
        self.hist: dict[Key, list[int]] = {}
        """HIST: for every key ever seen its K last uncorrelated references, newest first."""
        self.last: dict[Key, int] = {}
        """LAST: the last reference of each resident key, correlated or not."""
        self._queue: list[tuple[Rank, Key]] = []

    def rank(self, key: Key) -> Rank:
        """Return what the resident `key` is ranked by: the smallest goes first."""
        hist = self.hist[key]
        return (hist[-1] if len(hist) == self.k else 0, self.last[key])

    def hit(self, key: Key) -> None:
        self.now += 1
        last = self.last[key]
        if self.now - last > self.correlated:  # "a new, uncorrelated reference"
            correlation = last - self.hist[key][0]
            self._note(key, correlation)
        self.last[key] = self.now
        self._enqueue(key)

    def insert(self, key: Key) -> list[Key]:
        self.now += 1
        evicted = [self._evict()] if len(self.last) == self.capacity else []
        self._note(key, correlation=0)
        self.last[key] = self.now
        self._enqueue(key)
        return evicted

    def _note(self, key: Key, correlation: int) -> None:
        # HIST(p,i) := HIST(p,i-1) + correlation period; HIST(p,1) := t
        older = [at + correlation for at in self.hist.get(key, ())]
        self.hist[key] = [self.now, *older][: self.k]

    def _evict(self) -> Key:
        too_fresh = []
        while self._queue:
            rank, key = heappop(self._queue)
            if key not in self.last or self.rank(key) != rank:
                continue  # the key has been used or has left since it was queued
            if self.now - rank[1] > self.correlated:
                break
            too_fresh.append((rank, key))
        else:
            rank, key = too_fresh.pop(0)
        for entry in too_fresh:
            heappush(self._queue, entry)
        del self.last[key]
        return key

    def _enqueue(self, key: Key) -> None:
        if len(self._queue) > 4 * self.capacity:
            # Each hit leaves an entry behind; now and then they are cleared away.
            self._queue = [(self.rank(one), one) for one in self.last]
            heapify(self._queue)
        else:
            heappush(self._queue, (self.rank(key), key))

    def remove(self, key: Key) -> None:
        del self.last[key]

    def __contains__(self, key: object) -> bool:
        return key in self.last

    def __len__(self) -> int:
        return len(self.last)

    def __iter__(self) -> Iterator[Key]:
        return iter(sorted(self.last, key=self.rank))

    def check(self) -> None:
        super().check()
        queued = dict.fromkeys((key, rank) for rank, key in self._queue)
        assert all((key, self.rank(key)) in queued for key in self.last), "a key in no queue"
        assert all(1 <= len(hist) <= self.k for hist in self.hist.values())
