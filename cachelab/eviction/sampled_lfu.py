"""
Sampled LFU: of a few keys drawn by lot, the one with the lowest count goes. What Redis does.

A count that only grows would keep the favourites of last year. This one falls when nobody asks, and
it takes no more room than the time stamp of sampled LRU.
"""

from collections.abc import Iterator
from math import ceil
from random import Random as Generator

from .bag import Bag
from .base import EvictionPolicy, Key
from .log_counter import MOST, START, LogCounter
from .options import share, whole
from .sampling import Pool, choose


class SampledLFU(EvictionPolicy):
    """
    Evicts the key with the lowest fading count among those drawn, now or before.

    Intuition: as sampled LRU, only that a key counts as more idle the lower its count is. A new key
    starts with 5, a hit first lets the count fall for the time gone by, then raises it with a
    probability that shrinks as it grows (`factor`, see `LogCounter`).

    The count falls by one for every `decay` x capacity requests without a use (rounded up), never
    if `decay` is 0. The server counts minutes (1 by default); here time is counted in requests.

    `samples`, `pool`, `seed` and `rng` are as in sampled LRU; a hit draws one lot for the count.

    Complexity: O(1) for a hit; O(samples x pool) for an insertion that evicts, whatever the
    capacity.

    Source: Redis, src/evict.c, and `updateLFU` in src/db.c (`maxmemory-policy allkeys-lfu`,
    `lfu-log-factor`, `lfu-decay-time`).

    >>> policy = SampledLFU(2)
    >>> policy.insert("a"), policy.insert("b"), policy.hit("a"), policy.insert("c"), policy.count
    ([], [], None, ['b'], {'a': 6, 'c': 5})
    """

    name = "sampled_lfu"

    def __init__(
        self,
        capacity: int,
        *,
        samples: int = 5,
        pool: int = 16,
        factor: float = 10,
        decay: float = 10.0,
        seed: int = 0,
        rng: Generator | None = None,
    ) -> None:
        super().__init__(capacity)
        self.samples = whole("samples", samples, least=1)
        self.pool = Pool(whole("pool", pool, least=0))
        self.rng = rng or Generator(seed)
        self.residents = Bag(self.rng)
        self.counter = LogCounter(
            self.rng,
            factor=share("factor", factor, below=float("inf")),
            period=ceil(capacity * share("decay", decay, below=float("inf"))),
        )
        self.now = 0
        """Requests so far."""
        self.count: dict[Key, int] = {}
        """The count of each resident key as it was at its last use."""
        self.last: dict[Key, int] = {}
        """The number of the last request for each resident key."""

    def idle(self, key: Key) -> int:
        """Return what sampled LRU's idle time stands for here: 255 less the count by now."""
        return MOST - self.frequency(key)

    def frequency(self, key: Key) -> int:
        """Return the count of the resident `key` by now."""
        return self.counter.decayed(self.count[key], self.now - self.last[key])

    def hit(self, key: Key) -> None:
        self.now += 1
        self.count[key] = self.counter.used(self.frequency(key))
        self.last[key] = self.now

    def insert(self, key: Key) -> list[Key]:
        self.now += 1
        evicted = []
        if len(self.last) == self.capacity:
            evicted.append(choose(self.residents, self.samples, self.pool, self.idle))
            self.remove(evicted[0])
        self.residents.add(key)
        self.count[key] = START
        self.last[key] = self.now
        return evicted

    def remove(self, key: Key) -> None:
        self.residents.discard(key)
        del self.count[key], self.last[key]

    def __contains__(self, key: object) -> bool:
        return key in self.last

    def __len__(self) -> int:
        return len(self.last)

    def __iter__(self) -> Iterator[Key]:
        """Go through the keys in no special order: who goes next is not decided yet."""
        return iter(self.residents.keys)

    def check(self) -> None:
        super().check()
        self.residents.check()
        self.pool.check()
        assert self.last.keys() == self.count.keys() == self.residents.place.keys()
        assert all(0 <= count <= MOST for count in self.count.values())
