"""The table of a class's marks: the judge's points, marks by hand, what a spreadsheet reads."""

import csv
import json

import pytest

from cachelab.grading import find_exercise
from cachelab.grading.marks import write_marks, written_answers
from cachelab.grading.report import CheckResult, Report
from cachelab.ports.errors import CachelabError

CAPSTONE = find_exercise("capstone")


def report(points):
    hidden = CheckResult("hidden", "days", points, 160, "mean gain 0.7")
    faults = CheckResult("faults", "faults", 80, 80, "passed")
    return Report("capstone", "Market Day", (hidden, faults), "full", 1.0)


def notebook(path, *sources):
    mark = {"nbgrader": {"grade": True, "solution": True, "grade_id": "decision-record"}}
    cells = [{"cell_type": "markdown", "metadata": mark, "source": source} for source in sources]
    cells.append({"cell_type": "markdown", "metadata": {}, "source": "a question"})
    path.write_text(json.dumps({"cells": cells}), encoding="utf-8")
    return path


def lines(sheet):
    with sheet.open(newline="", encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def a_class(tmp_path):
    """A folder, verdicts and files of two who got points and one who could not be judged."""
    verdicts = {"ada": report(120), "bob": report(80), "eve": "eve.ipynb is not readable"}
    files = {name: tmp_path / f"{name}.ipynb" for name in verdicts}
    notebook(files["ada"], "I chose leases.", "A crawler would make me wrong.")
    notebook(files["bob"], ["=HYPERLINK", '("http://x")'])
    files["eve"].write_text("{", encoding="utf-8")
    return tmp_path / "marks.csv", verdicts, files


def entered(sheet, **marks):
    """Enter marks as a teacher does."""
    table = lines(sheet)
    with sheet.open("w", newline="", encoding="utf-8-sig") as file:
        writer = csv.DictWriter(file, table[0].keys())
        writer.writeheader()
        writer.writerows({**line, "by hand": marks.get(line["name"], "")} for line in table)


def test_each_submission_has_a_line_with_its_points_and_what_they_were_lost_on(a_class):
    sheet, verdicts, files = a_class
    write_marks(sheet, CAPSTONE, verdicts, files)
    assert [(one["name"], one["points of 360"], one["lost"]) for one in lines(sheet)] == [
        ("ada", "200", "hidden 40"),
        ("bob", "160", "hidden 80"),
        ("eve", "", ""),
    ]


def test_what_was_written_stands_beside_the_points(a_class):
    sheet, verdicts, files = a_class
    write_marks(sheet, CAPSTONE, verdicts, files)
    assert lines(sheet)[0]["written"] == "I chose leases.\n\nA crawler would make me wrong."


def test_who_could_not_be_judged_has_the_reason(a_class):
    sheet, verdicts, files = a_class
    write_marks(sheet, CAPSTONE, verdicts, files)
    assert lines(sheet)[2]["note"] == "could not be judged: eve.ipynb is not readable"


def test_there_is_no_sum_before_there_is_a_mark(a_class):
    sheet, verdicts, files = a_class
    write_marks(sheet, CAPSTONE, verdicts, files)
    assert [one["sum"] for one in lines(sheet)] == ["", "", ""]


def test_a_mark_that_was_entered_is_kept_and_added(a_class):
    sheet, verdicts, files = a_class
    write_marks(sheet, CAPSTONE, verdicts, files)
    entered(sheet, ada="31,5", eve="12")
    write_marks(sheet, CAPSTONE, verdicts, files)
    found = [(one["by hand"], one["sum"]) for one in lines(sheet)]
    assert found == [("31.5", "231.5"), ("", ""), ("12", "")]


def test_a_table_that_a_spreadsheet_of_another_country_has_saved_keeps_its_marks(a_class):
    sheet, verdicts, files = a_class
    rows = [["name", "points of 360", "by hand"], ["ada", "200", "31,5"], ["Jürgen", "", "7"]]
    text = "\r\n".join(";".join(row) for row in rows)
    sheet.write_bytes(text.encode("cp1252"))
    write_marks(sheet, CAPSTONE, verdicts, files)
    found = {one["name"]: one["by hand"] for one in lines(sheet)}
    assert found == {"ada": "31.5", "bob": "", "eve": "", "Jürgen": "7"}


@pytest.mark.parametrize("text", ["class LRUCache:\n    pass\n", "name,points\nada,3\n"])
def test_a_file_that_is_no_table_of_marks_is_left_as_it_is(a_class, text):
    sheet, verdicts, files = a_class
    sheet.write_text(text, encoding="utf-8")
    with pytest.raises(CachelabError, match="is no table of marks: it has no column 'by hand'"):
        write_marks(sheet, CAPSTONE, verdicts, files)
    assert sheet.read_text("utf-8") == text


@pytest.mark.parametrize("mark", ["41", "-1", "good", "nan"])
def test_a_mark_that_is_none_is_refused_and_the_file_stays_as_it_was(a_class, mark):
    sheet, verdicts, files = a_class
    write_marks(sheet, CAPSTONE, verdicts, files)
    entered(sheet, bob=mark)
    before = sheet.read_bytes()
    with pytest.raises(CachelabError, match=f"the mark '{mark}' of bob is no number from 0 to 40"):
        write_marks(sheet, CAPSTONE, verdicts, files)
    assert sheet.read_bytes() == before


def test_what_a_learner_writes_is_no_formula(a_class):
    sheet, verdicts, files = a_class
    write_marks(sheet, CAPSTONE, verdicts, files)
    assert lines(sheet)[1]["written"].startswith("'=HYPERLINK")


def test_the_mark_of_a_name_that_looks_like_a_formula_is_found_again(tmp_path):
    sheet, name = tmp_path / "marks.csv", "-ada"
    file = notebook(tmp_path / "ada.ipynb")
    write_marks(sheet, CAPSTONE, {name: report(1)}, {name: file})
    entered(sheet, **{"'-ada": "7"})
    write_marks(sheet, CAPSTONE, {name: report(1)}, {name: file})
    assert lines(sheet)[0]["by hand"] == "7"


def test_a_program_has_no_written_answers(tmp_path):
    program = tmp_path / "design.py"
    program.write_text("class Design: ...", encoding="utf-8")
    assert written_answers(program) == ""


def test_who_has_written_nothing_to_mark_by_hand_is_named(a_class):
    sheet, verdicts, files = a_class
    notebook(files["bob"], " ")
    write_marks(sheet, CAPSTONE, verdicts, files)
    notes = [line["note"] for line in lines(sheet)]
    assert notes[:2] == ["", "nothing written to mark by hand"]
    assert "nothing written" not in notes[2]


def test_where_nothing_is_marked_by_hand_nothing_need_be_written(a_class):
    sheet, verdicts, files = a_class
    notebook(files["bob"])
    write_marks(sheet, find_exercise("ex07"), verdicts, files)
    assert lines(sheet)[1]["note"] == ""
