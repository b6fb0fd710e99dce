"""
Judging a submission: fair to every correct program, hard on every wrong one, and able to say why.

A trusted judge plays generated runs with a submission that lives in another process, compares its
answers with a slow and obvious model, and shows the shortest run on which the two differ.
"""

from .cells import NotStarted, check
from .exercises import EXERCISES
from .judging import find_exercise, judge
from .learner import play
from .report import CheckResult, Counterexample, Report
from .sandbox import sandbox_level
from .submission import SubmissionError, read_submission

__all__ = [
    "EXERCISES",
    "CheckResult",
    "Counterexample",
    "NotStarted",
    "Report",
    "SubmissionError",
    "check",
    "find_exercise",
    "judge",
    "play",
    "read_submission",
    "sandbox_level",
]
