"""
What a design is judged by: dollars, waiting, answers out of date, each beside the others.

A standing is one contestant on many days. The chart and the tables of several standings are the
report that goes with a design.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .families import PUBLIC, faulty, workload
from .naming import name_points
from .playing import Contestant, play_all
from .records import Figures
from .references import scored
from .scoring import fault_demands

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True, slots=True)
class Standing:
    """One contestant: the figures of its days, and of its days with faults."""

    name: str
    days: tuple[Figures, ...]
    gains: Mapping[str, float]
    faults: tuple[Figures, ...] = ()

    @property
    def p99(self) -> float:
        """The worst day's p99, in seconds."""
        return max(day.p99 for day in self.days)

    @property
    def mean(self) -> float:
        """The mean wait over all reads, in seconds."""
        return sum(day.mean * day.reads for day in self.days) / sum(day.reads for day in self.days)

    @property
    def dollars(self) -> float:
        """The dearest day's month."""
        return max(day.dollars for day in self.days)

    @property
    def stale_share(self) -> float:
        """The worst day's share of answers out of date."""
        return max(day.stale_share for day in self.days)

    @property
    def breaches(self) -> int:
        """The promises that were broken on all days."""
        return sum(len(day.breaches) for day in (*self.days, *self.faults))


def standing(
    name: str,
    contestant: Contestant,
    *,
    families: Sequence[str] = tuple(PUBLIC),
    faults: Sequence[str] = (),
    seed: int | str = 0,
    jobs: int = 1,
) -> Standing:
    """
    Play a contestant on a day of each family, and on a day with each fault.

    Raises:
        ValueError: there is no such family or fault.

    >>> from cachelab.lab.market.references import REFERENCES
    >>> standing("none", REFERENCES["none"], families=["weekday"]).gains
    {'weekday': 0.0}
    """
    days = [workload(family, seed) for family in families]
    found = play_all(contestant, [*days, *(faulty(each, seed) for each in faults)], jobs=jobs)
    gains = {day.workload: scored(day, seed).gain for day in found[: len(days)]}
    return Standing(name, tuple(found[: len(days)]), gains, tuple(found[len(days) :]))


def standings_table(standings: Sequence[Standing]) -> str:
    """Return what each contestant costs and gives, as lines of text."""
    lines = [f"{'design':12} {'dollars':>8} {'mean ms':>8} {'p99 ms':>7} {'stale':>7} {'gain':>6}"]
    for one in standings:
        mean_gain = sum(one.gains.values()) / len(one.gains)
        lines.append(
            f"{one.name:12} {one.dollars:8,.0f} {1e3 * one.mean:8.1f} {1e3 * one.p99:7.0f} "
            f"{one.stale_share:7.1%} {mean_gain:6.2f}"
        )
    return "\n".join(lines)


def gains_table(one: Standing) -> str:
    """Return the gain on each kind of day, the worst first, as lines of text."""
    lines = []
    for name, share in sorted(one.gains.items(), key=lambda item: item[1]):
        lines.append(f"{name:16} {share:5.2f}  {'#' * round(40 * share)}")
    return "\n".join(lines)


def fault_log(one: Standing) -> str:
    """Return for each fault whether it was survived, and what was missed, as lines of text."""
    lines = []
    for day in one.faults:
        missed = [demand.text for demand in fault_demands(day) if not demand.met]
        verdict = "survived" if not missed else "; ".join(missed)
        lines.append(f"{day.workload:12} {verdict}")
    return "\n".join(lines)


def pareto_chart(
    standings: Sequence[Standing], limit: float, size: tuple[float, float] = (6.5, 3.2)
) -> "Figure":
    """Draw waiting and staleness over dollars; the dotted line is the budget."""
    from cachelab.lab.figures import PALETTE, figure

    fig, axes = figure(1, 2, size=size)
    most = 1.45 * max(limit, *(one.dollars for one in standings))
    waits = [1e3 * one.p99 for one in standings]
    stale = [100 * one.stale_share for one in standings]
    for ax, label, heights in zip(
        axes, ("p99, ms", "stale answers, %"), (waits, stale), strict=True
    ):
        top = 1.2 * max(heights) or 1.0
        for one, height in zip(standings, heights, strict=True):
            marker, colour, over = "o", "blue", 3
            if one.name == "yours":
                marker, colour, over = "D", "vermillion", 4
            ax.plot(one.dollars, height, marker, color=PALETTE[colour], ls="none", zorder=over)
        ax.axvline(limit, color="black", linestyle=":", linewidth=1)
        ax.set(xlabel="dollars a month", ylabel=label, xlim=(0, most), ylim=(-0.2 * top, top))
        ax.set_yticks([tick for tick in ax.get_yticks() if 0 <= tick <= top])
    for ax, heights in zip(axes, (waits, stale), strict=True):
        points = [(one.dollars, height) for one, height in zip(standings, heights, strict=True)]
        name_points(ax, [one.name for one in standings], points)
    return fig
