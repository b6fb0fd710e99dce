"""
What a cache did in a window of time, as plain values: for a chart, a page, or a test.
"""

import math
from dataclasses import asdict, dataclass
from typing import Any

from .big_keys import Big
from .heavy_hitters import Heavy
from .histogram import LatencyHistogram
from .tally import KINDS, Tally


@dataclass(frozen=True, slots=True)
class LatencySummary:
    """The calls of one kind: how many, and the seconds they took; None where there was no call."""

    count: int
    mean: float | None
    p50: float | None
    p95: float | None
    p99: float | None
    longest: float | None

    @classmethod
    def of(cls, latency: LatencyHistogram) -> "LatencySummary":
        """Return what `latency` says; each percentile comes from counts, none from others."""
        seconds = [latency.mean, *map(latency.quantile, (0.5, 0.95, 0.99, 1.0))]
        return cls(latency.count, *(None if math.isnan(one) else one for one in seconds))


@dataclass(frozen=True, slots=True)
class PrefixLine:
    """The lookups of the keys with one prefix."""

    prefix: str
    hits: int
    misses: int

    @property
    def hit_ratio(self) -> float:
        """Hits over lookups."""
        return self.hits / (self.hits + self.misses)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """
    A cache in the `seconds` before the moment `at`, in counts, seconds and bytes.

    Ratios are fractions of the lookups, and None where there was none. `lookups` has the latencies
    of hits and misses together. `memory` is what was last read, None where nobody measures it.
    Keys in `hot_keys` have their counts in this window, those in `big_keys` their sizes now.
    """

    at: float
    seconds: float
    hits: int
    misses: int
    writes: int
    deletes: int
    failures: int
    evictions: int
    expirations: int
    lookups: LatencySummary
    latencies: dict[str, LatencySummary]
    prefixes: tuple[PrefixLine, ...]
    hot_keys: tuple[Heavy, ...]
    big_keys: tuple[Big, ...]
    memory: int | None

    @property
    def hit_ratio(self) -> float | None:
        """Hits over lookups."""
        return self._share(self.hits)

    @property
    def miss_ratio(self) -> float | None:
        """Misses over lookups."""
        return self._share(self.misses)

    def per_second(self, count: int) -> float:
        """Return a count of this snapshot as a rate."""
        return count / self.seconds if self.seconds else 0.0

    def as_dict(self) -> dict[str, Any]:
        """Return everything as dicts, lists, numbers and text, ready for JSON."""
        plain = {**asdict(self), "hit_ratio": self.hit_ratio, "miss_ratio": self.miss_ratio}
        plain["big_keys"] = [{"key": big.key, "size": big.size} for big in self.big_keys]
        plain["hot_keys"] = list(plain["hot_keys"])
        plain["prefixes"] = [{**asdict(one), "hit_ratio": one.hit_ratio} for one in self.prefixes]
        return plain

    def _share(self, count: int) -> float | None:
        lookups = self.hits + self.misses
        return count / lookups if lookups else None


COUNTS = ("hits", "misses", "writes", "deletes", "failures", "evictions", "expirations")


def snapshot_of(
    tally: Tally,
    *,
    at: float,
    seconds: float,
    hot_keys: list[Heavy],
    big_keys: list[Big],
    memory: int | None,
) -> Snapshot:
    """Return what `tally` says, with what is not counted in time slices beside it."""
    lookups = LatencyHistogram.merged([tally.latencies["hit"], tally.latencies["miss"]])
    prefixes = tally.hits_of.keys() | tally.misses_of.keys()
    lines = [PrefixLine(one, tally.hits_of[one], tally.misses_of[one]) for one in prefixes]
    lines.sort(key=lambda line: (-line.hits - line.misses, line.prefix))
    return Snapshot(
        at=at,
        seconds=seconds,
        **{name: tally.counts[name] for name in COUNTS},
        lookups=LatencySummary.of(lookups),
        latencies={kind: LatencySummary.of(tally.latencies[kind]) for kind in KINDS},
        prefixes=tuple(lines),
        hot_keys=tuple(hot_keys),
        big_keys=tuple(big_keys),
        memory=memory,
    )
