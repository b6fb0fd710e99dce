"""
What a learner has answered, kept on this machine: one line of JSON for each answer and each truth.

Only what is answered in a notebook is kept, with the cell that asked. Nothing is sent anywhere; the
file may be deleted, and where `$CACHELAB_HOME` is empty none is written.
"""

import math
import os
import re
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from cachelab.lab.home import add_line, log_file, read_lines
from cachelab.lab.notebook import running_kernel

Answer = str | float
Kind = Literal["predict", "quiz"]


@dataclass(frozen=True, slots=True)
class Entry:
    """
    One line of the log: a question, where it was asked, and an answer or the truth, or both.

    A quiz knows the truth when it is answered; a prediction learns it in a later entry.
    """

    kind: Kind
    question: str
    cell: str = ""
    answer: Answer | None = None
    truth: Answer | None = None
    tolerance: float | None = None
    time: int = 0
    sure: int | None = None
    """Per cent that a prediction was said to be right with; None where nothing was said."""

    @property
    def lesson(self) -> str:
        """The number of the lesson, from the cell's id; empty for a notebook of one's own."""
        found = re.match(r"(\d\d)-", self.cell) or re.search(r"\b(\d\d)_\w+\.ipynb", self.cell)
        return found.group(1) if found else ""


def answers_file() -> Path | None:
    """Return the log; None where none is to be kept."""
    return log_file("answers.jsonl")


def asking_cell() -> str | None:
    """Return the id of the cell that is being executed, "" if it has none; None in no notebook."""
    kernel = running_kernel()
    if kernel is None:
        return None
    with suppress(AttributeError, KeyError, TypeError):
        return str(kernel.get_parent("shell")["metadata"]["cellId"])
    return os.environ.get("JPY_SESSION_NAME", "")


def keep(entry: Entry) -> None:
    """Add an entry to the log; a log that cannot be written is no reason to stop a lesson."""
    path = answers_file()
    if path is not None:
        add_line(path, {**asdict(entry), "time": int(time.time())})


def entries() -> list[Entry]:
    """Return the log from its beginning, without the lines that are damaged."""
    path = answers_file()
    kept = () if path is None else read_lines(path)
    return [found for fields in kept if (found := _entry(fields)) is not None]


def _entry(fields: dict[str, Any]) -> Entry | None:
    with suppress(TypeError):
        found = Entry(**fields)
        texts = (found.kind, found.question, found.cell)
        values = (found.answer, found.truth, found.tolerance, found.sure)
        if all(isinstance(text, str) for text in texts) and all(map(_is_answer, values)):
            return found
    return None


def _is_answer(value: object) -> bool:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return math.isfinite(value)
    return value is None or isinstance(value, str)
