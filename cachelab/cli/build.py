"""
`cachelab build`: from the text sources to the notebooks, or a check that both agree.
"""

import click


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
    from cachelab.authoring import build, check

    if only_check:
        problems = check()
        for problem in problems:
            click.echo(problem)
        raise SystemExit(1 if problems else 0)
    built = build(names, force=force, jobs=jobs)
    click.echo(f"built {', '.join(built)}" if built else "everything is up to date")
