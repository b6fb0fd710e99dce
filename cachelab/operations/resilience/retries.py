"""
How often a call is made again, and how long to wait before that.

Few tries, waits that grow, and a random share of each: clients that fail together must not come
back together. A plain loop over `Runtime.sleep` rather than a library's, because those sleep on
the machine's clock, and a schedule in virtual time could not come in between.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Retries:
    """
    The number of `tries` of a call, and the longest waits between them in seconds.

    Before the second try passes a random time up to `base`, before each further one up to twice
    as long, and never over `cap` ("full jitter").

    Raises:
        ValueError: there is no first try, or a wait is negative.

    Source: M. Brooker, "Exponential backoff and jitter", AWS Architecture Blog, 2015.

    >>> Retries(tries=4, base=0.5, cap=0.75).longest(timeout=0.25)
    3.0
    """

    tries: int = 2
    base: float = 0.01
    cap: float = 0.1

    def __post_init__(self) -> None:
        if self.tries < 1:
            raise ValueError(f"tries must be at least 1, not {self.tries!r}")
        if not 0 <= self.base <= self.cap:
            raise ValueError(
                f"0 <= base <= cap must hold, but base is {self.base!r} and cap is {self.cap!r}"
            )

    def ceilings(self) -> Iterator[float]:
        """Return the longest wait before the second try, before the third, and so on."""
        return (min(self.cap, self.base * 2.0**number) for number in range(self.tries - 1))

    def pauses(self, rng: random.Random) -> Iterator[float]:
        """Return the waits between the tries, drawn from `rng`."""
        return (rng.uniform(0.0, ceiling) for ceiling in self.ceilings())

    def longest(self, timeout: float) -> float:
        """Return the longest that all tries take, if one takes at most `timeout` seconds."""
        return self.tries * timeout + sum(self.ceilings())
