"""
`cachelab lab`: the course in JupyterLab, on this machine only.

What can go wrong is looked for before JupyterLab starts, so that it is said in one sentence; what
you see when nothing does is one line with the address.
"""

import os
import signal
import socket
import sys
import tempfile
import urllib.parse
import webbrowser
from pathlib import Path
from types import FrameType
from typing import Any

import click
from rich.console import Console

import cachelab
from cachelab.ports import CachelabError

from .jupyter_process import JupyterLab, jupyterlab

START = "notebooks/00_start_here.ipynb"


@click.command()
@click.argument("notebook", required=False)
@click.option("--browser/--no-browser", default=True, help="Open a browser window.")
@click.option("--port", type=click.IntRange(1, 65535), help="Default: a free one from 8888 up.")
@click.option("--check", is_flag=True, help="Start it, see that it answers, and stop it again.")
@click.option("--verbose", is_flag=True, help="Show what JupyterLab says.")
def command(
    notebook: str | None, browser: bool, port: int | None, check: bool, verbose: bool
) -> None:
    """
    Open the course in JupyterLab, at the start or at NOTEBOOK.

    NOTEBOOK is a file, or the beginning of a lesson's name.

    \b
    cachelab lab
    cachelab lab 07
    """
    folder = course_folder(Path.cwd())
    path = _notebook(folder, notebook)
    _need_a_writable(folder / "notebooks")
    _need_a_free(port)
    for name in ("SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), _interrupt)
    status = Console(stderr=True).status("Starting JupyterLab")
    try:
        status.start()
        trust(folder)
        with jupyterlab(folder, port, verbose) as lab:
            status.stop()
            if check:
                _check(lab, path)
            else:
                _stay(lab, path, browser)
    except KeyboardInterrupt:
        click.echo("\nJupyterLab has stopped.")
    finally:
        status.stop()


def course_folder(start: Path) -> Path:
    """
    Return the course's folder: `start`, one above it, or the one that cachelab is installed from.

    Raises:
        CachelabError: there is none.
    """
    for folder in (start, *start.parents, *Path(cachelab.__file__).parents[1:2]):
        project = folder / "pyproject.toml"
        if not (folder / "notebooks").is_dir() or not project.is_file():
            continue
        if 'name = "cachelab"' in project.read_text("utf-8", "replace"):
            return folder
    raise CachelabError(
        "no course here: run this in the course's folder, the one with notebooks/ and "
        "pyproject.toml"
    )


def trust(folder: Path) -> None:
    """
    Sign the course's lessons, so that JupyterLab draws their pictures before they are run.

    A file that is no notebook is left alone: JupyterLab says what is wrong with it.
    """
    from nbformat import read
    from nbformat.sign import NotebookNotary

    notary: Any = NotebookNotary()  # type: ignore[no-untyped-call]
    for path in sorted((folder / "notebooks").glob("*.ipynb")):
        try:
            lesson = read(path, as_version=4)  # type: ignore[no-untyped-call]
        except (ValueError, OSError):  # NotJSONError is a ValueError
            continue
        if not notary.check_signature(lesson):
            notary.sign(lesson)


def _notebook(folder: Path, name: str | None) -> str:
    """Return the path of a notebook, with slashes and from `folder` on."""
    candidates = [folder / START] if name is None else [Path(name), folder / name]
    if name is not None and not set(name) & set("/\\*?["):
        candidates += sorted(folder.glob(f"notebooks/{name}*.ipynb"))
    found = next((path.resolve() for path in candidates if path.is_file()), None)
    if found is None and name is None:
        raise CachelabError(f"{START} is missing: `cachelab build` makes it from its source")
    if found is None:
        raise CachelabError(f"there is no notebook {name!r}, neither here nor in the course")
    if not found.is_relative_to(folder.resolve()):
        raise CachelabError(f"{name} is outside the course's folder {folder}")
    return found.relative_to(folder.resolve()).as_posix()


def _need_a_writable(folder: Path) -> None:
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise CachelabError(
            f"nothing can be saved in {folder} ({(error.strerror or str(error)).lower()}): "
            "copy the course to a folder of your own"
        ) from error


def _need_a_free(port: int | None) -> None:
    if port is None:
        return
    with socket.socket() as probe:
        if os.name == "posix":  # elsewhere this option lets two programs share a port
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
            probe.listen()
        except OSError as error:
            wrong = "is in use" if not isinstance(error, PermissionError) else "is not yours to use"
            raise CachelabError(
                f"port {port} {wrong}: choose another, or leave --port out for any free one"
            ) from error


def _check(lab: JupyterLab, notebook: str) -> None:
    path = urllib.parse.quote(notebook)
    for page in (f"api/contents/{path}?content=0", f"lab/tree/{path}"):
        if (status := lab.ask(page)) != 200:
            raise CachelabError(f"JupyterLab answers {status or 'nothing'} to {page}")
    click.echo(f"JupyterLab starts here and opens {notebook}.")


def _stay(lab: JupyterLab, notebook: str, browser: bool) -> None:
    page = lab.page(notebook)
    click.echo(f"The course is open at {page} (Ctrl-C here stops it)")
    if browser and _has_screen():
        # The address itself, not Jupyter's redirecting file: some browsers may not read that.
        webbrowser.open(page)
    if lab.process.wait() != 0:
        raise CachelabError("JupyterLab has ended with an error: `--verbose` shows what it says")
    click.echo("JupyterLab has been shut down.")


def _has_screen() -> bool:
    """Tell whether a browser has somewhere to go: without, a text browser takes the terminal."""
    if not sys.platform.startswith("linux") or "BROWSER" in os.environ:
        return True
    return bool({"DISPLAY", "WAYLAND_DISPLAY"} & set(os.environ))


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
