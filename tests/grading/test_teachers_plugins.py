"""nbgrader's plug-ins: what a late submission loses, and marks question by question."""

import csv
import os
import sys
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from nbconvert.exporters import HTMLExporter
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbformat.v4 import new_markdown_cell, new_notebook
from nbgrader.api import Gradebook

from cachelab.grading.exports import PerQuestion
from cachelab.grading.lateness import DAY, PerDay
from cachelab.grading.pages import harmless

pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")


@pytest.mark.parametrize(
    "answer",
    [
        "<script>act()</script>",
        "<img src=x onerror='act()'>",
        "<svg onload='act()'>",
        "[look](javascript:act())",
        "<a href='data:text/html,act()'>look</a>",
        "<iframe srcdoc='act()'></iframe>",
        "<p style='background: url(act)'>look",
    ],
)
def test_no_answer_acts_in_a_page_that_a_teacher_opens(answer):
    notebook = new_notebook(cells=[new_markdown_cell(f"**Because** {answer}")])
    filters = {"markdown2html": "cachelab.grading.pages.markdown2html"}
    page, _ = HTMLExporter(filters=filters, template_name="basic").from_notebook_node(notebook)
    assert "<strong>Because</strong>" in page
    elements = BeautifulSoup(page, "html.parser").find_all(True)
    assert not {"script", "svg", "iframe"} & {element.name for element in elements}
    assert "act" not in "".join(value for e in elements for value in map(str, e.attrs.values()))


def test_what_an_exercise_says_keeps_its_form():
    text = (
        "<details><summary>Hint</summary>\n\n`a < b` and $a < b$\n\n</details>\n\n|a|\n|--:|\n|1|"
    )
    shown = harmless(MarkdownWithMath(renderer=IPythonRenderer(escape=False)).render(text))
    assert "<details><summary>Hint</summary>" in shown
    assert "<code>a &lt; b</code>" in shown
    assert '<td style="text-align:right;">1</td>' in shown


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
