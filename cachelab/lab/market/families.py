"""
Eleven families of workloads, and six faults: three families are public, the others judge.

A family says what kind of day it is; a seed says which day.
"""

from collections.abc import Callable
from dataclasses import replace
from math import pi, sin
from random import Random

from .faults import Fault
from .values import Request
from .workloads import READS, SECONDS, Crowd, Workload, in_order

Draw = Callable[[Crowd], tuple[Request, ...]]


def _weekday(crowd: Crowd) -> tuple[Request, ...]:
    """An ordinary day."""
    return in_order(crowd.reads(0, SECONDS, READS), crowd.writes(0, SECONDS))


def _evening(crowd: Crowd) -> tuple[Request, ...]:
    """A wave: a third of the usual traffic, then one and two thirds of it, and back."""
    found = list(crowd.writes(0, SECONDS))
    for start in range(0, int(SECONDS), 4):
        rate = READS * (1 - 2 / 3 * sin(2 * pi * (start + 2) / SECONDS))
        found += crowd.reads(start, start + 4, rate)
    return in_order(found)


def _newsletter(crowd: Crowd) -> tuple[Request, ...]:
    """Fifteen seconds in which many come for twenty things."""
    found = [*crowd.reads(0, SECONDS, READS), *crowd.writes(0, SECONDS)]
    for at in crowd.moments(60, 75, 2 * READS):
        kind = crowd.rng.choice(("catalogue", "price", "stock"))
        found.append(crowd.read(at, f"{kind}:{500 + crowd.rng.randrange(20)}"))
    return in_order(found)


def _flash_sale(crowd: Crowd) -> tuple[Request, ...]:
    """Six times the traffic for half a minute, for three things whose stock runs down."""
    found = [*crowd.reads(0, SECONDS, READS), *crowd.writes(0, SECONDS)]
    first = crowd.rng.randrange(100, 900)
    for at in crowd.moments(50, 80, 5 * READS):
        kind = crowd.rng.choices(("catalogue", "price", "stock"), (5, 3, 2))[0]
        found.append(crowd.read(at, f"{kind}:{first + crowd.rng.randrange(3)}"))
    sold = crowd.moments(50, 80, 2.0)
    found += [crowd.write(at, f"stock:{first + crowd.rng.randrange(3)}") for at in sold]
    return in_order(found)


def _crawler(crowd: Crowd) -> tuple[Request, ...]:
    """A robot that reads every page of the catalogue once, next to the customers."""
    found = [*crowd.reads(0, SECONDS, READS), *crowd.writes(0, SECONDS)]
    first = crowd.rng.randrange(1_000)
    for place, at in enumerate(crowd.moments(30, 100, 30.0)):
        found.append(crowd.read(at, f"catalogue:{1_000 + first + place}"))
    return in_order(found)


def _loops(crowd: Crowd) -> tuple[Request, ...]:
    """Recency, then a loop over more pages than fit, then recency again."""
    found = [*crowd.writes(0, SECONDS), *crowd.reads(0, 40, READS), *crowd.reads(80, 120, READS)]
    found += crowd.reads(40, 80, READS / 2)
    first = crowd.rng.randrange(300)
    for place, at in enumerate(crowd.moments(40, 80, 45.0)):
        found.append(crowd.read(at, f"catalogue:{first + place % 600}"))
    return in_order(found)


def _one_hit_wonders(crowd: Crowd) -> tuple[Request, ...]:
    """Every third read is for a page that nobody asks for again."""
    found = [*crowd.reads(0, SECONDS, READS * 2 / 3), *crowd.writes(0, SECONDS)]
    first = crowd.rng.randrange(10_000, 90_000)
    for place, at in enumerate(crowd.moments(0, SECONDS, READS / 3)):
        kind = crowd.rng.choice(("catalogue", "search"))
        found.append(crowd.read(at, f"{kind}:{first + place}"))
    return in_order(found)


def _shift(crowd: Crowd) -> tuple[Request, ...]:
    """Everything popular is loaded at once, so it expires together; later it changes."""
    found = [*crowd.writes(0, SECONDS), *crowd.reads(0, 62, READS)]
    for item in range(240):
        at = crowd.rng.uniform(0.0, 4.0)
        found.append(crowd.read(at, f"catalogue:{item}"))
    move = crowd.rng.randrange(300, 700)
    crowd.rank_to_item = lambda rank: rank + move
    found += crowd.reads(62, SECONDS, READS)
    return in_order(found)


def _cardinality(crowd: Crowd) -> tuple[Request, ...]:
    """For forty seconds somebody asks for searches that find nothing, each time another."""
    found = [*crowd.reads(0, SECONDS, READS), *crowd.writes(0, SECONDS)]
    asked = crowd.moments(50, 90, READS)
    found += [crowd.read(at, f"search:{crowd.rng.randrange(10**6, 10**9)}") for at in asked]
    return in_order(found)


def _mixed_sizes(crowd: Crowd) -> tuple[Request, ...]:
    """An ordinary day on which few pages of the catalogue are very large, and most are small."""
    return _weekday(crowd)


def _write_burst(crowd: Crowd) -> tuple[Request, ...]:
    """New prices for the four hundred best sellers, within ten seconds."""
    found = [*crowd.reads(0, SECONDS, READS), *crowd.writes(0, SECONDS)]
    for item, at in enumerate(crowd.moments(55, 65, 40.0)):
        found.append(crowd.write(at, f"price:{item}"))
    return in_order(found)


PUBLIC: dict[str, Draw] = {"weekday": _weekday, "evening": _evening, "newsletter": _newsletter}
HIDDEN: dict[str, Draw] = {
    "flash sale": _flash_sale,
    "crawler": _crawler,
    "loops": _loops,
    "one-hit wonders": _one_hit_wonders,
    "shift": _shift,
    "mixed sizes": _mixed_sizes,
    "cardinality": _cardinality,
    "write burst": _write_burst,
}
FAMILIES = {**PUBLIC, **HIDDEN}

FAULTS: dict[str, Fault] = {
    "node death": Fault("node death", 50, 65),
    "flush": Fault("flush", 50, 51),
    "partition": Fault("partition", 50, 80),
    "slow origin": Fault("slow origin", 50, 70),
    "hot key": Fault("hot key", 50, 70),
    "clock skew": Fault("clock skew", 20, 100),
}

HAPPENS: dict[str, str] = {
    **{name: str(draw.__doc__) for name, draw in FAMILIES.items()},
    "node death": "A node of the shared cache dies for 15 s, and a process starts anew.",
    "flush": "The shared cache is emptied.",
    "partition": "For 30 s the bus is cut: half of the processes do not hear the other half.",
    "slow origin": "For 20 s a call of the origin takes twice as long.",
    "hot key": "For 20 s one page is asked for 50 times as often.",
    "clock skew": "The clocks of the processes differ by up to half a second.",
}
"""What happens on a day of each family, and with each fault."""

SKEWS = (0.25, -0.25, 0.0, 0.2, -0.2, 0.1)


def workload(family: str, seed: int | str = 0) -> Workload:
    """
    Return the day of a family that a seed stands for.

    Raises:
        ValueError: there is no such family.

    >>> day = workload("weekday", seed=1)
    >>> len(day.requests), day.requests == workload("weekday", seed=1).requests
    (7752, True)
    """
    if family not in FAMILIES:
        raise ValueError(f"there is no family {family!r}; there are {', '.join(FAMILIES)}")
    name = f"{seed} {family}"
    requests = FAMILIES[family](Crowd(Random(name)))
    return Workload(family, requests, name, heavy=family == "mixed sizes")


def faulty(fault: str, seed: int | str = 0) -> Workload:
    """
    Return a weekday on which a fault happens.

    Raises:
        ValueError: there is no such fault.
    """
    if fault not in FAULTS:
        raise ValueError(f"there is no fault {fault!r}; there are {', '.join(FAULTS)}")
    name = f"{seed} {fault}"
    crowd = Crowd(Random(name))
    requests = _weekday(crowd)
    happens = FAULTS[fault]
    if fault == "hot key":
        hot = f"catalogue:{crowd.rng.randrange(50, 200)}"
        usual = sum(request.key == hot for request in requests) / SECONDS
        rate = 50 * max(usual, 1.0)
        more = [crowd.read(at, hot) for at in crowd.moments(happens.start, happens.end, rate)]
        requests = in_order(list(requests), more)
    day = Workload(fault, requests, name, fault=happens)
    return replace(day, skews=SKEWS) if fault == "clock skew" else day
