"""
Where in the lessons a cell stands: the heading above it, with a link that opens there.
"""

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

import cachelab


@dataclass(frozen=True, slots=True)
class Heading:
    """A section of a lesson: its heading, and the notebook's file name."""

    text: str
    notebook: str

    @property
    def lesson(self) -> str:
        return f"Lesson {self.notebook[:2]}"

    @property
    def link(self) -> str:
        """
        The address of the section, seen from another lesson.

        >>> Heading("Who loads, and when?", "04_who.ipynb").link
        '04_who.ipynb#Who-loads,-and-when%3F'
        """
        return f"{self.notebook}#{quote(_plain(self.text).replace(' ', '-'), safe=',')}"


def find_heading(cell: str, lesson: str) -> Heading | None:
    """Return the heading above a cell, or that of the lesson if there is no such cell."""
    path = _notebook(lesson)
    if path is None:
        return None
    title, last = "", ""
    for known in _cells(path):
        for line in "".join(known["source"]).splitlines() if _is_text(known) else ():
            if line.startswith("# "):
                title = line[2:].strip()
            elif line.startswith("## "):
                last = line[3:].strip()
        if known.get("id") == cell:
            return Heading(last or title, path.name)
    return Heading(title, path.name)


def lesson_title(lesson: str) -> str:
    """Return a lesson's number and its title, or what can be said without its notebook."""
    heading = find_heading("", lesson)
    if heading is None:
        return f"lesson {lesson}" if lesson else "elsewhere"
    return f"{lesson} {heading.text}"


def _plain(text: str) -> str:
    """Return a heading as it is read: without the marks of `code`."""
    return text.replace("`", "")


def _is_text(cell: dict[str, Any]) -> bool:
    return cell.get("cell_type") == "markdown"


def _notebook(lesson: str) -> Path | None:
    """Return a lesson's notebook: beside the one that asks, or in the course."""
    folders = [
        Path.cwd(),
        Path.cwd() / "notebooks",
        Path(cachelab.__file__).parents[1] / "notebooks",
    ]
    found = (path for folder in folders for path in sorted(folder.glob(f"{lesson}_*.ipynb")))
    return next(found, None) if lesson else None


@lru_cache(maxsize=32)
def _cells(path: Path) -> list[dict[str, Any]]:
    try:
        cells: list[dict[str, Any]] = json.loads(path.read_text("utf-8"))["cells"]
    except (OSError, ValueError, KeyError, TypeError):
        return []
    return cells
