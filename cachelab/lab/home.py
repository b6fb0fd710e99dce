"""
What is kept on the learner's machine: where it lies, and the logs of one JSON object a line in it.

Nothing in there is sent anywhere; each file may be deleted.
"""

import json
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any


def default_home() -> Path:
    """Return the folder that is used where `$CACHELAB_HOME` names none."""
    return Path.home() / ".cachelab"


def home_folder() -> Path | None:
    """Return `$CACHELAB_HOME`, or ~/.cachelab; None where the variable is empty."""
    folder = os.environ.get("CACHELAB_HOME")
    if folder == "":
        return None
    return Path(folder) if folder else default_home()


def log_file(name: str) -> Path | None:
    """Return the path of a log; None where none is to be kept."""
    folder = home_folder()
    return None if folder is None else folder / name


def add_line(path: Path, entry: dict[str, Any]) -> None:
    """Add an entry to a log; one that cannot be written is no reason to stop what goes on."""
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(entry) + "\n")


def read_lines(path: Path) -> Iterator[dict[str, Any]]:
    """Give the entries of a log from its beginning, without the lines that are damaged."""
    lines: list[str] = []
    with suppress(OSError):
        lines = path.read_text("utf-8", errors="replace").splitlines()
    for line in lines:
        with suppress(ValueError):
            entry = json.loads(line)
            if isinstance(entry, dict):
                yield entry
