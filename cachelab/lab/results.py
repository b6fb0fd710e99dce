"""
What a simulation answers: one policy, one trace, one capacity, and the hits.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Result:
    """
    What one policy made of one trace at one capacity, in entries or in bytes as `unit` says.

    By bytes, `bytes_requested` and `bytes_hit` are known too: an operator pays for bytes that miss,
    a user waits for objects that miss, and the two ratios can differ much.

    >>> Result(policy="lru", trace="t", capacity=10, requests=4, hits=1)
    Result(lru on t, capacity 10: 1 of 4 hit, 0.2500)
    """

    policy: str
    trace: str
    capacity: int
    requests: int
    hits: int
    unit: str = "entries"
    bytes_requested: int | None = None
    bytes_hit: int | None = None

    @property
    def misses(self) -> int:
        return self.requests - self.hits

    @property
    def hit_ratio(self) -> float:
        return self.hits / self.requests

    @property
    def byte_hit_ratio(self) -> float | None:
        """Bytes that hit over bytes asked for; None where sizes were not looked at."""
        if self.bytes_hit is None or not self.bytes_requested:
            return None
        return self.bytes_hit / self.bytes_requested

    def __repr__(self) -> str:
        unit = "" if self.unit == "entries" else f" {self.unit}"
        return (
            f"Result({self.policy} on {self.trace}, capacity {self.capacity}{unit}: "
            f"{self.hits} of {self.requests} hit, {self.hit_ratio:.4f})"
        )
