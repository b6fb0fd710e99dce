"""A class judged: every student gets a verdict or a reason, and no text is judged twice."""

import json
import os
import time
from threading import Thread

import psutil
import pytest

from cachelab.grading import find_exercise, judge
from cachelab.grading.classroom import Verdicts, find_submissions, judge_class
from cachelab.grading.handed_in import file_for
from cachelab.ports.errors import CachelabError

from . import bank

EX01 = find_exercise("ex01")
RIGHT = (bank.ROOT / "ex01" / "right" / "solution.py").read_text("utf-8")
WRONG = (bank.ROOT / "ex01" / "wrong" / "percent.py").read_text("utf-8")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Seven students: one hands in a broken notebook, one a link, one loops for ever."""
    folder = tmp_path_factory.mktemp("class")
    (folder / "ada.py").write_text(RIGHT, encoding="utf-8")
    (folder / "ben.py").write_text(WRONG, encoding="utf-8")
    (folder / "cem.ipynb").write_text("{", encoding="utf-8")
    (folder / "dee.py").symlink_to(folder / "ada.py")
    (folder / "eve.py").write_text(RIGHT, encoding="utf-8")
    (folder / "fay.py").write_text("import os\nos._exit(0)\n", encoding="utf-8")
    (folder / "gil.py").write_bytes(b"\xff\xfe\x00")
    return folder


@pytest.fixture(scope="module")
def verdicts(folder, tmp_path_factory):
    return Verdicts(tmp_path_factory.mktemp("verdicts") / "verdicts.jsonl")


@pytest.fixture(scope="module")
def judged(folder, verdicts):
    files = find_submissions(folder, EX01)
    return {one.name: one for one in judge_class("ex01", files, verdicts=verdicts, jobs=2)}


def test_every_student_gets_points_or_a_reason(judged):
    assert {n: one.report.points if one.report else one.reason for n, one in judged.items()} == {
        "ada.py": 40,
        "ben.py": 32,
        "cem.ipynb": "cem.ipynb is not a readable notebook: it breaks off or is damaged in line 1",
        "dee.py": "dee.py is a link; hand in the file itself",
        "eve.py": 40,
        "fay.py": 0,
        "gil.py": "gil.py is not UTF-8 text",
    }


@pytest.mark.parametrize(
    ("names", "taken"),
    [
        (
            ["ex01_measuring.ipynb", ".ipynb_checkpoints/ex01_measuring.ipynb"],
            "ex01_measuring.ipynb",
        ),
        (["ex01_measuring (1).ipynb", "ex01_measuring.ipynb"], "ex01_measuring.ipynb"),
        (["ex01.py", "ex01_measuring.ipynb"], "ex01_measuring.ipynb"),
        (["Ada Lovelace_1071_file_EX01.py", "notes.py"], "Ada Lovelace_1071_file_EX01.py"),
        (["ex01_measuring/mine.py", "ex02_should_we_cache/mine.py"], "ex01_measuring/mine.py"),
        (["__MACOSX/._mine.py", "mine.py"], "mine.py"),
        (["16_capstone.ipynb", "mine.py"], "mine.py"),
        (["a.py", "b.py"], "one of a.py, b.py, but which?"),
        (["new/ex01.py", "old/ex01.py"], "one of new/ex01.py, old/ex01.py, but which?"),
        (["ex02_should_we_cache/mine.py"], "no notebook and no program for ex01"),
        (["essay.docx"], "no notebook and no program for ex01"),
    ],
)
def test_one_file_of_a_folder_is_judged_or_it_is_said_why_none_is(tmp_path, names, taken):
    for name in names:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    found = file_for("ex01", tmp_path)
    assert found == (tmp_path / taken if (tmp_path / taken).exists() else taken)


def test_a_class_gets_the_verdicts_that_each_would_get_alone(judged):
    alone, together = judge("ex01", WRONG), judged["ben.py"].report
    assert [check.to_json() for check in together.checks] == [c.to_json() for c in alone.checks]


def test_equal_texts_are_judged_once(verdicts, judged):
    assert len(verdicts.path.read_text("utf-8").splitlines()) == 3


def test_what_was_judged_before_is_not_judged_again(folder, verdicts, judged):
    before = verdicts.path.read_bytes()
    known = Verdicts(verdicts.path)
    again = {o.name: o for o in judge_class("ex01", find_submissions(folder, EX01), verdicts=known)}
    assert again == judged
    assert verdicts.path.read_bytes() == before


def test_a_line_that_was_cut_off_is_judged_again(verdicts, judged, tmp_path):
    cut = tmp_path / "verdicts.jsonl"
    cut.write_bytes(verdicts.path.read_bytes()[:-40])
    assert len(Verdicts(cut).reports) == 2


def test_what_is_judged_after_a_line_that_was_cut_off_is_kept(verdicts, judged, tmp_path):
    cut = tmp_path / "verdicts.jsonl"
    cut.write_bytes(verdicts.path.read_bytes()[:-40])
    Verdicts(cut).keep("new", judged["ada.py"].report)
    assert "new" in Verdicts(cut).reports


def test_a_file_of_something_else_does_not_become_one_of_verdicts(tmp_path):
    mine = tmp_path / "mine.py"
    mine.write_text(RIGHT, encoding="utf-8")
    with pytest.raises(CachelabError, match=r"mine\.py is no file of verdicts"):
        Verdicts(mine)


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="processes are killed by signal")
def test_a_class_whose_judging_processes_are_killed_ends_with_a_sentence(tmp_path):
    for number in range(4):
        (tmp_path / f"{number}.py").write_text(f"while True:\n    {number}\n", encoding="utf-8")
    judged = judge_class("ex01", find_submissions(tmp_path, EX01), jobs=2)
    Thread(target=_kill_the_workers, daemon=True).start()
    with pytest.raises(CachelabError, match="a process that judges was killed"):
        list(judged)


def _kill_the_workers():
    workers = []
    while not workers:
        children = psutil.Process().children()
        workers = [one for one in children if "LokyProcess" in " ".join(one.cmdline())]
        time.sleep(0.1)
    for worker in workers:
        worker.kill()


def test_a_report_survives_its_way_through_json(judged):
    report = judged["ben.py"].report
    again = type(report).from_dict(json.loads(json.dumps(report.to_dict())))
    assert (again, str(again)) == (report, str(report))
