"""
Reading what was handed in: the text of a .py file, or of the solution cells of a notebook.

Of a notebook only the source of known solution cells counts, the first of each id: cells that were
added, renamed, unlocked or given more points change nothing.
"""

import json
import re
from pathlib import Path
from typing import Any

from cachelab.ports.errors import CachelabError

from .exercise import Exercise

LARGEST_BYTES = 1_000_000
"""Of the text that is judged."""

LARGEST_NOTEBOOK = 100_000_000
"""Of a notebook's file, in bytes: pictures and print-outs are in it, and are not judged."""

_NOT_PYTHON = re.compile(r"^(?:[%!].*|get_ipython\(\)\..*)$", re.MULTILINE)


class SubmissionError(CachelabError):
    """A file that cannot be read as a submission; the message is for who handed it in."""


def read_submission(path: Path | str, exercise: Exercise) -> str:
    """
    Return the text to judge from a .py or .ipynb file.

    Raises:
        SubmissionError: no such file, a link, too large, not UTF-8, not a notebook, or a notebook
            without the exercise's solution cell.
    """
    path = Path(path)
    text = read_text(path)
    if path.suffix == ".ipynb":
        return notebook_source(text, exercise, path.name)
    if path.suffix == ".py":
        return text
    raise SubmissionError(f"{path.name}: a submission is a .py file or a .ipynb notebook")


def notebook_source(text: str, exercise: Exercise, name: str = "the notebook") -> str:
    """
    Return the joined source of a notebook's solution cells.

    Raises:
        SubmissionError: the text is no notebook, or has no solution cell of the exercise.
    """
    try:
        cells = json.loads(text)["cells"]
        found = _solution_cells(cells, exercise.cells)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise SubmissionError(f"{name} is not a readable notebook: {why_not(error)}") from error
    if not found:
        wanted = " or ".join(map(repr, exercise.cells))
        raise SubmissionError(f"{name} has no solution cell {wanted} of {exercise.id}")
    source = without_magics("\n\n".join(found))
    if len(source) > LARGEST_BYTES:
        raise SubmissionError(f"{name} has more than {LARGEST_BYTES:,} letters of solution")
    return source


def why_not(error: Exception) -> str:
    """
    Return why a text is no notebook, in words for who handed it in.

    >>> why_not(json.JSONDecodeError("Expecting value", "", 0))
    'the file is empty'
    """
    if not isinstance(error, json.JSONDecodeError):
        return "it is not what JupyterLab saves"
    if not error.doc.strip():
        return "the file is empty"
    return f"it breaks off or is damaged in line {error.lineno}"


def without_magics(source: str) -> str:
    """
    Return the text with IPython's own lines emptied: the judge runs plain Python.

    >>> without_magics("%matplotlib inline\\nx = 7 % 2")
    '\\nx = 7 % 2'
    """
    return _NOT_PYTHON.sub("", source)


def read_text(path: Path) -> str:
    """
    Return the text of a file that was handed in, of the size that its kind may have.

    Raises:
        SubmissionError: no such file, a link, too large, or not UTF-8.
    """
    largest = LARGEST_NOTEBOOK if path.suffix == ".ipynb" else LARGEST_BYTES
    if path.is_symlink():
        raise SubmissionError(f"{path.name} is a link; hand in the file itself")
    if not path.is_file():
        raise SubmissionError(f"there is no file {path.name}")
    try:
        with path.open("rb") as file:
            data = file.read(largest + 1)
        if len(data) > largest:
            raise SubmissionError(f"{path.name} is larger than {largest:,} bytes")
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise SubmissionError(f"{path.name} is not UTF-8 text") from error
    except OSError as error:
        raise SubmissionError(f"{path.name} cannot be read: {error.strerror}") from error


def _solution_cells(cells: list[dict[str, Any]], wanted: tuple[str, ...]) -> list[str]:
    found: dict[str, str] = {}
    for cell in cells:
        mark = cell.get("metadata", {}).get("nbgrader", {})
        grade_id = mark.get("grade_id")
        if cell.get("cell_type") != "code" or mark.get("solution") is not True:
            continue
        if grade_id in wanted and grade_id not in found:
            source = cell["source"]
            found[grade_id] = source if isinstance(source, str) else "".join(source)
    return [found[grade_id] for grade_id in wanted if grade_id in found]
