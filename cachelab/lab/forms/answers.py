"""
What a learner has answered, kept on this machine: one line of JSON for each answer and each truth.

Only what is answered in a notebook is kept, with the cell that asked. Nothing is sent anywhere; the
file may be deleted, and where `$CACHELAB_HOME` is empty none is written.
"""

import json
import math
import os
import re
import sys
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

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

    @property
    def lesson(self) -> str:
        """The number of the lesson, from the cell's id; empty for a notebook of one's own."""
        found = re.match(r"(\d\d)-", self.cell) or re.search(r"\b(\d\d)_\w+\.ipynb", self.cell)
        return found.group(1) if found else ""


def home_folder() -> Path | None:
    """Return `$CACHELAB_HOME`, or ~/.cachelab; None where the variable is empty."""
    folder = os.environ.get("CACHELAB_HOME")
    if folder == "":
        return None
    return Path(folder) if folder else Path.home() / ".cachelab"


def answers_file() -> Path | None:
    """Return the log; None where none is to be kept."""
    folder = home_folder()
    return None if folder is None else folder / "answers.jsonl"


def asking_cell() -> str | None:
    """Return the id of the cell that is being executed, "" if it has none; None in no notebook."""
    ipython = sys.modules.get("IPython")
    shell = None if ipython is None else ipython.get_ipython()
    kernel = getattr(shell, "kernel", None)
    if kernel is None:
        return None
    with suppress(AttributeError, KeyError, TypeError):
        return str(kernel.get_parent("shell")["metadata"]["cellId"])
    return os.environ.get("JPY_SESSION_NAME", "")


def keep(entry: Entry) -> None:
    """Add an entry to the log; a log that cannot be written is no reason to stop a lesson."""
    path = answers_file()
    if path is None:
        return
    line = json.dumps({**asdict(entry), "time": int(time.time())})
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8") as file:
            file.write(line + "\n")


def entries() -> list[Entry]:
    """Return the log from its beginning, without the lines that are damaged."""
    path = answers_file()
    lines: list[str] = []
    if path is not None:
        with suppress(OSError):
            lines = path.read_text("utf-8", errors="replace").splitlines()
    return [found for line in lines if (found := _entry(line)) is not None]


def _entry(line: str) -> Entry | None:
    with suppress(ValueError, TypeError):
        fields: Any = json.loads(line)
        found = Entry(**fields)
        texts = (found.kind, found.question, found.cell)
        values = (found.answer, found.truth, found.tolerance)
        if all(isinstance(text, str) for text in texts) and all(map(_is_answer, values)):
            return found
    return None


def _is_answer(value: object) -> bool:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return math.isfinite(value)
    return value is None or isinstance(value, str)
