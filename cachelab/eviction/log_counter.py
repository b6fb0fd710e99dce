"""
A counter of eight bits for millions of uses: the higher it is, the less often a use moves it.

Redis has 24 bits a key for telling which keys are wanted least. Eight of them count uses on such a
scale, sixteen say when; a count that is not used goes down by one each so many minutes.
"""

from random import Random

START = 5
"""A new key's count: it has a chance to be used before it is the one wanted least."""
MOST = 255


class LogCounter:
    """
    The rule by which a count rises and falls: a number in, a number out.

    Intuition: a use raises the count c with probability 1 / ((c - 5) x factor + 1), and always
    while c is 5 or less; so c grows as the square root of the uses. Above that, c falls by one for
    every `period` of time without a use (never if `period` is 0). Both are found out when the key
    is looked at: nothing runs in the background.

    Complexity: O(1); a use draws one random number unless the count is 255.

    Source: Redis, src/evict.c, `LFULogIncr` and `LFUDecrAndReturn`. The comments in redis.conf and
    in that file leave out the 5 and say that a count is halved: the code is what counts.

    >>> from random import Random
    >>> counter = LogCounter(Random(1), factor=10, period=100)
    >>> counter.used(5), counter.decayed(20, elapsed=399), counter.decayed(2, elapsed=399)
    (6, 17, 0)
    """

    def __init__(self, rng: Random, *, factor: float = 10, period: int = 0) -> None:
        self.factor = factor
        self.period = period
        self._random = rng.random

    def used(self, count: int) -> int:
        """Return what `count` becomes by one more use."""
        if count == MOST:
            return MOST
        base = max(0, count - START)
        return count + (self._random() < 1.0 / (base * self.factor + 1))

    def decayed(self, count: int, elapsed: int) -> int:
        """Return what is left of `count` after a time `elapsed` without a use."""
        return max(0, count - elapsed // self.period) if self.period else count
