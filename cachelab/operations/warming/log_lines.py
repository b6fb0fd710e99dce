"""
The lines of a log as bytes, however it ends, and however long its lines are.
"""

import bz2
import gzip
import lzma
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

LONGEST = 65_536
"""Bytes of a line that are kept; a longer one is cut, and so most likely broken."""

_OPEN: dict[str, Callable[..., Any]] = {".gz": gzip.open, ".bz2": bz2.open, ".xz": lzma.open}


def lines_of(path: str | Path) -> Iterator[bytes]:
    """
    Return the lines of the file at `path` without their ends; .gz, .bz2 and .xz are unpacked.

    A packed file that ends too early, as one that is still being written, ends the lines there.

    Complexity: memory for one line of 65,536 bytes at most.

    Raises:
        OSError: there is no such file, or it cannot be read.
    """
    path = Path(path)
    with _OPEN.get(path.suffix, open)(path, "rb") as file:
        while line := _line(file):
            if len(line) > LONGEST:
                _skip_the_rest(file, line)
            yield line[:LONGEST].rstrip(b"\r\n")


def _line(file: IO[bytes]) -> bytes:
    try:
        return file.readline(LONGEST + 1)
    except (EOFError, lzma.LZMAError):
        return b""


def _skip_the_rest(file: IO[bytes], line: bytes) -> None:
    while line and not line.endswith(b"\n"):
        line = _line(file)
