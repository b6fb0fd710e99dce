"""
Nobody waits for an expiry: each reader may renew the value a little before, by the throw of a die.

The nearer the end and the costlier the load, the likelier a renewal. No reader knows of another,
and no lock is needed, so two or three renew at once where one would do.
"""

import math
import random
from typing import Any, Unpack

from cachelab.ports import Runtime, Store
from cachelab.ports.stores import Absent

from .base import Guard, Loader, Options
from .shelf import Found, Gap


def is_time(now: float, expires: float, delta: float, beta: float, rng: random.Random) -> bool:
    """
    Whether a reader at `now` renews a value that expires at `expires` and took `delta` to load.

    At s seconds before the end that is so with probability exp(-s / (beta * delta)): 37 % at
    s = delta, one in 22,000 at 10 delta, when beta is 1. A larger beta is earlier.

    Complexity: O(1).

    Source: A. Vattani, F. Chierichetti, K. Lowenstein, Optimal Probabilistic Cache Stampede
    Prevention, VLDB 2015, XFetch: recompute if time() - delta * beta * log(rand()) >= expiry.

    >>> rng = random.Random(1)
    >>> [sum(is_time(60 - s, 60, 1.0, 1.0, rng) for _ in range(10_000)) for s in (3, 1, 0)]
    [514, 3674, 10000]
    """
    gap = -delta * beta * math.log(1.0 - rng.random())  # random() may be 0, and is never 1
    return now + gap >= expires


def checked_beta(beta: float) -> float:
    """
    The beta itself, once it is known to be a number that is not negative; 0 is never early.

    Raises:
        ValueError: it is negative or not finite.
    """
    if not 0 <= beta < math.inf:
        raise ValueError(f"beta must be a number of at least 0, not {beta!r}")
    return beta


class EarlyExpiration(Guard):
    """
    Each reader throws a die, and the one who loses renews the value before it expires.

    Loads: e ** (1 / beta) are begun for each expiry on the average, at any rate L of reads with
    L * beta * delta far above 1: 2.7 with beta 1, where without a guard there are 1 + L * delta.
    It does not limit them: they can run at once. A value that is not there at all, as at the first
    read, is loaded by all who miss it. What is slow because many load at once seems costlier, and
    is then renewed earlier: `EarlyLocked` does not feed on itself so. As with `Unguarded`, what was
    loaded is stored whatever happened meanwhile.

    A crash loses one load, and nobody waits for it.

    Round trips: a hit is 1 to the store; a miss is 2 and 1 call of the loader, and so is a renewal.

    Source: as `is_time`. `delta` is how long the last load took, and lies beside the value.

    Raises:
        ValueError: `beta` is negative or not finite.

    >>> from cachelab.ports import MemoryStore
    >>> guard = EarlyExpiration(MemoryStore(), ttl=60, beta=1.0)
    >>> guard.get("ada", str.title), guard.get("ada", str.upper)
    ('Ada', 'Ada')
    """

    name = "early_expiration"

    def __init__(
        self,
        store: Store,
        runtime: Runtime | None = None,
        *,
        beta: float = 1.0,
        **options: Unpack[Options],
    ) -> None:
        super().__init__(store, runtime, **options)
        self.beta = checked_beta(beta)

    def get(self, key: str, loader: Loader) -> Any | Absent:
        """Return the value of `key`, loading it if it is not there or its time has come."""
        found = self.shelf.look(key)
        if isinstance(found, Found) and not self._is_early(found):
            return found.value
        value, delta = self._timed(key, loader)
        if found is not Gap.UNREACHABLE:
            self.shelf.put(key, value, delta)
        return value

    def _is_early(self, found: Found) -> bool:
        now = self.shelf.clock.now()
        return is_time(now, found.expires, found.delta, self.beta, self.rng)
