"""
The exercises, each in a module of its own with the checks that make its points.

A model is the judge's only idea of a right answer: as slow and as plain as it can be said.
"""

from cachelab.grading.exercise import Exercise

from .ex01 import EX01
from .ex02 import EX02
from .ex03 import EX03
from .ex04 import EX04
from .ex05 import EX05
from .ex06 import EX06
from .ex07 import EX07
from .ex08 import EX08
from .ex09 import EX09
from .ex10 import EX10
from .ex11 import EX11
from .ex12 import EX12
from .ex13 import EX13
from .ex14 import EX14
from .ex15 import EX15

EXERCISES: dict[str, Exercise] = {
    exercise.id: exercise
    for exercise in (
        EX01,
        EX02,
        EX03,
        EX04,
        EX05,
        EX06,
        EX07,
        EX08,
        EX09,
        EX10,
        EX11,
        EX12,
        EX13,
        EX14,
        EX15,
    )
}
"""Every exercise that can be judged, by its id."""
