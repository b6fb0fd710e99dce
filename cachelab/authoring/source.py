"""
A notebook as text: py:percent in, a notebook without outputs out, the same bytes on every machine.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from .course import BuildError
from .ids import assign_ids

# Titles are questions, and "# Title?" would be read as IPython's help magic.
FORMAT = {"extension": ".py", "format_name": "percent", "comment_magics": False}
MARKER = re.compile(r"# %%(\s|$)")
# What jupytext keeps for writing the text back; it says nothing about the notebook.
JUPYTEXT_KEYS = ("lines_to_next_cell", "lines_to_end_of_cell_marker", "cell_marker")
# No version of Python in here: the notebook must not depend on the machine that built it.
METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {
        "file_extension": ".py",
        "mimetype": "text/x-python",
        "name": "python",
        "pygments_lexer": "ipython3",
    },
}
# shorthand -> (cell type, nbgrader's grade, solution, locked)
KINDS = {
    "solution": ("code", False, True, False),
    "graded": ("code", True, False, True),
    "locked": (None, False, False, True),
    "essay": ("markdown", True, True, False),
}


@dataclass(frozen=True)
class Source:
    """
    A parsed source: the notebook that it stands for, and the line on which each cell begins.
    """

    notebook: NotebookNode
    lines: tuple[int, ...]


def read_source(path: Path, number: str) -> Source:
    """
    The notebook written in the py:percent file `path`; `number` goes into the cell ids.

    Raises: BuildError naming the line when a cell's description makes no sense.
    """
    import jupytext  # type: ignore[import-untyped]

    text = path.read_text(encoding="utf-8")
    lines = _marker_lines(text)
    cells = [] if not lines else list(jupytext.reads(text, fmt=FORMAT).cells)
    if not lines or len(cells) != len(lines):
        raise BuildError(f"{path.name}: a source is cells, each opened by a '# %%' line")
    for line, cell in zip(lines, cells, strict=True):
        _at_line(path, line, cell)
    notebook = nbformat.v4.new_notebook(metadata=METADATA, cells=cells)  # type: ignore[no-untyped-call]
    notebook.nbformat_minor = 5
    try:
        assign_ids(cells, number)
        _check_grade_ids(cells)
    except BuildError as error:
        raise BuildError(f"{path.name}: {error}") from error
    return Source(notebook, lines)


def _marker_lines(text: str) -> tuple[int, ...]:
    lines = text.splitlines()
    first = next((line for line in lines if line.strip()), "")
    if not MARKER.match(first):
        return ()
    return tuple(number for number, line in enumerate(lines, 1) if MARKER.match(line))


def _at_line(path: Path, line: int, cell: NotebookNode) -> None:
    try:
        _describe(cell)
    except BuildError as error:
        raise BuildError(f"{path.name} line {line}: {error}") from error


def _describe(cell: NotebookNode) -> None:
    metadata = cell.metadata
    for key in JUPYTEXT_KEYS:
        metadata.pop(key, None)
    kinds = [kind for kind in KINDS if kind in metadata]
    if len(kinds) > 1:
        raise BuildError(f"a cell is one of {', '.join(KINDS)}, not {' and '.join(kinds)}")
    if kinds:
        metadata["nbgrader"] = _nbgrader(cell, kinds[0], metadata.pop(kinds[0]))
    if "### BEGIN SOLUTION" in cell.source and kinds not in (["solution"], ["essay"]):
        raise BuildError('an answer stands in a cell without solution="..." or essay="..."')
    if "graded" in kinds:
        _add_tag(metadata, "raises-exception")
    if "live" in metadata.get("tags", []):
        _add_tag(metadata, "nbval-ignore-output")


def _nbgrader(cell: NotebookNode, kind: str, grade_id: object) -> dict[str, Any]:
    cell_type, grade, solution, locked = KINDS[kind]
    if not isinstance(grade_id, str) or not re.fullmatch(r"[\w-]+", grade_id):
        raise BuildError(f"{kind} needs a name of letters, digits and hyphens, not {grade_id!r}")
    if cell_type not in (None, cell.cell_type):
        raise BuildError(f"{kind}={grade_id!r} is for {cell_type} cells")
    points = cell.metadata.pop("points", None)
    if grade is not isinstance(points, int | float):
        need = "needs points=<number>" if grade else "has no points"
        raise BuildError(f"{kind}={grade_id!r} {need}")
    described: dict[str, Any] = {"schema_version": 3, "grade_id": grade_id, "task": False}
    described |= {"grade": grade, "solution": solution, "locked": locked}
    return described | ({"points": points} if grade else {})


def _add_tag(metadata: NotebookNode, tag: str) -> None:
    tags = metadata.get("tags", [])
    metadata["tags"] = tags if tag in tags else [*tags, tag]


def _check_grade_ids(cells: list[NotebookNode]) -> None:
    seen: set[str] = set()
    for cell in cells:
        grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
        if grade_id in seen:
            raise BuildError(f"two cells are called {grade_id!r}")
        if grade_id is not None:
            seen.add(grade_id)
