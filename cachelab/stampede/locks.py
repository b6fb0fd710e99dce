"""
A lock that every process can see: a key that only one can add, and that dies with its holder.

It is advisory: a holder that is slower than the lock's life goes on without it, beside the next.
So what is done under it must be safe against that, and giving it back must not free another's.
"""

import random
import uuid
from collections.abc import Iterator

from cachelab.ports import MISSING, Store, StoreError

from .shelf import Gap, seconds

LONGEST = 8
"""A pause grows to this many times the first one: a short load is noticed soon, a long one late."""


class Locks:
    """
    The locks of a guard in a store, one per key, each of which lives `ttl` seconds.

    No method raises `StoreError`. A lock lies under `lock:` and its key, where no value lies: all
    of those begin with `value:`.

    Complexity: one round trip per method.
    """

    def __init__(self, store: Store, ttl: float) -> None:
        self.store = store
        self.ttl = seconds("lock_ttl", ttl)

    def take(self, key: str) -> str | Gap | None:
        """Return the token of a lock on `key`, None if another has it."""
        token = uuid.uuid4().hex
        try:
            return token if self.store.add(f"lock:{key}", token, self.ttl) else None
        except StoreError:
            return Gap.UNREACHABLE

    def free(self, key: str, token: str) -> bool:
        """Give the lock back, in one step with the look whether it is still ours."""
        try:
            return self.store.replace(f"lock:{key}", token, MISSING)
        except StoreError:
            return False


def pauses(rng: random.Random, first: float) -> Iterator[float]:
    """
    Times to wait between looks, which double up to `LONGEST` times the first.

    Each is drawn between half and three halves of that, so that those who began to wait together
    do not come back together.
    """
    pause = first
    while True:
        yield pause * (0.5 + rng.random())
        pause = min(2 * pause, LONGEST * first)
