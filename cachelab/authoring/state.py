"""
What a notebook was built from, so that only what changed is executed again.

The record of a build lives in `.build/`, outside version control: a fresh clone knows nothing and
builds everything once.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .course import Course, Lesson

VERSION = 1  # raised when the builder makes other files from the same source
PACKAGE = Path(__file__).parents[1]
CODE = (".py", ".js", ".css")


@dataclass(frozen=True)
class Record:
    """
    One finished build: which folders of the package took part, and the hashes of both ends.
    """

    folders: tuple[str, ...]
    inputs: str
    built: str


def record(course: Course, lesson: Lesson, imported: Iterable[Path]) -> Record:
    """
    The record of a notebook that was built right now and had imported the files `imported`.

    Every file beside an imported module counts: a widget's drawing and style, or the program that
    a module starts as another process, are imported by nobody.
    """
    folders = sorted(
        {f.parent.relative_to(PACKAGE).as_posix() for f in imported if f.is_relative_to(PACKAGE)}
    )
    return Record(tuple(folders), _inputs(course, lesson, folders), _built(lesson))


def is_fresh(course: Course, lesson: Lesson) -> bool:
    """
    Whether the built files are the ones that the last build of these very inputs wrote.
    """
    try:
        known = json.loads(_file(course, lesson).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(known, dict) and _agrees(course, lesson, known)


def keep(course: Course, lesson: Lesson, entry: Record) -> None:
    """
    Write a record down.
    """
    file = _file(course, lesson)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(vars(entry)), encoding="utf-8")


def log_file(course: Course, lesson: Lesson) -> Path:
    """
    Where the kernel's own terminal output goes during a build.
    """
    return course.root / ".build" / f"{lesson.name}.log"


def _agrees(course: Course, lesson: Lesson, known: dict[str, Any]) -> bool:
    folders = known.get("folders", [])
    return bool(
        known.get("inputs") == _inputs(course, lesson, folders)
        and known.get("built") == _built(lesson)
    )


def _file(course: Course, lesson: Lesson) -> Path:
    return course.root / ".build" / f"{lesson.name}.json"


def _inputs(course: Course, lesson: Lesson, folders: Iterable[str]) -> str:
    files = [lesson.source]
    if lesson.release is not None:
        files.append(course.config)
    for folder in folders:
        files += sorted(f for f in (PACKAGE / folder).iterdir() if f.suffix in CODE)
    return _digest(files, str(VERSION))


def _built(lesson: Lesson) -> str:
    return _digest([lesson.notebook, *([lesson.release] if lesson.release else [])])


def _digest(files: Iterable[Path], seed: str = "") -> str:
    total = hashlib.sha256(seed.encode())
    for file in files:
        content = file.read_bytes() if file.is_file() else b"missing"
        total.update(f"{file.name} {len(content)} ".encode() + content)
    return total.hexdigest()
