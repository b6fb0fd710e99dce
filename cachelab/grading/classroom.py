"""
A class judged: many submissions at once, none of which stops another, and none judged twice.

The engine is joblib, so `joblib.parallel_config(backend="dask")` spreads a class over a cluster.
With a file for the verdicts a run that was interrupted goes on where it was: a text that was judged
before, by the same checks and at the same level, is not judged again.
"""

import hashlib
import json
import os
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import BrokenExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from joblib import Parallel, delayed

import cachelab
from cachelab.ports.errors import CachelabError

from .exercise import Exercise
from .handed_in import SUFFIXES, file_for
from .judging import find_exercise, judge
from .report import Report
from .sandbox import choose_level
from .submission import SubmissionError, read_submission

SECRET = "CACHELAB_MARKET_SEED"
"""Environment variable: a word of the teacher's from which the capstone's days are drawn."""


@dataclass(frozen=True, slots=True)
class Judged:
    """One submission's verdict: a report, or the reason why there is none, or not all of it."""

    name: str
    report: Report | None
    reason: str = ""


class Verdicts:
    """
    Reports by the text that they are about, kept in a file of JSON lines if there is one.

    A line that was cut off when the machine went down is left out, and judged again.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = path
        self.reports: dict[str, Report] = {}
        self.cut_off = ""
        if path is not None and path.exists():
            text = path.read_text("utf-8", errors="replace")
            if text and not text.startswith('{"key"'):
                raise CachelabError(f"{path} is no file of verdicts, and is left as it is")
            self.cut_off = "" if text.endswith("\n") or not text else "\n"
            for line in text.splitlines():
                try:
                    entry = json.loads(line)
                    self.reports[entry["key"]] = Report.from_dict(entry["report"])
                except (ValueError, TypeError, KeyError):
                    continue

    def keep(self, key: str, report: Report) -> None:
        """Remember a report, in the file as well."""
        self.reports[key] = report
        if self.path is not None:
            with self.path.open("a", encoding="utf-8") as file:
                entry = json.dumps({"key": key, "report": report.to_dict()})
                file.write(f"{self.cut_off}{entry}\n")
            self.cut_off = ""


def key_of_text(exercise: Exercise, text: str, level: str) -> str:
    """Return what a verdict depends on, as one word."""
    checks = [(check.id, check.points, check.needs, check.after) for check in exercise.checks]
    panel = f"{exercise.panel_points} {os.environ.get(SECRET, '')}" if exercise.panel else ""
    parts = [cachelab.__version__, exercise.id, repr(checks), panel, level, text]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def judge_class(
    exercise: str,
    submissions: Mapping[str, Path | str],
    *,
    require: str = "process",
    jobs: int = -1,
    verdicts: Verdicts | None = None,
) -> Iterator[Judged]:
    """
    Judge the files of a class, given by name; give each verdict as soon as it is there.

    In place of a file there may be the reason why there is none, which is passed on.

    `jobs` are the processes that judge; -1 is one for each core.

    Complexity: one judgement for each different text; memory for one report each.

    Raises:
        ValueError: no such exercise, or `require` is no level of the sandbox.
        CachelabError: the sandbox that is required is not available.
    """
    found, level = find_exercise(exercise), choose_level(require)
    known = verdicts or Verdicts()
    waiting: dict[str, list[str]] = {}
    texts: dict[str, str] = {}
    for name, path in submissions.items():
        text = _text_of(found, path)
        if isinstance(text, Exception):
            yield Judged(name, None, str(text))
            continue
        key = key_of_text(found, text, level)
        if key in known.reports:
            yield Judged(name, known.reports[key])
        else:
            waiting.setdefault(key, []).append(name)
            texts[key] = text
    for key, report, reason in _judged(found.id, texts, require, jobs):
        if report is not None and not reason:
            known.keep(key, report)
        yield from (Judged(name, report, reason) for name in waiting[key])


def find_submissions(folder: Path, exercise: Exercise) -> dict[str, Path | str]:
    """Return the file to judge of each file or sub-folder, or why there is none, by its owner."""
    found: dict[str, Path | str] = {}
    for entry in sorted(folder.iterdir()):
        if entry.name.startswith((".", "__")):
            continue
        if entry.is_dir() and not entry.is_symlink():
            found[entry.name] = file_for(exercise.id, entry)
        elif entry.suffix in SUFFIXES:
            found[entry.name] = entry
    return found


def _text_of(exercise: Exercise, path: Path | str) -> str | Exception:
    if isinstance(path, str):
        return SubmissionError(path)
    try:
        return read_submission(path, exercise)
    except (CachelabError, OSError) as error:
        return error


def _judged(
    exercise: str, texts: Mapping[str, str], require: str, jobs: int
) -> Iterator[tuple[str, Report | None, str]]:
    """Judge each text in some process; a failure of the judge itself is a reason as well."""
    if not texts:
        return
    judging: Callable[..., Any] = delayed(_judge_one)
    calls = (judging(exercise, key, text, require) for key, text in texts.items())
    again = []
    workers = Parallel(n_jobs=min(jobs, len(texts)), return_as="generator_unordered")
    try:
        for key, report, reason in workers(calls):
            if report is not None and report.unfinished:
                again.append(key)
            else:
                yield key, report, reason
    except (BrokenExecutor, BrokenPipeError) as error:
        told = "a process that judges was killed or cannot start; memory may be short"
        raise CachelabError(f"{told}: --jobs 1 takes least") from error
    for key in again:  # now that no other one is judged
        yield _judge_one(exercise, key, texts[key], require)


def _judge_one(exercise: str, key: str, text: str, require: str) -> tuple[str, Report | None, str]:
    try:
        report = judge(exercise, text, require=require)
    except Exception as error:  # noqa: BLE001 - one submission must not end the others' run
        return key, None, f"the judge failed with {type(error).__name__}: {error}"
    return key, report, "; ".join(f"{check.id} {check.message}" for check in report.unfinished)
