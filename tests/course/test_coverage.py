"""
Everything that the source text names is taught somewhere: each of its rows has a heading.

`coverage/rows.txt` lists the rows: parts of the text by letter and number, its fifteen interview
questions, six FAQs and thirteen best practices. `coverage/NN.txt` says which heading of lesson NN
teaches a row.
"""

import re
from pathlib import Path

import pytest

HERE = Path(__file__).parent / "coverage"
LESSONS = Path(__file__).parents[2] / "notebooks" / "source" / "lessons"
ROWS = (HERE / "rows.txt").read_text("utf-8").split("\n")
MAPS = sorted(HERE.glob("[0-9][0-9].txt"))


def entries(path):
    """The rows that a lesson teaches, each with its heading."""
    lines = [line for line in path.read_text("utf-8").splitlines() if line.strip()]
    return [tuple(re.split(r"\s{2,}", line.strip(), maxsplit=1)) for line in lines]


def headings(number):
    [lesson] = LESSONS.glob(f"{number}_*.py")
    text = lesson.read_text("utf-8")
    return set(re.findall(r"^# #+ (.+)$", text, re.MULTILINE))


@pytest.mark.parametrize("row", [row for row in ROWS if row])
def test_a_row_of_the_source_text_is_taught(row):
    assert any(row in dict(entries(path)) for path in MAPS)


@pytest.mark.parametrize("path", MAPS, ids=lambda path: path.stem)
def test_a_lesson_has_the_headings_that_its_rows_name(path):
    named = {heading for _, heading in entries(path)}
    assert named - headings(path.stem) == set()


@pytest.mark.parametrize("path", MAPS, ids=lambda path: path.stem)
def test_a_lesson_claims_only_rows_that_there_are(path):
    assert {row for row, _ in entries(path)} - set(ROWS) == set()
