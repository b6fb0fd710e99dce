"""
Scenes of the policy arena: every policy on one trace at one size, the best at the top.

A bar keeps its identity from size to size, so that who overtakes whom is seen. The dashed line is
the optimal bound: no policy that does not know the future can pass it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

from cachelab.eviction import POLICIES

from .chart import Axis
from .contestants import PolicyLike
from .marks import SERIES, group, line, rect, text
from .scenes import Control, Row, Run, Scene
from .sweeps import sweep
from .traces import Trace

SHARES = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5)
"""Sizes, as shares of the objects of a trace."""

BOUND = "belady"
LEFT, RIGHT, TOP, STEP = 130, 560, 34, 21
BLUE, _, GREEN, _ = (colour for colour, _, _ in SERIES)


@dataclass(frozen=True, slots=True)
class Match:
    """Hit ratios of all contestants on one trace, by size: the one that is studied first."""

    trace: str
    objects: int
    sizes: tuple[int, ...]
    ratios: dict[str, tuple[float, ...]]

    @property
    def studied(self) -> str:
        return next(iter(self.ratios))

    def ranked(self, place: int) -> list[tuple[str, float]]:
        """Return the names with their hit ratios at one size, best first, the bound left out."""
        found = [(name, hit[place]) for name, hit in self.ratios.items() if name != BOUND]
        return sorted(found, key=lambda pair: -pair[1])


def match(trace: Trace, policy: PolicyLike) -> Match:
    """
    Play `policy` and every policy of ours on the trace, at each of `SHARES` of its objects.

    Complexity: one simulation for each policy and size.

    >>> from cachelab.lab.traces import loop
    >>> found = match(loop(2_000, length=200), "lru")
    >>> found.studied, found.ranked(8)[0][1] > found.ratios["lru"][8]
    ('lru', True)
    """
    sizes = tuple(max(1, round(trace.objects * share)) for share in SHARES)
    played = sorted(set(sizes))
    results = sweep(trace, [policy], played, progress=False)
    results += sweep(trace, list(POLICIES), played, compiled=True, progress=False)
    ratio = {(found.policy, found.capacity): found.hit_ratio for found in results}
    names = dict.fromkeys(found.policy for found in results)
    ratios = {name: tuple(ratio[name, size] for size in sizes) for name in names}
    return Match(trace.name, trace.objects, sizes, ratios)


def arena_controls(matches: Sequence[Match]) -> list[Control]:
    """Return the size, and the trace where there are several."""
    labels = tuple(f"{100 * share:g} %" for share in SHARES)
    controls = [Control("size", "cache size, share of the objects", labels, start=3)]
    if len(matches) > 1:
        traces = tuple(found.trace for found in matches)
        controls.append(Control("trace", "trace", traces, "choice"))
    return controls


def arena_runs(matches: Sequence[Match]) -> list[Run]:
    """Return one scene for each size and trace, in the order of the controls."""
    return [
        Run((_scene(found, place),), _backdrop(), _table(found, place))
        for place, found in product(range(len(SHARES)), matches)
    ]


def arena_size(matches: Sequence[Match]) -> tuple[int, int]:
    """Return how large the picture is: a row for each policy."""
    return 720, TOP + STEP * (len(matches[0].ratios) - 1) + 8


def _backdrop() -> str:
    return text(LEFT, 16, "hit ratio", 12, soft=True) + text(
        RIGHT + 145, 16, "to the bound", 12, "end", soft=True
    )


def _scene(found: Match, place: int) -> Scene:
    ranked, bound = found.ranked(place), found.ratios[BOUND][place]
    across = Axis(0, max(bound, ranked[0][1]) or 1.0, LEFT, RIGHT)
    bars = [
        _bar(name, ratio, bound, row, across, name == found.studied)
        for row, (name, ratio) in enumerate(ranked)
    ]
    x, bottom = across.place(bound), TOP + STEP * len(ranked)
    limit = line(x, TOP - 12, x, bottom, GREEN, 2, "6 4")
    words = text(x, 16, f"optimal {bound:.3f}", 12, "end", 600)
    say = _say(found, place, ranked, bound)
    return Scene("".join([limit, words, *bars]), say, row=_row_of(found.studied, ranked))


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


def _say(found: Match, place: int, ranked: Sequence[tuple[str, float]], bound: float) -> str:
    (best, most), (worst, least) = ranked[0], ranked[-1]
    mine = found.ratios[found.studied][place]
    rank = 1 + sum(ratio > mine for _, ratio in ranked)
    return (
        f"{found.sizes[place]:,} of {found.objects:,} objects on {found.trace}: {found.studied} "
        f"is number {rank} of {len(ranked)} with {mine:.3f}; {best} leads with {most:.3f}, {worst} "
        f"is last with {least:.3f}; optimal is {bound:.3f}."
    )


def _table(found: Match, place: int) -> tuple[Row, ...]:
    bound = found.ratios[BOUND][place]
    rows = [*found.ranked(place), (BOUND, bound)]
    header = ("policy", f"hit ratio at {found.sizes[place]:,}", "to the bound")
    return (header, *((name, f"{r:.4f}", f"{r - bound:+.4f}") for name, r in rows))
