"""
The header fields of a message: names that ignore case, lines that may repeat, order that is kept.

Two lines of one name mean the same as one line with both values, separated by a comma. Set-Cookie
is the exception, so lines are kept apart and joined when somebody asks.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, TypeAlias

TOKEN: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_VALUE: Final = re.compile(r"[^\x00\r\n]*")

HOP_BY_HOP: Final = frozenset(
    {
        "connection",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authentication-info",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)
"""Fields about one connection, not about the message: neither stored nor forwarded."""

Lines: TypeAlias = "Mapping[str, str] | Iterable[tuple[str, str]]"


class Fields(Mapping[str, str]):
    """
    Header fields, read as a mapping and never changed: `with_line` and `without` return new ones.

    Raises:
        TypeError: a name or a value is not text.
        ValueError: a name is no token, or a value has a line break in it, with which a value from
            a user could become a header of its own.

    Source: RFC 9110, sections 5.1 to 5.5.

    >>> fields = Fields([("Vary", "Accept"), ("vary", "Cookie"), ("ETag", '"a"')])
    >>> fields["VARY"], fields.lines_of("vary"), "etag" in fields
    ('Accept, Cookie', ['Accept', 'Cookie'], True)
    """

    def __init__(self, lines: Lines = ()) -> None:
        if isinstance(lines, Fields):
            self.lines: tuple[tuple[str, str], ...] = lines.lines
        else:
            pairs = lines.items() if isinstance(lines, Mapping) else lines
            self.lines = tuple(_checked(name, value) for name, value in pairs)

    def lines_of(self, name: str) -> list[str]:
        """Return the value of each line called `name`, in order."""
        wanted = name.lower()
        return [value for other, value in self.lines if other.lower() == wanted]

    def members(self, name: str) -> list[str]:
        """Return the members of a comma-separated list, over all its lines; quotes are not read."""
        return [member for part in self.get(name, "").split(",") if (member := part.strip())]

    def with_line(self, name: str, value: str) -> "Fields":
        """Return these fields with one line `name: value` in the place of all of that name."""
        return Fields([*self.without(name).lines, (name, value)])

    def without(self, *names: str) -> "Fields":
        """Return these fields without the lines of any of `names`."""
        gone = {name.lower() for name in names}
        return Fields([line for line in self.lines if line[0].lower() not in gone])

    def end_to_end(self) -> "Fields":
        """Return the fields that are about the message, without those about the connection."""
        return self.without(*HOP_BY_HOP, *self.members("connection"))

    def __getitem__(self, name: str) -> str:
        values = self.lines_of(name)
        if not values:
            raise KeyError(name)
        return ", ".join(values)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and bool(self.lines_of(name))

    def __iter__(self) -> Iterator[str]:
        return iter({name.lower(): None for name, _ in self.lines})

    def __len__(self) -> int:
        return len({name.lower() for name, _ in self.lines})

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Fields) and dict(self) == dict(other)

    def __hash__(self) -> int:
        return hash(frozenset(dict(self).items()))

    def __repr__(self) -> str:
        return f"Fields({list(self.lines)!r})"


def _checked(name: Any, value: Any) -> tuple[str, str]:
    if not isinstance(name, str) or not isinstance(value, str):
        raise TypeError(f"a field is a name and a text, not {name!r} and {value!r}")
    if not TOKEN.fullmatch(name):
        raise ValueError(f"{name!r} is no name of a field")
    if not _VALUE.fullmatch(value):
        raise ValueError(f"the value of {name} has a line break or a NUL in it: {value!r}")
    return name, value.strip(" \t")
