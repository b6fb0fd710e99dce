"""Submissions for the judge, kept as files of their own."""

from functools import cache
from pathlib import Path

import pytest

from cachelab.grading import Report, judge

MUTANTS = Path(__file__).parents[1] / "mutants" / "ex07"


@cache
def _judged(text: str) -> Report:
    return judge("ex07", text)


@pytest.fixture(scope="session")
def judged():
    """Judge a text for ex07, each text once."""
    return _judged


@pytest.fixture
def ordered_dict() -> str:
    return (MUTANTS / "right" / "ordered_dict.py").read_text(encoding="utf-8")
