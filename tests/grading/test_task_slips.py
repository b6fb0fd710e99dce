"""Mistakes in writing tasks are told where they are: the line, and what to write in its place."""

from pathlib import Path

import pytest

from cachelab.grading import judge

MUTANTS = Path(__file__).parents[1] / "mutants"
SPAWN = "self.runtime.spawn(self._bring, key, copy, loader, ttl)"
THREAD = "threading.Thread(target=self._bring, args=(key, copy, loader, ttl)).start()"
HIDES_ERRORS = """        except Exception:  # noqa: BLE001 - nobody waits for this load
            pass
"""


def told(exercise: str, check: str, *changes: tuple[str, str]) -> tuple[str, str]:
    """Return the message and the reason about a right submission that was changed."""
    text = (MUTANTS / exercise / "right" / "notebook.py").read_text("utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    result = next(one for one in judge(exercise, text, only=check).failed if one.id == check)
    assert result.counterexample is not None
    return result.message, result.counterexample.why


@pytest.mark.parametrize("made", ["self.runtime.event()", "runtime.lock()"])
def test_what_lacks_its_brackets_is_told_by_its_line_in_each_of_several_tasks(made):
    message, why = told("ex11", "flight_shared", (made, made[:-2]))
    assert message.startswith("a call ends with ")
    assert why.startswith("line ")
    assert "are its () missing?" in why


def test_a_thread_is_pointed_to_the_tasks_of_the_runtime():
    _, why = told(
        "ex06", "ahead_renews", ("import math", "import math, threading"), (SPAWN, THREAD)
    )
    assert why.startswith("line 80, `threading.Thread(")
    assert "runtime.spawn(function, ...) starts a task" in why


def test_a_slip_in_a_task_that_nobody_joins_is_told():
    changes = (
        (HIDES_ERRORS, ""),
        ("self.store.replace(key, copy,", "self.store.replace(key, copi,"),
    )
    _, why = told("ex06", "ahead_renews", *changes)
    assert why.startswith("line 89, ")
    assert "copi is not defined" in why


def test_a_run_in_which_nobody_can_go_on_is_told_by_the_line_that_waits():
    _, why = told("ex11", "flight_shared", ("flight.landed.set()", "pass"))
    assert why.startswith("line 38, `flight.landed.wait()`, waits, and nothing is under way")
