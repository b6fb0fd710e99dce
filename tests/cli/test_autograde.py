"""
`cachelab autograde`: what it takes from a student's folder, and what it says when it is stopped.
"""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing, contextmanager
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest

from cachelab.grading import judge
from cachelab.grading.classroom import Verdicts
from cachelab.grading.handed_in import each_handed_in

ROOT = Path(__file__).parents[2]
CACHELAB = (sys.executable, "-c", "from cachelab.cli import main; main()")
NAME = "ex01_measuring"
RIGHT = (ROOT / "tests/mutants/ex01/right/solution.py").read_text("utf-8")
WRONG = (ROOT / "tests/mutants/ex01/wrong/percent.py").read_text("utf-8")


def hand_in(submitted, student, files):
    folder = submitted / student / NAME
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    ("files", "taken", "remark"),
    [
        ([f"{NAME}.ipynb", "mine.py"], f"{NAME}.ipynb", ""),
        ([f"{NAME}.ipynb", "old.ipynb"], f"{NAME}.ipynb", ""),
        ([f"{NAME} (1).ipynb"], f"{NAME} (1).ipynb", f"taken from {NAME} (1).ipynb"),
        (["mine.py", "notes.txt"], "mine.py", "taken from mine.py"),
        (["a.py", "b.py"], None, f"no {NAME}.ipynb, but a.py, b.py"),
        ([], None, f"no {NAME}.ipynb, but nothing"),
    ],
)
def test_one_file_of_a_folder_is_graded_or_all_are_named(tmp_path, files, taken, remark):
    hand_in(tmp_path, "ada", dict.fromkeys(files, ""))
    [one] = each_handed_in(tmp_path, NAME)
    assert (one.path and one.path.name, one.remark) == (taken, remark)


def test_a_time_of_handing_in_makes_it_another_hand_in(tmp_path):
    hand_in(tmp_path, "ada", {"mine.py": ""})
    [one] = each_handed_in(tmp_path, NAME)
    before = one.digest()
    hand_in(tmp_path, "ada", {"timestamp.txt": "2026-11-22 15:00:00 UTC"})
    assert one.digest() != before


def notebook_with(text, without=()):
    form = nbformat.read(ROOT / "exercises" / NAME / f"{NAME}.ipynb", as_version=4)
    answers = [c for c in form.cells if c.metadata.get("nbgrader", {}).get("solution")]
    for number, cell in enumerate(answers):
        cell.source = "" if number else text
    form.cells = [c for c in form.cells if grade_id(c) not in without]
    return nbformat.writes(form)


def grade_id(cell):
    return cell.metadata.get("nbgrader", {}).get("grade_id")


def hear_ctrl_c():
    signal.signal(signal.SIGINT, signal.SIG_DFL)


class Course:
    """A course folder and a shell in it."""

    def __init__(self, folder):
        self.folder, self.submitted = folder, folder / "gradebook/submitted"
        shutil.copytree(ROOT / "solutions" / NAME, folder / "solutions" / NAME)
        shutil.copy(ROOT / "nbgrader_config.py", folder)
        names = {f"JUPYTER_{kind}_DIR": str(folder / ".jupyter") for kind in ("CONFIG", "DATA")}
        self.environment = os.environ | names

    def start(self, *command):
        return subprocess.Popen(
            command,
            cwd=self.folder,
            env=self.environment,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
            # A suite that runs in the background of a shell ignores Ctrl-C, and so would this.
            preexec_fn=hear_ctrl_c if os.name == "posix" else None,
        )

    def autograde(self, *options, name=NAME):
        process = self.start(*CACHELAB, "autograde", name, *options)
        said, worried = process.communicate(timeout=200)
        assert (process.returncode, worried) == (0, "")
        return dict(line.split(": ", 1) for line in said.splitlines())

    def rows(self, query):
        with self.book() as book:
            return book.execute(query).fetchall()

    @contextmanager
    def book(self):
        """Open the gradebook; keep what is written in it."""
        with closing(sqlite3.connect(self.folder / "gradebook/gradebook.db")) as book, book:
            yield book


CHECK_LOST = notebook_with(RIGHT, without={"measuring-check"})


@pytest.fixture(scope="module")
def term(tmp_path_factory):
    """A class graded, a second hand-in, a due date and marks by hand between the three times."""
    course = Course(tmp_path_factory.mktemp("term"))
    hand_in(course.submitted, "ada", {f"{NAME}.ipynb": notebook_with(WRONG)})
    hand_in(course.submitted, "cem", {f"{NAME}.ipynb": "{"})
    hand_in(course.submitted, "eva", {"mine.py": RIGHT})
    hand_in(course.submitted, "gus", {})
    hand_in(course.submitted, "hal", {f"{NAME}.ipynb": CHECK_LOST})
    hand_in(course.submitted, "José García", {f"{NAME}.ipynb": notebook_with(RIGHT)})
    first = course.autograde()
    hand_in(course.submitted, "ada", {f"{NAME}.ipynb": notebook_with(RIGHT)})
    hand_in(course.submitted, "cem", {"one.ipynb": "{", "two.ipynb": "{"})
    (course.submitted / "cem" / NAME / f"{NAME}.ipynb").unlink()
    hand_in(course.submitted, "eva", {"timestamp.txt": "2026-11-22 15:00:00 UTC"})
    hand_in(course.submitted, "José García", {"timestamp.txt": "yesterday"})
    (course.folder / "gradebook/settings.py").write_text("c.PerDay.share = 0.1\n")
    with course.book() as book:
        book.execute("update assignment set duedate = '2026-11-20 12:00:00.000000'")
    second = course.autograde()
    with course.book() as book:
        book.execute("update grade set manual_score = 10 where auto_score = 40")
        book.execute("update grade set needs_manual_grade = 0")
    hand_in(course.submitted, "José García", {"timestamp.txt": "2026-11-19 15:00:00 UTC"})
    third = course.autograde("--force", name="ex01")
    return SimpleNamespace(course=course, first=first, second=second, third=third)


CUT_OFF = "it breaks off or is damaged in line 1"
LOST = "cells are missing and are as they were released: measuring-check"


@pytest.mark.slow
def test_every_student_gets_marks_or_a_reason(term):
    report = judge("ex01", WRONG)
    assert term.first == {
        "ada": f"{report.points} of 40; failed {report.failed[0].id}",
        "cem": f"0 of 40; {NAME}.ipynb is not a readable notebook: {CUT_OFF}",
        "eva": "40 of 40; taken from mine.py",
        "gus": f"not graded: no {NAME}.ipynb, but nothing",
        "hal": f"40 of 40; {LOST}",
        "José García": "40 of 40",
    }


@pytest.mark.slow
def test_what_was_remarked_is_said_each_time_the_command_is_given(term):
    assert term.second["hal"] == term.first["hal"]


@pytest.mark.slow
def test_a_time_that_cannot_be_read_is_named_and_the_marks_stay_as_they_were(term):
    told = "timestamp.txt has 'yesterday', no time such as 2026-11-22 15:00:00 UTC"
    assert term.second["José García"] == f"40 of 40; not graded: {told}"


@pytest.mark.slow
def test_marks_of_a_file_that_is_no_longer_the_one_are_called_so(term):
    found = f"no {NAME}.ipynb, but one.ipynb, two.ipynb"
    assert term.second["cem"] == f"0 of 40 for an earlier file; not graded: {found}"


@pytest.mark.slow
def test_a_second_hand_in_is_graded_without_being_asked_for(term):
    assert term.second["ada"] == "40 of 40"


@pytest.mark.slow
def test_the_due_date_and_the_share_that_hold_now_are_what_is_charged(term):
    assert term.second["eva"] == "40 of 40; taken from mine.py; 2.1 days late, 12 off"


@pytest.mark.slow
def test_marks_by_hand_survive_and_the_late_penalty_follows_them(term):
    assert term.third["ada"] == "10 of 40"
    assert term.third["eva"] == "10 of 40; taken from mine.py; 2.1 days late, 3 off"


@pytest.mark.slow
def test_an_answer_that_was_marked_and_is_the_same_is_not_to_be_marked_again(term):
    assert term.course.rows("select count(*) from grade where needs_manual_grade") == [(0,)]


@pytest.mark.slow
def test_what_was_handed_in_is_left_as_it_was(term):
    assert [path.name for path in (term.course.submitted / "eva" / NAME).iterdir()] != []
    assert not (term.course.submitted / "eva" / NAME / f"{NAME}.ipynb").exists()


BOOKS = """
select student_id, name, auto_score, needs_manual_grade, late_submission_penalty
from grade join submitted_notebook on grade.notebook_id = submitted_notebook.id
join submitted_assignment on submitted_notebook.assignment_id = submitted_assignment.id
join base_cell on cell_id = base_cell.id order by student_id, name
"""


@pytest.mark.slow
def test_the_books_are_those_that_nbgrader_keeps(tmp_path):
    ours, theirs = Course(tmp_path / "ours"), Course(tmp_path / "theirs")
    nbgrader = (sys.executable, "-m", "nbgrader")
    for course in (ours, theirs):
        hand_in(course.submitted, "ada", {f"{NAME}.ipynb": notebook_with(WRONG)})
        hand_in(course.submitted, "ada", {"timestamp.txt": "2026-11-22 15:00:00 UTC"})
        hand_in(course.submitted, "cem", {f"{NAME}.ipynb": "{"})
        (course.folder / "gradebook/settings.py").write_text("c.PerDay.share = 0.1\n")
        due = ("--duedate", "2026-11-20 12:00 UTC")
        course.start(*nbgrader, "db", "assignment", "add", NAME, *due).communicate()
    theirs.start(*nbgrader, "generate_assignment", NAME).communicate()
    theirs.start(*nbgrader, "autograde", NAME).communicate()
    ours.autograde()
    assert ours.rows(BOOKS) == theirs.rows(BOOKS) != []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("gradebook.db", "nonsense", "cannot be opened: DatabaseError"),
        ("settings.py", "c.PerDay.share = = 1", "cannot be opened: SyntaxError"),
    ],
)
def test_a_file_of_the_course_that_is_wrong_is_told_in_a_sentence(tmp_path, name, text, told):
    course = Course(tmp_path)
    hand_in(course.submitted, "ada", {"mine.py": ""})
    (course.folder / "gradebook" / name).write_text(text, encoding="utf-8")
    process = course.start(*CACHELAB, "autograde", NAME)
    _, worried = process.communicate(timeout=200)
    assert (process.returncode, worried.count("\n"), told in worried) == (2, 1, True), worried


ENDLESS = "while True:  # {}\n    pass\n"


@pytest.fixture
def endless(tmp_path):
    """A class of which one submission is judged at once, and three take long."""
    course = Course(tmp_path)
    hand_in(course.submitted, "ada", {"ex01.py": RIGHT})
    for student in ("bob", "cyd", "dan"):
        hand_in(course.submitted, student, {"ex01.py": ENDLESS.format(student)})
    return course


def interrupted(process, begun):
    """Press Ctrl-C once a file is there; return how the program ended."""
    while not begun.exists() and process.poll() is None:
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGINT)
    _, worried = process.communicate(timeout=200)
    return process.returncode, worried.strip().splitlines()[-1:]


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="Ctrl-C goes to a process group")
def test_an_interrupted_class_is_in_the_gradebook_as_far_as_it_was_judged(endless):
    process = endless.start(*CACHELAB, "autograde", NAME, "--jobs", "1")
    entered = endless.folder / f"gradebook/autograded/ada/{NAME}/{NAME}.ipynb"
    said = ["interrupted: the same command goes on where it was"]
    assert interrupted(process, entered) == (130, said)
    assert endless.rows("select auto_score from grade where auto_score is not null") == [(40,)]


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="Ctrl-C goes to a process group")
def test_an_interrupted_judgement_of_a_folder_keeps_its_verdicts(endless):
    verdicts = endless.folder / "verdicts.jsonl"
    options = ("--jobs", "1", "--verdicts", str(verdicts))
    process = endless.start(*CACHELAB, "judge", "ex01", str(endless.submitted), *options)
    said = ["interrupted: the same command goes on where it was"]
    assert interrupted(process, verdicts) == (130, said)
    assert len(Verdicts(verdicts).reports) == 1
