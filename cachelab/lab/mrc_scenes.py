"""
Scenes of the MRC explorer: at each capacity what misses, what the origin gets, and what both cost.

Three charts over one capacity axis, so that a larger cache is seen on all of them at once. Ratios
are simulated, prices are the caller's.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from cachelab.operations.deciding import Price, Prices, monthly_bill
from cachelab.operations.deciding.money import GB

from .bands import Band, Bands, Reading
from .chart import apart, curve, short
from .contestants import PolicyLike, doubt, name_of
from .curves import miss_ratio_curve
from .marks import SERIES, dot, text
from .scenes import Control, Row, Run, Scene
from .traces import Trace

SIZE = (720, 470)
SHARES = tuple(10 ** (-3 + place / 8) for place in range(25))
"""Capacities as shares of a trace's objects: from a thousandth to all, eight to a factor of ten."""

ASSUMED = Prices(
    memory=Price(10.0, "assumed for the view: dollars a GB and month"),
    origin=Price(5e-6, "assumed for the view: dollars a call"),
    egress=Price(0.0, "left out of the view"),
)
READS = (1, 10, 100)
TOGETHER = 5
"""Capacities that are simulated at a time, on as many cores as there are."""


@dataclass(frozen=True, slots=True)
class Sized:
    """Miss ratios of several policies on one trace at each of `SHARES`, the studied one first."""

    trace: str
    objects: int
    capacities: tuple[int, ...]
    ratios: dict[str, tuple[float, ...]]

    @property
    def studied(self) -> tuple[float, ...]:
        return next(iter(self.ratios.values()))


def sized(trace: Trace, policy: PolicyLike = "lru") -> Sized:
    """
    Return the miss ratios of `policy`, of LRU and of the optimal bound on `trace`.

    Complexity: one simulation of `policy` for each of 25 capacities, LRU in one pass.

    >>> from cachelab.lab.traces import loop
    >>> list(sized(loop(2_000, length=100), "fifo").ratios)
    ['fifo', 'lru', 'optimal']
    """
    *_, found = measured(trace, policy)
    assert found is not None
    return found


def measured(trace: Trace, policy: PolicyLike) -> Iterator[Sized | None]:
    """Give None after each part of the work, and then the miss ratios."""
    capacities = tuple(max(1, round(trace.objects * share)) for share in SHARES)
    ratios = {}
    for name, contestant in _compared(policy).items():
        found = dict[int, float]()
        for first in range(0, len(SHARES), TOGETHER):
            some = sorted(set(capacities[first : first + TOGETHER]))
            drawn = miss_ratio_curve(trace, contestant, some)
            found |= {capacity: drawn.at(capacity) for capacity in some}
            yield None
        ratios[name] = tuple(found[capacity] for capacity in capacities)
    yield Sized(trace.name, trace.objects, capacities, ratios)


def mrc_parts(policy: PolicyLike, traces: Sequence[Trace], reads: Sequence[float]) -> int:
    """Return how many pieces `mrc_work` gives: parts of the simulations, and runs."""
    simulated = len(_compared(policy)) * len(SHARES) // TOGETHER
    return len(traces) * (simulated + len(SHARES) * len(reads))


def _compared(policy: PolicyLike) -> dict[str, PolicyLike]:
    return {name_of(policy): policy, "lru": "lru", "optimal": "belady"}


def mrc_controls(traces: Sequence[Trace], reads: Sequence[float]) -> list[Control]:
    """Return the capacity, how many reads there are, and the trace where there are several."""
    labels = tuple(_percent(place) for place in range(len(SHARES)))
    controls = [
        Control("capacity", "capacity, share of the objects", labels, start=8),
        Control("reads", "reads a second", tuple(map(short, reads)), "choice", len(reads) // 2),
    ]
    if len(traces) > 1:
        controls.append(Control("trace", "trace", tuple(trace.name for trace in traces), "choice"))
    return controls


def mrc_work(
    traces: Sequence[Trace],
    policy: PolicyLike,
    draw: Callable[[Sized], list[Run]],
    places: Iterable[int],
) -> Iterator[tuple[int, Run] | None]:
    """Measure trace by trace, in the order of `places`, and give what `draw` makes of each."""
    for which in dict.fromkeys(place % len(traces) for place in places):
        for found in measured(traces[which], policy):
            if found is None:
                yield None
            else:
                yield from ((at * len(traces) + which, run) for at, run in enumerate(draw(found)))


def mrc_runs(
    sized: Sized,
    reads: Sequence[float] = READS,
    prices: Prices = ASSUMED,
    object_bytes: int = 1_000_000,
) -> list[Run]:
    """Return one scene for each capacity and traffic, in the order of the controls."""
    drawn = [_Pictures(sized, rate, prices, object_bytes) for rate in reads]
    return [pictures.run(place) for place, pictures in product(range(len(SHARES)), drawn)]


class _Pictures:
    """All that is drawn for one trace at one rate of reads."""

    def __init__(self, sized: Sized, reads: float, prices: Prices, object_bytes: int) -> None:
        self.sized = sized
        self.loads = [reads * ratio for ratio in sized.studied]
        self.bills = [
            monthly_bill(
                prices, reads=reads, hit_ratio=1 - ratio, gigabytes=size * object_bytes / GB
            )
            for size, ratio in zip(sized.capacities, sized.studied, strict=True)
        ]
        self.totals = [bill.total for bill in self.bills]
        self.cheapest = min(range(len(SHARES)), key=self.totals.__getitem__)
        priced = (
            f"dollars a month: {prices.memory.amount:g} a GB of memory, "
            f"{prices.origin.amount * 1e6:g} a million reads, objects of {object_bytes / 1e6:g} MB"
        )
        self.bands = Bands(
            (
                Band("miss ratio", 0, 1, 30, 190),
                Band("reads a second at the origin", 0, reads, 240, 310),
                Band(priced, 0, max(self.totals), 360, 425),
            ),
            SHARES,
            "capacity",
            f"capacity, entries (log scale), of {sized.objects:,} objects",
        )
        self.backdrop, self.table = self._backdrop(), self._table()

    def run(self, place: int) -> Run:
        levels = (self.sized.studied[place], self.loads[place], self.totals[place])
        bill = self.bills[place]
        readings = (
            Reading(f"{levels[0]:.3f}", "of all reads miss"),
            Reading(f"{levels[1]:.3g}", "reads a second"),
            Reading(
                f"{bill.total:,.2f}",
                "dollars a month",
                (f"memory {bill.memory:.2f}", f"origin {bill.origin:.2f}"),
            ),
        )
        drawn = self.bands.cursor(place, levels, readings)
        return Run((Scene(drawn, self._say(place), row=place),), self.backdrop, self.table)

    def _backdrop(self) -> str:
        across, (misses, loads, costs) = self.bands.across, self.bands.bands
        sizes = self.sized.capacities
        parts = [self.bands.axes((SHARES[at], f"{sizes[at]:,}") for at in range(0, 25, 8))]
        rises = apart([misses.scale.place(r[-1]) for r in self.sized.ratios.values()], 17)
        for series, (name, ratios) in enumerate(self.sized.ratios.items()):
            points = zip(SHARES, ratios, strict=True)
            parts.append(curve(across, misses.scale, points, series, name, 4, rises[series]))
        for band, values in ((loads, self.loads), (costs, self.totals)):
            parts.append(curve(across, band.scale, zip(SHARES, values, strict=True), marks=4))
        x, y = across.place(SHARES[self.cheapest]), costs.scale.place(min(self.totals))
        parts.append(dot(x, y, SERIES[2][0], "diamond", 6))
        at_the_end = self.cheapest == len(SHARES) - 1  # where the curve comes from above
        place = (x + 12, y + 4, "start") if at_the_end else (x, y - 11, "middle")
        parts.append(text(*place[:2], "cheapest", 12, place[2]))
        return "".join([*parts, self.bands.zones()])

    def _say(self, place: int) -> str:
        size, ratio = self.sized.capacities[place], self.sized.studied[place]
        name, best = next(iter(self.sized.ratios)), self.sized.ratios["optimal"][place]
        cheapest = self.sized.capacities[self.cheapest]
        return (
            f"{size:,} of {self.sized.objects:,} objects fit: {name} misses {ratio:.3f} of the "
            f"reads, {best:.3f} is optimal; {self.loads[place]:.3g} reads a second reach the "
            f"origin; {self.totals[place]:,.2f} dollars a month, least at {cheapest:,}."
            f"{doubt(name, size, best - ratio)}"
        )

    def _table(self) -> tuple[Row, ...]:
        names = [f"{name} misses" for name in self.sized.ratios]
        rows: list[Row] = [("share", "capacity", *names, "origin reads/s", "dollars a month")]
        for place, size in enumerate(self.sized.capacities):
            missed = [f"{ratios[place]:.3f}" for ratios in self.sized.ratios.values()]
            load, bill = f"{self.loads[place]:.3g}", f"{self.totals[place]:.2f}"
            rows.append((_percent(place), f"{size:,}", *missed, load, bill))
        return tuple(rows)


def _percent(place: int) -> str:
    return f"{100 * SHARES[place]:.3g} %"
