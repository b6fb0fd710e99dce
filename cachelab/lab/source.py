"""
Where a class is written, and the text of its functions as they stand there.

A notebook cell counts as a file: IPython keeps its text where Python's `linecache` finds it.
"""

import inspect
import linecache
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from types import CodeType

from cachelab.eviction import EvictionPolicy

Place = tuple[str, int]
"""A file's name and a line's number in it."""


@dataclass(frozen=True, slots=True)
class Listing:
    """The source of one function that ran: its lines as written, and the place of the first."""

    function: str
    place: Place
    lines: tuple[str, ...]


def source_files(kind: type) -> frozenset[str]:
    """Return the files (or notebook cells) that the class and its own ancestors are written in."""
    shared = {EvictionPolicy, object}
    own = [
        ancestor
        for ancestor in kind.__mro__
        if ancestor not in shared
        and ancestor.__module__.partition(".")[0] not in sys.stdlib_module_names
    ]
    members = [inspect.unwrap(m) for a in own for m in vars(a).values() if callable(m)]
    codes = [member.__code__ for member in members if hasattr(member, "__code__")]
    return frozenset(code.co_filename for code in codes if linecache.getlines(code.co_filename))


def listings(codes: Iterable[CodeType]) -> tuple[Listing, ...]:
    """Return the functions that ran, in the order of the source; one inside another only once."""
    found: list[Listing] = []
    for code in sorted(codes, key=lambda code: (code.co_filename, code.co_firstlineno)):
        file, first = code.co_filename, code.co_firstlineno
        if any(known.place[0] == file and _covers(known, first) for known in found):
            continue
        lines = inspect.getblock(linecache.getlines(file)[first - 1 :])
        texts = tuple(line.rstrip("\n") for line in lines)
        found.append(Listing(code.co_name, (file, first), texts))
    return tuple(found)


def _covers(listing: Listing, line: int) -> bool:
    first = listing.place[1]
    return first <= line < first + len(listing.lines)
