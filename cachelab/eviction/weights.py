"""
What entries weigh, for a cache that is limited by size and not only by number.

A count of entries says little when one is a thumbnail and another a film. The caller says how
heavy an entry is; this keeps the sum.
"""

from collections.abc import Callable
from typing import Any

from .base import Key

Weigh = Callable[[Any, Any], int]
"""A function of key and value that answers a whole number, such as a size in bytes."""


class Weights:
    """
    The weight of each entry, their total, and the most that the total may be.

    Whole numbers only: a total of fractions drifts as entries come and go.

    Raises:
        TypeError: `limit` is not a whole number, or `weigh` cannot be called.
        ValueError: `limit` is below 1.

    >>> weights = Weights(lambda key, value: len(value), limit=10)
    >>> weights.note("a", weights.weigh("a", "four"))
    >>> weights.total, weights.fits("b", 6), weights.fits("b", 7), weights.fits("a", 10)
    (4, True, False, True)
    """

    def __init__(self, weigh: Weigh, limit: int) -> None:
        if not callable(weigh):
            raise TypeError(f"weigh must be a function of key and value, not {weigh!r}")
        if isinstance(limit, bool) or not isinstance(limit, int):
            raise TypeError(f"max_weight must be a whole number, not {limit!r}")
        if limit < 1:
            raise ValueError(f"max_weight must be at least 1, not {limit}")
        self.limit = limit
        self.total = 0
        self._weigh = weigh
        self._of: dict[Key, int] = {}

    def weigh(self, key: Key, value: Any) -> int:
        """Return what `value` would weigh under `key`."""
        weight = self._weigh(key, value)
        if isinstance(weight, bool) or not isinstance(weight, int):
            raise TypeError(f"weigh must answer a whole number, not {weight!r} for {key!r}")
        if weight < 0:
            raise ValueError(f"weigh must answer 0 or more, not {weight} for {key!r}")
        return weight

    def fits(self, key: Key, weight: int) -> bool:
        """Tell whether `weight` fits in beside all others, in the place of what `key` weighs."""
        return self.total - self._of.get(key, 0) + weight <= self.limit

    def note(self, key: Key, weight: int) -> None:
        """Note that `key` weighs `weight` from now on."""
        self.forget(key)
        self._of[key] = weight
        self.total += weight

    def forget(self, key: Key) -> None:
        """Take `key` out of the total."""
        self.total -= self._of.pop(key, 0)

    def check(self, keys: set[Key]) -> None:
        """Raise AssertionError if not exactly `keys` are weighed, or their sum is wrong."""
        assert self._of.keys() == keys
        assert self.total == sum(self._of.values()) <= self.limit
