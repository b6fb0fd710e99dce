"""
Checking, without running anything, that the built files are what the sources give.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from . import outputs, release
from .course import BuildError, Course, Lesson, find_course
from .source import read_source

# Calls that always leave an output behind.
SHOWS = {"print", "show", "display"}
# What a built cell has from its source, and what to call it.
PARTS = {"cell_type": "kind", "source": "text", "metadata": "metadata"}


def check(root: Path | None = None) -> list[str]:
    """
    Every difference between the sources and the built notebooks, one line each; none is good.

    Executes nothing: whether the saved outputs are still what the code prints is nbval's question.
    """
    course = find_course(root)
    problems = list(_leftovers(course))
    for lesson in course.lessons():
        try:
            problems += [f"{lesson.name}: {problem}" for problem in _check_one(course, lesson)]
        except BuildError as error:
            problems.append(f"{lesson.name}: {error}")
    return problems


def _check_one(course: Course, lesson: Lesson) -> Iterator[str]:
    expected = read_source(lesson.source, lesson.number).notebook
    if not lesson.notebook.is_file():
        yield f"{course.relative(lesson.notebook)} is not built"
        return
    built = _read(lesson.notebook)
    yield from _differences(expected, built)
    text = lesson.source.read_text(encoding="utf-8")
    for cell in built.cells:
        if cell.cell_type == "code":
            yield from (f"cell {cell.get('id')}: {fault}" for fault in _unrun(cell))
            found = outputs.faults(cell, course.root, text)
            yield from (f"cell {cell.get('id')}: {fault}" for fault in found)
    if lesson.release is not None:
        yield from _check_release(course, lesson, expected)


def _read(path: Path) -> NotebookNode:
    try:
        return nbformat.reads(path.read_text(encoding="utf-8"), as_version=4)  # type: ignore[no-untyped-call, no-any-return]
    except (ValueError, nbformat.ValidationError) as error:
        raise BuildError(f"{path.name} is not a notebook: {error}") from error


def _differences(expected: NotebookNode, built: NotebookNode) -> Iterator[str]:
    if built.metadata != expected.metadata:
        yield "the notebook's metadata are not the builder's"
    if (built.nbformat, built.nbformat_minor) != (4, 5):
        yield "the notebook's format is not 4.5"
    ids = [cell.get("id") for cell in built.cells]
    wanted = [cell.id for cell in expected.cells]
    if ids != wanted:
        odd = next((b or a for a, b in _zip(ids, wanted) if a != b), None)
        yield f"its cells are not those of the source (first difference: {odd})"
        return
    for mine, theirs in zip(expected.cells, built.cells, strict=True):
        for part, name in PARTS.items():
            if mine[part] != theirs[part]:
                yield f"cell {mine.id}: its {name} differs from the source"


def _zip(a: list[str], b: list[str]) -> Iterator[tuple[str | None, str | None]]:
    for position in range(max(len(a), len(b))):
        yield (
            a[position] if position < len(a) else None,
            b[position] if position < len(b) else None,
        )


def _unrun(cell: NotebookNode) -> Iterator[str]:
    if not cell.source.strip():
        return
    if cell.execution_count is None:
        yield "it was not run"
    elif not cell.outputs and _shows_something(cell.source):
        yield "its output is missing"


def _shows_something(code: str) -> bool:
    try:
        body = ast.parse(code).body
    except SyntaxError:
        return False
    last = body[-1] if body else None
    call = last.value if isinstance(last, ast.Expr) else None
    return isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in SHOWS


def _check_release(course: Course, lesson: Lesson, expected: NotebookNode) -> Iterator[str]:
    assert lesson.release is not None
    folder = lesson.release.parent
    for name, content in release.generate(course, lesson).items():
        file = folder / name
        place = course.relative(file)
        if not file.is_file():
            yield f"{place} is not built"
        elif file.read_bytes() != content:
            yield f"{place} is not what nbgrader makes of the solution"
    if lesson.release.is_file():
        yield from _answers(expected, lesson.release.read_text(encoding="utf-8"))


def _answers(solution: NotebookNode, released: str) -> Iterator[str]:
    if "BEGIN SOLUTION" in released:
        yield "the exercise still has solution marks"
    notebook = nbformat.reads(released, as_version=4)  # type: ignore[no-untyped-call]
    visible = {line.strip() for cell in notebook.cells for line in cell.source.splitlines()}
    for cell in solution.cells:
        secret, rest = _split(cell.source)
        for line in secret - rest:
            if line in visible:
                yield f"cell {cell.id}: the exercise shows the answer line {line!r}"


def _split(text: str) -> tuple[set[str], set[str]]:
    """
    The distinctive lines inside the solution regions of a cell, and the lines outside them.
    """
    inside: set[str] = set()
    outside: set[str] = set()
    secret = False
    for line in map(str.strip, text.splitlines()):
        if "BEGIN SOLUTION" in line or "END SOLUTION" in line:
            secret = "BEGIN SOLUTION" in line
        elif secret and len(line) > 12:  # "return" and "else:" stand in every program
            inside.add(line)
        elif not secret:
            outside.add(line)
    return inside, outside


def _leftovers(course: Course) -> Iterator[str]:
    lessons = course.lessons()
    known = {path for lesson in lessons for path in (lesson.notebook, lesson.release) if path}
    places = [*(course.root / "notebooks").glob("*.ipynb")]
    places += [*(course.root / "solutions").rglob("*.ipynb")]
    places += [*(course.root / "exercises").rglob("*.ipynb")]
    for path in sorted(set(places) - known):
        if ".ipynb_checkpoints" not in path.parts:
            yield f"{course.relative(path)} has no source"
