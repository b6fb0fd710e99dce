"""
The contract of what a warmer does for one key: bring its copy, without harm to a newer one.
"""

import random
from enum import Enum
from typing import Any, Protocol

from cachelab.ports import MISSING, Store, StoreError
from cachelab.strategies.base import seconds


class Filled(Enum):
    """What came of it; as text, how it reads in a report."""

    KEPT = "kept"
    PRESENT = "already there"
    ABSENT = "without a row"
    OVERTAKEN = "changed meanwhile"


class Filling(Protocol):
    """
    A way to bring the copy of one key.

    It leaves alone what is there, and leaves nothing behind that is older than what was written
    meanwhile.

    Raises:
        CachelabError: the store or the source failed; nothing is known to be kept.
    """

    def fill(self, key: str) -> Filled:
        """Bring the copy of `key`, if there is none."""
        ...


def add_for_now(store: Store, key: str, value: Any, ttl: float) -> bool:
    """
    Add a copy that is still to be confirmed; tell whether it was kept.

    Raises:
        StoreError: the answer did not come. The copy, which may have come in, is taken back.
    """
    try:
        return store.add(key, value, ttl)
    except StoreError:
        take_back(store, key, value)
        raise


def take_back(store: Store, key: str, value: Any) -> None:
    """
    Remove the copy `value` of `key` if it is still there; if that fails, whatever is there.

    Raises:
        StoreError: both failed. The copy stays until it expires, unless the store is a `Resilient`,
            which tries again later.
    """
    try:
        store.replace(key, value, MISSING)
    except StoreError:
        store.delete(key)


class Lives:
    """
    Times to live between `ttl * (1 - jitter)` and `ttl`, so that what came together goes apart.

    Raises:
        TypeError: `ttl` is no number.
        ValueError: `ttl` is not above zero, or `jitter` not within 0 and 1.

    >>> lives = Lives(100.0, 0.1, random.Random(1))
    >>> all(90.0 < lives.draw() <= 100.0 for _ in range(1_000)), lives.draw(5.0) <= 5.0
    (True, True)
    """

    def __init__(self, ttl: float, jitter: float, rng: random.Random | None) -> None:
        if not 0 <= jitter < 1:
            raise ValueError(f"jitter must be at least 0 and below 1, not {jitter!r}")
        self.ttl = seconds("ttl", ttl)
        self.jitter = jitter
        self.rng = random.Random() if rng is None else rng

    def draw(self, at_most: float | None = None) -> float:
        """Return the life of one copy, cut from `ttl` or from `at_most` if that is shorter."""
        ttl = self.ttl if at_most is None else min(self.ttl, at_most)
        return ttl * (1 - self.jitter * self.rng.random())
