"""
nbgrader's autograde step for a class: its own steps, on one open gradebook, in one pass.

nbgrader writes each notebook twice and reads, copies and validates it in between. Here the steps
that nbgrader_config.py lists follow one another on the notebook in memory; marks, comments,
penalties and autograded notebooks are what `nbgrader autograde` would leave.
"""

import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbgrader.api import Gradebook, MissingEntry  # type: ignore[import-untyped]
from nbgrader.apps import AutogradeApp  # type: ignore[import-untyped]
from nbgrader.converters import (  # type: ignore[import-untyped]
    Autograde,
    GenerateAssignment,
)
from nbgrader.preprocessors import AssignLatePenalties  # type: ignore[import-untyped]
from nbgrader.utils import parse_utc  # type: ignore[import-untyped]
from traitlets.utils.importstring import import_item

from cachelab.ports.errors import CachelabError

from .autograde import read_handed_in
from .classroom import Verdicts
from .gradebook import one_gradebook, one_transaction
from .handed_in import HandedIn

MARK = "cachelab"
"""The entry in an autograded notebook's metadata that says what it was made from."""


class Bookkeeper:
    """
    Writes verdicts into the gradebook of the course in this folder, a student at a time.
    """

    def __init__(self, assignment: str, verdicts: Verdicts) -> None:
        self.app = AutogradeApp()
        self.app.raise_config_file_errors = True  # else it goes on in other folders, with a word
        self.app.initialize([assignment, "--log-level=ERROR"])
        self.course = self.app.coursedir
        self.course.assignment_id = assignment
        self.assignment, self.verdicts = assignment, verdicts
        self.gradebook = Gradebook(self.course.db_url, self.course.course_id)
        self._make_known()
        self.converter = Autograde(coursedir=self.course, parent=self.app)
        sanitizing, grading = (
            self.converter.sanitize_preprocessors,
            self.converter.autograde_preprocessors,
        )
        self.steps = [_made(step)(parent=self.converter) for step in [*sanitizing, *grading]]

    def remarks_on(self, one: HandedIn) -> list[str] | None:
        """Return what was said when exactly this hand-in was entered; None if it has not been."""
        read = _read(self._target(one.student))
        mark = read.get("metadata", {}).get(MARK, {})
        return mark.get("remarks") if mark.get("handed_in") == one.digest() else None

    def enter(self, one: HandedIn) -> list[str]:
        """
        Write marks and autograded notebook of one student; return what a teacher should know.

        Raises:
            CachelabError: the time of handing in cannot be read, or nbgrader could not do its part;
                the gradebook is as it was before.
        """
        _check_time(one.folder / "timestamp.txt")
        remarks = [one.remark] if one.remark else []
        target = self._target(one.student)
        try:
            with one_transaction(self.gradebook):
                marked = self._marked(one.student, target)
                shutil.rmtree(target.parent, ignore_errors=True)
                notebook = self._graded(one, remarks)
                self._leave_marked(one.student, marked, notebook)
                nbformat.write(notebook, target)  # type: ignore[no-untyped-call]
                self.converter.set_permissions(self.assignment, one.student)
        except BaseException as error:
            shutil.rmtree(target.parent, ignore_errors=True)
            if isinstance(error, KeyboardInterrupt):
                raise
            raise CachelabError(f"not graded: {type(error).__name__}: {error}") from error
        return remarks

    def charge_late(self) -> dict[str, str]:
        """
        Take away anew what late students lose, of the marks that they have now; return it in words.
        """
        charge = AssignLatePenalties(parent=self.converter)
        lost = {}
        for submission in self.gradebook.find_assignment(self.assignment).submissions:
            late = submission.total_seconds_late
            if late <= 0:
                continue
            student = submission.student_id
            with _in_a_sentence(f"the late penalty of {student} cannot be told"):
                charge.preprocess(nbformat.v4.new_notebook(), self._resources(student))  # type: ignore[no-untyped-call]
            lost[student] = (
                f"{_duration(late)} late, {submission.late_submission_penalty or 0:g} off"
            )
        return lost

    def marks(self) -> dict[str, str]:
        """Return what the gradebook has for each student, before late penalties, in words."""
        return {
            one.student_id: f"{one.score:g} of {one.max_score:g}"
            + (", answers wait for marks" if one.needs_manual_grade else "")
            for one in self.gradebook.find_assignment(self.assignment).submissions
        }

    def _make_known(self) -> None:
        """Tell the gradebook of the assignment, as `generate_assignment` does, if it is new."""
        try:
            if self.gradebook.find_assignment(self.assignment).notebooks:
                return
        except MissingEntry:
            pass
        with tempfile.TemporaryDirectory() as place:
            kept, self.course.release_directory = self.course.release_directory, place
            try:
                GenerateAssignment(coursedir=self.course, parent=self.app).start()
            finally:
                self.course.release_directory = kept

    def _target(self, student: str) -> Path:
        folder = self.course.format_path(self.course.autograded_directory, student, self.assignment)
        return Path(folder) / f"{self.assignment}.ipynb"

    def _resources(self, student: str) -> dict[str, Any]:
        names = {"student": student, "assignment": self.assignment, "notebook": self.assignment}
        return {"nbgrader": names | {"db_url": self.course.db_url}}

    def _graded(self, one: HandedIn, remarks: list[str]) -> NotebookNode:
        target = self._target(one.student).parent
        target.mkdir(parents=True)
        self.converter.notebooks = [f"{self.assignment}.ipynb"]
        self.converter.init_assignment(self.assignment, one.student)
        for link in (path for path in one.folder.rglob("*") if path.is_symlink()):
            (target / link.relative_to(one.folder)).unlink(missing_ok=True)
            remarks.append(f"{link.name} is a link and is left out")
        resources = self._resources(one.student)
        resources |= {"verdicts": self.verdicts, "remarks": remarks}
        notebook = read_handed_in(one.path, resources["nbgrader"])
        for step in self.steps:
            notebook, resources = step(notebook, resources)
        if "unfinished" not in resources:  # else the next run enters what it finds out
            notebook.metadata[MARK] = {"handed_in": one.digest(), "remarks": remarks}
        return notebook

    def _marked(self, student: str, graded: Path) -> dict[str, tuple[str, bool]]:
        """Return the text of each answer that was marked by hand, and whether it waits for more."""
        sources = _sources(_read(graded).get("cells", []))
        return {
            grade.name: (sources.get(grade.name, ""), grade.needs_manual_grade)
            for grade in self._grades(student)
            if grade.manual_score is not None
        }

    def _leave_marked(
        self, student: str, marked: dict[str, tuple[str, bool]], notebook: NotebookNode
    ) -> None:
        """Do not ask for marks again where the answer is the one that was marked."""
        sources = _sources(notebook.cells)
        for grade in self._grades(student):
            text, waits = marked.get(grade.name, (None, True))
            if text == sources.get(grade.name):
                grade.needs_manual_grade = waits

    def _grades(self, student: str) -> Iterator[Any]:
        try:
            submission = self.gradebook.find_submission(self.assignment, student)
        except MissingEntry:
            return
        for notebook in submission.notebooks:
            yield from notebook.grades


@contextmanager
def open_books(assignment: str, verdicts: Verdicts) -> Iterator[Bookkeeper]:
    """
    Open the gradebook of the course in this folder for one assignment.
    """
    with one_gradebook():
        with _in_a_sentence("the gradebook cannot be opened"):
            books = Bookkeeper(assignment, verdicts)
        yield books


@contextmanager
def _in_a_sentence(what: str) -> Iterator[None]:
    """Say in a sentence what stopped nbgrader: a damaged file, wrong settings, another program."""
    try:
        yield
    except Exception as error:
        told = str(error).split("\n", 1)[0]
        raise CachelabError(f"{what}: {type(error).__name__}: {told}") from error


def _check_time(path: Path) -> None:
    """Refuse a time that nbgrader cannot read: it would stop, and the student count as on time."""
    text = path.read_text("utf-8", errors="replace").strip() if path.is_file() else ""
    try:
        if text:
            parse_utc(text)
    except (ValueError, OverflowError) as error:
        told = f"{path.name} has {text[:30]!r}, no time such as 2026-11-22 15:00:00 UTC"
        raise CachelabError(f"not graded: {told}") from error


def _made(step: Any) -> Any:
    return import_item(step) if isinstance(step, str) else step


def _read(path: Path) -> dict[str, Any]:
    try:
        read = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return read if isinstance(read, dict) else {}


def _sources(cells: list[Any]) -> dict[str, str]:
    described = ((cell["metadata"].get("nbgrader", {}), cell["source"]) for cell in cells)
    return {
        meta["grade_id"]: source if isinstance(source, str) else "".join(source)
        for meta, source in described
        if "grade_id" in meta
    }


def _duration(seconds: float) -> str:
    """
    Return how long that is, in the largest unit that says it well.

    >>> _duration(183_600), _duration(3_600), _duration(1)
    ('2.1 days', '1.0 hours', '0.0 hours')
    """
    return f"{seconds / 86_400:.1f} days" if seconds >= 86_400 else f"{seconds / 3_600:.1f} hours"
