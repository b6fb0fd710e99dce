"""
`cachelab release`: the course as students get it, without solutions and the bank of submissions.
"""

import shutil
import subprocess
from pathlib import Path

import click

from cachelab.ports.errors import CachelabError

WHOLE = ("cachelab", "exercises", "notebooks", "docs")
FILES = (
    "README.md",
    "LICENSE",
    "CHANGELOG.md",
    "Makefile",
    "constraints.txt",
    "environment.yml",
    "pyproject.toml",
    ".ci/setup",
)
KEPT_BACK = ("notebooks/source/exercises/",)


@click.command("release")
@click.option(
    "--to",
    "target",
    required=True,
    type=click.Path(path_type=Path, file_okay=False),
    help="A folder that does not exist yet, or is empty.",
)
def command(target: Path) -> None:
    """
    Copy lessons, exercises and package to a folder for students.

    Left out are the solutions, the sources that contain them, the tests with their right and wrong
    submissions, and nbgrader's settings. Only files under version control are copied.
    """
    if target.exists() and any(target.iterdir()):
        raise CachelabError(f"{target} is not empty: name a new folder")
    names = [name for name in _tracked() if _is_for_students(name)]
    if "pyproject.toml" not in names:
        raise CachelabError("this is not the course's folder: call the command where README.md is")
    for name in names:
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(name, target / name)
    exercises = sum(name.startswith("exercises/") for name in names)
    lessons = sum(name.startswith("notebooks/") and name.endswith(".ipynb") for name in names)
    click.echo(f"{target}: {lessons} lessons, {exercises} exercises, {len(names)} files")


def _tracked() -> list[str]:
    done = subprocess.run(["git", "ls-files", "-z"], capture_output=True, text=True, check=False)
    if done.returncode:
        raise CachelabError("this is no checkout of the course: git lists no files here")
    return [name for name in done.stdout.split("\0") if name and Path(name).is_file()]


def _is_for_students(name: str) -> bool:
    if name.startswith(KEPT_BACK):
        return False
    return name in FILES or name.split("/", 1)[0] in WHOLE
