"""
`identifiers`: the names in Python's own library, in the order a parser meets them.

Whatever reads a program looks up each name in a table, so a source tree is a workload: a few names
everywhere (`self`), most of them in one file only, and there again and again.
"""

import keyword
import sysconfig
import tokenize
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

from cachelab.lab.traces import Trace


def record_identifiers(files: Iterable[Path] | None = None) -> Trace:
    """
    Read Python files and number their names by first appearance; the texts are not kept.

    Without `files` it is the modules that lie directly in the standard library's folder, by name,
    so it is another trace under another version of Python.

    Raises:
        ValueError: there is no name in the files.
    """
    numbers: dict[str, int] = {}
    read = _library() if files is None else files
    keys = [numbers.setdefault(name, len(numbers)) for file in read for name in _names(file)]
    return Trace(np.array(keys, dtype=np.int64), "identifiers")


def _library() -> list[Path]:
    return sorted(Path(sysconfig.get_path("stdlib")).glob("*.py"))


def _names(file: Path) -> Iterator[str]:
    with tokenize.open(file) as source:
        for token in tokenize.generate_tokens(source.readline):
            if token.type == tokenize.NAME and not keyword.iskeyword(token.string):
                yield token.string
