"""
Workloads of the shop: who asks for what and when, drawn from a seed.
"""

from bisect import bisect
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from random import Random

from .contracts import CLASSES, DataClass
from .faults import Fault
from .values import Request

SECONDS = 120.0
WARM = 15.0
"""Seconds at the start that are not counted: every design begins with empty caches."""

READS = 60.0
"""Reads in a second of an ordinary day."""

ROAMING = 0.1
"""The share of a user's requests that another process gets than the one of the other requests."""


@dataclass(frozen=True, slots=True)
class Workload:
    """
    Requests in order of time, and the world that they meet.

    `heavy` says that some pages are very large, `fault` what goes wrong, and `skews` by how much
    each process's clock is ahead of the origin's.
    """

    name: str
    requests: tuple[Request, ...] = field(repr=False)
    seed: str = "0"
    seconds: float = SECONDS
    warm: float = WARM
    heavy: bool = False
    fault: Fault | None = None
    skews: tuple[float, ...] = (0.0, 0.002, -0.003, 0.001, -0.001, 0.004)


class Crowd:
    """
    Draws requests as the shop's users make them: classes by their share, keys by their popularity.

    `rank_to_item` may be replaced, so that other things become popular.
    """

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self.rank_to_item: Callable[[int], int] = lambda rank: rank
        self._heights = {
            name: list(accumulate((rank + 1) ** -kind.alpha for rank in range(kind.objects)))
            for name, kind in CLASSES.items()
        }
        self._names = list(CLASSES)
        self._shares = list(accumulate(kind.share for kind in CLASSES.values()))
        self._writes = list(accumulate(kind.writes for kind in CLASSES.values()))

    def reads(self, start: float, end: float, rate: float) -> Iterator[Request]:
        """Give reads at random moments, `rate` a second."""
        for at in self.moments(start, end, rate):
            name = self._pick(self._names, self._shares)
            yield self.read(at, self.key(CLASSES[name]))

    def writes(self, start: float, end: float, share: float = 1.0) -> Iterator[Request]:
        """Give writes at random moments, as many as on an ordinary day times `share`."""
        for at in self.moments(start, end, self._writes[-1] * share):
            name = self._pick(self._names, self._writes)
            yield self.write(at, self.key(CLASSES[name]))

    def read(self, at: float, key: str, checkout: bool | None = None) -> Request:
        """Return a read of a key by one of its users; a quarter of the looks at stock is to buy."""
        process, edge = self._where(key)
        if checkout is None:
            checkout = key.startswith("stock") and self.rng.random() < 0.25
        return Request(at, False, key, process, edge, checkout)

    def write(self, at: float, key: str) -> Request:
        """Return a write of a key."""
        process, edge = self._where(key)
        return Request(at, True, key, process, edge)

    def key(self, kind: DataClass) -> str:
        """Draw a key of a class."""
        heights = self._heights[kind.name]
        rank = bisect(heights, self.rng.random() * heights[-1])
        if not kind.private:
            rank = self.rank_to_item(rank) % kind.objects
        return f"{kind.name}:{rank}"

    def moments(self, start: float, end: float, rate: float) -> list[float]:
        """Return random moments in order, `rate` a second."""
        number = round(rate * (end - start))
        return sorted(start + (end - start) * self.rng.random() for _ in range(number))

    def _where(self, key: str) -> tuple[int, int]:
        """Return process and edge: a user mostly keeps to one of each, public data has no user."""
        kind, _, number = key.partition(":")
        if CLASSES[kind].private and self.rng.random() >= ROAMING:
            return int(number) % 6, int(number) % 3
        return self.rng.randrange(6), self.rng.randrange(3)

    def _pick(self, names: Sequence[str], heights: Sequence[float]) -> str:
        return names[bisect(heights, self.rng.random() * heights[-1])]


def in_order(*streams: Iterator[Request] | list[Request]) -> tuple[Request, ...]:
    """Return the requests of several streams in order of time."""
    return tuple(sorted(request for stream in streams for request in stream))
