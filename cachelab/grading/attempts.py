"""
What a learner has tried, kept on this machine: how often a check has failed, and what comes next.

One line of JSON for each different text that was judged in a notebook: exercise, time, points, the
checks that failed, and a hash of the text. Nothing is sent anywhere; the file may be deleted.
"""

import hashlib
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from cachelab.lab.home import add_line, log_file, read_lines

from .report import Report

STUCK = 3
"""Attempts in a row on which a check has failed: from then on a hint is opened unasked."""


def attempts_file() -> Path | None:
    """Return the log, in `$CACHELAB_HOME` or ~/.cachelab; None where the variable is empty."""
    return log_file("attempts.jsonl")


def noted(report: Report, text: str) -> Report:
    """
    Log an attempt; return its report with the hints that the learner has earned by failing.

    A text that was judged before is no new attempt. A log that cannot be written is no reason to
    withhold a report.
    """
    path = attempts_file()
    if path is None:
        return report
    word = hashlib.sha256(text.encode()).hexdigest()[:16]
    earlier = _attempts(path, report.exercise)
    if all(one["text"] != word for one in earlier):
        failed = [check.id for check in report.failed]
        entry = {"exercise": report.exercise, "text": word, "points": report.points}
        entry |= {"failed": failed, "time": int(time.time())}
        earlier.append(entry)
        add_line(path, entry)
    stuck = (check.id for check in report.failed if not check.is_slip)
    offers = {name: _in_a_row(earlier, name) - STUCK + 1 for name in stuck}
    return replace(report, offers=tuple((name, n) for name, n in offers.items() if n > 0))


def failed_attempts(exercise: str) -> int:
    """Tell how many different texts for an exercise have failed a check so far."""
    path = attempts_file()
    return 0 if path is None else sum(bool(one["failed"]) for one in _attempts(path, exercise))


def _attempts(path: Path, exercise: str) -> list[dict[str, Any]]:
    whole = (one for one in read_lines(path) if {"exercise", "text", "failed"} <= one.keys())
    return [one for one in whole if one["exercise"] == exercise]


def _in_a_row(attempts: list[dict[str, Any]], check: str) -> int:
    """Tell on how many of the last attempts a check has failed without a break."""
    count = 0
    for attempt in reversed(attempts):
        if check not in attempt["failed"]:
            break
        count += 1
    return count
