"""
What is written down while the shop is open, and the figures that come of it.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .budget import bill
from .values import Breach, Request
from .workloads import Workload

if TYPE_CHECKING:
    from .shop import Shop

STALE_MS = 50.0
"""What an answer out of date, though within its promise, is worth in milliseconds of waiting."""

TAIL = 0.1


@dataclass(frozen=True, slots=True)
class Figures:
    """
    What a design did under a workload, after the warm-up; times in seconds.

    `object_ratios` and `byte_ratios` have for each layer the share of the looks at it, and of the
    bytes looked for, that were found; `calls_of` has for each class of data how often the origin
    was called. `pain_ms` is what a read cost its user.
    """

    workload: str
    reads: int
    failed: int
    mean: float
    p50: float
    p99: float
    p999: float
    object_ratios: Mapping[str, float]
    byte_ratios: Mapping[str, float]
    origin_calls: int
    calls_of: Mapping[str, int]
    worst_second: int
    stale_share: float
    worst_age: float
    lost_acks: int
    dollars: float
    bill: Mapping[str, float]
    parts: tuple[str, ...]
    recovery: float
    breaches: tuple[Breach, ...]

    @property
    def pain_ms(self) -> float:
        """The mean wait, a tenth of the p99, and 50 ms for each answer out of date; in ms."""
        return 1e3 * self.mean + TAIL * 1e3 * self.p99 + STALE_MS * self.stale_share


class Records:
    """Everything that is counted in a run; `figures` are there once it is closed."""

    def __init__(self, workload: Workload) -> None:
        self.workload = workload
        self.latencies: list[float] = []
        self.by_second: defaultdict[int, list[float]] = defaultdict(list)
        self.sent: Counter[str] = Counter()
        self.calls_of: Counter[str] = Counter()
        self.stale = self.failed = self.failed_events = self.failed_writes = 0
        self.worst_age = 0.0
        self.breaches: list[Breach] = []
        self.newest: dict[str, int] = {}
        self._acks: defaultdict[str, list[tuple[float, int]]] = defaultdict(list)
        self.figures: Figures | None = None

    def read(self, request: Request, seconds: float, age: float, size: int, way: str) -> None:
        """Note an answer, or that there was none."""
        self.by_second[int(request.at)].append(seconds)
        if request.at < self.workload.warm:
            return
        self.latencies.append(seconds)
        self.failed += way == "failed"
        self.sent[way] += size
        self.stale += age > 0
        self.worst_age = max(self.worst_age, age)

    def called(self, kind: str, at: float) -> None:
        """Note a call of the origin for a class of data."""
        if self.workload.warm <= int(at) < self.workload.seconds:
            self.calls_of[kind] += 1

    def acknowledged(self, key: str, version: int, at: float) -> None:
        """Note that a writer was told that its write is done."""
        self.newest[key] = max(version, self.newest.get(key, 0))
        self._acks[key].append((at, version))

    def age(self, key: str, version: int, at: float) -> float:
        """Return for how long a newer version had been acknowledged at a moment."""
        acks = self._acks.get(key, ())
        newer = min((when for when, other in acks if other > version), default=at)
        return max(0.0, at - newer)

    def close(self, shop: "Shop") -> None:
        """Make the figures."""
        ordered = sorted(self.latencies) or [0.0]
        counted = {
            second: calls
            for second, calls in shop.origin.calls.items()
            if self.workload.warm <= second < self.workload.seconds
        }
        seconds = self.workload.seconds - self.workload.warm
        calls = sum(counted.values())
        rates = {way: self.sent[way] / seconds for way in ("app", "cdn")}
        dollars = bill(shop.plan, shop.parts, calls / seconds, rates, shop.budget.prices)
        levels = [level for level in shop.levels.values() if level.tier]
        self.figures = Figures(
            workload=self.workload.name,
            reads=len(self.latencies),
            failed=self.failed,
            mean=sum(ordered) / len(ordered),
            p50=percentile(ordered, 50),
            p99=percentile(ordered, 99),
            p999=percentile(ordered, 99.9),
            object_ratios={level.name: level.hits / max(1, level.looks) for level in levels},
            byte_ratios={
                level.name: level.hit_bytes / max(1, level.look_bytes) for level in levels
            },
            origin_calls=calls,
            calls_of=dict(self.calls_of),
            worst_second=max(counted.values(), default=0),
            stale_share=self.stale / max(1, len(self.latencies)),
            worst_age=self.worst_age,
            lost_acks=sum(breach.kind == "lost" for breach in self.breaches),
            dollars=sum(dollars.values()),
            bill=dollars,
            parts=tuple(sorted(shop.parts)),
            recovery=self._recovery(),
            breaches=tuple(self.breaches),
        )

    def _recovery(self) -> float:
        """Return the seconds from a fault's end until reads are as fast as they were before it."""
        fault = self.workload.fault
        if fault is None:
            return 0.0
        usual = self._mean(fault.start - 20, fault.start)
        moment = fault.end
        while moment + 5 <= self.workload.seconds:
            if self._mean(moment, moment + 5) <= 1.5 * usual + 0.01:
                return moment - fault.end
            moment += 1
        return self.workload.seconds - fault.end

    def _mean(self, start: float, end: float) -> float:
        found = [s for second in range(int(start), int(end)) for s in self.by_second[second]]
        return sum(found) / max(1, len(found))


def percentile(ordered: list[float], percent: float) -> float:
    """Return the nearest rank."""
    return ordered[max(0, -int(-percent * len(ordered) // 100) - 1)]
