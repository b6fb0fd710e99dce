"""
What a cache did so far, counted in requests and entries.

An entry can leave for three reasons, and each has a name of its own: evicted for space, expired by
time, deleted by the caller. Counted together they would explain nothing.
"""

# A dataclass would say the same in fewer lines, and would make importing the room half as slow
# again: `dataclasses` loads `inspect`, and with it a good part of the compiler.


class CacheStats:
    """
    The counters of one cache.

    `hits` and `misses` count lookups. `evictions` counts entries given up for space, `expirations`
    entries whose time was over, `refused` those that were too heavy to come in at all; entries
    deleted by the caller are none of these. `hit_ratio` is hits over lookups, and 0.0 before the
    first lookup.

    >>> stats = CacheStats(hits=3, misses=1)
    >>> stats.hit_ratio
    0.75
    >>> stats
    CacheStats(hits=3, misses=1, evictions=0, expirations=0, refused=0)
    """

    __slots__ = ("evictions", "expirations", "hits", "misses", "refused")

    def __init__(
        self,
        hits: int = 0,
        misses: int = 0,
        evictions: int = 0,
        expirations: int = 0,
        refused: int = 0,
    ) -> None:
        self.hits = hits
        self.misses = misses
        self.evictions = evictions
        self.expirations = expirations
        self.refused = refused

    @property
    def lookups(self) -> int:
        return self.hits + self.misses

    @property
    def hit_ratio(self) -> float:
        return self.hits / self.lookups if self.lookups else 0.0

    def as_dict(self) -> dict[str, int]:
        """Return the counters by name, for a log line or a dashboard."""
        names = ("hits", "misses", "evictions", "expirations", "refused")
        return {name: getattr(self, name) for name in names}

    def copy(self) -> "CacheStats":
        """Return the counters as they are now; later requests do not change them."""
        return CacheStats(**self.as_dict())

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, CacheStats):
            return NotImplemented
        return self.as_dict() == other.as_dict()

    __hash__ = None  # type: ignore[assignment] # the counters change

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={count}" for name, count in self.as_dict().items())
        return f"CacheStats({shown})"
