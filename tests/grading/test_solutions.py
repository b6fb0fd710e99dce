"""Who is through, or stuck, may open the solution; nobody else's page has it."""

import json

import pytest

from cachelab.grading import find_exercise
from cachelab.grading.attempts import STUCK
from cachelab.grading.learner import answered
from cachelab.grading.report import CheckResult, Report
from cachelab.grading.solutions import find_solution

CODE = "class LRUCache:\n    word = '<b>ours</b>'"
MARKED = CODE.replace("    word", "    ### BEGIN SOLUTION\n    word") + "\n    ### END SOLUTION"
EXERCISE = find_exercise("ex07")


def report(passed=True):
    check = CheckResult("stores", "stores", 5 if passed else 0, 5, "passed" if passed else "lost")
    return Report("ex07", "LRU cache", (check,), "full", 1.0)


def page(passed=True, text="mine"):
    return answered(report(passed), text, ())._repr_mimebundle_()["text/html"]


@pytest.fixture
def course(tmp_path, monkeypatch):
    """A course with a solution, and a learner who is in the folder of the exercise."""
    marks = {"nbgrader": {"solution": True, "grade_id": EXERCISE.cells[0]}}
    cells = [
        {"cell_type": "code", "metadata": marks, "source": MARKED},
        {
            "cell_type": "markdown",
            "metadata": {},
            "source": ["## Afterwards\n", "\n", "The second-best design\nis an `OrderedDict`."],
        },
    ]
    for folder in ("solutions/ex07_lru", "exercises/ex07_lru"):
        (tmp_path / folder).mkdir(parents=True)
    notebook = tmp_path / "solutions" / "ex07_lru" / "ex07_lru.ipynb"
    notebook.write_text(json.dumps({"cells": cells}), encoding="utf-8")
    monkeypatch.setenv("CACHELAB_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path / "exercises" / "ex07_lru")
    return tmp_path


@pytest.fixture
def release(course, monkeypatch):
    """The same without the solutions, as students get it."""
    monkeypatch.setattr("cachelab.__file__", str(course / "cachelab" / "__init__.py"))
    (course / "solutions").rename(course / "kept_back")


def test_a_solution_is_found_from_the_folder_of_the_exercise(course):
    found = find_solution(EXERCISE)
    assert found.code == CODE
    assert found.second_best == ("The second-best design is an `OrderedDict`.",)
    assert found.place == "solutions/ex07_lru/ex07_lru.ipynb"


def test_every_exercise_of_the_course_has_a_solution_and_a_second_best_design():
    from cachelab.grading import EXERCISES

    bare = [
        one.id
        for one in EXERCISES.values()
        if not (find_solution(one).code and find_solution(one).second_best)
    ]
    assert bare == []


def test_full_marks_fold_the_solution_and_the_second_best_design(course):
    html = page()
    assert "<details><summary>The model solution</summary>" in html
    assert "<details><summary>The second-best design, and why it lost</summary>" in html
    assert "an <code>OrderedDict</code>" in html


def test_a_solution_is_escaped(course):
    assert "&lt;b&gt;ours&lt;/b&gt;" in page()


def test_the_third_failed_attempt_opens_the_solution(course):
    pages = [page(passed=False, text=str(n)) for n in range(STUCK)]
    assert ["The model solution" in html for html in pages] == [False] * (STUCK - 1) + [True]


def test_the_same_text_three_times_is_one_attempt(course):
    assert "The model solution" not in [page(passed=False, text="same") for _ in range(3)][-1]


def test_without_a_log_nobody_is_stuck(course, monkeypatch):
    monkeypatch.setenv("CACHELAB_HOME", "")
    assert "The model solution" not in [page(passed=False, text=str(n)) for n in range(4)][-1]


def test_a_copy_without_solutions_says_where_they_would_be(release):
    html = page()
    assert "The solution is kept in <code>solutions/" in html
    assert "this copy of the course has none" in html


def test_who_hands_in_the_solution_need_not_open_it(course):
    assert "The model solution" not in page(text=f"\n{CODE}\n")
    assert "The model solution" not in page(text=MARKED)


@pytest.mark.parametrize("name", ["NBGRADER_EXECUTION", "NBGRADER_VALIDATING"])
def test_what_nbgrader_executes_opens_nothing(course, monkeypatch, name):
    monkeypatch.setenv(name, "autograde")
    assert page() == report()._repr_mimebundle_()["text/html"]


def test_what_a_teacher_judges_opens_nothing(course):
    assert "<details>" not in report()._repr_mimebundle_()["text/html"]


def test_a_solution_that_cannot_be_read_is_none(course):
    next(course.glob("solutions/*/*.ipynb")).write_text("{", encoding="utf-8")
    assert find_solution(EXERCISE, course).code != CODE
