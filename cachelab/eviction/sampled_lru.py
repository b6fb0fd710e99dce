"""
Sampled LRU: of a few keys drawn by lot, the one unused the longest goes. What Redis does.

The exact order of use costs a list through all keys, and moves on every hit. A time stamp a key and
a handful of draws come so near to it that hardly anybody sees the difference.
"""

from collections.abc import Iterator
from random import Random as Generator

from .bag import Bag
from .base import EvictionPolicy, Key
from .options import whole
from .sampling import Pool, choose


class SampledLRU(EvictionPolicy):
    """
    Evicts the key unused the longest among those drawn, now or before.

    Intuition: at each eviction `samples` keys are drawn, with replacement, and the most idle keys
    ever drawn wait in a pool of `pool` candidates (none if 0: then the most idle of the sample
    goes). Idle time is counted in requests, where the server counts milliseconds.

    `seed` or a generator `rng` decides the lots; the same seed gives the same victims.

    Complexity: O(1) for a hit; O(samples x pool) for an insertion that evicts, whatever the
    capacity.

    Source: Redis, src/evict.c (`maxmemory-policy allkeys-lru`, `maxmemory-samples`,
    `EVPOOL_SIZE`); S. Sanfilippo, "Random notes on improving the Redis LRU algorithm", 2016.

    >>> policy = SampledLRU(2)
    >>> policy.insert("a"), policy.insert("b"), policy.hit("a"), policy.insert("c")
    ([], [], None, ['b'])
    """

    name = "sampled_lru"

    def __init__(
        self,
        capacity: int,
        *,
        samples: int = 5,
        pool: int = 16,
        seed: int = 0,
        rng: Generator | None = None,
    ) -> None:
        super().__init__(capacity)
        self.samples = whole("samples", samples, least=1)
        self.pool = Pool(whole("pool", pool, least=0))
        self.rng = rng or Generator(seed)
        self.residents = Bag(self.rng)
        self.now = 0
        """Requests so far."""
        self.last: dict[Key, int] = {}
        """The number of the last request for each resident key."""

    def idle(self, key: Key) -> int:
        """Return for how many requests the resident `key` has not been asked for."""
        return self.now - self.last[key]

    def hit(self, key: Key) -> None:
        self.now += 1
        self.last[key] = self.now

    def insert(self, key: Key) -> list[Key]:
        self.now += 1
        evicted = []
        if len(self.last) == self.capacity:
            evicted.append(choose(self.residents, self.samples, self.pool, self.idle))
            self.remove(evicted[0])
        self.residents.add(key)
        self.last[key] = self.now
        return evicted

    def remove(self, key: Key) -> None:
        self.residents.discard(key)
        del self.last[key]

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
        assert self.last.keys() == self.residents.place.keys()
        assert all(0 < at <= self.now for at in self.last.values())
