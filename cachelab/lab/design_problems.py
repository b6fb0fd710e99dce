"""
Four designs to make: a distributed cache, a CDN, a social feed and a shop.

Each problem is a workload and an objective, and comes with a design that fails and one that does
not, both played by `simulate_design`. The workloads are slices that a laptop plays in a second.
"""

from dataclasses import dataclass

from .designs import Design, Figures, Layer, Workload


@dataclass(frozen=True, slots=True)
class Objective:
    """The worst that is good enough; times in seconds, dollars a month."""

    p99: float
    worst_second: int
    worst_age: float
    dollars: float

    def verdicts(self, figures: Figures) -> list[tuple[str, bool]]:
        """
        Return each demand with what was measured, and whether it is met.

        >>> from cachelab.lab.designs import Figures
        >>> figures = Figures(100, {}, 0.001, 0.02, 9, 3, 0.0, 0.0, 40.0)
        >>> Objective(0.05, 2, 1.0, 100.0).verdicts(figures)[1]
        ('worst second: 3 origin calls, at most 2 wanted', False)
        """
        measured, limit = figures, self
        return [
            (
                f"p99: {1000 * measured.p99:.0f} ms, at most {1000 * limit.p99:.0f} ms wanted",
                measured.p99 <= limit.p99,
            ),
            (
                f"worst second: {measured.worst_second} origin calls, "
                f"at most {limit.worst_second} wanted",
                measured.worst_second <= limit.worst_second,
            ),
            (
                f"oldest answer: {measured.worst_age:.1f} s, at most {limit.worst_age:g} s wanted",
                measured.worst_age <= limit.worst_age,
            ),
            (
                f"cost: {measured.dollars:.0f} dollars, at most {limit.dollars:.0f} wanted",
                measured.dollars <= limit.dollars,
            ),
        ]

    def is_met(self, figures: Figures) -> bool:
        """Tell whether every demand is met."""
        return all(met for _, met in self.verdicts(figures))


@dataclass(frozen=True, slots=True)
class Problem:
    """A workload, what is wanted of a design, a design that fails and one that does not."""

    question: str
    workload: Workload
    objective: Objective
    naive: Design
    careful: Design


def _process(entries: int, ttl: float, **options: float | bool) -> Layer:
    """A cache in each of six processes: no way to go, and no server to pay for."""
    return Layer(
        "process",
        entries,
        ttl,
        6,
        shared=False,
        seconds=1e-5,
        dollars_per_node=0.0,
        **options,  # type: ignore[arg-type]
    )


def _shared(entries: int, ttl: float, nodes: int = 2, **options: float | bool) -> Layer:
    return Layer("shared", entries, ttl, nodes, **options)  # type: ignore[arg-type]


def _edge(entries: int, ttl: float, **options: float | bool) -> Layer:
    """Three places near the readers, which may keep nothing that is private."""
    return Layer(
        "edge",
        entries,
        ttl,
        3,
        shared=False,
        seconds=0.002,
        public_only=True,
        **options,  # type: ignore[arg-type]
    )


PROBLEMS: dict[str, Problem] = {
    "distributed cache": Problem(
        "Which shared cache keeps a slow database within its slots, and its answers true?",
        Workload(
            "distributed cache",
            20_000,
            0.9,
            reads=150,
            writes=5,
            seconds=60,
            origin_seconds=0.03,
            origin_slots=6,
        ),
        Objective(p99=0.1, worst_second=110, worst_age=1.0, dollars=1_150),
        naive=Design((_shared(500, 600),), "one small cache, long lives"),
        careful=Design(
            (_shared(5_000, 60, invalidated=True, leased=True, coalesced=True),),
            "room, removal on writes",
        ),
    ),
    "content delivery": Problem(
        "How does a page reach millions when its place of origin is far away and small?",
        Workload(
            "content delivery",
            5_000,
            reads=150,
            writes=0.5,
            seconds=60,
            object_bytes=200_000,
            private=0.1,
            peak=4,
            origin_seconds=0.08,
            origin_slots=16,
        ),
        Objective(p99=0.3, worst_second=80, worst_age=45.0, dollars=950),
        naive=Design((_edge(200, 30),), "small caches at the edge"),
        careful=Design(
            (
                _edge(1_500, 15, coalesced=True),
                _shared(4_000, 30, public_only=True, coalesced=True),
            ),
            "edge, and a shield behind it",
        ),
    ),
    "social feed": Problem(
        "Who pays for a post of somebody with a hundred thousand followers?",
        Workload(
            "social feed",
            3_000,
            reads=15,
            writes=1,
            seconds=60,
            follows=20,
            audience=100_000,
            origin_seconds=0.01,
        ),
        Objective(p99=0.05, worst_second=60, worst_age=5.0, dollars=400),
        naive=Design((_shared(3_000, 30, invalidated=True),), "push to all", push_up_to=10**9),
        careful=Design(
            (_shared(5_000, 30, invalidated=True, coalesced=True),),
            "push to few, pull from the famous",
            push_up_to=1_000,
        ),
    ),
    "shop": Problem(
        "Can prices be right on the day of the sale, when everybody wants the same shoe?",
        Workload(
            "shop",
            8_000,
            0.9,
            reads=150,
            writes=4,
            seconds=60,
            private=0.2,
            peak=5,
            origin_seconds=0.04,
        ),
        Objective(p99=0.15, worst_second=90, worst_age=2.0, dollars=1_000),
        naive=Design((_process(500, 60),), "copies in each process"),
        careful=Design(
            (
                _process(100, 1, coalesced=True),
                _shared(4_000, 60, invalidated=True, leased=True, coalesced=True),
            ),
            "a second in the process, a minute behind it",
        ),
    ),
}
"""Each problem by its name."""
