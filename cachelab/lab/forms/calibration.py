"""
How good a learner's answers were: by lesson, how far off and which way, and what to read again.

The first answer to a question counts: who has seen the truth no longer predicts it.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from html import escape
from statistics import median
from typing import Any

from .answers import Entry, answers_file, entries
from .form import rich
from .headings import Heading, find_heading, lesson_title
from .sureness import Stated, stated

NEAR = 0.25
"""A number without a tolerance is right when it is off by no more than this part of the truth."""


_LEFT = ' style="text-align: left"'


@dataclass(frozen=True, slots=True)
class Answered:
    """One question of which answer and truth are known."""

    entry: Entry

    @property
    def ratio(self) -> float | None:
        """How many times too large a number was; None for words, and beside zero."""
        answer, truth = self.entry.answer, self.entry.truth
        if isinstance(answer, str) or isinstance(truth, str) or not answer or not truth:
            return None
        return answer / truth if answer / truth > 0 else None

    @property
    def is_right(self) -> bool:
        answer, truth = self.entry.answer, self.entry.truth
        if isinstance(answer, str) or isinstance(truth, str) or answer is None or truth is None:
            return answer == truth
        tolerance = self.entry.tolerance
        limit = NEAR * abs(truth) if tolerance is None else tolerance
        return math.isclose(answer, truth, rel_tol=1e-9, abs_tol=limit)


@dataclass(frozen=True, slots=True)
class Row:
    """The answers of one lesson: right and all, of predictions and of quizzes."""

    lesson: str
    predictions: tuple[Answered, ...]
    quizzes: tuple[Answered, ...]

    @property
    def answered(self) -> tuple[Answered, ...]:
        return (*self.predictions, *self.quizzes)


@dataclass(frozen=True, slots=True)
class Calibration:
    """
    What became of a learner's answers; a notebook shows it as a table and a few sentences.
    """

    rows: tuple[Row, ...]
    open_questions: int = 0
    """Predictions whose truth was never shown."""

    @property
    def answered(self) -> tuple[Answered, ...]:
        return tuple(one for row in self.rows for one in row.answered)

    @property
    def factor(self) -> float | None:
        """By what factor a predicted number is off, in the median; None without numbers."""
        ratios = _ratios(self.answered)
        return math.exp(median(abs(math.log(ratio)) for ratio in ratios)) if ratios else None

    @property
    def revisit(self) -> tuple[Heading, ...]:
        """The sections with wrong answers, those with most of them first."""
        wrong: dict[Heading, int] = {}
        for one in self.answered:
            heading = None if one.is_right else find_heading(one.entry.cell, one.entry.lesson)
            if heading is not None:
                wrong[heading] = wrong.get(heading, 0) + 1
        return tuple(sorted(wrong, key=lambda heading: -wrong[heading]))

    @property
    def stated(self) -> tuple[Stated, ...]:
        """How sure the learner said to be, against how often that was right, step by step."""
        return stated((one.entry.sure, one.is_right) for one in self.answered)

    def sentences(self) -> list[str]:
        """Return what the table means, in words."""
        answered = self.answered
        if not answered:
            return [_nothing(self.open_questions)]
        right = sum(one.is_right for one in answered)
        said = [f"You were right {right} of {len(answered)} times."]
        ratios = _ratios(answered)
        if self.factor is not None:
            over, under = sum(r > 1 for r in ratios), sum(r < 1 for r in ratios)
            said.append(
                f"Of {len(ratios)} predicted number{'s' * (len(ratios) > 1)}, {over} "
                f"{'was' if over == 1 else 'were'} too large and {under} too small; in the median "
                f"they are off by a factor of {self.factor:.2g}."
            )
        said += map(str, self.stated)
        if self.open_questions:
            said.append(f"The truth of {self.open_questions} more was not shown yet.")
        return said

    def __str__(self) -> str:
        lines = [" ".join(self.sentences())]
        if self.rows:
            table = [("lesson", "predictions", "quizzes", "numbers")]
            table += [(lesson_title(row.lesson), *_cells(row)) for row in self.rows]
            widths = [max(map(len, column)) for column in zip(*table, strict=True)]
            lines += ["  ".join(map(str.ljust, row, widths)).rstrip() for row in table]
        revisit = self.revisit
        lines += ["Read again:"] if revisit else []
        return "\n".join([*lines, *(f"- {one.text} ({one.notebook})" for one in revisit)])

    def __repr__(self) -> str:
        return str(self)

    def _repr_mimebundle_(self, **_kwargs: Any) -> dict[str, str]:
        said = f"<p>{rich(' '.join(self.sentences()))}</p>"
        return {
            "text/html": said + _table(self.rows) + _links(self.revisit),
            "text/plain": str(self),
        }


def calibration() -> Calibration:
    """
    How often the learner's predictions and quiz answers were right, and what to read again.

    Read from the log on this machine; without one it says so in a sentence. A number is right
    within its question's tolerance, or within a quarter of the truth where there is none; a quiz
    answer at the first try.
    """
    rows: dict[str, list[Answered]] = {}
    open_questions = 0
    for entry in _first_answers():
        if entry.truth is None:
            open_questions += 1
        else:
            rows.setdefault(entry.lesson, []).append(Answered(entry))
    return Calibration(tuple(_row(name, rows[name]) for name in sorted(rows)), open_questions)


def _first_answers() -> Iterable[Entry]:
    """Return the first answer to each question, with the truth that was shown next."""
    known: dict[tuple[str, str, str], Entry] = {}
    for entry in entries():
        key = (entry.kind, entry.lesson, entry.question)
        first = known.get(key)
        if first is None:
            if entry.answer is not None:
                known[key] = entry
        elif first.truth is None and entry.truth is not None:
            known[key] = replace(first, truth=entry.truth, tolerance=entry.tolerance)
    return known.values()


def _row(lesson: str, answered: list[Answered]) -> Row:
    kinds = {
        kind: tuple(a for a in answered if a.entry.kind == kind) for kind in ("predict", "quiz")
    }
    return Row(lesson, kinds["predict"], kinds["quiz"])


def _nothing(open_questions: int) -> str:
    if open_questions:
        return f"No truth was shown yet for your {open_questions} predictions: run the next cells."
    if answers_file() is None:
        return "No answers are kept, since CACHELAB_HOME is empty; so there is nothing to report."
    return "No answers are kept yet: predict something in a lesson, and ask again."


def _ratios(answered: Iterable[Answered]) -> list[float]:
    return [one.ratio for one in answered if one.ratio is not None]


def _cells(row: Row) -> tuple[str, str, str]:
    """Return the cells of a row: right of all, by kind, and the median of the ratios."""
    ratios = _ratios(row.answered)
    numbers = f"{median(ratios):.2g} x the truth" if ratios else ""
    return _right(row.predictions), _right(row.quizzes), numbers


def _right(answered: tuple[Answered, ...]) -> str:
    return f"{sum(one.is_right for one in answered)} of {len(answered)}" if answered else ""


def _table(rows: tuple[Row, ...]) -> str:
    if not rows:
        return ""
    head = "".join(
        f'<th scope="col"{_LEFT if name == "Lesson" else ""}>{name}</th>'
        for name in ("Lesson", "Predictions right", "Quizzes right", "Numbers, median")
    )
    body = "".join(
        f'<tr><th scope="row"{_LEFT}>{escape(lesson_title(row.lesson))}</th>'
        + "".join(f"<td>{cell}</td>" for cell in _cells(row))
        + "</tr>"
        for row in rows
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _links(revisit: tuple[Heading, ...]) -> str:
    if not revisit:
        return ""
    links = (
        f'<li>{escape(one.lesson)}: <a href="{escape(one.link)}">{rich(one.text)}</a></li>'
        for one in revisit
    )
    return (
        f"<p>Read again, the sections with most wrong answers first:</p><ul>{''.join(links)}</ul>"
    )
