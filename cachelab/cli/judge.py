"""
`cachelab judge`: a submission, or a whole folder of them, judged at the command line.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from cachelab.grading import (
    CheckResult,
    Report,
    SubmissionError,
    find_exercise,
    judge,
    read_submission,
)
from cachelab.grading.classroom import Verdicts, find_submissions, judge_class
from cachelab.grading.exercise import Exercise
from cachelab.grading.marks import check_sheet, write_marks

from . import INTERRUPTED

Verdict = Report | str
"""A report, or the sentence that says why there is none."""


@click.command("judge")
@click.argument("exercise")
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@click.option(
    "--require",
    type=click.Choice(["full", "process"]),
    default="process",
    help="Refuse to judge in a sandbox below this level.",
)
@click.option(
    "--jobs", type=click.IntRange(1), default=None, help="Processes that judge; one for each core."
)
@click.option(
    "--verdicts",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Keep the verdicts of a class in this file, and judge no text twice.",
)
@click.option(
    "--page",
    type=click.Path(path_type=Path, dir_okay=False, writable=True),
    help="Write one sheet about a design of the capstone to this file of HTML.",
)
@click.option(
    "--csv",
    "sheet",
    type=click.Path(path_type=Path, dir_okay=False, writable=True),
    help="Write the points of a class to this file, with a column for marks by hand.",
)
def command(
    exercise: str,
    path: Path,
    as_json: bool,
    require: str,
    jobs: int | None,
    verdicts: Path | None,
    page: Path | None,
    sheet: Path | None,
) -> None:
    """
    Judge PATH, a .py file or a notebook, for EXERCISE such as ex07.

    A folder is a class: one submission per file or sub-folder; of a folder with several files the
    one is judged that is named after the exercise. The exit status is 0 for full marks, 1 for less,
    2 when it could not be judged, and 130 when it was interrupted.
    """
    found = find_exercise(exercise)
    _refuse_what_does_not_fit(found, path, page, sheet, verdicts)
    try:
        if path.is_dir():
            files = find_submissions(path, found)
            judged = _judge_class(found, path, files, require, jobs or -1, Verdicts(verdicts))
            click.echo(_class_json(judged) if as_json else _class_text(judged))
            if sheet:
                write_marks(sheet, found, judged, files)
            status = _status(judged)
        else:
            status = _judge_one(found, path, as_json, require, page)
    except KeyboardInterrupt:
        status = INTERRUPTED
        how = "goes on where it was" if verdicts else "with --verdicts FILE could go on"
        told = f"interrupted: the same command {how}" if path.is_dir() else "interrupted"
        click.echo(f"\n{told}", err=True)
    click.get_current_context().exit(status)


def _refuse_what_does_not_fit(
    exercise: Exercise, path: Path, page: Path | None, sheet: Path | None, verdicts: Path | None
) -> None:
    if page and (path.is_dir() or exercise.id != "capstone"):
        raise click.UsageError("--page is about one design of the capstone")
    if page and page.suffix.lower() not in {".html", ".htm"}:
        raise click.UsageError(f"--page {page}: the name must end in .html")
    if page and not page.absolute().parent.is_dir():
        raise click.UsageError(f"--page {page}: there is no such folder")
    for option, value in {"--csv": sheet, "--verdicts": verdicts}.items():
        if value and not path.exists():
            raise SubmissionError(f"there is no folder {path}")
        if value and not path.is_dir():
            raise click.UsageError(f"{option} is about a class: give a folder")
    if sheet:
        check_sheet(sheet, exercise)


def _judge_one(
    exercise: Exercise, path: Path, as_json: bool, require: str, page: Path | None
) -> int:
    text = read_submission(path, exercise)
    with _progress(len(exercise.checks)) as on_result:
        if page:
            from cachelab.grading.capstone.pages import judge_with_page

            report, drawn = judge_with_page(text, require=require, on_result=on_result)
        else:
            report, drawn = judge(exercise.id, text, require=require, on_result=on_result), None
    click.echo(json.dumps(report.to_json()) if as_json else str(report))
    if page and drawn:
        drawn.save(page)
    elif page:
        click.echo("no page: the design does not get through a day", err=True)
    return _status({path.name: report})


@contextmanager
def _progress(checks: int) -> Iterator[Callable[[CheckResult], object]]:
    """Show on a terminal how far a judgement is: the capstone's takes minutes."""
    from tqdm import tqdm

    with tqdm(total=checks or None, unit="check", leave=False, disable=None) as bar:

        def on_result(result: CheckResult) -> None:
            bar.set_postfix_str(result.id, refresh=False)
            bar.update()

        yield on_result


def _judge_class(
    exercise: Exercise,
    folder: Path,
    files: dict[str, Path | str],
    require: str,
    jobs: int,
    known: Verdicts,
) -> dict[str, Verdict]:
    from tqdm import tqdm

    if not any(isinstance(file, Path) for file in files.values()):
        raise SubmissionError(f"there is no .py file and no notebook in {folder}")
    judged = judge_class(exercise.id, files, require=require, jobs=jobs, verdicts=known)
    # disable=None: a bar on a terminal, silence in a pipe.
    found = {
        one.name: one.report or one.reason
        for one in tqdm(judged, total=len(files), unit="file", disable=None)
    }
    return dict(sorted(found.items()))


def _status(verdicts: dict[str, Verdict]) -> int:
    if any(isinstance(v, str) or v.unfinished for v in verdicts.values()):
        return 2
    return 0 if all(v.points == v.max_points for v in _reports(verdicts)) else 1


def _reports(verdicts: dict[str, Verdict]) -> list[Report]:
    return [verdict for verdict in verdicts.values() if isinstance(verdict, Report)]


def _class_json(verdicts: dict[str, Verdict]) -> str:
    return json.dumps(
        {name: {"error": v} if isinstance(v, str) else v.to_json() for name, v in verdicts.items()}
    )


def _each(reports: list[Report], name: str) -> Iterator[CheckResult]:
    """Give what each report says about a check."""
    return (check for report in reports for check in report.checks if check.id == name)


def _class_text(verdicts: dict[str, Verdict]) -> str:
    """Return a line per submission, and how many failed each check."""
    width = max(map(len, verdicts))
    lines = []
    for name, verdict in verdicts.items():
        if isinstance(verdict, str):
            lines.append(f"{name:<{width}}  could not be judged: {verdict}")
            continue
        failed = verdict.failures or "all passed"
        points = f"{verdict.points}/{verdict.max_points}"
        lines.append(f"{name:<{width}}  {points:>7}  {failed}")
    reports = _reports(verdicts)
    failures = Counter(check.id for report in reports for check in report.failed)
    if reports:
        lines += ["", f"failed, of {len(reports)} judged:"]
        longest = max(len(check.id) for check in reports[0].checks) + 2
        for check in reports[0].checks:
            waited = sum(one.waits_for is not None for one in _each(reports, check.id))
            later = f"  ({waited} not judged)" if waited else ""
            lines.append(f"  {check.id:<{longest}}{failures[check.id]:>4}{later}")
    return "\n".join(lines)
