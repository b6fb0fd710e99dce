"""
Sampling: which of a few keys drawn by lot should go, and a pool of good candidates seen before.

A server with millions of keys can't afford a list through all of them. It draws a handful, and
remembers the best in a small pool, so that a good candidate is not lost when a better one goes.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterator
from operator import itemgetter

from .bag import Bag
from .base import Key

Candidate = tuple[int, Key]
"""How little a key is wanted (its idle time, in Redis's words) when it was drawn, and the key."""

_idle_of = itemgetter(0)


def choose(bag: Bag, samples: int, pool: "Pool", idle: Callable[[Key], int]) -> Key:
    """
    Return the key of `bag` that should go: the one with the largest `idle` that can be found.

    Without a pool it is the best of `samples` keys drawn, the first drawn of equals.

    Complexity: O(samples x pool size), whatever the number of keys.

    Source: Redis, src/evict.c, `performEvictions`. Deviation: keys are drawn independently and with
    replacement, where the server takes neighbours in its hash table.
    """
    if pool.size == 0:
        drawn = [bag.draw() for _ in range(samples)]
        return max(drawn, key=idle)
    while True:
        for _ in range(samples):
            key = bag.draw()
            pool.offer(idle(key), key)
        for key in pool.take():
            if key in bag:
                return key


class Pool:
    """
    A row of at most `size` candidates, the best one last, kept from one eviction to the next.

    As in the server, nothing in it is ever brought up to date: a candidate keeps the idle time it
    came with, the same key may stand in it twice, and one that has left the cache is found out
    when its turn comes. A key used after it was drawn is still taken.

    Source: Redis, src/evict.c, `evictionPoolPopulate`.

    >>> pool = Pool(2)
    >>> for idle, key in ((5, "a"), (7, "b"), (6, "c"), (6, "d"), (1, "e")):
    ...     pool.offer(idle, key)
    >>> pool.candidates
    [(6, 'c'), (7, 'b')]
    >>> next(pool.take()), pool.candidates
    ('b', [(6, 'c')])
    """

    def __init__(self, size: int) -> None:
        self.size = size
        self.candidates: list[Candidate] = []
        """By rising idle time."""

    def offer(self, idle: int, key: Key) -> None:
        """Put `key` in before the first that is as idle; when full, drop the least idle for it."""
        at = bisect_left(self.candidates, idle, key=_idle_of)
        if len(self.candidates) == self.size:
            if at == 0:
                return  # "Can't insert if the element is < the worst element we have"
            del self.candidates[0]
            at -= 1
        self.candidates.insert(at, (idle, key))

    def take(self) -> Iterator[Key]:
        """Take the candidates out, the best first, for as long as the caller goes on."""
        while self.candidates:
            yield self.candidates.pop()[1]

    def check(self) -> None:
        """Raise AssertionError if it is too long or out of order."""
        idles = [idle for idle, _ in self.candidates]
        assert idles == sorted(idles)
        assert len(idles) <= self.size
