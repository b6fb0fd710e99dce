"""
`cachelab autograde`: a class judged in parallel, and its marks in nbgrader's gradebook.
"""

import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cachelab.grading import find_exercise
from cachelab.grading.classroom import Judged, Verdicts, judge_class
from cachelab.grading.handed_in import HandedIn, each_handed_in
from cachelab.ports.errors import CachelabError

from . import INTERRUPTED

if TYPE_CHECKING:
    from cachelab.grading.bookkeeping import Bookkeeper

    OpenBooks = Callable[[str, Verdicts], AbstractContextManager[Bookkeeper]]

SOURCES = Path("solutions")
SUBMITTED = Path("gradebook/submitted")
VERDICTS = Path("gradebook/verdicts.jsonl")


@click.command("autograde")
@click.argument("assignment")
@click.option(
    "--jobs", type=click.IntRange(1), default=None, help="Processes that judge; one for each core."
)
@click.option(
    "--require",
    type=click.Choice(["full", "process"]),
    default="process",
    help="Refuse to judge in a sandbox below this level.",
)
@click.option("--force", is_flag=True, help="Write also what is in the gradebook already.")
def command(assignment: str, jobs: int | None, require: str, force: bool) -> None:
    """
    Grade all submissions of ASSIGNMENT, ex07_lru or ex07, in the course of this folder.

    Every submission is judged, on all cores, and its marks go into nbgrader's gradebook. What is
    there already is left alone unless another file was handed in since, and what was judged stays
    in gradebook/verdicts.jsonl: after an interruption the same command goes on where it was.
    """
    exercise = find_exercise(assignment)
    if not Path("nbgrader_config.py").exists():
        raise CachelabError("this is no course folder: there is no nbgrader_config.py here")
    if exercise.id == "capstone":
        told = "the capstone is judged without nbgrader"
        raise CachelabError(f"{told}: cachelab judge capstone FOLDER --csv FILE")
    assignment = _full_name(assignment, exercise.id)
    folders = list(each_handed_in(SUBMITTED, assignment))
    files = {one.student: one.path for one in folders if one.path}
    if not files:
        told = "there is no notebook and no program in"
        raise CachelabError(f"nothing was handed in: {told} {SUBMITTED}/*/{assignment}")
    known = Verdicts(VERDICTS)
    judged = judge_class(exercise.id, files, require=require, jobs=jobs or -1, verdicts=known)
    try:
        lines = _graded(assignment, {one.student: one for one in folders}, judged, known, force)
    except KeyboardInterrupt:
        click.echo("\ninterrupted: the same command goes on where it was", err=True)
        click.get_current_context().exit(INTERRUPTED)
    for student, line in sorted(lines.items()):
        click.echo(f"{student}: {line}")


def _full_name(assignment: str, exercise: str) -> str:
    """Return the assignment's name in this course, of ex07 as well: ex07_lru."""
    known = [path.name for path in sorted(SOURCES.glob(f"{exercise}_*")) if path.is_dir()]
    return known[0] if assignment not in known and len(known) == 1 else assignment


def _graded(
    assignment: str,
    folders: dict[str, HandedIn],
    judged: Iterator[Judged],
    known: Verdicts,
    force: bool,
) -> dict[str, str]:
    """Write the marks of each student as soon as there is a verdict; say in the end how it went."""
    from tqdm import tqdm

    said = {name: [f"not graded: {one.remark}"] for name, one in folders.items() if not one.path}
    count = len(folders) - len(said)
    with ThreadPoolExecutor(1) as thread, ExitStack() as stack:
        loading, books = thread.submit(_load_nbgrader), None
        # disable=None: a bar on a terminal, silence in a pipe.
        for one in tqdm(judged, total=count, unit="submission", disable=None):
            books = books or stack.enter_context(loading.result()(assignment, known))
            said[one.name] = _entered(books, folders[one.name], one, force)
        for name, late in books.charge_late().items() if books else ():
            said.setdefault(name, []).append(late)
        marks = books.marks() if books else {}
    for name, mark in marks.items():
        of = " for an earlier file" if name in folders and not folders[name].path else ""
        said.setdefault(name, ["nothing is handed in now"]).insert(0, mark + of)
    return {name: "; ".join(dict.fromkeys(filter(None, w))) for name, w in said.items()}


def _entered(books: "Bookkeeper", folder: HandedIn, one: Judged, force: bool) -> list[str]:
    """Write a student's marks unless they are there; return what to say of the submission."""
    failed = one.report.failures if one.report else ""
    words = [f"failed {failed}" if failed else "", one.reason]
    try:
        remarks = None if force else books.remarks_on(folder)
        return [*words, *(books.enter(folder) if remarks is None else remarks)]
    except CachelabError as error:
        return [*words, str(error)]


def _load_nbgrader() -> "OpenBooks":
    """Import what keeps the books while the first submission is judged: it takes seconds."""
    # With this package, jsonschema compiles a grammar of addresses as it is imported.
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
    return import_module("cachelab.grading.bookkeeping").open_books  # type: ignore[no-any-return]
