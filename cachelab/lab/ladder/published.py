"""
Published latency numbers, each with its source and the year it speaks of.

The best-known list is of about 2007, with one row of 2012. It is here because it is quoted without
a date to this day; beside it the same operations some years on.
"""

from .rung import Rung

DEAN = "J. Dean, Advice from Building Large-Scale Distributed Systems, Stanford"
BONER = "J. Boner, Latency Numbers Every Programmer Should Know (after J. Dean and P. Norvig)"
SCOTT = "C. Scott, Latency Numbers Every Programmer Should Know by year, UC Berkeley"

FIBRE_KM_PER_SECOND = 200_000
"""Light in glass, about two thirds of its speed in vacuum."""


def _of(name: str, level: str, ns: float, source: str, year: int, note: str = "") -> Rung:
    return Rung(name, "published", level, ns * 1e-9, source=source, year=year, note=note)


KNOWN_LIST = (
    _of("L1 cache reference", "L1 cache", 0.5, DEAN, 2007),
    _of("L2 cache reference", "L2 cache", 7, DEAN, 2007),
    _of("main memory reference", "memory", 100, DEAN, 2007),
    _of("SSD random read", "SSD", 150_000, BONER, 2012, "a SATA drive of its time"),
    _of("HDD seek", "HDD", 10_000_000, DEAN, 2007, "the arm alone: a read comes on top"),
    _of("round trip, same data centre", "data centre", 500_000, DEAN, 2007),
    _of("California to Netherlands and back", "ocean", 150_000_000, DEAN, 2007),
)
"""The list that is quoted everywhere, the fastest first but for the two networks at the end."""

LATER = (
    _of("L1 cache reference", "L1 cache", 1, SCOTT, 2020, "3 cycles at 3 GHz"),
    _of("L2 cache reference", "L2 cache", 13 / 3, SCOTT, 2020, "13 cycles at 3 GHz"),
    _of("main memory reference", "memory", 100, SCOTT, 2020, "held since 2000"),
    _of("SSD random read", "SSD", 16_000, SCOTT, 2020, "held since 2014"),
    _of("HDD seek", "HDD", 2_500_000, SCOTT, 2020, "with rotation; halves every ten years"),
    _of("round trip, same data centre", "data centre", 500_000, SCOTT, 2020, "assumed to stay"),
    _of(
        "California to Netherlands and back",
        "ocean",
        150_000_000,
        SCOTT,
        2020,
        "light is no faster",
    ),
)
"""The same operations for 2020, by a model of trends: its page draws it, and measures nothing."""


def published() -> tuple[Rung, ...]:
    """Return all published rungs, the older list first."""
    return KNOWN_LIST + LATER


def ratios(rows: tuple[Rung, ...] = KNOWN_LIST) -> dict[str, float]:
    """
    How many times longer one operation of a list takes than another, computed and not quoted.

    >>> {name: round(ratio, 1) for name, ratio in ratios().items()}
    {'SSD / memory': 1500.0, 'HDD / SSD': 66.7, 'HDD / memory': 100000.0, \
'data centre / memory': 5000.0, 'data centre / SSD': 3.3, 'ocean / data centre': 300.0}
    """
    seconds = {row.level: row.seconds for row in rows}
    pairs = [
        ("SSD", "memory"),
        ("HDD", "SSD"),
        ("HDD", "memory"),
        ("data centre", "memory"),
        ("data centre", "SSD"),
        ("ocean", "data centre"),
    ]
    return {f"{slow} / {fast}": seconds[slow] / seconds[fast] for slow, fast in pairs}


def fibre_round_trip(kilometres: float) -> float:
    """
    The seconds below which no round trip over so many kilometres of fibre can be.

    >>> fibre_round_trip(8_800)  # California to the Netherlands in a straight line
    0.088
    """
    return 2 * kilometres / FIBRE_KM_PER_SECOND
