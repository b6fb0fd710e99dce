"""
What a frame view shows, as plain data: controls, and for each of their positions a run of scenes.

Everything is computed before the page sees it. The positions of the controls, read as a number with
one digit a control (the last one turns fastest), say which run is shown; a step says which scene.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import product
from math import prod
from typing import Any, Literal, Self

MOST_CONTROLS = 4
"""More than four controls and nobody turns one at a time; the step slider is one of them."""

Row = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Control:
    """
    One thing to turn: a slider, a choice, or a switch between two options; `start` is its position.

    >>> Control("capacity", "capacity", ("10", "100"), start=1).options[1]
    '100'
    """

    name: str
    label: str
    options: tuple[str, ...]
    kind: Literal["slider", "choice", "switch"] = "slider"
    start: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.start < len(self.options):
            raise ValueError(f"{self.name} has no option {self.start} of {len(self.options)}")
        if self.kind == "switch" and len(self.options) != 2:
            raise ValueError(f"{self.name} is a switch: two options, not {self.options!r}")


@dataclass(frozen=True, slots=True)
class Question:
    """A guess to ask for before the next scene; `right` are the places of the right options."""

    say: str
    options: tuple[str, ...]
    right: tuple[int, ...]
    why: str = ""


@dataclass(frozen=True, slots=True)
class Scene:
    """
    One moment: what is drawn over the backdrop, one sentence, and its row in the run's table.

    Elements with a `data-key` at the top of `svg` keep their identity between scenes: they glide.
    """

    svg: str
    say: str
    row: int | None = None
    ask: Question | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """Scenes in order over one backdrop, and the table behind them, its header first."""

    scenes: tuple[Scene, ...]
    backdrop: str = ""
    table: tuple[Row, ...] = ()


Still = tuple[tuple[int, ...], int]
"""The positions of the controls, and a step: one scene of a view."""


@dataclass(frozen=True)
class Score:
    """
    All that a view can show: its controls and a run for every combination of their options.

    Raises:
        ValueError: too many controls, or not one run for each of their combinations.

    >>> loud = Control("loud", "loud", ("off", "on"), "switch")
    >>> score = Score((loud,), (Run((Scene("", "hush"),)), Run((Scene("", "bang"),))))
    >>> score.run((1,)).scenes[0].say
    'bang'
    """

    controls: tuple[Control, ...]
    runs: tuple[Run, ...]

    def __post_init__(self) -> None:
        turned = len(self.controls) + self.steps
        if turned > MOST_CONTROLS:
            raise ValueError(f"a view has at most {MOST_CONTROLS} controls, not {turned}")
        wanted = prod(len(control.options) for control in self.controls)
        if len(self.runs) != wanted or not all(run.scenes for run in self.runs):
            raise ValueError(f"{wanted} runs with scenes are needed, not {len(self.runs)}")

    @property
    def steps(self) -> bool:
        """Tell whether there is anything to step through."""
        return any(len(run.scenes) > 1 for run in self.runs)

    @property
    def start(self) -> tuple[int, ...]:
        return tuple(control.start for control in self.controls)

    @classmethod
    def of_one(cls, controls: Sequence[Control], run: Run) -> Self:
        """Return a score that has the same run at every position of the controls."""
        return cls(tuple(controls), (run,) * prod(len(control.options) for control in controls))

    def place(self, position: Sequence[int]) -> int:
        """Return which of the runs belongs to the position."""
        place = 0
        for control, digit in zip(self.controls, position, strict=True):
            place = place * len(control.options) + digit
        return place

    def places_from(self, wanted: Sequence[tuple[int, ...]]) -> list[int]:
        """
        Return the places of all runs: those at `wanted`, then the others, the nearer ones sooner.

        >>> nodes = Control("nodes", "nodes", ("1", "2", "3", "4"))
        >>> Score.of_one([nodes], Run((Scene("", "a ring"),))).places_from([(2,)])
        [2, 1, 3, 0]
        """

        def far(position: tuple[int, ...]) -> int:
            return sum(abs(a - b) for a, b in zip(position, wanted[0], strict=True))

        others = sorted(self.positions(), key=far)
        return list(dict.fromkeys(self.place(position) for position in (*wanted, *others)))

    def run(self, position: Sequence[int]) -> Run:
        return self.runs[self.place(position)]

    def inside(self, position: Sequence[int]) -> tuple[int, ...]:
        """Return `position` with every digit moved to where its control has options."""
        if len(position) != len(self.controls):
            raise ValueError(f"{len(self.controls)} positions are needed, not {position!r}")
        ends = (len(control.options) - 1 for control in self.controls)
        return tuple(
            max(0, min(int(digit), end)) for digit, end in zip(position, ends, strict=True)
        )

    def named(self, position: Sequence[int]) -> str:
        """
        Return the settings in words.

        >>> Score((Control("n", "nodes", ("3", "4")),), (Run((Scene("", "a"),)),) * 2).named((1,))
        'nodes 4'
        """
        pairs = zip(self.controls, position, strict=True)
        return ", ".join(f"{control.label} {control.options[digit]}" for control, digit in pairs)

    def positions(self) -> list[tuple[int, ...]]:
        return list(product(*(range(len(control.options)) for control in self.controls)))

    def telling(self) -> list[Still]:
        """Return three scenes that tell the view: spread over its steps, or its first slider."""
        if self.steps:
            last = len(self.run(self.start).scenes) - 1
            return [(self.start, step) for step in sorted({0, last // 2, last})]
        if not self.controls:
            return [((), 0)]
        first, others = self.controls[0], self.start[1:]
        last = len(first.options) - 1
        return [((digit, *others), 0) for digit in sorted({0, last // 2, last})]


def packed(score: Score) -> dict[str, Any]:
    """
    Return the score as the page is sent it, with equal backdrops and tables only once.

    >>> run = Run((Scene("<g/>", "one"), Scene("<g/>", "two")), backdrop="<rect/>")
    >>> packed(Score((), (run,)))["runs"][0]["backdrop"]
    0
    """
    backdrops: dict[str, int] = {}
    tables: dict[tuple[Row, ...], int] = {}
    runs = [
        {
            "backdrop": backdrops.setdefault(run.backdrop, len(backdrops)),
            "table": tables.setdefault(run.table, len(tables)),
            "scenes": [_scene(scene) for scene in run.scenes],
        }
        for run in score.runs
    ]
    return {
        "controls": [_lists(asdict(control)) for control in score.controls],
        "backdrops": list(backdrops),
        "tables": [[list(row) for row in table] for table in tables],
        "runs": runs,
    }


def _scene(scene: Scene) -> dict[str, Any]:
    sent = {name: value for name, value in asdict(scene).items() if value is not None}
    return {**sent, "ask": _lists(sent["ask"])} if "ask" in sent else sent


def _lists(given: dict[str, Any]) -> dict[str, Any]:
    return {n: list(value) if isinstance(value, tuple) else value for n, value in given.items()}
