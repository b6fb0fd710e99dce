"""`check` in a notebook: the text of the one cell that defines the class is what is judged."""

import atexit
from pathlib import Path

import pytest
from IPython.core.interactiveshell import InteractiveShell

from cachelab.grading import EXERCISES, NotStarted, judge

MUTANTS = Path(__file__).parents[1] / "mutants" / "ex07"


@pytest.fixture
def shell(tmp_path, monkeypatch):
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    monkeypatch.setenv("CACHELAB_HOME", str(tmp_path / "home"))
    monkeypatch.setattr("IPython.core.history.HistoryManager.enabled", False)
    shell = InteractiveShell()
    shell.run_cell("from cachelab.grading import check", store_history=False)
    atexit.unregister(shell.atexit_operations)
    return shell


def _check(shell, call='check("ex07", LRUCache)'):
    shell.run_cell(f"report = {call}", store_history=False, silent=True).raise_error()
    return shell.user_ns["report"]


def test_a_cell_is_judged_like_a_file(shell, ordered_dict):
    shell.run_cell(ordered_dict)
    report = _check(shell)
    assert report.points == 40
    assert str(report) == str(judge("ex07", ordered_dict))


def test_an_import_in_another_cell_does_not_count(shell, ordered_dict):
    shell.run_cell("from collections import OrderedDict")
    shell.run_cell(ordered_dict.replace("from collections import OrderedDict\n", ""))
    report = _check(shell)
    assert report.points == 0
    sentence = report.failed[0].counterexample.why
    assert "the judge runs only the cell that defines LRUCache" in sentence
    assert "OrderedDict is not defined there" in sentence


def test_a_method_exchanged_later_is_not_what_is_judged(shell, ordered_dict):
    shell.run_cell(ordered_dict.replace("move_to_end", "get"))
    shell.run_cell(
        f"Right = type('Right', (), dict())\n{ordered_dict.replace('LRUCache', 'Right')}"
    )
    shell.run_cell("LRUCache.get = Right.get")
    assert _check(shell).points < 40


@pytest.mark.parametrize("exercise", EXERCISES.values(), ids=lambda exercise: exercise.id)
def test_a_form_as_it_is_handed_out_is_not_started(shell, exercise):
    shell.run_cell((MUTANTS.parent / exercise.id / "stub.py").read_text("utf-8"))
    with pytest.raises(NotStarted, match=f"{exercise.id} is not started"):
        _check(shell, f'check("{exercise.id}", {", ".join(exercise.names)})')


def test_magics_in_the_cell_do_no_harm(shell, ordered_dict):
    shell.run_cell("%xmode Plain\n" + ordered_dict)
    assert _check(shell).points == 40


def test_the_empty_form_shows_one_friendly_line(shell):
    shell.run_cell((MUTANTS / "stub.py").read_text(encoding="utf-8"))
    with pytest.raises(NotStarted, match="ex07 is not started") as caught:
        _check(shell)
    assert isinstance(caught.value, NotImplementedError)
    assert len(caught.value._render_traceback_()) == 1


@pytest.mark.parametrize(
    ("call", "error", "sentence"),
    [
        ("check()", TypeError, "needs the name of the exercise first"),
        ("check(LRUCache)", TypeError, "needs the name of the exercise first.*here is LRUCache"),
        ("check(7, LRUCache)", TypeError, "the first here is 7"),
        ('check("ex07")', TypeError, "needs what you wrote: LRUCache"),
        ('check("ex07", dict)', TypeError, "judges LRUCache itself, not dict: write check"),
        ('check("ex07", LRUCache(3))', TypeError, "itself, not an object of LRUCache"),
        ('check("ex07", "LRUCache")', TypeError, "itself, not 'LRUCache'"),
        ('check("ex07", None)', TypeError, "itself, not None"),
        ('check("ex77", LRUCache)', ValueError, "no exercise 'ex77' to judge; known: ex01"),
        ('check("ex7", LRUCache)', ValueError, "Did you mean 'ex07'"),
        ('check("ex07", type("LRUCache", (), {}))', ValueError, "cannot be found"),
    ],
)
def test_a_wrong_call_of_check_is_explained_in_one_line(shell, ordered_dict, call, error, sentence):
    shell.run_cell(ordered_dict)
    with pytest.raises(error, match=sentence) as caught:
        _check(shell, call)
    assert len(caught.value._render_traceback_()) == 1
