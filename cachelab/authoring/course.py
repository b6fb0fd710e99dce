"""
Where things are: which text source becomes which notebook.
"""

import os
from dataclasses import dataclass
from pathlib import Path

from cachelab.ports.errors import CachelabError

SOURCES = Path("notebooks") / "source"


class BuildError(CachelabError):
    """
    A source that cannot become a notebook; the message names the place and the reason.
    """


@dataclass(frozen=True)
class Lesson:
    """
    One text source and the files that are built from it.

    `notebook` is the executed notebook. For an exercise it is the solution, and `release` is the
    notebook without answers that students get; a lesson has no `release`.
    """

    name: str
    source: Path
    notebook: Path
    release: Path | None = None

    @property
    def number(self) -> str:
        """
        The part of the name before the first underscore: `07` or `ex07`.
        """
        return self.name.split("_", 1)[0]


@dataclass(frozen=True)
class Course:
    """
    The folders of one checkout of the course.
    """

    root: Path

    @property
    def config(self) -> Path:
        """
        nbgrader's configuration file.
        """
        return self.root / "nbgrader_config.py"

    def lessons(self) -> list[Lesson]:
        """
        Every lesson and every exercise that has a source, in the order of their names.
        """
        return self._lessons() + self._exercises()

    def select(self, names: list[str] | tuple[str, ...] | None) -> list[Lesson]:
        """
        The lessons called `names`, by full name or by number; all of them without names.

        Raises: BuildError when no source has such a name.
        """
        every = self.lessons()
        if not names:
            return every
        for name in names:
            if not any(name in (lesson.name, lesson.number) for lesson in every):
                known = ", ".join(lesson.name for lesson in every) or "there are no sources"
                raise BuildError(f"no lesson or exercise is called {name!r} ({known})")
        return [lesson for lesson in every if {lesson.name, lesson.number} & set(names)]

    def relative(self, path: Path) -> str:
        """
        The path as it is written in messages: from the root, with forward slashes.
        """
        return Path(os.path.relpath(path, self.root)).as_posix()

    def _lessons(self) -> list[Lesson]:
        folder = self.root / SOURCES / "lessons"
        return [
            Lesson(source.stem, source, self.root / "notebooks" / f"{source.stem}.ipynb")
            for source in sorted(folder.glob("*.py"))
        ]

    def _exercises(self) -> list[Lesson]:
        def built(folder: str, name: str) -> Path:
            return self.root / folder / name / f"{name}.ipynb"

        folder = self.root / SOURCES / "exercises"
        return [
            Lesson(s.stem, s, built("solutions", s.stem), built("exercises", s.stem))
            for s in sorted(folder.glob("*.py"))
        ]


def find_course(start: Path | None = None) -> Course:
    """
    The course around a folder: the nearest parent that has `notebooks/source`.

    Raises: BuildError when there is none.
    """
    here = (start or Path.cwd()).resolve()
    for folder in (here, *here.parents):
        if (folder / SOURCES).is_dir():
            return Course(folder)
    raise BuildError(f"no course here: neither {here.name!r} nor a parent has notebooks/source")
