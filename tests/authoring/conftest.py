"""
A small course of one lesson and one exercise, in a folder of its own.
"""

import shutil
from pathlib import Path
from textwrap import dedent

import pytest

from cachelab.authoring import build

CONFIG = Path(__file__).parents[2] / "nbgrader_config.py"

LESSON = """
# %% [markdown]
# # Does it count?

# %%
from cachelab.eviction import LRU

print(LRU.name)

# %% [markdown]
# ## Loop 1: count
#
# Two and two.

# %%
total = 2 + 2
total

# %% tags=["live"]
assert total == 4, object()
"""

EXERCISE = '''
# %% [markdown]
# # Can you add?

# %% locked="imports"
import math

# %% solution="add"
def add(a, b):
    """The sum of two numbers."""
    ### BEGIN SOLUTION
    return math.fsum([a, b])
    ### END SOLUTION

# %% graded="add-check" points=40
add(20, 20)

# %% [markdown] essay="why" points=4
# ### BEGIN SOLUTION
# Because sums commute.
# ### END SOLUTION
'''


class SmallCourse:
    def __init__(self, root: Path) -> None:
        self.root = root
        self.lesson_source = root / "notebooks/source/lessons/07_count.py"
        self.exercise_source = root / "notebooks/source/exercises/ex07_add.py"
        self.lesson = root / "notebooks/07_count.ipynb"
        self.solution = root / "solutions/ex07_add/ex07_add.ipynb"
        self.exercise = root / "exercises/ex07_add/ex07_add.ipynb"

    def write(self, path: Path, text: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text).lstrip(), encoding="utf-8")


@pytest.fixture
def course(tmp_path):
    made = SmallCourse(tmp_path)
    made.write(made.lesson_source, LESSON)
    return made


@pytest.fixture(scope="session")
def built_once(tmp_path_factory):
    """A built course that no test changes: starting kernels is what these tests pay for."""
    course = SmallCourse(tmp_path_factory.mktemp("course"))
    course.write(course.lesson_source, LESSON)
    course.write(course.exercise_source, EXERCISE)
    shutil.copy(CONFIG, course.root)
    assert build(root=course.root) == ["07_count", "ex07_add"]
    return course


@pytest.fixture
def built(built_once, tmp_path):
    """A copy of the built course, to change."""
    shutil.copytree(built_once.root, tmp_path, dirs_exist_ok=True)
    return SmallCourse(tmp_path)
