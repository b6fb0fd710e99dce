"""
Cache-Control: the directives by which clients and origins tell caches what they may do.

A directive is a name, perhaps with an argument, in quotes or without. What is unknown is ignored;
what is known and makes no sense is taken in the safe way.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from .fields import TOKEN, Fields

LONGEST: Final = 2**31
"""Seconds that stand for any larger number, about 68 years."""

_DIRECTIVE: Final = re.compile(
    rf'\s*({TOKEN.pattern})\s*(?:=\s*("(?:[^"\\]|\\.)*"|[^",\s]*))?[^,"]*(?:,|$)'
)


class CacheControl(Mapping[str, str]):
    """
    The directives of a message, by name in lower case; "" is the argument of one without.

    The first of two with one name counts. A number of seconds that is none, such as
    `max-age=soon`, is 0: what it says of freshness is not to be trusted.

    Complexity: O(length of the field).

    Source: RFC 9111, sections 1.2.2, 4.2.1 and 5.2.

    >>> control = CacheControl.of({"Cache-Control": 'Max-Age="60", private="set-cookie", x-new'})
    >>> dict(control)
    {'max-age': '60', 'private': 'set-cookie', 'x-new': ''}
    >>> control.seconds("max-age"), control.seconds("s-maxage")
    (60, None)
    """

    def __init__(self, text: str) -> None:
        self._arguments: dict[str, str] = {}
        for name, argument in _parsed(text):
            self._arguments.setdefault(name.lower(), argument)

    @classmethod
    def of(cls, headers: Mapping[str, str]) -> "CacheControl":
        """Return the directives of a message with these fields."""
        return cls(Fields(headers).get("cache-control", ""))

    def seconds(self, name: str) -> int | None:
        """Return the seconds that a directive gives, 0 if they make no sense, None without it."""
        argument = self.get(name)
        if argument is None:
            return None
        if not (argument.isascii() and argument.isdigit()):
            return 0
        return min(int(argument), LONGEST) if len(argument) < 20 else LONGEST

    def __getitem__(self, name: str) -> str:
        return self._arguments[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._arguments)

    def __len__(self) -> int:
        return len(self._arguments)

    def __repr__(self) -> str:
        return f"CacheControl({self._arguments!r})"


def _parsed(text: str) -> Iterator[tuple[str, str]]:
    place = 0
    while place < len(text):
        match = _DIRECTIVE.match(text, place)
        if match is None:  # no name here: go on after the next comma
            comma = text.find(",", place)
            place = len(text) if comma < 0 else comma + 1
            continue
        yield match[1], _unquoted(match[2] or "")
        place = match.end()


def _unquoted(argument: str) -> str:
    if not argument.startswith('"'):
        return argument
    return re.sub(r"\\(.)", r"\1", argument[1:-1])
