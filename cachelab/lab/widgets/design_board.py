"""
The design board: sizes and lives of two layers, and what they do to latency, staleness and cost.
"""

from collections.abc import Iterable, Iterator

from cachelab.lab.design_problems import PROBLEMS, Problem
from cachelab.lab.designs import Design
from cachelab.lab.stories.boards import (
    SIZE,
    Try,
    board_controls,
    board_designs,
    board_run,
    try_design,
)

from .late_view import LateView, Piece


class DesignBoard(LateView):
    """
    A view of one of the four design problems, or of your own, under some dozens of designs.

    `problem` is a name from `PROBLEMS` or a `Problem`; `design` says which layers can be turned
    (its first and its last), by itself those of the problem's careful design. Each is played for
    the first 4,000 reads, so its bill, with a colder cache, is above that of the whole workload.

    Raises:
        ValueError: the problem is unknown, or the design has no layer.
        TypeError: the problem is none.
    """

    def __init__(
        self, problem: str | Problem = "shop", design: Design | None = None, *, seed: int = 0
    ) -> None:
        if isinstance(problem, str):
            if problem not in PROBLEMS:
                raise ValueError(f"unknown problem {problem!r}; known are {', '.join(PROBLEMS)}")
            problem = PROBLEMS[problem]
        if not isinstance(problem, Problem):
            raise TypeError(
                f"a board shows a Problem, or one of {', '.join(PROBLEMS)}, not {problem!r}"
            )
        design = problem.careful if design is None else design
        if not design.layers:
            raise ValueError("a board needs a design with a layer to turn")
        self.problem, self.design, self.seed = problem, design, seed
        self._tries: dict[int, Try] = {}
        controls = board_controls(design)
        middle = tuple(control.start for control in controls)
        self._designs = board_designs(design)
        super().__init__(
            title=problem.question,
            about=problem.workload.name,
            controls=controls,
            work=self._measured,
            parts=len(self._designs),
            size=SIZE,
            stills=[(tuple(0 for _ in controls), 0), (middle, 0), ((*middle[:-1], 1), 0)],
        )

    @property
    def tries(self) -> list[Try]:
        """What was measured, in the order of the controls; waits until all is, or was stopped."""
        self.wait()
        return [self._tries[place] for place in sorted(self._tries)]

    def _measured(self, places: Iterable[int]) -> Iterator[Piece]:
        for place in places:
            self._tries[place] = try_design(self.problem, self._designs[place], self.seed)
            yield place, board_run(self.problem, self.design, self._tries[place])

    def __repr__(self) -> str:
        tries = list(self._tries.values())
        good = sum(self.problem.objective.is_met(one.figures) for one in tries)
        return f"DesignBoard({self._about}, {good} of {len(tries)} designs keep the limits)"
