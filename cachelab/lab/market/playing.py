"""
Playing a design on many days, on all cores.
"""

from collections.abc import Callable, Sequence
from typing import Any

from .budget import Budget
from .records import Figures
from .shop import Make, Shop
from .workloads import Workload

Contestant = Callable[[Workload], Make]
"""Says, for a day, what makes the design of each process; only the clairvoyant looks at the day."""


class Everyday:
    """
    A class that is handed in, as a contestant: one object for each process, whatever the day.

    >>> from cachelab.lab.market.designs.none import Design
    >>> from cachelab.lab.market.families import workload
    >>> play(Everyday(Design), workload("weekday")).p50 > 0.1
    True
    """

    def __init__(self, design: Callable[[], Any]) -> None:
        self.design = design

    def __call__(self, _: Workload) -> Make:
        """Return what makes the design of a process."""
        return lambda _: self.design()


def play(contestant: Contestant, workload: Workload, budget: Budget | None = None) -> Figures:
    """
    Play one day, and return its figures.

    Complexity: O(requests); some tenths of a second for a day of eight thousand.

    Raises:
        ValueError: `configure` returns no plan, or a call of `ctx` has an argument that is none.
    """
    figures = Shop(workload, contestant(workload), budget=budget).play().figures
    assert figures is not None
    return figures


def play_all(contestant: Contestant, days: Sequence[Workload], *, jobs: int = -1) -> list[Figures]:
    """Play many days, and return their figures in the same order."""
    if jobs == 1:
        return [play(contestant, day) for day in days]
    from joblib import Parallel, delayed

    found: list[Figures] = Parallel(n_jobs=jobs)(delayed(play)(contestant, day) for day in days)
    return found
