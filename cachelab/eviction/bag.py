"""
A set to draw from: the one container that policies with dice need.

A Python set has no way to pick a member at random in constant time, a list no way to find one. The
two together have both.
"""

from random import Random

from .base import Key


class Bag:
    """
    A set of keys that can be drawn from at random.

    Intuition: a row of chairs without gaps. Whoever sits on the last one moves to the chair that
    someone leaves, so any chair number below `len` names a key.

    Complexity: O(1) for every method.

    >>> bag = Bag(Random(1))
    >>> bag.add("a"), bag.add("b"), bag.discard("a"), bag.draw(), len(bag)
    (None, None, None, 'b', 1)
    """

    def __init__(self, rng: Random) -> None:
        self.keys: list[Key] = []
        self.place: dict[Key, int] = {}
        """Where each key sits in `keys`."""
        self._random = rng.random

    def add(self, key: Key) -> None:
        """Take in the absent `key`."""
        self.place[key] = len(self.keys)
        self.keys.append(key)

    def discard(self, key: Key) -> None:
        """Take out `key`, which is there."""
        at = self.place.pop(key)
        last = self.keys.pop()
        if at < len(self.keys):
            self.keys[at] = last
            self.place[last] = at

    def draw(self) -> Key:
        """Return one key, each equally likely; it stays in the bag."""
        return self.keys[int(self._random() * len(self.keys))]

    def __contains__(self, key: object) -> bool:
        return key in self.place

    def __len__(self) -> int:
        return len(self.keys)

    def check(self) -> None:
        """Raise AssertionError if list and index disagree."""
        assert self.place == {key: at for at, key in enumerate(self.keys)}
