"""What is read of a file that was handed in, and what is said about one that cannot be read."""

import json

import pytest

from cachelab.grading import EXERCISES, SubmissionError, read_submission

EX07 = EXERCISES["ex07"]


def _cell(source, grade_id="lru-cache", solution=True, kind="code"):
    mark = {"grade_id": grade_id, "solution": solution, "grade": False, "schema_version": 3}
    return {"cell_type": kind, "metadata": {"nbgrader": mark}, "source": source}


@pytest.fixture
def notebook(tmp_path):
    def write(*cells):
        path = tmp_path / "ex07.ipynb"
        path.write_text(json.dumps({"cells": list(cells), "nbformat": 4}), encoding="utf-8")
        return path

    return write


def test_a_python_file_is_read_as_it_is(tmp_path):
    path = tmp_path / "mine.py"
    path.write_bytes("x = 'ü'\r\n".encode())
    assert read_submission(path, EX07) == "x = 'ü'\n"


def test_only_the_solution_cell_of_a_notebook_counts(notebook):
    plain = {"cell_type": "code", "metadata": {}, "source": "a = 1"}
    text = _cell("no", kind="markdown")
    path = notebook(plain, text, _cell(["b = 2\n", "c = 3"]), _cell("d = 4", "other"))
    assert read_submission(path, EX07) == "b = 2\nc = 3"


def test_of_two_cells_with_the_same_id_the_first_counts(notebook):
    assert read_submission(notebook(_cell("first"), _cell("second")), EX07) == "first"


def test_a_cell_that_is_no_solution_cell_does_not_count(notebook):
    with pytest.raises(SubmissionError, match="no solution cell 'lru-cache'"):
        read_submission(notebook(_cell("x = 1", solution=False)), EX07)


def test_magics_and_shell_lines_are_left_out(notebook):
    path = notebook(_cell("%matplotlib inline\n!ls\nx = 1"))
    assert read_submission(path, EX07) == "\n\nx = 1"


def test_a_notebook_full_of_output_is_judged_by_its_solution_cell(notebook):
    shown = {"output_type": "stream", "name": "stdout", "text": "x" * 3_000_000}
    path = notebook(_cell("x = 1") | {"outputs": [shown]})
    assert read_submission(path, EX07) == "x = 1"


def test_a_solution_cell_has_the_length_that_a_program_may_have(notebook):
    with pytest.raises(SubmissionError, match="more than 1,000,000 letters"):
        read_submission(notebook(_cell("#" * 1_000_001)), EX07)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (" \n", "the file is empty"),
        ('{"cells": [\n', "it breaks off or is damaged in line 2"),
        ("{}", "it is not what JupyterLab saves"),
    ],
)
def test_it_is_said_why_a_notebook_cannot_be_read(tmp_path, text, why):
    path = tmp_path / "ex07.ipynb"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SubmissionError, match=f"not a readable notebook: {why}"):
        read_submission(path, EX07)


@pytest.mark.parametrize("text", ["{", "[]", "null", '{"cells": [1]}', '{"cells": 3}', "[" * 9999])
def test_a_broken_notebook_is_named(tmp_path, text):
    path = tmp_path / "ex07.ipynb"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SubmissionError, match=r"ex07\.ipynb is not a readable notebook"):
        read_submission(path, EX07)


def test_a_link_is_not_followed(tmp_path):
    target = tmp_path / "secret.py"
    target.write_text("x = 1", encoding="utf-8")
    link = tmp_path / "mine.py"
    try:
        link.symlink_to(target)
    except OSError:
        pytest.skip("no permission to make links here")
    with pytest.raises(SubmissionError, match=r"mine\.py is a link"):
        read_submission(link, EX07)


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("big.py", b"#" * 1_000_001, "larger than 1,000,000 bytes"),
        ("latin.py", b"# \xfc", "not UTF-8"),
        ("essay.docx", b"", "a .py file or a .ipynb notebook"),
    ],
)
def test_a_file_that_is_no_submission_is_refused(tmp_path, name, data, sentence):
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(SubmissionError, match=sentence):
        read_submission(path, EX07)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(SubmissionError, match=r"there is no file gone\.py"):
        read_submission(tmp_path / "gone.py", EX07)
