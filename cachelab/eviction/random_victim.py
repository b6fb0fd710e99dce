"""
Random: any key may go, each as likely as the other.

The yardstick with no memory at all: a policy that loses to it on a trace has learnt something
wrong about that trace. It has no worst case that an enemy could aim at, and no best one.
"""

from collections.abc import Iterator
from random import Random as Generator

from .bag import Bag
from .base import EvictionPolicy, Key


class Random(EvictionPolicy):
    """
    Evicts a key drawn by lot.

    Intuition: no note is taken of anything, so there is nothing to keep up to date. On a loop a
    little longer than the cache, where LRU misses always, most requests still hit.

    `seed` or a generator `rng` decides the lots; the same seed gives the same victims.

    Complexity: O(1) for every verb.

    Source: L. A. Belady, "A study of replacement algorithms for a virtual-storage computer",
    IBM Systems Journal 5(2), 1966, "RAND".

    >>> policy = Random(1)
    >>> policy.insert("a"), policy.insert("b"), policy.hit("b"), policy.insert("c")
    ([], ['a'], None, ['b'])
    """

    name = "random"

    def __init__(self, capacity: int, *, seed: int = 0, rng: Generator | None = None) -> None:
        super().__init__(capacity)
        self.rng = rng or Generator(seed)
        self.residents = Bag(self.rng)

    def hit(self, key: Key) -> None:
        pass

    def insert(self, key: Key) -> list[Key]:
        evicted = []
        if len(self.residents) == self.capacity:
            evicted.append(self.residents.draw())
            self.residents.discard(evicted[0])
        self.residents.add(key)
        return evicted

    def remove(self, key: Key) -> None:
        self.residents.discard(key)

    def __contains__(self, key: object) -> bool:
        return key in self.residents.place

    def __len__(self) -> int:
        return len(self.residents.keys)

    def __iter__(self) -> Iterator[Key]:
        return iter(self.residents.keys)

    def check(self) -> None:
        super().check()
        self.residents.check()
