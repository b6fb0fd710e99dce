"""
What a workload is like, as numbers that can be held against a cache before one is built.

`cachelab.lab.profile` counts them on a trace. They are plain numbers, so those of a production log
or of a database's own statistics do as well.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import accumulate


@dataclass(frozen=True, eq=False)
class Profile:
    """
    A workload in numbers.

    `counts` are the reads of each object, most popular first. `distances[d]` is how many reads had
    an object that was among the last d different ones, and not among the last d - 1;
    `distances[0]` how many were the first of their object. `kept` is how many reads would find a
    copy in a cache without limit if each write dropped its object's. `skew` is the exponent of the
    Zipf distribution that fits the counts best, 0 for uniform.

    Raises:
        ValueError: there are no reads, or the counts and distances are not of as many.
    """

    counts: Sequence[int] = field(repr=False)
    distances: Sequence[int] = field(repr=False)
    writes: int
    kept: int
    skew: float
    name: str = "workload"

    def __post_init__(self) -> None:
        if not self.reads:
            raise ValueError(f"{self.name}: there are no reads, so there is nothing to cache")
        if int(sum(self.distances)) != self.reads:
            raise ValueError(f"{self.name}: {sum(self.distances)} distances for {self.reads} reads")

    @property
    def reads(self) -> int:
        return int(sum(self.counts))

    @property
    def objects(self) -> int:
        """The number of different objects that were read."""
        return len(self.counts)

    @property
    def writes_per_read(self) -> float:
        return self.writes / self.reads

    @property
    def one_hit_share(self) -> float:
        """The share of the objects that were read once and never again."""
        return sum(1 for count in self.counts if count == 1) / self.objects

    @property
    def bound(self) -> float:
        """The hit ratio of a cache without limit: first reads miss, and reads after a write."""
        return self.kept / self.reads

    def top_share(self, objects: int) -> float:
        """Return the share of the reads that go to the `objects` most popular."""
        return sum(self.counts[:objects]) / self.reads

    def hit_ratio(self, capacity: int) -> float:
        """Return the hit ratio of an LRU cache of `capacity` entries, if nothing were written."""
        return float(sum(self.distances[1 : capacity + 1])) / self.reads

    def capacity_for(self, hit_ratio: float) -> int | None:
        """Return the smallest LRU capacity that reaches `hit_ratio`, None if none does."""
        if hit_ratio <= 0:
            return 0
        for capacity, hits in enumerate(accumulate(self.distances[1:]), start=1):
            if hits >= hit_ratio * self.reads:
                return capacity
        return None

    def hit_ratio_of_ttl(self, ttl: float, reads_per_second: float) -> float:
        """
        Return the hit ratio if copies live `ttl` seconds and nothing is evicted.

        Each object is read at random, at its share r of `reads_per_second`: r * T / (1 + r * T).
        """
        rates = (count / self.reads * reads_per_second for count in self.counts)
        hits = sum(r * (r * ttl / (1 + r * ttl)) for r in rates)
        return hits / reads_per_second if reads_per_second else 0.0
