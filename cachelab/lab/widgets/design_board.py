"""
The design board: sizes and lives of two layers, and what they do to latency, staleness and cost.
"""

from cachelab.lab.design_problems import PROBLEMS, Problem
from cachelab.lab.designs import Design
from cachelab.lab.stories.boards import SIZE, board_controls, board_runs, play_board

from .frame_view import FrameView


class DesignBoard(FrameView):
    """
    A view of one of the four design problems, or of your own, under some dozens of designs.

    `problem` is a name from `PROBLEMS` or a `Problem`; `design` says which layers can be turned
    (its first and its last), by itself those of the problem's careful design. `tries` has what was
    measured, for each position of the controls.

    Raises:
        ValueError: the problem is unknown, or the design has no layer.
    """

    def __init__(
        self, problem: str | Problem = "shop", design: Design | None = None, *, seed: int = 0
    ) -> None:
        if isinstance(problem, str):
            if problem not in PROBLEMS:
                raise ValueError(f"unknown problem {problem!r}; known are {', '.join(PROBLEMS)}")
            problem = PROBLEMS[problem]
        design = problem.careful if design is None else design
        if not design.layers:
            raise ValueError("a board needs a design with a layer to turn")
        self.problem = problem
        self.tries = play_board(problem, design, seed)
        controls = board_controls(design)
        good = sum(problem.objective.is_met(one.figures) for one in self.tries)
        middle = tuple(control.start for control in controls)
        super().__init__(
            title=problem.question,
            about=f"{problem.workload.name}, {good} of {len(self.tries)} designs keep the limits",
            controls=controls,
            runs=board_runs(problem, design, self.tries),
            size=SIZE,
            stills=[(tuple(0 for _ in controls), 0), (middle, 0), ((*middle[:-1], 1), 0)],
        )
