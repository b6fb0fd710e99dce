"""
Notebooks are written as text and built: lessons, solutions and, through nbgrader, exercises.

A source is a py:percent file under `notebooks/source/`. `# %%` opens a code cell and
`# %% [markdown]` a text cell, whose lines are comments. After the marker come `key=value` pairs:

    # %% tags=["live"]                   measured on this machine: nbval does not compare its output
    # %% solution="lru-cache"            the learner's code; what stands between the lines
                                         `### BEGIN SOLUTION` and `### END SOLUTION` is taken out
    # %% graded="lru-check" points=40    one line that scores the answer; may raise in exercises
    # %% locked="imports"                code that the learner cannot change
    # %% [markdown] essay="why" points=4 a written answer, marked by hand
    # %% id="surprise"                   a cell id that does not move

Any other pair is kept as cell metadata. Cells without an id are named after the `## ` heading that
they follow (`07-predict-the-victim-03`), so a new cell renumbers its own section and no other.
`lessons/NN_name.py` becomes `notebooks/NN_name.ipynb`; `exercises/exNN_name.py` becomes
`solutions/exNN_name/exNN_name.ipynb`, from which nbgrader makes the file in `exercises/`.
"""

from .builder import build
from .checker import check
from .course import BuildError

__all__ = ["BuildError", "build", "check"]
