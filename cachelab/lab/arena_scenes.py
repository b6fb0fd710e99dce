"""
Scenes of the policy arena: every policy on one trace at one size, the best at the top.

A bar keeps its identity from size to size, so that who overtakes whom is seen. The dashed line is
the optimal bound: no policy that does not know the future can pass it.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from cachelab.eviction import POLICIES

from .chart import Axis
from .contestants import PolicyLike, doubt, name_of
from .marks import SERIES, group, line, rect, text
from .scenes import Control, Row, Run, Scene
from .simulator import simulate
from .traces import Trace

SHARES = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5)
"""Sizes, as shares of the objects of a trace."""

BOUND = "belady"
LEFT, RIGHT, TOP, STEP = 130, 560, 34, 21
BLUE, _, GREEN, _ = (colour for colour, _, _ in SERIES)


@dataclass(frozen=True, slots=True)
class Standing:
    """Hit ratios of all contestants on one trace at one size: the one that is studied first."""

    trace: str
    objects: int
    size: int
    ratios: dict[str, float]

    @property
    def studied(self) -> str:
        return next(iter(self.ratios))

    @property
    def bound(self) -> float:
        return self.ratios[BOUND]

    def ranked(self) -> list[tuple[str, float]]:
        """Return the names with their hit ratios, best first, the bound left out."""
        found = [(name, ratio) for name, ratio in self.ratios.items() if name != BOUND]
        return sorted(found, key=lambda pair: -pair[1])


def contestants(policy: PolicyLike) -> dict[str, PolicyLike]:
    """Return `policy` and every policy of ours, by name; `policy` comes first."""
    return {name_of(policy): policy, **{name: name for name in POLICIES if name != name_of(policy)}}


def arena_work(
    traces: Sequence[Trace], policy: PolicyLike, places: Iterable[int]
) -> Iterator[tuple[int, Run] | None]:
    """
    Play for each of the runs at `places`, and give it with its place; give None after each game.

    Complexity: one simulation for each contestant and place.

    >>> from cachelab.lab.traces import loop
    >>> *games, (place, run) = arena_work([loop(2_000, length=200)], "lru", [8])
    >>> len(games) == len(contestants("lru")), place, run.scenes[0].say[:40]
    (True, 8, '100 of 200 objects on loop(200): lru is ')
    """
    for place in places:
        share, which = divmod(place, len(traces))
        trace = traces[which]
        size, ratios = max(1, round(trace.objects * SHARES[share])), dict[str, float]()
        for name, contestant in contestants(policy).items():
            compiled = True if contestant in POLICIES else None
            ratios[name] = simulate(trace, contestant, size, compiled=compiled).hit_ratio
            yield None
        yield place, arena_run(Standing(trace.name, trace.objects, size, ratios))


def arena_controls(traces: Sequence[Trace]) -> list[Control]:
    """Return the size, and the trace where there are several."""
    labels = tuple(f"{100 * share:g} %" for share in SHARES)
    controls = [Control("size", "cache size, share of the objects", labels, start=3)]
    if len(traces) > 1:
        names = tuple(trace.name for trace in traces)
        controls.append(Control("trace", "trace", names, "choice"))
    return controls


def arena_run(found: Standing) -> Run:
    """Return the one scene of a standing, and its table."""
    return Run((_scene(found),), _backdrop(), _table(found))


def arena_size(policy: PolicyLike) -> tuple[int, int]:
    """Return how large the picture is: a row for each policy."""
    return 720, TOP + STEP * (len(contestants(policy)) - 1) + 8


def _backdrop() -> str:
    return text(LEFT, 16, "hit ratio", 12, soft=True) + text(
        RIGHT + 145, 16, "to the bound", 12, "end", soft=True
    )


def _scene(found: Standing) -> Scene:
    ranked, bound = found.ranked(), found.bound
    across = Axis(0, max(bound, ranked[0][1]) or 1.0, LEFT, RIGHT)
    bars = [
        _bar(name, ratio, bound, row, across, name == found.studied)
        for row, (name, ratio) in enumerate(ranked)
    ]
    x, bottom = across.place(bound), TOP + STEP * len(ranked)
    limit = line(x, TOP - 12, x, bottom, GREEN, 2, "6 4")
    words = text(x, 16, f"optimal {bound:.3f}", 12, "end", 600)
    row = _row_of(found.studied, ranked)
    return Scene("".join([limit, words, *bars]), _say(found), row)


def _bar(name: str, ratio: float, bound: float, row: int, across: Axis, studied: bool) -> str:
    width = across.place(ratio) - LEFT
    colour, weight = (BLUE, 700) if studied else ("currentColor", "")
    return group(
        text(LEFT - 8, 14, f"▶ {name}" if studied else name, 13, "end", weight),
        rect(LEFT, 2, max(width, 1), STEP - 5, colour, 0.55 if studied else 0.16, 0, radius=2),
        text(RIGHT + 8, 14, f"{ratio:.3f}", 13, weight=weight),
        text(RIGHT + 145, 14, f"{ratio - bound:+.3f}", 13, "end", weight),
        at=(0, TOP + STEP * row - 8),
        data_key=name,
    )


def _row_of(name: str, ranked: Sequence[tuple[str, float]]) -> int:
    return [other for other, _ in ranked].index(name) if name != BOUND else len(ranked)


def _say(found: Standing) -> str:
    ranked, mine = found.ranked(), found.ratios[found.studied]
    (best, most), (worst, least) = ranked[0], ranked[-1]
    rank = 1 + sum(ratio > mine for _, ratio in ranked)
    return (
        f"{found.size:,} of {found.objects:,} objects on {found.trace}: {found.studied} "
        f"is number {rank} of {len(ranked)} with {mine:.3f}; {best} leads with {most:.3f}, {worst} "
        f"is last with {least:.3f}; optimal is {found.bound:.3f}."
        f"{doubt(found.studied, found.size, mine - found.bound)}"
    )


def _table(found: Standing) -> tuple[Row, ...]:
    rows = [*found.ranked(), (BOUND, found.bound)]
    header = ("policy", f"hit ratio at {found.size:,}", "to the bound")
    return (header, *((name, f"{r:.4f}", f"{r - found.bound:+.4f}") for name, r in rows))
