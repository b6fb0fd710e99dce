"""The shelf of exercises: each is fetched when it is asked for."""

import subprocess
import sys

import pytest

from cachelab.grading import EXERCISES, find_exercise

LOADED = """
import sys
from cachelab.grading import find_exercise
find_exercise("ex07_lru")
print(*sorted(name for name in sys.modules if name.startswith("cachelab.grading.exercises.ex")))
print("sqlalchemy" in sys.modules, "redis" in sys.modules)
"""


def test_who_judges_one_exercise_loads_no_other_one_and_no_database():
    done = subprocess.run(
        [sys.executable, "-c", LOADED], capture_output=True, text=True, check=True
    )

    assert done.stdout.split() == ["cachelab.grading.exercises.ex07", "False", "False"]


def test_every_exercise_is_found_under_its_own_id():
    assert {name: exercise.id for name, exercise in EXERCISES.items()} == {
        f"ex{number:02}": f"ex{number:02}" for number in range(1, 16)
    }


@pytest.mark.parametrize("name", ["ex99", "exercise", "", "shelf"])
def test_a_name_that_is_no_exercise_is_named_with_those_that_are(name: str):
    with pytest.raises(ValueError, match=f"no exercise '{name}' to judge; known: ex01, ") as told:
        find_exercise(name)

    assert str(told.value).endswith("ex15, capstone")
