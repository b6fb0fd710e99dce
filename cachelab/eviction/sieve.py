"""
SIEVE: CLOCK with one change, and often the better policy for it.

A key that survives the hand stays where it is instead of going behind it. New keys therefore
gather ahead of the survivors, and the hand, moving towards them, gives each newcomer one short
chance: popular keys sink out of its way, one-time keys are sifted out early.
"""

from collections import OrderedDict
from collections.abc import Iterator

from .base import EvictionPolicy, Key


class Sieve(EvictionPolicy):
    """
    Evicts the first unvisited key from the hand towards the newest, clearing the marks it passes.

    Intuition: one queue, oldest at the tail. The hand cuts it in two: `passed`, the keys from the
    tail up to the hand, and `ahead`, those from the hand to the head. A key the hand passes leaves
    the front of `ahead` for the end of `passed`; in the queue it has not moved. At the head the
    hand starts again from the tail, and everything is ahead of it.

    A hit only marks. A key removed under the hand hands it on to the next newer one.

    Complexity: O(1) for `hit` and `remove`; O(1) for `insert` on average over any run.

    Source: Y. Zhang et al., "SIEVE is simpler than LRU", NSDI 2024, algorithm 1; its lines are
    cited below.

    >>> sieve = Sieve(3)
    >>> [sieve.insert(key) for key in "abc"], sieve.hit("a"), sieve.insert("d"), sieve.insert("e")
    ([[], [], []], None, ['b'], ['c'])
    >>> list(sieve.passed), list(sieve.ahead)
    (['a'], ['d', 'e'])
    """

    name = "sieve"

    def __init__(self, capacity: int) -> None:
        super().__init__(capacity)
        self.passed: OrderedDict[Key, bool] = OrderedDict()
        """Visited or not, oldest first: what lies behind the hand."""
        self.ahead: OrderedDict[Key, bool] = OrderedDict()
        """The same for the key under the hand and all newer ones."""

    def hit(self, key: Key) -> None:
        part = self.ahead if key in self.ahead else self.passed
        part[key] = True  # line 2

    def insert(self, key: Key) -> list[Key]:
        evicted = [self._sift()] if len(self) == self.capacity else []
        self.ahead[key] = False  # lines 15-16
        return evicted

    def _sift(self) -> Key:
        while True:  # lines 8-12
            key, visited = self.ahead.popitem(last=False)
            if visited:
                self.passed[key] = False
            self._turn_at_the_head()
            if not visited:
                return key  # lines 13-14

    def _turn_at_the_head(self) -> None:
        # Lines 6-7 and 11-12. At once, because a key inserted later is behind the hand then.
        if not self.ahead:
            self.ahead, self.passed = self.passed, self.ahead

    def remove(self, key: Key) -> None:
        del (self.ahead if key in self.ahead else self.passed)[key]
        self._turn_at_the_head()

    def __contains__(self, key: object) -> bool:
        return key in self.ahead or key in self.passed

    def __len__(self) -> int:
        return len(self.ahead) + len(self.passed)

    def __iter__(self) -> Iterator[Key]:
        for wanted in (False, True):
            for part in (self.ahead, self.passed):
                yield from (key for key, visited in part.items() if visited is wanted)

    def check(self) -> None:
        super().check()
        assert not self.ahead.keys() & self.passed.keys(), "a key on both sides of the hand"
        assert self.ahead or not self.passed, "the hand points at nothing"
