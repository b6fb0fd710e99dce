"""
What each student of a class has handed in, and which file of several is meant.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

SUFFIXES = (".ipynb", ".py")
"""Of files that can be judged, the notebook before the program."""

_ABOUT = re.compile(r"(?<![a-z0-9])(?:ex\d\d|capstone)(?![a-z0-9])")
"""An exercise that the name of a file or folder is about, as in `ada_ex07 (2).py`."""


@dataclass(frozen=True, slots=True)
class HandedIn:
    """A student's folder for an assignment; `path` is the file to judge, None if there is none."""

    student: str
    folder: Path
    path: Path | None

    @property
    def remark(self) -> str:
        """What to tell a teacher who expects the notebook that was handed out; empty if it is."""
        expected = f"{self.folder.name}.ipynb"
        if self.path is None:
            found = ", ".join(sorted(path.name for path in self.folder.iterdir())) or "nothing"
            return f"no {expected}, but {found}"
        return "" if self.path.name == expected else f"taken from {self.path.name}"

    def digest(self) -> str:
        """Return what was handed in, and when, as one word."""
        parts = [self.path, self.folder / "timestamp.txt"]
        read = [part.read_bytes() if part and part.is_file() else b"" for part in parts]
        return hashlib.sha256(b"\0".join(read)).hexdigest()


def each_handed_in(submitted: Path, assignment: str) -> Iterator[HandedIn]:
    """Give the folders of all students who have one, in order."""
    for folder in sorted(submitted.glob(f"*/{assignment}")):
        if folder.is_dir():
            yield HandedIn(folder.parent.name, folder, _file_in(folder))


def file_for(exercise: str, folder: Path) -> Path | str:
    """
    Return the file for an exercise such as ex07 in a student's folder, or why there is none.

    It is one whose name says so, else the only notebook or program in a folder of that name, else
    the only one that is not about another exercise.
    """
    about = {path: _exercises_of(path.as_posix()) for path in _files_below(folder)}
    named = [path for path in about if exercise in _exercises_of(path.name)]
    inside = [path for path, names in about.items() if exercise in names]
    files = named or inside or [path for path, names in about.items() if not names]
    if not files:
        return f"no notebook and no program for {exercise}"
    ranks = {path: _rank(path, bool(named)) for path in files}
    best = [path for path in files if ranks[path] == min(ranks.values())]
    if len(best) > 1:
        return f"one of {', '.join(path.as_posix() for path in best)}, but which?"
    return folder / best[0]


def _rank(path: Path, is_named: bool) -> tuple[int, int]:
    """Return a number that puts notebooks before programs, and ex07.py before ex07 (1).py."""
    return SUFFIXES.index(path.suffix), len(path.name) if is_named else 0


def _exercises_of(name: str) -> set[str]:
    return set(_ABOUT.findall(name.lower()))


def _files_below(folder: Path) -> list[Path]:
    """Return what could be judged, without what editors and archives leave beside it."""
    files = (path for path in folder.rglob("*") if path.suffix in SUFFIXES and not path.is_dir())
    names = sorted(path.relative_to(folder) for path in files)
    return [name for name in names if not any(map(_is_left_behind, name.parts))]


def _is_left_behind(name: str) -> bool:
    return name.startswith((".", "__"))


def _file_in(folder: Path) -> Path | None:
    """Return the notebook of the assignment's name, or the only notebook, or the only program."""
    there = (path for path in folder.iterdir() if path.is_file() or path.is_symlink())
    files = sorted(path for path in there if not _is_left_behind(path.name))
    for suffix in SUFFIXES:
        found = [path for path in files if path.suffix == suffix]
        named = [path for path in found if path.stem == folder.name]
        if named or len(found) == 1:
            return (named or found)[0]
    return None
