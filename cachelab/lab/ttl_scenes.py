"""
Scenes of the TTL dial: what each time to live gives, by the formulas and as played.

Lines are the formulas of `cachelab.operations.deciding`; dots are a real strategy that was played
in virtual time. Where they part, the strategy does something the formula does not know of.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import product

from cachelab.operations.deciding import hit_ratio_of, stale_share

from .bands import Band, Bands, Reading
from .chart import curve, short
from .lives import Lived, StrategyLike, live
from .marks import SERIES, dot, line, text
from .scenes import Control, Row, Run, Scene

SIZE = (720, 430)
TTLS = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
"""Seconds."""
EVERY = {"0.1 s": 0.1, "1 s": 1.0, "10 s": 10.0}
CHANGES = {"10 s": 10.0, "1 min": 60.0, "10 min": 600.0}
"""The mean gaps between reads and between changes of the row, in seconds, with their names."""

START = 6
PARTS = 2 * len(TTLS) * len(EVERY) * len(CHANGES)
"""Each setting is played once and drawn once."""


def ttl_controls() -> list[Control]:
    """Return the time to live, and the two rates that decide what it does."""
    return [
        Control("ttl", "time to live", tuple(f"{ttl:g} s" for ttl in TTLS), start=START),
        Control("reads", "read every", tuple(EVERY), "choice", 1),
        Control("writes", "row changes every", tuple(CHANGES), "choice", 1),
    ]


def ttl_work(
    strategy: StrategyLike, name: str, requests: int, places: Iterable[int]
) -> Iterator[tuple[int, Run] | None]:
    """
    Give a scene for each time to live, read gap and write gap, with its place; None for each play.

    Complexity: plays `requests` reads for each of 117 settings, some 0.02 s for a thousand.
    """
    gaps = list(product(EVERY.values(), CHANGES.values()))
    for which in dict.fromkeys(place % len(gaps) for place in places):
        reads, writes = (1 / gap for gap in gaps[which])
        played = []
        for ttl in TTLS:
            played.append(live(ttl, reads, writes, strategy, requests=requests))
            yield None
        pictures = _Pictures(name, reads, writes, played)
        yield from ((at * len(gaps) + which, pictures.run(at)) for at in range(len(TTLS)))


class _Pictures:
    """All that is drawn for one pair of rates."""

    def __init__(self, name: str, reads: float, writes: float, played: Sequence[Lived]) -> None:
        self.name, self.reads, self.writes = name, reads, writes
        self.played = played
        self.bands = Bands(
            (
                Band("hit ratio", 0, 1, 30, 130),
                Band("stale share of the reads", 0, 1, 180, 280),
                Band("loads a second", 0, reads, 330, 385),
            ),
            TTLS,
            "ttl",
            "time to live, seconds (log scale)",
        )
        self.backdrop, self.table = self._backdrop(), self._table()

    def run(self, place: int) -> Run:
        said = self._formulas(TTLS[place])
        words = ("of reads hit", "of reads are stale", "loads a second")
        seen = _levels(self.played[place])
        readings = [
            Reading(f"{level:.3f}", word, (f"formula {ought:.3f}",))
            for level, word, ought in zip(seen, words, said, strict=True)
        ]
        drawn = self.bands.cursor(place, seen, readings)
        return Run((Scene(drawn, self._say(place), row=place),), self.backdrop, self.table)

    def _formulas(self, ttl: float) -> tuple[float, float, float]:
        hit_ratio = hit_ratio_of(ttl, self.reads)
        return (
            hit_ratio,
            stale_share(ttl, self.reads, self.writes),
            self.reads * (1 - hit_ratio),
        )

    def _backdrop(self) -> str:
        parts = [self.bands.axes((ttl, short(ttl)) for ttl in TTLS[::3])]
        fine = [TTLS[0] * (TTLS[-1] / TTLS[0]) ** (step / 60) for step in range(61)]
        levels = [_levels(lived) for lived in self.played]
        for which, band in enumerate(self.bands.bands):
            said = [(ttl, self._formulas(ttl)[which]) for ttl in fine]
            parts.append(curve(self.bands.across, band.scale, said, 1, marks=0))
            parts += [
                dot(self.bands.across.place(ttl), band.scale.place(seen[which]), SERIES[0][0])
                for ttl, seen in zip(TTLS, levels, strict=True)
            ]
        return "".join([*parts, *_key(self.name), self.bands.zones()])

    def _say(self, place: int) -> str:
        hit_ratio, stale, loads = _levels(self.played[place])
        _, stale_said, loads_said = self._formulas(TTLS[place])
        return (
            f"A copy lives {TTLS[place]:g} s: {hit_ratio:.3f} of the reads hit, {stale:.3f} are "
            f"stale (formula {stale_said:.3f}), {loads:.3f} loads a second reach the source "
            f"(formula {loads_said:.3f})."
        )

    def _table(self) -> tuple[Row, ...]:
        names = ("hit ratio", "stale", "loads/s")
        header = ("ttl, s", *names, *(f"{name} by formula" for name in names))
        rows = [
            (
                f"{ttl:g}",
                *(f"{level:.3f}" for level in (*_levels(lived), *self._formulas(ttl))),
            )
            for ttl, lived in zip(TTLS, self.played, strict=True)
        ]
        return (header, *rows)


def _levels(lived: Lived) -> tuple[float, float, float]:
    return lived.hit_ratio, lived.stale_share, lived.loads


def _key(name: str) -> Sequence[str]:
    """Say above the first chart which is dot and which is line."""
    colour, dash, _ = SERIES[1]
    return (
        dot(250, 16, SERIES[0][0]),
        text(262, 20, f"{name}, played"),
        line(420, 16, 448, 16, colour, 2.25, dash),
        text(456, 20, "formula"),
    )
