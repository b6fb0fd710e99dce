"""
LRU: the key that nobody asked for the longest goes first.

A bet that the near future looks like the near past. It wins wherever requests cluster in time, and
it loses everything to one scan longer than the cache.
"""

from collections import OrderedDict
from collections.abc import Iterator

from .base import EvictionPolicy, Key


class LRU(EvictionPolicy):
    """
    Evicts the key whose last use is longest ago.

    Intuition: a pile of papers; what you use goes on top, what you throw away comes from below.

    Complexity: O(1) for every verb; an `OrderedDict` is a hash map and a doubly linked list in one.

    Source: R. L. Mattson et al., "Evaluation techniques for storage hierarchies", IBM Systems
    Journal 9(2), 1970, section "Stack algorithms": LRU is one, so a larger cache never misses where
    a smaller one hits.

    >>> lru = LRU(2)
    >>> lru.insert("a"), lru.insert("b"), lru.hit("a"), lru.insert("c")
    ([], [], None, ['b'])
    """

    name = "lru"

    def __init__(self, capacity: int) -> None:
        super().__init__(capacity)
        self.recency: OrderedDict[Key, None] = OrderedDict()
        """Least recently used first."""

    def hit(self, key: Key) -> None:
        self.recency.move_to_end(key)

    def insert(self, key: Key) -> list[Key]:
        full = len(self.recency) == self.capacity
        evicted = [self.recency.popitem(last=False)[0]] if full else []
        self.recency[key] = None
        return evicted

    def remove(self, key: Key) -> None:
        del self.recency[key]

    def __contains__(self, key: object) -> bool:
        return key in self.recency

    def __len__(self) -> int:
        return len(self.recency)

    def __iter__(self) -> Iterator[Key]:
        return iter(self.recency)
