"""nbgrader's plug-ins: what a late submission loses, and marks question by question."""

import csv
import os
import sys
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from cachelab.grading.exports import PerQuestion
from cachelab.grading.lateness import DAY, PerDay

pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")


@pytest.mark.parametrize(
    ("late", "lost"), [(0, None), (1, 4.0), (DAY, 4.0), (DAY + 1, 8.0), (30 * DAY, 20.0)]
)
def test_each_day_begun_costs_a_tenth_up_to_a_half(late, lost):
    assert PerDay().late_submission_penalty("ada", 40, late) == lost


def test_the_share_for_a_day_can_be_set_to_nothing():
    assert PerDay(share=0.0).late_submission_penalty("ada", 40, DAY) == 0.0


def test_the_export_has_a_row_for_every_question(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent), prepend=os.pathsep)
    with Gradebook(f"sqlite:///{tmp_path / 'gradebook.db'}") as book:
        book.add_assignment("ex15")
        book.add_notebook("design", "ex15")
        book.add_grade_cell("judged", "design", "ex15", max_score=30, cell_type="code")
        book.add_grade_cell("written", "design", "ex15", max_score=10, cell_type="markdown")
        book.add_student("ada")
        book.add_submission("ex15", "ada")
        grade = book.find_grade("judged", "design", "ex15", "ada")
        grade.auto_score = 24
        book.db.commit()
        PerQuestion(to=str(tmp_path / "questions.csv")).export(book)
    rows = list(csv.DictReader((tmp_path / "questions.csv").read_text("utf-8").splitlines()))
    assert [(row["question"], row["auto_score"], row["max_score"]) for row in rows] == [
        ("judged", "24.0", "30.0"),
        ("written", "", "10.0"),
    ]
