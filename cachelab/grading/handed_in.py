"""
What each student of a class has handed in, in nbgrader's layout: submitted/STUDENT/ASSIGNMENT.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

SUFFIXES = (".ipynb", ".py")
"""Of files that can be judged, the notebook before the program."""


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


def _file_in(folder: Path) -> Path | None:
    """Return the notebook of the assignment's name, or the only notebook, or the only program."""
    files = sorted(path for path in folder.iterdir() if path.is_file() or path.is_symlink())
    for suffix in SUFFIXES:
        found = [path for path in files if path.suffix == suffix]
        named = [path for path in found if path.stem == folder.name]
        if named or len(found) == 1:
            return (named or found)[0]
    return None
