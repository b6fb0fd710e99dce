"""
What a design is worth: its share of the gain that could be had, on the day that was hardest too.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import inf, log
from typing import NamedTuple

from .origin import SLOTS
from .records import Figures

WORST_SECOND = 1.2 * SLOTS
"""Calls of the origin that the worst second of a day with a fault may have."""

RECOVERY = 10.0
"""Seconds after a fault within which reads are as fast again as they were before."""

FAILED = 0.01
"""The share of reads that may get no answer on such a day."""

FORETOLD = 0.30
"""By which share a prediction may miss what is then measured on real servers."""

NEARLY = 0.025
"""Seconds by which a predicted p99 may miss in any case: a tenth of a call of the origin."""

GAP = 0.10
WORTH_COMPARING = 0.25
"""Below this mean gain there is nothing that could generalise."""


def gain(pain: float, none: float, clairvoyant: float) -> float:
    """
    Return the share of the achievable gain: 0 without a cache, 1 for who knows the future.

    Halving the pain counts the same wherever it begins, hence the logarithms.

    Raises:
        ValueError: the clairvoyant is not better off than who has no cache.

    >>> gain(40.0, none=160.0, clairvoyant=40.0), gain(80.0, none=160.0, clairvoyant=40.0)
    (1.0, 0.5)
    """
    if not 0 < clairvoyant < none:
        raise ValueError(f"nothing can be gained between {none!r} and {clairvoyant!r}")
    return min(1.0, max(0.0, log(none / pain) / log(none / clairvoyant)))


def hidden_points(gains: Sequence[float], most: int = 160) -> int:
    """
    Return the points for hidden days: half for the mean gain, half for the least.

    >>> hidden_points([1.0, 1.0, 0.0]), hidden_points([0.5, 0.5])
    (53, 80)
    """
    mean = sum(gains) / len(gains)
    return round(most * (mean + min(gains)) / 2)


class Demand(NamedTuple):
    """What a day with a fault demands, whether it was met, and where to look if it was not."""

    text: str
    met: bool
    advice: str


def fault_demands(figures: Figures) -> tuple[Demand, ...]:
    """Return what a day with a fault demands."""
    return (
        Demand(
            f"the origin's worst second has at most {WORST_SECOND:g} calls, not "
            f"{figures.worst_second}",
            figures.worst_second <= WORST_SECOND,
            "whoever misses calls the origin: another layer or a lease has to hold them back",
        ),
        Demand(
            f"reads recover within {RECOVERY:g} s, not {figures.recovery:g}",
            figures.recovery <= RECOVERY,
            "what the fault has emptied fills too slowly: who loads it, and for how many?",
        ),
        Demand(
            f"at most {FAILED:.0%} of the reads fail, not {figures.failed / figures.reads:.1%}",
            figures.failed <= FAILED * figures.reads,
            "a dead node raises StoreError, a full origin Overloaded: a read can do without them",
        ),
        Demand(
            f"no promise is broken, not {len(figures.breaches)}",
            not figures.breaches,
            "promises hold on bad days too; the part `promises` shows the first that is broken",
        ),
    )


def survives(figures: Figures) -> bool:
    """Tell whether everything that a day with a fault demands was met."""
    return all(demand.met for demand in fault_demands(figures))


def fault_points(many: Sequence[Figures], most: int = 80) -> int:
    """Return the points for faults: the share of them that a design survives."""
    return most * sum(map(survives, many)) // len(many)


def off_by(predicted: float, measured: float) -> float:
    """
    Return by which share of what was measured a prediction misses it.

    >>> off_by(120, 100), off_by(0.0, 0.0)
    (0.2, 0.0)
    """
    if measured == 0:
        return 0.0 if predicted == 0 else inf
    return round(abs(predicted - measured) / measured, 9)


def live_demands(predicted: Figures, measured: Figures) -> tuple[tuple[str, str, str, bool], ...]:
    """Return what a replay demands of its prediction: of what, how near, what it is, and if met."""
    calls, said = measured.origin_calls, predicted.origin_calls
    wait, told = measured.p99, predicted.p99
    return (
        (
            "calls of the origin, predicted",
            f"within {FORETOLD:.0%} of {calls}",
            f"{said}",
            off_by(said, calls) <= FORETOLD,
        ),
        (
            "p99, predicted",
            f"within {FORETOLD:.0%} of {1e3 * wait:.0f} ms",
            f"{1e3 * told:.0f} ms",
            off_by(told, wait) <= FORETOLD or abs(told - wait) <= NEARLY,
        ),
    )


def foretells(predicted: Figures, measured: Figures) -> bool:
    """Tell whether a prediction is as near to a replay on real servers as is demanded."""
    return all(met for *_, met in live_demands(predicted, measured))


def generalises(public: Iterable[float], hidden: Iterable[float]) -> bool:
    """
    Tell whether the gain on days that nobody has seen is about that on the public ones.

    >>> generalises([0.8, 0.8], [0.75, 0.7]), generalises([0.8], [0.5]), generalises([0.0], [0.0])
    (True, False, False)
    """
    seen, unseen = list(public), list(hidden)
    mean = sum(unseen) / len(unseen)
    return mean >= WORTH_COMPARING and sum(seen) / len(seen) - mean < GAP


@dataclass(frozen=True, slots=True)
class DayScore:
    """One day of a design: what it measured and which share of the gain it had."""

    figures: Figures
    none: float
    clairvoyant: float

    @property
    def gain(self) -> float:
        """The share of the achievable gain."""
        return gain(self.figures.pain_ms, self.none, self.clairvoyant)
