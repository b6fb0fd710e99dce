"""
SLRU: two LRU queues, one for keys on probation and one for keys that were asked for again.

A scan passes through the probation queue and never touches the protected one. The cheapest cure
for what ails LRU, and the main part of W-TinyLFU.
"""

from collections import OrderedDict
from collections.abc import Iterator

from .base import EvictionPolicy, Key
from .options import share


class SLRU(EvictionPolicy):
    """
    Evicts the least recently used key of those not asked for again lately.

    Intuition: a second use promotes. When the protected segment is full, its least recently used
    key goes back on probation, as the newest there, and so has one more chance.

    `protected` is the protected segment's share of the capacity, rounded down (at capacity 1 none
    is left and this is LRU).

    Complexity: O(1) for every verb.

    Source: R. Karedla, J. S. Love, B. G. Wherry, "Caching strategies to improve disk system
    performance", IEEE Computer 27(3), 1994, "Segmented LRU". The default of 80 % is Caffeine's.

    >>> slru = SLRU(3)
    >>> slru.insert("a"), slru.hit("a"), slru.insert("b"), slru.insert("c"), slru.insert("d")
    ([], None, [], [], ['b'])
    >>> list(slru.probation), list(slru.protected)
    (['c', 'd'], ['a'])
    """

    name = "slru"

    def __init__(self, capacity: int, *, protected: float = 0.8) -> None:
        super().__init__(capacity)
        self.room = int(capacity * share("protected", protected))
        """How many keys the protected segment may hold; less than the capacity."""
        self.probation: OrderedDict[Key, None] = OrderedDict()
        """Least recently used first, like its neighbour."""
        self.protected: OrderedDict[Key, None] = OrderedDict()

    def hit(self, key: Key) -> None:
        if key in self.protected:
            self.protected.move_to_end(key)
            return
        del self.probation[key]
        self.protected[key] = None
        if len(self.protected) > self.room:
            self.probation[self.protected.popitem(last=False)[0]] = None

    def insert(self, key: Key) -> list[Key]:
        full = len(self.probation) + len(self.protected) == self.capacity
        evicted = [self.probation.popitem(last=False)[0]] if full else []
        self.probation[key] = None
        return evicted

    def remove(self, key: Key) -> None:
        del (self.protected if key in self.protected else self.probation)[key]

    def __contains__(self, key: object) -> bool:
        return key in self.protected or key in self.probation

    def __len__(self) -> int:
        return len(self.probation) + len(self.protected)

    def __iter__(self) -> Iterator[Key]:
        yield from self.probation
        yield from self.protected

    def check(self) -> None:
        super().check()
        assert not self.probation.keys() & self.protected.keys(), "a key in both segments"
        assert len(self.protected) <= self.room < self.capacity
