"""
nbgrader's autograde step with the judge in the place of its own execution.

Students run code in a notebook that they own, so nothing that a submission prints, changes or
claims can be believed. Only the text of its answers is taken; points and report come from the judge
and are written where nbgrader expects the outputs of the graded cells.
"""

import json
from html import escape
from pathlib import Path
from typing import Any, TextIO
from uuid import uuid4

import nbformat
from nbconvert.exporters import NotebookExporter
from nbformat import NotebookNode
from nbgrader import utils  # type: ignore[import-untyped]
from nbgrader.api import Gradebook  # type: ignore[import-untyped]
from nbgrader.preprocessors import NbGraderPreprocessor  # type: ignore[import-untyped]

from cachelab.ports.errors import CachelabError

from .classroom import Verdicts, key_of_text
from .exercise import Exercise
from .judging import find_exercise, judge
from .report import Report
from .sandbox import sandbox_level
from .submission import SubmissionError, notebook_source, read_text, why_not

Resources = dict[str, Any]

UNREADABLE = "unreadable"
"""The tag of the cell that stands for a file which is no notebook."""


class SubmissionExporter(NotebookExporter):
    """
    A reader of submissions that an unreadable file does not stop.

    A file that is no notebook is read as an empty one: its cells are restored, and the student gets
    0 points and a sentence instead of no grade and no feedback.
    """

    def from_file(
        self,
        file_stream: TextIO,
        resources: Resources | None = None,
        **kw: Any,
    ) -> tuple[NotebookNode, Resources]:
        """
        Read a submission from an open file.
        """
        return self.from_notebook_node(  # type: ignore[no-untyped-call, no-any-return]
            _notebook(file_stream.read()), resources=resources, **kw
        )


class RestoreCells(NbGraderPreprocessor):  # type: ignore[misc]
    """
    Puts nbgrader's cells back as they were released, around the student's answers.

    An answer is known by its grade_id alone, and the first cell with that id is the one. Whatever
    else was done to a cell (copied, deleted, renamed, unlocked, worth more points) is undone.
    """

    def preprocess(self, nb: NotebookNode, resources: Resources) -> tuple[NotebookNode, Resources]:
        """
        Restore one submitted notebook.
        """
        released = _released_cells(resources["nbgrader"])
        missing = dict(released)
        for cell in nb.cells:
            grade_id = _grade_id(cell)
            cell.metadata.pop("nbgrader", None)
            if grade_id in missing:
                _restore(cell, missing.pop(grade_id))
        nb.cells += missing.values()
        if missing and not _is_unreadable(nb):
            lost = ", ".join(missing)
            _remark(self, resources, f"cells are missing and are as they were released: {lost}")
        return nb, resources


class JudgeSubmission(NbGraderPreprocessor):  # type: ignore[misc]
    """
    Judges the solution cells of a submission and writes points and report into its graded cells.

    With several graded cells each gets its share of the points. A submission that cannot be judged
    gets 0 and the reason.
    """

    def preprocess(self, nb: NotebookNode, resources: Resources) -> tuple[NotebookNode, Resources]:
        """
        Judge one submission; nothing of it runs in this process.
        """
        try:
            if _is_unreadable(nb):
                raise SubmissionError("it is not a readable notebook")
            exercise = find_exercise(resources["nbgrader"]["notebook"])
            text = notebook_source(nbformat.writes(nb), exercise)  # type: ignore[no-untyped-call]
            report = _report(exercise, text, resources.get("verdicts"))
            share = report.points / report.max_points
            html = report._repr_mimebundle_()["text/html"]
            for check in report.unfinished:
                resources["unfinished"] = True
                _remark(self, resources, f"{check.id} {check.message}")
        except (CachelabError, ValueError) as error:
            if not _is_unreadable(nb):
                _remark(self, resources, f"cannot be judged: {error}")
            share, html = 0.0, _sentence(f"The submission could not be judged: {error}")
        for cell in nb.cells:
            if utils.is_grade(cell) and cell.cell_type == "code":
                points = share * float(cell.metadata.nbgrader["points"])
                cell.outputs = [_result(points, html)]
        return nb, resources


def read_handed_in(path: Path | None, names: dict[str, str]) -> NotebookNode:
    """
    Return what a student handed in as a notebook: a program is put into the form's answer.
    """
    if path is None:
        return _unreadable("there is none")
    try:
        text = read_text(path)
    except SubmissionError as error:
        return _unreadable(str(error))
    if path.suffix == ".ipynb":
        return _notebook(text)
    cells = list(_released_cells(names).values())
    answers = [cell for cell in cells if cell.cell_type == "code" and utils.is_solution(cell)]
    for number, cell in enumerate(answers):
        cell.source = "" if number else text
    return nbformat.v4.new_notebook(cells=cells)  # type: ignore[no-untyped-call, no-any-return]


def _report(exercise: Exercise, text: str, known: Verdicts | None) -> Report:
    """Return the verdict that was made beforehand, or make it now."""
    found = known and known.reports.get(key_of_text(exercise, text, sandbox_level()))
    return found or judge(exercise.id, text)


def _remark(step: NbGraderPreprocessor, resources: Resources, text: str) -> None:
    """Tell the teacher, through nbgrader's log if nobody collects what there is to say."""
    if "remarks" in resources:
        resources["remarks"].append(text)
    else:
        step.log.warning("%s: %s", resources["nbgrader"]["student"], text)


def _notebook(text: str) -> NotebookNode:
    try:
        cells = [_cell_from(raw) for raw in json.loads(text)["cells"]]
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
        return _unreadable(why_not(error))
    return nbformat.v4.new_notebook(cells=cells)  # type: ignore[no-untyped-call, no-any-return]


def _unreadable(reason: str) -> NotebookNode:
    text = f"The submitted file is not a notebook: {reason}. Hand in what JupyterLab saves."
    cell = _new_cell("markdown", text, {"tags": [UNREADABLE]})
    return nbformat.v4.new_notebook(cells=[cell])  # type: ignore[no-untyped-call, no-any-return]


def _is_unreadable(nb: NotebookNode) -> bool:
    return any(cell.metadata.get("tags") == [UNREADABLE] for cell in nb.cells)


def _cell_from(raw: dict[str, Any]) -> NotebookNode:
    """
    A cell with the text, the metadata and the pictures of a submitted one, and nothing else.

    Outputs are claims, and a slip in the rest of the format is no reason to lose an answer.
    """
    kind = raw["cell_type"] if raw["cell_type"] in ("code", "markdown") else "raw"
    given = raw.get("metadata")
    described = given.get("nbgrader") if isinstance(given, dict) else None
    metadata = {"nbgrader": described} if described else {}
    if isinstance(given, dict) and given.get("tags") == [UNREADABLE]:
        metadata["tags"] = [UNREADABLE]
    cell = _new_cell(kind, "".join(raw["source"]), metadata)
    if kind == "markdown" and isinstance(raw.get("attachments"), dict):
        cell["attachments"] = raw["attachments"]
    return cell


def _released_cells(names: dict[str, str]) -> dict[str, NotebookNode]:
    """
    The notebook's nbgrader cells as they were released: grade_id -> cell.
    """
    with Gradebook(names["db_url"]) as gradebook:
        notebook = gradebook.find_notebook(names["notebook"], names["assignment"])
        points = {cell.name: cell.max_score for cell in notebook.grade_cells}
        points |= {cell.name: cell.max_score for cell in notebook.task_cells}
        answers = {cell.name for cell in notebook.solution_cells}
        tasks = {cell.name for cell in notebook.task_cells}
        return {
            cell.name: _cell(cell, points.get(cell.name), cell.name in answers, cell.name in tasks)
            for cell in notebook.source_cells
        }


def _cell(original: Any, points: float | None, solution: bool, task: bool) -> NotebookNode:
    described = {
        "schema_version": 3,
        "grade_id": original.name,
        "cell_type": original.cell_type,
        "checksum": original.checksum,
        "grade": points is not None and not task,
        "solution": solution,
        "locked": original.locked,
        "task": task,
    }
    if points is not None:
        described["points"] = points
    return _new_cell(original.cell_type, original.source or "", {"nbgrader": described})


def _new_cell(kind: str, source: str, metadata: dict[str, Any]) -> NotebookNode:
    """Return a cell; nbformat's own makers validate each one, and the notebook is validated too."""
    cell = {"id": uuid4().hex[:8], "cell_type": kind, "source": source, "metadata": metadata}
    more: dict[str, Any] = {"outputs": [], "execution_count": None} if kind == "code" else {}
    return nbformat.from_dict({**cell, **more})  # type: ignore[no-untyped-call, no-any-return]


def _grade_id(cell: NotebookNode) -> str | None:
    described = cell.metadata.get("nbgrader")
    grade_id = described.get("grade_id") if isinstance(described, dict) else None
    return grade_id if isinstance(grade_id, str) else None


def _restore(cell: NotebookNode, original: NotebookNode) -> None:
    described = original.metadata.nbgrader
    if described.locked:
        cell.source = original.source
    cell.metadata["nbgrader"] = described
    if cell.cell_type != original.cell_type:
        source = cell.source
        cell.clear()
        cell |= original | {"source": source}


def _result(points: float, html: str) -> NotebookNode:
    return nbformat.v4.new_output(  # type: ignore[no-untyped-call, no-any-return]
        "execute_result",
        data={"text/plain": f"{points:g}", "text/html": html},
        execution_count=1,
    )


def _sentence(text: str) -> str:
    return f"<p>{escape(text)}</p>"
