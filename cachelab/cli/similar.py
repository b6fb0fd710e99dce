"""
`cachelab similar`: which submissions have more in common than the exercise explains.
"""

from pathlib import Path

import click

from cachelab.grading import SubmissionError, find_exercise, read_submission
from cachelab.grading.classroom import find_submissions
from cachelab.grading.exercise import Exercise
from cachelab.grading.similarity import Pair, similar_pairs

MODEL = "(the model solution)"


@click.command("similar")
@click.argument("exercise")
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--at-least", default=0.6, show_default=True, help="Share in common to be listed.")
def command(exercise: str, folder: Path, at_least: float) -> None:
    """
    Compare the submissions in FOLDER for EXERCISE, such as ex07, two by two.

    Names, numbers and comments do not matter. What the form that was handed out contains, and what
    most of the class has, is left out. In a course folder the model solution is compared too. A
    pair is a reason to look, not a verdict.
    """
    if not 0 < at_least <= 1:
        raise click.UsageError(f"--at-least is a share above 0 and up to 1, not {at_least:g}")
    found = find_exercise(exercise)
    texts = {MODEL: model} if (model := _text_in(Path("solutions"), found)) else {}
    for name, path in find_submissions(folder, found).items():
        try:
            if isinstance(path, str):
                raise SubmissionError(path)
            texts[name] = read_submission(path, found)
        except SubmissionError as error:
            click.echo(f"{name} is left out: {error}", err=True)
    handed_out = _text_in(Path("exercises"), found)
    if not set(texts) - {MODEL}:
        raise SubmissionError(f"there is no submission for {found.id} in {folder}")
    pairs = similar_pairs(texts, handed_out=handed_out, at_least=at_least)
    if not pairs:
        count = len(texts) - (MODEL in texts)
        click.echo(f"no two of {count} submissions share {at_least:.0%} or more")
        return
    click.echo(_table(pairs))


def _text_in(folder: Path, exercise: Exercise) -> str:
    """Return the text of the solution cells in the exercise's notebook there, empty if none is."""
    for path in sorted(folder.glob(f"{exercise.id}_*/*.ipynb")):
        try:
            return read_submission(path, exercise)
        except SubmissionError:
            continue
    return ""


def _table(pairs: list[Pair]) -> str:
    width = max(len(name) for pair in pairs for name in (pair.first, pair.second))
    return "\n".join(f"{p.first:<{width}}  {p.second:<{width}}  {p.share:>4.0%}" for p in pairs)
