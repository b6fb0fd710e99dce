"""
The notebooks as they are checked in: in step with their sources, run, and still true.
"""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

import cachelab.grading.cells  # noqa: F401 - defines the error of an exercise not begun
from cachelab.authoring import check
from cachelab.authoring.execute import execute

ROOT = Path(__file__).parents[2]
LESSONS = sorted((ROOT / "notebooks").glob("*.ipynb"))
SOLUTIONS = sorted((ROOT / "solutions").glob("*/*.ipynb"))
EXERCISES = sorted((ROOT / "exercises").glob("*/*.ipynb"))
NOT_BEGUN = {NotImplementedError, *NotImplementedError.__subclasses__()}

by_name = pytest.mark.parametrize("path", LESSONS + SOLUTIONS, ids=lambda path: path.stem)
exercise_by_name = pytest.mark.parametrize("path", EXERCISES, ids=lambda path: path.stem)


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code" and cell.source.strip()]


def test_there_are_notebooks():
    assert LESSONS
    assert [path.name for path in SOLUTIONS] == [path.name for path in EXERCISES] != []


@pytest.mark.slow
def test_what_is_checked_in_is_what_the_sources_give():
    assert check(ROOT) == []


@by_name
def test_every_code_cell_was_run(path):
    # nbval compares nothing for a cell without a count: a stripped notebook would always pass.
    cells = code_cells(nbformat.read(path, as_version=4))
    assert cells
    assert [cell.id for cell in cells if cell.execution_count is None] == []


@by_name
def test_cells_were_run_once_from_top_to_bottom(path):
    counts = [cell.execution_count for cell in code_cells(nbformat.read(path, as_version=4))]
    assert counts == list(range(1, len(counts) + 1))


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_the_notebooks_print_what_they_printed_when_they_were_saved(tmp_path):
    settings = tmp_path / "pytest.ini"
    settings.write_text("[pytest]\n")
    # Neither this project's pytest settings nor a user's kernels, start-up files and attempts.
    alone = {"JUPYTER_PREFER_ENV_PATH": "1", "IPYTHONDIR": str(tmp_path / "ipython")}
    alone["CACHELAB_HOME"] = ""
    command = [sys.executable, "-m", "pytest", "-c", settings, "--rootdir", ROOT, "-q"]
    command += ["-p", "no:cacheprovider", "--nbval", "--nbval-cell-timeout=60"]
    command += ["--nbval-sanitize-with", ROOT / "tests" / "sanitize.cfg", "--color=no"]
    done = subprocess.run(
        [*command, ROOT / "notebooks", ROOT / "solutions"],
        cwd=ROOT,
        env=os.environ | alone | {"JUPYTER_DATA_DIR": str(tmp_path / "data")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.slow
@exercise_by_name
def test_an_untouched_exercise_gives_no_points_and_raises_in_its_graded_cells_alone(path, tmp_path):
    notebook = nbformat.read(path, as_version=4)
    for cell in code_cells(notebook):
        tags = cell.metadata.get("tags", [])
        cell.metadata["tags"] = [*tags, "raises-exception"]  # look at every cell, stop at none
    asyncio.run(execute(notebook, path.parent, tmp_path / "kernel.log"))
    raised = {
        cell.id: output.ename
        for cell in code_cells(notebook)
        for output in cell.outputs
        if output.output_type == "error"
    }
    graded = [c for c in code_cells(notebook) if c.metadata.get("nbgrader", {}).get("grade")]
    shown = {c.id: [o.data["text/plain"] for o in c.outputs if "data" in o] for c in graded}
    assert set(raised) <= set(shown)
    assert [texts for name, texts in shown.items() if name not in raised and texts != ["0"]] == []
    assert set(raised.values()) <= {error.__name__ for error in NOT_BEGUN}
