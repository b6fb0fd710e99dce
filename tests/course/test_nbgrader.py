"""
The whole way of an exercise through nbgrader: release, hand in, grade, feedback, grades.
"""

import csv
import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest

ROOT = Path(__file__).parents[2]
NAME = "ex07_lru"
PUT_DOES_NOT_REFRESH = """
from collections import OrderedDict
from threading import RLock


class LRUCache:
    def __init__(self, capacity):
        self.capacity = capacity
        self.data = OrderedDict()
        self.lock = RLock()
        self.hits = self.gets = 0

    def get(self, key, default=None):
        with self.lock:
            self.gets += 1
            if key not in self.data:
                return default
            self.hits += 1
            self.data.move_to_end(key)
            return self.data[key]

    def put(self, key, value):
        with self.lock:
            self.data[key] = value
            if len(self.data) > self.capacity:
                self.data.popitem(last=False)

    def delete(self, key):
        with self.lock:
            return self.data.pop(key, None) is not None

    def hit_rate(self):
        return self.hits / self.gets if self.gets else 0.0

    def __len__(self):
        return len(self.data)

    def __contains__(self, key):
        return key in self.data
"""

pytestmark = pytest.mark.slow


def start(folder, *arguments):
    """Start nbgrader in `folder`, without the settings of whoever runs the tests."""
    home = {f"JUPYTER_{kind}_DIR": str(folder / ".jupyter") for kind in ("CONFIG", "DATA")}
    return subprocess.Popen(
        [sys.executable, "-m", "nbgrader", *arguments],
        cwd=folder,
        env=os.environ | home | {"JUPYTER_RUNTIME_DIR": str(folder / ".jupyter")},
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )


def finish(process):
    output, _ = process.communicate(timeout=240)
    assert process.returncode == 0, output
    return output


def nbgrader(folder, *arguments):
    return finish(start(folder, *arguments))


def read(path):
    return nbformat.read(path, as_version=4)


def cell_of(notebook, **kind):
    return next(c for c in notebook.cells if kind.items() <= c.metadata.get("nbgrader", {}).items())


def answer_with(notebook, code):
    """Put an answer into the solution cell that defines the cache, and empty the others."""
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("solution") and cell.cell_type == "code":
            cell.source = code if "class LRUCache" in cell.source else ""
    return notebook


def vandalised(notebook):
    """An honest answer in a notebook whose other cells were tampered with in every known way."""
    solution = cell_of(notebook, solution=True, grade=False)
    copied = nbformat.from_dict({**solution, "id": "copied", "source": "class LRUCache: pass"})
    graded = cell_of(notebook, grade=True, solution=False)
    graded.metadata.nbgrader.update(points=1000, locked=False, grade_id="renamed")
    graded.source = "1000"
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("locked"):
            cell.metadata["nbgrader"] = "nonsense"
    notebook.cells.append(copied)
    notebook.metadata.kernelspec.name = "nonexistent"
    return notebook


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """A term with five students: what the gradebook's folder looks like at the end of it."""
    base = tmp_path_factory.mktemp("term")
    teacher, exchange = base / "teacher", base / "exchange"
    shutil.copytree(ROOT / "solutions", teacher / "solutions")
    shutil.copy(ROOT / "nbgrader_config.py", teacher)
    shared = f"--Exchange.root={exchange}"
    nbgrader(teacher, "generate_assignment", NAME)
    exchange.mkdir()
    nbgrader(teacher, "release_assignment", NAME, shared)

    solved = teacher / "solutions" / NAME / f"{NAME}.ipynb"
    released = teacher / "exercises" / NAME / f"{NAME}.ipynb"
    handed_in = {
        "full": read(solved),
        "wrong": answer_with(read(solved), PUT_DOES_NOT_REFRESH),
        "stub": read(released),
    }
    submitting = []
    for student, notebook in handed_in.items():
        folder = base / student / NAME
        folder.mkdir(parents=True)
        nbformat.write(notebook, folder / f"{NAME}.ipynb")
        who = ("--course", "cachelab", "--student", student)
        submitting.append(start(folder.parent, "submit", NAME, *who, shared))
    for process in submitting:
        finish(process)
    nbgrader(teacher, "collect", NAME, shared)

    copied = {"vandal": nbformat.writes(vandalised(read(solved))), "unreadable": "{"}
    for student, text in copied.items():
        file = teacher / "gradebook/submitted" / student / NAME / f"{NAME}.ipynb"
        file.parent.mkdir(parents=True)
        file.write_text(text, encoding="utf-8")

    log = nbgrader(teacher, "autograde", NAME)
    nbgrader(teacher, "generate_feedback", NAME)
    nbgrader(teacher, "export", "--to", "gradebook/grades.csv")
    return SimpleNamespace(folder=teacher / "gradebook", released=released, log=log)


@pytest.fixture(scope="module")
def points(graded):
    with (graded.folder / "grades.csv").open(encoding="utf-8", newline="") as file:
        return {row["student_id"]: float(row["score"]) for row in csv.DictReader(file)}


def feedback(graded, student):
    return (graded.folder / "feedback" / student / NAME / f"{NAME}.html").read_text("utf-8")


def test_nbgrader_releases_what_is_checked_in(graded):
    checked_in = ROOT / "exercises" / NAME / f"{NAME}.ipynb"
    assert graded.released.read_bytes() == checked_in.read_bytes()


def test_the_solution_earns_every_point(points):
    assert points["full"] == 40


def test_a_wrong_answer_earns_some_of_the_points(points):
    assert 0 < points["wrong"] < 40


def test_an_untouched_exercise_earns_nothing(points):
    assert points["stub"] == 0


def test_tampering_with_other_cells_changes_no_points(points):
    assert points["vandal"] == 40


def test_a_file_that_is_no_notebook_earns_nothing_and_is_graded(graded, points):
    assert points["unreadable"] == 0
    assert "not a notebook" in feedback(graded, "unreadable")


def test_the_feedback_shows_the_run_that_went_wrong(graded):
    page = feedback(graded, "wrong")
    assert "put(" in page
    assert "expected" in page.lower()


def test_the_feedback_shows_neither_hidden_tests_nor_the_solution(graded):
    solution = read(ROOT / "solutions" / NAME / f"{NAME}.ipynb")
    answer = "".join(cell_of(solution, solution=True, grade=False).source.split())
    for student in ("wrong", "stub", "unreadable"):
        page = feedback(graded, student)
        assert "HIDDEN TESTS" not in page
        assert "BEGIN SOLUTION" not in page
        assert answer not in "".join(page.split())


def test_students_code_was_not_executed_by_nbgrader(graded):
    autograded = read(graded.folder / "autograded/full" / NAME / f"{NAME}.ipynb")
    counts = {cell.execution_count for cell in autograded.cells if cell.cell_type == "code"}
    assert counts == {None}


@pytest.mark.skipif(os.name != "posix", reason="kernels are reached by TCP there")
def test_a_kernel_of_nbgraders_own_is_reached_from_any_folder(tmp_path, monkeypatch):
    from traitlets.config.loader import PyFileConfigLoader

    monkeypatch.chdir(tmp_path)
    manager = PyFileConfigLoader("nbgrader_config.py", path=str(ROOT)).load_config().KernelManager
    assert manager.transport == "ipc"
    assert Path(manager.ip).is_absolute()
    assert len(manager.ip) < 90
