"""
Building: read the text, run it, check what it printed, write the notebook.
"""

import asyncio
import os
from collections.abc import Sequence
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from . import outputs, release, state
from .course import BuildError, Course, Lesson, find_course
from .execute import CellError, execute
from .source import METADATA, Source, read_source


def build(
    names: Sequence[str] | None = None,
    *,
    force: bool = False,
    jobs: int | None = None,
    root: Path | None = None,
) -> list[str]:
    """
    Build the notebooks called `names` (full name or number; all without names) and say which.

    A notebook is executed when its source, the modules it imports or the built file itself have
    changed since the last build; with `force`, always. `jobs` notebooks run at the same time.

    Raises: BuildError at the first notebook that cannot be built, naming the cell and the reason.
    """
    course = find_course(root)
    due = [
        lesson
        for lesson in course.select(list(names or []))
        if force or not state.is_fresh(course, lesson)
    ]
    asyncio.run(_build_all(course, due, jobs or min(2, os.cpu_count() or 1)))
    return [lesson.name for lesson in due]


async def _build_all(course: Course, lessons: list[Lesson], jobs: int) -> None:
    from tqdm import tqdm

    turn = asyncio.Semaphore(jobs)
    with tqdm(total=len(lessons), unit="notebook", disable=None if lessons else True) as bar:

        async def one(lesson: Lesson) -> None:
            async with turn:
                bar.set_description(lesson.name)
                await _build_one(course, lesson)
                bar.update()

        try:
            async with asyncio.TaskGroup() as group:
                for lesson in lessons:
                    group.create_task(one(lesson))
        except BaseExceptionGroup as failures:
            # The first failure cancelled the others; it is the one to read about.
            raise failures.exceptions[0] from None


async def _build_one(course: Course, lesson: Lesson) -> None:
    source = read_source(lesson.source, lesson.number)
    lesson.notebook.parent.mkdir(parents=True, exist_ok=True)
    notebook = source.notebook
    try:
        imported = await execute(notebook, lesson.notebook.parent, state.log_file(course, lesson))
    except CellError as error:
        raise BuildError(_where(course, lesson, source, error)) from error
    notebook.metadata = nbformat.from_dict(METADATA)  # type: ignore[no-untyped-call]
    _clean(course, lesson, source)
    _write(lesson.notebook, notebook_text(notebook).encode())
    _write_release(course, lesson)
    state.keep(course, lesson, state.record(course, lesson, imported))


def notebook_text(notebook: NotebookNode) -> str:
    """
    The notebook as it stands in its file.
    """
    return str(nbformat.writes(notebook)) + "\n"  # type: ignore[no-untyped-call]


def _write(path: Path, content: bytes) -> None:
    # In one step: a build that is stopped leaves the old file whole.
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    part.write_bytes(content)
    part.replace(path)


def _write_release(course: Course, lesson: Lesson) -> None:
    if lesson.release is None:
        return
    for name, content in release.generate(course, lesson).items():
        _write(lesson.release.parent / name, content)


def _clean(course: Course, lesson: Lesson, source: Source) -> None:
    text = lesson.source.read_text(encoding="utf-8")
    for position, cell in enumerate(source.notebook.cells):
        if cell.cell_type != "code":
            continue
        outputs.tidy(cell, course.root)
        found = outputs.faults(cell, course.root, text)
        if found:
            raise BuildError(_where(course, lesson, source, CellError(position, None, found[0])))


def _where(course: Course, lesson: Lesson, source: Source, error: CellError) -> str:
    cell = source.notebook.cells[error.position]
    line = source.lines[error.position] + (error.line or 0)
    place = f"{course.relative(lesson.source)} line {line}"
    return f"{lesson.name}, cell {cell.id} ({place}): {error}"
