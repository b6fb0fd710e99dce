"""
The model solution of an exercise and the design that came second, for those who are through.

They are read from the solution notebooks, where these are: a teacher's release has none. What a
learner could have opened anyway is shown where it is wanted; what was kept back stays so.
"""

import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cachelab

from .exercise import Exercise
from .submission import SubmissionError, notebook_source

FOLDER = "solutions"
SECOND_BEST = re.compile(r"\bsecond-best\b", re.IGNORECASE)
_MARKS = re.compile(r"^ *### (?:BEGIN|END) SOLUTION\n?", re.MULTILINE)
_HEADING = re.compile(r"^#+ .*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Solution:
    """
    The text of the model solution, and the paragraphs about the second-best design.

    `place` is where they stand, or would stand: then both are empty.
    """

    place: str
    code: str = ""
    second_best: tuple[str, ...] = ()


def find_solution(exercise: Exercise, start: Path | None = None) -> Solution:
    """
    Return the solution of an exercise from the course around the folder `start`, or around here.

    Complexity: O(size of the notebook), a few milliseconds.
    """
    for folder in _folders(start or Path.cwd()):
        for path in sorted(folder.glob(f"{exercise.id}_*/{exercise.id}_*.ipynb")):
            try:
                text = path.read_text("utf-8")
                code = notebook_source(text, exercise, path.name)
            except (OSError, UnicodeDecodeError, SubmissionError):
                continue
            place = "/".join(path.parts[-3:])
            return Solution(place, _MARKS.sub("", code).strip(), tuple(_second_best(text)))
    return Solution(f"{FOLDER}/, in the notebook of the same name")


def is_the_same(solution: Solution, text: str) -> bool:
    """Tell whether a text is the model solution, but for blanks and for nbgrader's marks."""
    return sorted(solution.code.split()) == sorted(_MARKS.sub("", text).split())


def is_graded() -> bool:
    """Tell whether nbgrader executes this: its outputs are marks, and go to students."""
    return bool(os.environ.get("NBGRADER_EXECUTION") or os.environ.get("NBGRADER_VALIDATING"))


def _folders(start: Path) -> Iterator[Path]:
    """Give the folders with solutions that this place belongs to, the nearest first."""
    package = Path(cachelab.__file__).parents[1]
    for folder in dict.fromkeys([start.resolve(), *start.resolve().parents, package]):
        if (folder / FOLDER).is_dir() and (folder / "exercises").is_dir():
            yield folder / FOLDER


def _second_best(text: str) -> Iterator[str]:
    """Give the paragraphs of the text cell that is about the second-best design."""
    for cell in json.loads(text)["cells"]:
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown" and SECOND_BEST.search(source):
            for part in re.split(r"\n\s*\n", _HEADING.sub("", source)):
                if part.strip():
                    yield " ".join(part.split())
