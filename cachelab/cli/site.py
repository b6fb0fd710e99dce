"""
`cachelab site`: the course as static pages whose views stay alive.
"""

from pathlib import Path

import click

from cachelab.ports.errors import CachelabError


@click.command()
@click.argument("names", nargs=-1)
@click.option("--to", required=True, type=click.Path(path_type=Path), help="The folder to fill.")
def command(names: tuple[str, ...], to: Path) -> None:
    """
    Build the course as a static site; it needs no kernel and asks no other server for anything.

    NAMES are lessons or exercises: 07, ex07 or a full name. Without one, all are built. To read
    the site: python -m http.server --bind 127.0.0.1 --directory FOLDER.
    """
    try:
        from cachelab.authoring.site import build_site

        built = build_site(Path.cwd(), to, names)
    except ModuleNotFoundError as error:
        told = f"a site needs {error.name}: pip install -e '.[author,site]'"
        raise CachelabError(told) from error
    click.echo(f"{to}: {', '.join(built)}")
