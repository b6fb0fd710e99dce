import nbformat
import pytest
from click.testing import CliRunner

from cachelab.authoring import check
from cachelab.cli import main

pytestmark = pytest.mark.slow


def edit(path, change):
    notebook = nbformat.read(path, as_version=4)
    change(notebook)
    nbformat.write(notebook, path)


def test_what_was_just_built_has_no_problem(built_once):
    assert check(built_once.root) == []


def test_the_command_prints_one_line_for_each_problem(built, monkeypatch):
    built.lesson.unlink()
    monkeypatch.chdir(built.root)
    result = CliRunner().invoke(main, ["build", "--check"])
    assert result.exit_code == 1
    assert result.stdout == "07_count: notebooks/07_count.ipynb is not built\n"


def test_the_command_is_silent_when_all_is_well(built_once, monkeypatch):
    monkeypatch.chdir(built_once.root)
    result = CliRunner().invoke(main, ["build", "--check"])
    assert (result.exit_code, result.output) == (0, "")


def change_source(notebook):
    notebook.cells[1].source += "\n# more"


def change_tags(notebook):
    notebook.cells[1].metadata["tags"] = ["nbval-skip"]


def change_metadata(notebook):
    notebook.metadata["widgets"] = {}


def change_id(notebook):
    notebook.cells[1].id = "other"


def drop_last_cell(notebook):
    notebook.cells.pop()


def clear_output(notebook):
    notebook.cells[1].outputs = []


def strip(notebook):
    notebook.cells[1].outputs = []
    notebook.cells[1].execution_count = None


def print_a_path(notebook):
    notebook.cells[1].outputs[0].text = "/home/ada/x"


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (change_source, "cell 07-start-02: its text differs from the source"),
        (change_tags, "cell 07-start-02: its metadata differs from the source"),
        (change_metadata, "the notebook's metadata are not the builder's"),
        (change_id, "its cells are not those of the source (first difference: 07-start-02)"),
        (
            drop_last_cell,
            "its cells are not those of the source (first difference: 07-loop-1-count-03)",
        ),
        (clear_output, "cell 07-start-02: its output is missing"),
        (strip, "cell 07-start-02: it was not run"),
        (print_a_path, "cell 07-start-02: its output has the absolute path /home/ada"),
    ],
)
def test_a_notebook_changed_by_hand_is_a_problem(built, change, problem):
    edit(built.lesson, change)
    assert check(built.root) == [f"07_count: {problem}"]


def test_a_changed_exercise_is_a_problem(built):
    built.exercise.write_text(built.exercise.read_text() + "\n")
    assert check(built.root) == [
        "ex07_add: exercises/ex07_add/ex07_add.ipynb is not what nbgrader makes of the solution"
    ]


def test_an_answer_in_an_exercise_is_a_problem(built):
    edit(built.exercise, lambda nb: nb.cells[2].update(source="    return math.fsum([a, b])"))
    problems = check(built.root)
    assert any("shows the answer line 'return math.fsum([a, b])'" in each for each in problems)


def test_a_notebook_without_a_source_is_a_problem(built):
    built.lesson_source.unlink()
    assert check(built.root) == ["notebooks/07_count.ipynb has no source"]


def test_a_file_that_is_no_notebook_is_a_problem(built):
    built.lesson.write_text("{")
    (problem,) = check(built.root)
    assert problem.startswith("07_count: 07_count.ipynb is not a notebook")
