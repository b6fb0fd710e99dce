"""`cachelab judge` at the command line: reports, exit statuses, and a whole class."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from cachelab.cli import main
from cachelab.grading import CheckResult, judge

MUTANTS = Path(__file__).parents[1] / "mutants" / "ex07"
RIGHT = MUTANTS / "right" / "ordered_dict.py"
STUB = MUTANTS / "stub.py"


def _run(*arguments: object):
    return CliRunner().invoke(main, ["judge", *map(str, arguments)])


def test_full_marks_are_exit_status_0():
    result = _run("ex07", RIGHT)
    assert result.exit_code == 0
    assert result.stdout.startswith("ex07 LRU cache: 40 of 40 points")


def test_who_waits_for_a_judgement_is_told_of_each_check():
    told: list[CheckResult] = []
    report = judge("ex07", RIGHT.read_text("utf-8"), on_result=told.append)
    assert tuple(told) == report.checks


def test_less_than_full_marks_is_exit_status_1():
    result = _run("ex07_lru_cache", STUB, "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["points"] == 0


@pytest.mark.parametrize(
    ("exercise", "name", "sentence"),
    [
        ("ex07", "gone.py", "there is no file gone.py"),
        ("ex77", "broken.ipynb", "there is no exercise 'ex77' to judge; known: ex"),
        ("ex07", "broken.ipynb", "broken.ipynb is not a readable notebook"),
        ("ex07", "", "there is no .py file and no notebook in "),
    ],
)
def test_what_cannot_be_judged_is_one_sentence_and_exit_status_2(
    tmp_path, exercise, name, sentence
):
    (tmp_path / ("broken.ipynb" if name else "notes.txt")).write_text("{", encoding="utf-8")
    result = _run(exercise, tmp_path / name)
    assert result.exit_code == 2
    assert sentence in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1


def test_a_missing_sandbox_level_is_exit_status_2(monkeypatch):
    monkeypatch.setenv("CACHELAB_SANDBOX", "process")
    result = _run("ex07", STUB, "--require", "full")
    assert result.exit_code == 2
    assert "bubblewrap" in result.stderr


@pytest.fixture
def a_class(tmp_path):
    (tmp_path / "ada").mkdir()
    (tmp_path / "ada" / "ex07.py").write_bytes(RIGHT.read_bytes())
    (tmp_path / "ben.py").write_bytes(STUB.read_bytes())
    return tmp_path


def test_a_folder_is_a_class(a_class):
    result = _run("ex07", a_class)
    assert result.exit_code == 1
    table = result.stdout.splitlines()
    assert table[0].split() == ["ada", "40/40", "all", "passed"]
    assert table[1].split() == ["ben.py", "0/40", "stores"]
    assert "failed, of 2 judged:" in table
    assert ["stores", "1"] in [line.split() for line in table]


def test_one_unreadable_submission_does_not_stop_the_others(a_class):
    (a_class / "cy.ipynb").write_text("{", encoding="utf-8")
    result = _run("ex07", a_class, "--json", "--jobs", 3)
    assert result.exit_code == 2
    found = json.loads(result.stdout)
    assert found["ada"]["points"] == 40
    assert found["cy.ipynb"]["error"].startswith("cy.ipynb is not a readable notebook")


def test_who_has_handed_in_no_file_for_the_exercise_has_a_line(a_class):
    (a_class / "cy" / "ex05_write_strategies").mkdir(parents=True)
    (a_class / "cy" / "ex05_write_strategies" / "mine.py").write_bytes(RIGHT.read_bytes())
    result = _run("ex07", a_class, "--csv", a_class / "marks.csv")
    assert "cy      could not be judged: no notebook and no program for ex07" in result.stdout
    assert "cy,,,,,,could not be judged" in (a_class / "marks.csv").read_text("utf-8-sig")


def test_the_points_of_a_class_go_to_a_table(a_class, tmp_path):
    result = _run("ex07", a_class, "--csv", tmp_path / "marks.csv")
    assert result.exit_code in (1, 2)
    assert (tmp_path / "marks.csv").read_text("utf-8-sig").startswith("name,points of 40,by hand,")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["ex07", RIGHT, "--page", "report.html"], "about one design of the capstone"),
        (["capstone", MUTANTS, "--page", "report.html"], "about one design of the capstone"),
        (
            ["capstone", RIGHT, "--page", "design.py"],
            "--page design.py: the name must end in .html",
        ),
        (["ex07", RIGHT, "--csv", "marks.csv"], "give a folder"),
        (["ex07", RIGHT, "--verdicts", "verdicts.jsonl"], "give a folder"),
        (["ex07", "gone", "--csv", "marks.csv"], "there is no folder gone"),
        (["capstone", RIGHT, "--page", "gone/report.html"], "there is no such folder"),
        (["ex07", MUTANTS, "--csv", STUB], "is no table of marks"),
        (["ex07", MUTANTS, "--verdicts", STUB], "is no file of verdicts"),
    ],
)
def test_a_page_and_a_table_are_refused_where_they_make_no_sense(arguments, sentence):
    result = _run(*arguments)
    assert (result.exit_code, sentence in result.stderr) == (2, True)


def test_a_design_that_gets_through_no_day_has_no_page(tmp_path):
    (tmp_path / "design.py").write_text("class Design: pass", encoding="utf-8")
    result = _run("capstone", tmp_path / "design.py", "--page", tmp_path / "report.html")
    assert (result.exit_code, "no page" in result.stderr) == (1, True)
    assert not (tmp_path / "report.html").exists()
