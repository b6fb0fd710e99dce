"""
The keys that were asked for most, out of a log or a trace of any length, in bounded memory.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cachelab.operations.metrics.heavy_hitters import Heavy, SpaceSaving

from .key_extractors import KeyOf
from .log_lines import lines_of

SPARE = 10
"""Counters for each key that is wanted: the more, the less doubt about which they are."""


@dataclass(frozen=True, slots=True)
class HotKeys:
    """
    The keys asked for most, hottest first, with how many `requests` they come from.

    `broken_lines` gave no key because something was wrong with them; `example` is the start of the
    first one, for whoever looks for the reason.
    """

    heavy: tuple[Heavy, ...]
    requests: int
    broken_lines: int = 0
    example: str | None = None

    @property
    def keys(self) -> list[str]:
        """The keys alone, hottest first."""
        return [one.key for one in self.heavy]


def hot_keys(log: str | Path | Iterable[str | bytes], key_of: KeyOf, top: int = 1_000) -> HotKeys:
    """
    Return the `top` keys of an access log: the path of a file, or its lines.

    `key_of(line)` gives the key of a line, or None if it has none. A line for which it raises, or
    which is no UTF-8, or whose key is no text, is broken: it is counted, and the others go on.
    With no more than ten times `top` different keys the counts are exact; beyond that see
    `SpaceSaving` for how far they can be off.

    Complexity: O(1) for a line, memory for 10 `top` keys.

    Raises:
        ValueError: `top` is below 1.
        OSError: the file cannot be read.

    >>> lines = ["GET a", "GET b", "nonsense", b"GET b", b"\\xff"]
    >>> found = hot_keys(lines, lambda line: line.split()[1], top=1)
    >>> found.keys, found.requests, found.broken_lines, found.example
    (['b'], 3, 2, 'nonsense')
    """
    lines = lines_of(log) if isinstance(log, str | Path) else log
    broken = _Broken()
    counted = _counted(_keys(lines, key_of, broken), top)
    return HotKeys(counted.heavy, counted.requests, broken.lines, broken.example)


def hot_keys_of_trace(trace: Iterable[Any], top: int = 1_000) -> HotKeys:
    """
    Return the `top` keys of a trace: anything that goes through keys; they are taken as text.

    >>> hot_keys_of_trace([7, 8, 7], top=1).keys
    ['7']
    """
    return _counted(map(str, trace), top)


@dataclass(slots=True)
class _Broken:
    """How many lines were broken, and the start of the first one."""

    lines: int = 0
    example: str | None = None

    def note(self, line: str | bytes) -> None:
        self.lines += 1
        if self.example is None:
            self.example = str(line)[:100]


def _counted(keys: Iterable[str], top: int) -> HotKeys:
    if top < 1:
        raise ValueError(f"top must be at least 1 key, not {top!r}")
    summary = SpaceSaving(SPARE * top)
    for key in keys:
        summary.add(key)
    return HotKeys(tuple(summary.top(top)), summary.total)


def _keys(lines: Iterable[str | bytes], key_of: KeyOf, broken: _Broken) -> Iterator[str]:
    """The keys of the lines, those of broken ones left out and noted."""
    for line in lines:
        try:
            text = line.decode("utf-8") if isinstance(line, bytes) else line
            key = key_of(text)
        except Exception:  # noqa: BLE001 - whatever is wrong with a line, the next one may be well
            key = 0  # type: ignore[assignment]
        if isinstance(key, str):
            yield key
        elif key is not None:
            broken.note(line)
