"""
LFU: the key with the fewest uses goes first; among equals, the least recently used.

A bet that popularity lasts. A scan cannot touch its favourites, and a favourite of yesterday can
sit there for ever: nothing here makes a count fade.
"""

from collections import OrderedDict, defaultdict
from collections.abc import Iterator

from .base import EvictionPolicy, Key


class LFU(EvictionPolicy):
    """
    Evicts the key used least often since it came in.

    Intuition: shelves numbered by count. A use moves a key up one shelf, to the far end; the victim
    stands at the near end of the lowest shelf that is not empty.

    The count starts at 1 with the insertion and is forgotten with the eviction ("in-cache" LFU; the
    variant that remembers counts for ever is another policy with other results).

    Complexity: O(1) for `hit` and `insert`; `remove` is O(1) except when it empties the lowest
    shelf: then it looks for the next one among the shelves in use.

    Source: K. Shah, A. Mitra, D. Matani, "An O(1) algorithm for implementing the LFU cache eviction
    scheme", 2010. Deviation: a dict of shelves instead of a linked list of them.

    >>> lfu = LFU(2)
    >>> lfu.insert("a"), lfu.hit("a"), lfu.insert("b"), lfu.insert("c"), lfu.insert("d")
    ([], None, [], ['b'], ['c'])
    """

    name = "lfu"

    def __init__(self, capacity: int) -> None:
        super().__init__(capacity)
        self.count: dict[Key, int] = {}
        self.shelves: defaultdict[int, OrderedDict[Key, None]] = defaultdict(OrderedDict)
        """For each count its keys, least recently used first; no shelf is empty."""
        self.lowest = 0
        """The smallest count in use; of no meaning while the policy is empty."""

    def hit(self, key: Key) -> None:
        count = self.count[key]
        self.count[key] = count + 1
        self.shelves[count + 1][key] = None
        shelf = self.shelves[count]
        del shelf[key]
        if not shelf:
            del self.shelves[count]
            if count == self.lowest:
                self.lowest = count + 1

    def insert(self, key: Key) -> list[Key]:
        evicted = [self._evict()] if len(self.count) == self.capacity else []
        self.count[key] = 1
        self.shelves[1][key] = None
        self.lowest = 1
        return evicted

    def _evict(self) -> Key:
        shelf = self.shelves[self.lowest]
        victim, _ = shelf.popitem(last=False)
        if not shelf:
            del self.shelves[self.lowest]
        del self.count[victim]
        return victim

    def remove(self, key: Key) -> None:
        count = self.count.pop(key)
        del self.shelves[count][key]
        if not self.shelves[count]:
            del self.shelves[count]
            self.lowest = min(self.shelves, default=0)

    def __contains__(self, key: object) -> bool:
        return key in self.count

    def __len__(self) -> int:
        return len(self.count)

    def __iter__(self) -> Iterator[Key]:
        for count in sorted(self.shelves):
            yield from self.shelves[count]

    def check(self) -> None:
        super().check()
        on_shelves = {key: n for n, shelf in self.shelves.items() for key in shelf}
        assert on_shelves == self.count
        assert all(self.shelves.values()), "an empty shelf was kept"
        assert not self.shelves or self.lowest == min(self.shelves)
