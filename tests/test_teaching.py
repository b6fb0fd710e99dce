"""
The teacher's guide, run in an empty copy of the course as it stands there.
"""

import csv
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from nbgrader.api import Gradebook

ROOT = Path(__file__).parents[1]
GUIDE = (ROOT / "docs/teaching.md").read_text("utf-8")
BLOCKS = re.findall(r"^```(python|)\n(.*?)^```", GUIDE, re.M | re.S)
FIRST = "mkdir -p gradebook/submitted"
"""How the first block begins that needs no network and no new environment."""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.name != "posix", reason="the guide is for a POSIX shell"),
]


@pytest.fixture(scope="module")
def guide(tmp_path_factory):
    """Run the guide's blocks one after the other; keep what each of them printed."""
    folder = tmp_path_factory.mktemp("course")
    for name in ("solutions", "exercises"):
        shutil.copytree(ROOT / name / "ex15_design", folder / name / "ex15_design")
    shutil.copy(ROOT / "nbgrader_config.py", folder)
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    names = {f"JUPYTER_{kind}_DIR": str(folder / ".jupyter") for kind in ("CONFIG", "DATA")}
    blocks = iter(BLOCKS)
    said = {}
    for language, block in blocks:
        if not said and not block.startswith(FIRST):
            continue
        command = [sys.executable, "-W", "ignore"] if language else ["bash"]
        said[block.split("\n", 1)[0]] = subprocess.run(
            [*command, "-c", block],
            cwd=folder,
            env=os.environ | names | {"PATH": path},
            capture_output=True,
            text=True,
            check=False,
            timeout=240,
        )
    return SimpleNamespace(folder=folder / "gradebook", said=said)


def test_each_block_works_and_worries_nobody(guide):
    ended = {first: (done.returncode, done.stderr) for first, done in guide.said.items()}
    assert ended == dict.fromkeys(ended, (0, ""))


def test_the_guide_ends_with_the_marks_of_the_class(guide):
    with (guide.folder / "grades.csv").open(encoding="utf-8", newline="") as file:
        marks = {row["student_id"]: float(row["score"]) for row in csv.DictReader(file)}
    assert marks == {"ada": 0, "ben": pytest.approx(0.7 * 37.5)}


def test_the_feedback_has_the_comment_that_was_made_by_hand(guide):
    page = guide.folder / "feedback/ben/ex15_design/ex15_design.html"
    assert "Which value would it be?" in page.read_text("utf-8")


def test_a_page_of_marked_answers_says_nothing_of_waiting_and_fetches_nothing(guide):
    page = (guide.folder / "feedback/ben/ex15_design/ex15_design.html").read_text("utf-8")
    assert "Not marked yet" not in page
    assert "<script" not in page


def test_what_unfolds_in_a_page_has_its_triangle(guide):
    page = (guide.folder / "feedback/ben/ex15_design/ex15_design.html").read_text("utf-8")
    rules = re.findall(r"summary\s*{\s*display:\s*([\w-]+)", page)
    assert rules[-1] == "list-item"  # after nbgrader's own, which takes it away


def test_a_page_written_too_early_names_what_waits_and_draws_formulas(guide, tmp_path):
    course, place = tmp_path / "course", "ben/ex15_design/ex15_design"
    shutil.copytree(guide.folder.parent, course)
    answer = course / f"gradebook/autograded/{place}.ipynb"
    answer.write_text(answer.read_text("utf-8").replace("Exercise 15", "Exercise $15$"), "utf-8")
    with Gradebook(f"sqlite:///{course}/gradebook/gradebook.db") as book:
        for question in ("written-wrong", "written-node-dies"):
            grade = book.find_grade(question, "ex15_design", "ex15_design", "ben")
            grade.needs_manual_grade = True
        grade.manual_score = None
        book.db.commit()
    command = [sys.executable, "-m", "nbgrader", "generate_feedback", "ex15_design", "--force"]
    told = subprocess.run(command, cwd=course, capture_output=True, text=True, check=True)
    page = (course / f"gradebook/feedback/{place}.html").read_text("utf-8")
    assert "ben: not marked yet: written-node-dies" in told.stderr
    assert "ben: to be marked again: written-wrong" in told.stderr
    assert "counted as 0 until then:\nwritten-node-dies." in page
    assert "counted as it was until it is marked again:\nwritten-wrong." in page
    assert "MathJax" in page


def test_the_class_is_told_apart_by_check_and_from_the_model_solution(guide):
    printed = list(guide.said.values())[-1].stdout
    assert "failed, of 2 judged:" in printed
    assert "(the model solution)  ben" in printed
