import io
import json
import os
import sys
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from nbgrader.api import Gradebook
from nbgrader.preprocessors import CheckCellMetadata
from nbgrader.utils import determine_grade

from cachelab.grading import find_exercise
from cachelab.grading.autograde import (
    JudgeSubmission,
    RestoreCells,
    SubmissionExporter,
)
from cachelab.grading.submission import notebook_source

# nbgrader's own queries; nothing that this project's code could do otherwise.
pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")

EX07 = find_exercise("ex07")
WRONG = "class LRUCache:\n    pass"


def answer(notebook):
    return notebook_source(nbformat.writes(notebook), EX07)


def described(grade_id, grade=False, solution=False, points=None):
    meta = {"schema_version": 3, "grade_id": grade_id, "task": False}
    meta |= {"grade": grade, "solution": solution, "locked": not solution}
    return {"nbgrader": meta | ({"points": points} if grade else {})}


def submission(text=WRONG):
    return new_notebook(
        cells=[
            new_code_cell("import math", metadata=described("imports")),
            new_code_cell(text, metadata=described("lru-cache", solution=True)),
            new_code_cell("score(LRUCache)", metadata=described("check", grade=True, points=40)),
            new_markdown_cell("Because.", metadata=described("why", True, True, points=4)),
        ]
    )


@contextmanager
def alembic_in_path():
    # A new gradebook asks the program alembic, which stands beside this Python.
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", str(Path(sys.executable).parent), prepend=os.pathsep)
        yield


@pytest.fixture(scope="module")
def resources(tmp_path_factory):
    """What nbgrader hands to a step: the names of things and a gradebook that knows the release."""
    url = f"sqlite:///{tmp_path_factory.mktemp('gradebook') / 'gradebook.db'}"
    where = ("ex07_lru", "ex07_lru")
    with alembic_in_path(), Gradebook(url) as book:
        book.add_assignment("ex07_lru")
        book.add_notebook(*where)
        book.add_grade_cell("check", *where, max_score=40, cell_type="code")
        book.add_grade_cell("why", *where, max_score=4, cell_type="markdown")
        book.add_solution_cell("lru-cache", *where)
        book.add_solution_cell("why", *where)
        for cell in submission("raise NotImplementedError()").cells:
            book.add_source_cell(
                cell.metadata.nbgrader.grade_id,
                *where,
                cell_type=cell.cell_type,
                source=cell.source,
                locked=cell.metadata.nbgrader.locked,
                checksum="0" * 32,
            )
    names = {"notebook": "ex07_lru", "assignment": "ex07_lru", "student": "ada", "db_url": url}
    return {"nbgrader": names}


@pytest.fixture
def restore(resources):
    def restore(notebook):
        restored, _ = RestoreCells().preprocess(notebook, resources)
        CheckCellMetadata().preprocess(restored, resources)
        nbformat.validate(restored)
        return SimpleNamespace(
            notebook=restored,
            cells={
                cell.metadata.nbgrader.grade_id: cell
                for cell in restored.cells
                if "nbgrader" in cell.metadata
            },
        )

    return restore


def everything_is_back(cells):
    return (
        set(cells) == {"imports", "lru-cache", "check", "why"}
        and cells["check"].source == "score(LRUCache)"
        and cells["check"].metadata.nbgrader.points == 40
        and cells["imports"].source == "import math"
    )


def test_an_honest_submission_keeps_its_answers(restore):
    restored = restore(submission())
    assert everything_is_back(restored.cells)
    assert answer(restored.notebook) == WRONG
    assert restored.cells["why"].source == "Because."


def delete_everything_but_the_answer(notebook):
    notebook.cells = notebook.cells[1:2]


def rename_the_graded_cell(notebook):
    notebook.cells[2].metadata.nbgrader.grade_id = "mine"


def ask_for_more_points(notebook):
    notebook.cells[2].metadata.nbgrader.points = 1000


def lose_the_points(notebook):
    del notebook.cells[2].metadata.nbgrader["points"]


def unlock_and_rewrite_the_graded_cell(notebook):
    notebook.cells[2].metadata.nbgrader.update(locked=False, solution=True)
    notebook.cells[2].source = "40"


def turn_the_graded_cell_into_text(notebook):
    notebook.cells[2] = new_markdown_cell("40", metadata=notebook.cells[2].metadata)


def write_nonsense_into_the_metadata(notebook):
    for position in (0, 2):
        notebook.cells[position].metadata["nbgrader"] = ["nonsense"]


def add_a_graded_cell(notebook):
    notebook.cells.append(new_code_cell("40", metadata=described("bonus", True, points=40)))


def copy_the_answer_cell(notebook):
    notebook.cells.append(new_code_cell("1", metadata=described("lru-cache", solution=True)))


@pytest.mark.parametrize(
    "tamper",
    [
        delete_everything_but_the_answer,
        rename_the_graded_cell,
        ask_for_more_points,
        lose_the_points,
        unlock_and_rewrite_the_graded_cell,
        turn_the_graded_cell_into_text,
        write_nonsense_into_the_metadata,
        add_a_graded_cell,
        copy_the_answer_cell,
    ],
    ids=lambda tamper: tamper.__name__,
)
def test_tampering_is_undone_and_the_answer_kept(restore, tamper):
    notebook = submission()
    tamper(notebook)
    restored = restore(notebook)
    assert everything_is_back(restored.cells)
    assert answer(restored.notebook) == WRONG


def test_a_deleted_answer_counts_as_the_untouched_stub(restore):
    notebook = submission()
    del notebook.cells[1]
    assert answer(restore(notebook).notebook) == "raise NotImplementedError()"


def test_the_student_s_own_cells_stay(restore):
    notebook = submission()
    notebook.cells.insert(0, new_markdown_cell("my notes"))
    assert restore(notebook).notebook.cells[0].source == "my notes"


def judged(notebook, resources):
    notebook, _ = JudgeSubmission().preprocess(notebook, resources)
    return notebook.cells[2]


def test_the_points_of_the_judge_become_the_grade_of_the_cell(resources):
    cell = judged(submission(), resources)
    assert determine_grade(cell) == (0, 40)
    assert "victim" in cell.outputs[0].data["text/html"]


ONLY_STORES = """
class LRUCache:
    def __init__(self, capacity):
        self.data = {}

    def get(self, key, default=None):
        return self.data.get(key, default)

    def put(self, key, value):
        self.data[key] = value

    def __len__(self):
        return len(self.data)

    def __contains__(self, key):
        return key in self.data
"""


def test_several_graded_cells_share_the_points(resources):
    notebook = submission(ONLY_STORES)
    notebook.cells.append(new_code_cell("1", metadata=described("half", True, points=20)))
    notebook, _ = JudgeSubmission().preprocess(notebook, resources)
    whole, _ = determine_grade(notebook.cells[2])
    assert 0 < whole < 40
    assert determine_grade(notebook.cells[4]) == (whole / 2, 20)


def test_what_cannot_be_judged_gets_nothing_and_the_reason(resources):
    unknown = {"nbgrader": resources["nbgrader"] | {"notebook": "ex99_<none>"}}
    cell = judged(submission(), unknown)
    assert determine_grade(cell) == (0, 40)
    page = cell.outputs[0].data["text/html"]
    assert "could not be judged" in page
    assert "ex99" in page


def test_a_written_answer_is_left_to_the_teacher(resources):
    notebook, _ = JudgeSubmission().preprocess(submission(), resources)
    assert determine_grade(notebook.cells[3])[0] is None


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"cells": 3}', "\x00", '{"nbformat": 99}', '{"cells": [1]}']
)
def test_a_file_that_is_no_notebook_is_read_as_an_empty_one(text):
    written, _ = SubmissionExporter().from_file(io.StringIO(text))
    (cell,) = nbformat.reads(written, as_version=4).cells
    assert cell.source.startswith("The submitted file is not a notebook")


def damage(cell, *keys):
    for key in keys:
        del cell[key]


@pytest.mark.parametrize(
    "slip",
    [
        damage,
        lambda notebook: damage(notebook, "metadata", "nbformat_minor"),
        lambda notebook: damage(notebook["cells"][1], "id", "outputs", "execution_count"),
        lambda notebook: notebook["cells"][0].update(id=notebook["cells"][1]["id"]),
        lambda notebook: notebook["cells"][0].update(cell_type="strange", metadata=3),
        lambda notebook: notebook["cells"][1].update(outputs=[{"output_type": "strange"}], more=1),
        lambda notebook: notebook["cells"][1].update(source=WRONG.splitlines(keepends=True)),
    ],
)
def test_a_slip_in_the_format_loses_no_answer(slip):
    notebook = json.loads(nbformat.writes(submission()))
    slip(notebook)
    written, _ = SubmissionExporter().from_file(io.StringIO(json.dumps(notebook)))
    assert answer(nbformat.reads(written, as_version=4)) == WRONG
