"""
The contract between a cache and the policy that says which key must go.

A policy knows keys; `Cache` holds values. A policy has three verbs: `hit(key)` for a resident key
that was asked for, `insert(key)` for a new one, which returns the keys that had to go, and
`remove(key)` for one that leaves for another reason. There is no `evict()`: some policies choose
their victim by looking at the key that comes in.
"""

from abc import ABC, abstractmethod
from collections.abc import Hashable, Iterator
from typing import ClassVar

Key = Hashable


class EvictionPolicy(ABC):
    """
    A rule that chooses the key to give up when a cache of `capacity` keys is full.

    A subclass keeps its keys in public containers named as in its paper, and nothing else: no
    values, no counters of hits, no clock. `check()` states what must hold after every step.

    Raises:
        TypeError: `capacity` is not a whole number.
        ValueError: `capacity` is below 1.
    """

    name: str
    """Registry key, as in `POLICIES["lru"]`."""
    needs_future: ClassVar[bool] = False
    """Whether it must be told all requests beforehand, as `future=`; no cache in use can do so."""

    def __init__(self, capacity: int) -> None:
        if isinstance(capacity, bool) or not isinstance(capacity, int):
            raise TypeError(f"capacity must be a whole number of entries, not {capacity!r}")
        if capacity < 1:
            raise ValueError(f"capacity must be at least 1, not {capacity}")
        self.capacity = capacity

    @abstractmethod
    def hit(self, key: Key) -> None:
        """Note that the resident `key` was asked for."""

    @abstractmethod
    def insert(self, key: Key) -> list[Key]:
        """Take in the new `key`; return the keys evicted to make room, in order."""

    @abstractmethod
    def remove(self, key: Key) -> None:
        """Forget the resident `key`, which the cache has dropped for a reason of its own."""

    @abstractmethod
    def __contains__(self, key: object) -> bool:
        """Tell whether `key` is resident; asking is not a use."""

    @abstractmethod
    def __len__(self) -> int:
        """Count the resident keys."""

    @abstractmethod
    def __iter__(self) -> Iterator[Key]:
        """Go through the resident keys, the next victim first where the policy knows it."""

    def check(self) -> None:
        """Raise AssertionError if an invariant of the policy is broken."""
        residents = list(self)
        assert len(residents) == len(self) <= self.capacity
        assert len(set(residents)) == len(residents)
        assert all(key in self for key in residents)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.capacity})"
