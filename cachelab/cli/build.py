"""
`cachelab build`: from the text sources to the notebooks, or a check that both agree.
"""

import click

from cachelab.ports.errors import CachelabError


@click.command()
@click.argument("names", nargs=-1)
@click.option("--force", is_flag=True, help="Execute also what has not changed.")
@click.option("--check", "only_check", is_flag=True, help="Only list what is out of step.")
@click.option("--jobs", type=click.IntRange(min=1), help="Notebooks executed at the same time.")
def command(names: tuple[str, ...], force: bool, only_check: bool, jobs: int | None) -> None:
    """
    Build lessons, solutions and exercises from their text sources.

    NAMES are lessons or exercises: 07, ex07 or a full name. Without one, all are built.
    """
    try:
        _build_or_check(names, force, only_check, jobs)
    except ModuleNotFoundError as error:
        told = f"building needs {error.name}: pip install -e '.[author]'"
        raise CachelabError(told) from error


def _build_or_check(
    names: tuple[str, ...], force: bool, only_check: bool, jobs: int | None
) -> None:
    from cachelab.authoring import build, check

    if not only_check:
        built = build(names, force=force, jobs=jobs)
        click.echo(f"built {', '.join(built)}" if built else "everything is up to date")
        return
    problems = check()
    for problem in problems:
        click.echo(problem)
    if problems:
        raise SystemExit(1)
