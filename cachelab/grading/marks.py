"""
A class's points as a table for spreadsheets, beside what was written and the marks for it.

What a teacher has entered by hand is kept when the table is written anew, and then added up.
"""

import csv
import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cachelab.ports.errors import CachelabError

from .exercise import Exercise
from .report import Report

BY_HAND = "by hand"
"""The column that a teacher fills in."""

DELIMITERS = ",;\t"
"""What spreadsheets of different countries put between columns."""

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""With these a spreadsheet takes the text of a cell for something to compute."""


def write_marks(
    sheet: Path,
    exercise: Exercise,
    verdicts: Mapping[str, Report | str],
    files: Mapping[str, Path | str],
) -> None:
    """
    Write one line for each submission: points, marks by hand, their sum, and what was written.

    A mark that stands in the file already stays; without one there is no sum.

    Raises:
        CachelabError: the file is no such table, or a mark by hand in it is no number, or more than
            there is to give. It is left as it was.
    """
    marks = _marks_in(sheet, exercise.by_hand)
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(
        ["name", f"points of {exercise.max_points}", BY_HAND, "sum", "lost", "written", "note"]
    )
    for name, verdict in verdicts.items():
        mark = marks.get(name, "")
        file = files.get(name)
        written = written_answers(file) if isinstance(file, Path) else ""
        row = _line(name, verdict, mark, written)
        if exercise.by_hand and isinstance(verdict, Report) and not written.strip():
            row[-1] = "; ".join(filter(None, [row[-1], "nothing written to mark by hand"]))
        writer.writerow(map(_harmless, row))
    for name, mark in marks.items():
        if mark and name not in verdicts:
            writer.writerow(
                map(_harmless, [name, "", mark, "", "", "", "nothing is there to judge"])
            )
    sheet.write_text(text.getvalue(), encoding="utf-8-sig", newline="")


def check_sheet(sheet: Path, exercise: Exercise) -> None:
    """
    Refuse a table that could not be written once the class is judged.

    Raises:
        CachelabError: as `write_marks`.
        OSError: no such folder, or not to be written.
    """
    _marks_in(sheet, exercise.by_hand)
    with sheet.open("ab"):
        pass


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
    text = _text_of(sheet) if sheet.exists() else ""
    if not text:
        return {}
    header = text.split("\n", 1)[0]
    between = max(DELIMITERS, key=header.count)
    lines = csv.DictReader(io.StringIO(text, newline=""), delimiter=between)
    if not {"name", BY_HAND} <= set(lines.fieldnames or ()):
        raise CachelabError(f"{sheet} is no table of marks: it has no column {BY_HAND!r}")
    found = {line["name"] or "": line[BY_HAND] or "" for line in lines}
    return {_plain(name): _checked(name, mark.strip(), most) for name, mark in found.items()}


def _text_of(sheet: Path) -> str:
    """Return a table's text; older spreadsheets save Western European letters in a byte each."""
    data = sheet.read_bytes()
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


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
