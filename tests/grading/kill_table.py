"""
The kill table: for each exercise, how many right submissions pass and how many wrong ones fail.

    python -m tests.grading.kill_table [ex07 ...]

A wrong submission counts as killed when the check that it names rejects it, no other check does
that it does not name, and the run shown has at most twelve rows.
"""

import sys

from rich.console import Console
from rich.table import Table

from cachelab.grading import EXERCISES

from . import bank

LONGEST = 12


def is_killed(wrong: bank.Wrong) -> bool:
    """Tell whether a wrong submission is rejected as it should be."""
    report = bank.verdict(wrong.exercise, wrong.text, wrong.meant_for)
    failed = {check.id: check for check in report.failed}
    shown = failed[wrong.meant_for].counterexample if wrong.meant_for in failed else None
    short = shown is not None and len(shown.rows) <= LONGEST
    return short and failed.keys() - wrong.breaks_more == {wrong.meant_for}


def row(exercise: str) -> tuple[str, ...]:
    """Return an exercise's line of the table."""
    texts = [path.read_text("utf-8") for path in bank.right(exercise)]
    wrong = bank.wrong(exercise)
    ahead = {(exercise, text, None) for text in texts}
    bank.judge_ahead(ahead | {(exercise, one.text, one.meant_for) for one in wrong})
    reports = [bank.verdict(exercise, text) for text in texts]
    full = sum(report.points == report.max_points for report in reports)
    dead = [is_killed(one) for one in wrong]
    alive = [one.path.stem for one, killed in zip(wrong, dead, strict=True) if not killed]
    counts = (f"{full} of {len(texts)}", f"{sum(dead)} of {len(wrong)}")
    return (exercise, *counts, ", ".join(alive) or "none")


def main() -> None:
    table = Table("exercise", "right: full marks", "wrong: killed", "alive")
    for exercise in sys.argv[1:] or EXERCISES:
        table.add_row(*row(exercise))
    Console().print(table)


if __name__ == "__main__":
    main()
