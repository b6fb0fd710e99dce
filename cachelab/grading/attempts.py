"""
What a learner has tried, kept on this machine: how often a check has failed, and what comes next.

One line of JSON for each different program that was judged in a notebook: exercise, time, points,
the checks that failed, and a hash. Nothing is sent anywhere; the file may be deleted.
"""

import ast
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

    A program that was judged before is no new attempt, whatever its comments and blanks. A log that
    cannot be written is no reason to withhold a report.
    """
    path = attempts_file()
    if path is None:
        return report
    word, earlier = fingerprint(text), _attempts(path, report.exercise)
    known = {one["text"] for one in earlier}
    if not known & {word, _hashed(text)}:  # older logs have the hash of the text itself
        failed = [check.id for check in report.failed]
        entry = {"exercise": report.exercise, "text": word, "points": report.points}
        entry |= {"failed": failed, "time": int(time.time())}
        earlier.append(entry)
        add_line(path, entry)
    stuck = (check.id for check in report.failed if not check.is_slip)
    offers = {name: _in_a_row(earlier, name) - STUCK + 1 for name in stuck}
    return replace(report, offers=tuple((name, n) for name, n in offers.items() if n > 0))


def fingerprint(text: str) -> str:
    """
    Return a word that is the same for texts that are the same program.

    Comments, docstrings, blank lines and the way it is broken into lines make no other program.
    Where a text is no Python it is the text that counts.

    >>> fingerprint("x = 1  # one") == fingerprint("x = (1)")
    True
    """
    try:
        tree = ast.parse(text)
        for node in ast.walk(tree):
            if isinstance(body := getattr(node, "body", None), list):
                node.body = [one for one in body if not _is_remark(one)]  # type: ignore[attr-defined]
        return _hashed(ast.dump(tree))
    except (SyntaxError, ValueError, RecursionError):
        return _hashed(text)


def _is_remark(statement: ast.stmt) -> bool:
    """Tell whether a statement is a text that stands alone, such as a docstring."""
    value = statement.value if isinstance(statement, ast.Expr) else None
    return isinstance(value, ast.Constant) and isinstance(value.value, str)


def _hashed(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def failed_attempts(exercise: str) -> int:
    """Tell how many different programs for an exercise have failed a check so far."""
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
