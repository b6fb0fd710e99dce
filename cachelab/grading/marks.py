"""
A class's points as a table for spreadsheets, beside what was written and the marks for it.

What a teacher has entered by hand is kept when the table is written anew, and then added up.
"""

import csv
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cachelab.ports.errors import CachelabError

from .exercise import Exercise
from .report import Report

BY_HAND = "by hand"
"""The column that a teacher fills in."""

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""With these a spreadsheet takes the text of a cell for something to compute."""


def write_marks(
    sheet: Path, exercise: Exercise, verdicts: Mapping[str, Report | str], files: Mapping[str, Path]
) -> None:
    """
    Write one line for each submission: points, marks by hand, their sum, and what was written.

    A mark that stands in the file already stays; without one there is no sum.

    Raises:
        CachelabError: a mark by hand in the file is no number, or more than there is to give.
    """
    marks = _marks_in(sheet, exercise.by_hand)
    with sheet.open("w", newline="", encoding="utf-8-sig") as file:
        writer = csv.writer(file)
        writer.writerow(
            ["name", f"points of {exercise.max_points}", BY_HAND, "sum", "lost", "written", "note"]
        )
        for name, verdict in verdicts.items():
            mark = marks.get(name, "")
            written = written_answers(files[name]) if name in files else ""
            row = _line(name, verdict, mark, written)
            if exercise.by_hand and isinstance(verdict, Report) and not written.strip():
                row[-1] = "; ".join(filter(None, [row[-1], "nothing written to mark by hand"]))
            writer.writerow(map(_harmless, row))


def written_answers(path: Path) -> str:
    """
    Return what a notebook's cells for written answers say; nothing for a program.

    Complexity: O(size of the file).
    """
    try:
        cells = json.loads(path.read_text("utf-8-sig"))["cells"] if path.suffix == ".ipynb" else []
        sources = [cell["source"] for cell in cells if _is_written(cell)]
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return ""
    return "\n\n".join(text if isinstance(text, str) else "".join(text) for text in sources)


def _is_written(cell: Mapping[str, Any]) -> bool:
    mark = cell.get("metadata", {}).get("nbgrader", {})
    is_text = cell.get("cell_type") == "markdown"
    return is_text and mark.get("grade") is True and mark.get("solution") is True


def _line(name: str, verdict: Report | str, mark: str, written: str) -> list[str]:
    if isinstance(verdict, str):
        return [name, "", mark, "", "", written, f"could not be judged: {verdict}"]
    total = f"{verdict.points + float(mark):g}" if mark else ""
    lost = ", ".join(
        f"{check.id} {check.max_points - check.points}"
        for check in verdict.checks
        if not check.passed
    )
    unfinished = ", ".join(check.id for check in verdict.unfinished)
    note = f"unfinished: {unfinished}" if unfinished else ""
    return [name, f"{verdict.points}", mark, total, lost, written, note]


def _marks_in(sheet: Path, most: int) -> dict[str, str]:
    """Return the marks that stand in a file, by name."""
    if not sheet.exists():
        return {}
    with sheet.open(newline="", encoding="utf-8-sig") as file:
        found = {line.get("name") or "": line.get(BY_HAND) or "" for line in csv.DictReader(file)}
    return {_plain(name): _checked(name, mark.strip(), most) for name, mark in found.items()}


def _checked(name: str, mark: str, most: int) -> str:
    try:
        is_right = not mark or 0 <= float(mark.replace(",", ".")) <= most
    except ValueError:
        is_right = False
    if not is_right:
        raise CachelabError(f"the mark {mark!r} of {name} is no number from 0 to {most}")
    return mark.replace(",", ".")


def _harmless(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(FORMULA) else text


def _plain(text: str) -> str:
    return text[1:] if text[:1] == "'" and text[1:].startswith(FORMULA) else text
