"""
CLOCK: the first key on the way of the hand that was not used since the hand last passed.

LRU for one bit a key: a hit sets the bit and moves nothing, so hits need no lock. The work is done
at eviction. For fifty years this has been what operating systems do instead of LRU.
"""

from collections import OrderedDict
from collections.abc import Iterator

from .base import EvictionPolicy, Key


class Clock(EvictionPolicy):
    """
    Evicts the first key from the hand on whose reference bit is 0, clearing the bits it passes.

    Intuition: a guard walks round a ring of doors and knocks. Who was asked for since the last
    round may stay once more; the first who was not must leave, and the newcomer gets that place,
    just behind the guard.

    A new key starts with bit 0 ("FIFO with reinsertion"). Starting with 1 is another policy, with
    other counts. A key that the caller removes leaves no gap in the ring.

    Complexity: O(1) for `hit` and `remove`; `insert` passes at most the keys used since the hand
    was last there, so O(1) on average over any run.

    Source: F. J. Corbato, "A paging experiment with the Multics system", 1968. The ring is drawn
    with the hand at its beginning: passing a key carries it to the end.

    >>> clock = Clock(2)
    >>> clock.insert("a"), clock.insert("b"), clock.hit("a"), clock.insert("c"), list(clock)
    ([], [], None, ['b'], ['a', 'c'])
    """

    name = "clock"

    def __init__(self, capacity: int) -> None:
        super().__init__(capacity)
        self.ring: OrderedDict[Key, bool] = OrderedDict()
        """The reference bit of each key, in the order in which the hand will meet them."""

    def hit(self, key: Key) -> None:
        self.ring[key] = True

    def insert(self, key: Key) -> list[Key]:
        evicted = [self._sweep()] if len(self.ring) == self.capacity else []
        self.ring[key] = False
        return evicted

    def _sweep(self) -> Key:
        while True:
            key, referenced = self.ring.popitem(last=False)
            if not referenced:
                return key
            self.ring[key] = False

    def remove(self, key: Key) -> None:
        del self.ring[key]

    def __contains__(self, key: object) -> bool:
        return key in self.ring

    def __len__(self) -> int:
        return len(self.ring)

    def __iter__(self) -> Iterator[Key]:
        for wanted in (False, True):
            yield from (key for key, referenced in self.ring.items() if referenced is wanted)
