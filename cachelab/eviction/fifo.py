"""
FIFO: the key that came first goes first, used or not.

It asks nothing of a hit, so hits need no lock and cost nothing. It loses the hottest key as
readily as any other, and on some block traces it still beats LRU.
"""

from collections import OrderedDict
from collections.abc import Iterator

from .base import EvictionPolicy, Key


class FIFO(EvictionPolicy):
    """
    Evicts the key that was inserted longest ago.

    Intuition: a queue at a door; being asked for does not change your place.

    Complexity: O(1) for every verb. (`del d[next(iter(d))]` on a plain dict looks the same and is
    not: it walks over the deleted slots at the front. `popitem(last=False)` does not.)

    Source: L. A. Belady, "A study of replacement algorithms for a virtual-storage computer",
    IBM Systems Journal 5(2), 1966, "FIFO".

    >>> fifo = FIFO(2)
    >>> fifo.insert("a"), fifo.insert("b"), fifo.hit("a"), fifo.insert("c")
    ([], [], None, ['a'])
    """

    name = "fifo"

    def __init__(self, capacity: int) -> None:
        super().__init__(capacity)
        self.queue: OrderedDict[Key, None] = OrderedDict()
        """Oldest first."""

    def hit(self, key: Key) -> None:
        pass

    def insert(self, key: Key) -> list[Key]:
        evicted = [self.queue.popitem(last=False)[0]] if len(self.queue) == self.capacity else []
        self.queue[key] = None
        return evicted

    def remove(self, key: Key) -> None:
        del self.queue[key]

    def __contains__(self, key: object) -> bool:
        return key in self.queue

    def __len__(self) -> int:
        return len(self.queue)

    def __iter__(self) -> Iterator[Key]:
        return iter(self.queue)
