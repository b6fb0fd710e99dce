"""
`cachelab autograde`: a class through nbgrader, with the judging done beforehand and in parallel.
"""

import contextlib
import os
import sys
from importlib import import_module
from pathlib import Path
from threading import Thread

import click

from cachelab.grading import find_exercise
from cachelab.grading.classroom import Verdicts, judge_class
from cachelab.ports.errors import CachelabError

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
@click.option("--force", is_flag=True, help="Grade also what is graded already.")
def command(assignment: str, jobs: int | None, require: str, force: bool) -> None:
    """
    Grade all submissions of ASSIGNMENT, such as ex07_lru, in the course of this folder.

    First every submission is judged, on all cores; then nbgrader writes marks and notebooks. What
    was judged stays in gradebook/verdicts.jsonl: after an interruption the same command goes on.
    """
    exercise = find_exercise(assignment)
    if not Path("nbgrader_config.py").exists():
        raise CachelabError("this is no course folder: there is no nbgrader_config.py here")
    handed_in = _handed_in(assignment)
    if not handed_in:
        raise CachelabError(f"nothing was handed in: {SUBMITTED}/*/{assignment} is empty")
    from tqdm import tqdm

    judged = judge_class(
        exercise.id, handed_in, require=require, jobs=jobs or -1, verdicts=Verdicts(VERDICTS)
    )
    bar = tqdm(judged, total=len(handed_in), unit="submission", disable=None)
    loading = Thread(target=_load_nbgrader)
    loading.start()
    results = list(bar)
    reasons = {one.name: one.reason for one in results if one.reason}
    loading.join()
    for one in sorted(results, key=lambda one: one.name):
        if one.report:
            click.echo(f"{one.name}: {one.report.points} of {one.report.max_points}")
    for name, reason in sorted({**reasons, **_without_notebook(assignment)}.items()):
        click.echo(f"{name}: {reason}", err=True)
    _nbgrader(assignment, force)
    graded = len(handed_in) - len(reasons)
    click.echo(f"{assignment}: {graded} of {len(handed_in)} judged, all of them in the gradebook")


def _handed_in(assignment: str) -> dict[str, Path]:
    """Return the notebook of each student who handed in, under the name that nbgrader asks for."""
    found = sorted(SUBMITTED.glob(f"*/{assignment}/{assignment}.ipynb"))
    return {path.parent.parent.name: path for path in found}


def _without_notebook(assignment: str) -> dict[str, str]:
    """Return what to say of each student whose folder lacks the notebook that nbgrader reads."""
    reasons = {}
    for folder in sorted(SUBMITTED.glob(f"*/{assignment}")):
        if folder.is_dir() and not (folder / f"{assignment}.ipynb").exists():
            found = ", ".join(sorted(path.name for path in folder.iterdir())) or "nothing"
            reasons[folder.parent.name] = f"not graded: no {assignment}.ipynb, but {found}"
    return reasons


def _load_nbgrader() -> None:
    """Import what the second half needs while the first one is judged: it takes seconds."""
    # With this package, jsonschema compiles a grammar of addresses as it is imported.
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
    import_module("nbgrader.apps")


def _nbgrader(assignment: str, force: bool) -> None:
    """Let nbgrader do its part in this process, with the verdicts at hand."""
    from jupyter_core.application import NoStart
    from nbgrader.apps import NbGraderApp  # type: ignore[import-untyped]

    from cachelab.grading.gradebook import one_engine

    os.environ["CACHELAB_VERDICTS"] = str(VERDICTS.absolute())
    words = ["autograde", assignment, "--create", *(["--force"] if force else [])]
    app = NbGraderApp.instance()
    app.initialize(words)
    # NoStart is how it says that a subcommand has done the work.
    with one_engine(), contextlib.suppress(NoStart):
        app.start()
