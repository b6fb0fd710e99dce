"""
Marks question by question, which nbgrader's own export adds up. A plug-in of nbgrader.

    nbgrader export --exporter cachelab.grading.exports.PerQuestion --to gradebook/questions.csv
"""

import csv
from collections.abc import Iterator
from typing import Any

from nbgrader.plugins.export import ExportPlugin  # type: ignore[import-untyped]

COLUMNS = (
    "assignment",
    "student_id",
    "question",
    "auto_score",
    "manual_score",
    "extra_credit",
    "max_score",
    "needs_manual_grade",
    "late_submission_penalty",
)


class PerQuestion(ExportPlugin):  # type: ignore[misc]
    """One row for each student and graded cell; the penalty is that of the whole submission."""

    def export(self, gradebook: Any) -> None:
        """Write the rows as CSV to `to`, by itself `questions.csv`."""
        with open(self.to or "questions.csv", "w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(COLUMNS)
            writer.writerows(self._rows(gradebook))

    def _rows(self, gradebook: Any) -> Iterator[tuple[Any, ...]]:
        for assignment in gradebook.assignments:
            if self.assignment and assignment.name not in self.assignment:
                continue
            for submission in sorted(assignment.submissions, key=lambda one: one.student_id):
                if self.student and submission.student_id not in self.student:
                    continue
                yield from self._questions(assignment.name, submission)

    def _questions(self, assignment: str, submission: Any) -> Iterator[tuple[Any, ...]]:
        for notebook in submission.notebooks:
            for grade in sorted(notebook.grades, key=lambda one: one.name):
                yield (
                    assignment,
                    submission.student_id,
                    grade.name,
                    grade.auto_score,
                    grade.manual_score,
                    grade.extra_credit,
                    grade.max_score,
                    grade.needs_manual_grade,
                    submission.late_submission_penalty,
                )
