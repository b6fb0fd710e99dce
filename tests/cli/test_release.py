"""`cachelab release`: students get the course, and none of its answers."""

import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).parents[2]
CACHELAB = (sys.executable, "-c", "from cachelab.cli import main; main()")


@pytest.fixture(scope="module")
def released(tmp_path_factory):
    if not (ROOT / ".git").exists():
        pytest.skip("this is no git checkout")
    folder = tmp_path_factory.mktemp("release") / "course"
    command = [*CACHELAB, "release", "--to", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return folder


def files(folder):
    return sorted(path for path in folder.rglob("*") if path.is_file())


def test_lessons_exercises_and_package_are_there(released):
    assert list(released.glob("notebooks/0*.ipynb"))
    assert list(released.glob("exercises/*/*.ipynb"))
    assert (released / "cachelab" / "eviction" / "lru.py").exists()


def test_no_file_contains_a_solution_or_is_one(released):
    marks = [p for p in files(released) if b"BEGIN SOLUTION" in p.read_bytes()]
    assert [p for p in marks if p.suffix != ".py" or "notebooks" in p.parts] == []
    assert not (released / "solutions").exists()
    assert not (released / "tests").exists()


def test_the_released_package_judges(released, tmp_path):
    stub = ROOT / "tests" / "mutants" / "ex07" / "stub.py"
    command = [*CACHELAB, "judge", "ex07", str(stub)]
    environment = os.environ | {"PYTHONPATH": str(released)}
    done = subprocess.run(command, cwd=released, env=environment, capture_output=True, text=True)
    assert (done.returncode, "0 of 40 points" in done.stdout) == (1, True)


def test_another_folder_than_the_course_s_is_refused(tmp_path):
    command = [sys.executable, "-m", "cachelab", "release", "--to", str(tmp_path / "handout")]
    done = subprocess.run(command, cwd=ROOT / "docs", capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "this is not the course's folder" in done.stderr or "no checkout" in done.stderr
    assert not (tmp_path / "handout").exists()


@pytest.mark.slow
def test_a_student_with_nothing_but_the_release_works_through_an_exercise(released):
    nbclient = pytest.importorskip("nbclient")
    form = nbformat.read(released / "exercises/ex01_measuring/ex01_measuring.ipynb", as_version=4)
    answers = [c for c in form.cells if c.metadata.get("nbgrader", {}).get("solution")]
    right = (ROOT / "tests/mutants/ex01/right/solution.py").read_text("utf-8")
    for number, cell in enumerate(answers):
        cell.source = "" if number else right
    form.cells.append(nbformat.v4.new_code_cell("import cachelab; print(cachelab.__file__)"))
    client = nbclient.NotebookClient(form, resources={"metadata": {"path": str(released)}})
    client.execute(env=os.environ | {"PYTHONPATH": str(released), "CACHELAB_HOME": ""})
    outputs = [out for cell in form.cells for out in cell.get("outputs", ())]
    shown = [out.get("text") or out.get("data", {}).get("text/html", "") for out in outputs]
    assert any("40 of 40 points" in text for text in shown)
    assert shown[-1].startswith(str(released))


def test_a_folder_with_something_in_it_is_left_alone(tmp_path):
    (tmp_path / "thesis.tex").write_text("x")
    command = [*CACHELAB, "release", "--to", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "is not empty" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]
