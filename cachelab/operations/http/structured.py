"""
Structured fields: lists of items with parameters, as newer header fields are written.

A parser that takes what the grammar allows and refuses the rest whole, and a writer whose every
output it reads. Inner lists and display strings are left out: no field here has them.
"""

import re
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final, TypeAlias


class Token(str):
    """A word without quotes, such as `uri-miss`; a plain `str` is written in quotes."""

    __slots__ = ()


Bare: TypeAlias = bool | int | Decimal | str | bytes
"""What an item or a parameter can be; a `Token` is a `str`."""

_TOKEN: Final = re.compile(r"[A-Za-z*][!#$%&'*+.^_`|~0-9A-Za-z:/-]*")
_KEY: Final = re.compile(r"[a-z*][a-z0-9_.*-]*")
_NUMBER: Final = re.compile(r"-?(?:\d{1,12}\.\d{1,3}|\d{1,15})(?![\d.])")
_STRING: Final = re.compile(r'"((?:[ !#-\[\]-~]|\\["\\])*)"')
_BYTES: Final = re.compile(r":([A-Za-z0-9+/=]*):")
_BOOLEAN: Final = re.compile(r"\?([01])")
_SPACE: Final = re.compile(r"[ \t]*")
_COMMA: Final = re.compile(r",[ \t]*")
LARGEST: Final = 10**15 - 1


@dataclass(frozen=True)
class Item:
    """A value and its parameters, in order."""

    value: Bare
    params: Mapping[str, Bare] = field(default_factory=dict)


def parse_list(text: str) -> list[Item]:
    """
    Return the items of a list.

    Complexity: O(length of the text).

    Raises:
        ValueError: the text does not follow the grammar; then none of it counts.

    Source: RFC 9651, section 4.2, without inner lists, dates and display strings.

    >>> parse_list('Edge; hit; ttl=30, "my cache"; fwd=uri-miss')[0]
    Item(value='Edge', params={'hit': True, 'ttl': 30})
    """
    reader = _Reader(text.strip(" "))
    items: list[Item] = []
    while not reader.is_done:
        items.append(reader.item())
        reader.take(_SPACE)
        if reader.is_done:
            break
        if not reader.take(_COMMA) or reader.is_done:
            raise reader.error("a comma and another item")
    return items


def write_list(items: list[Item]) -> str:
    """
    Return the text of a list.

    Raises:
        ValueError: a key, a text or a number is outside of what can be written.

    >>> write_list([Item(Token("Edge"), {"hit": True, "ttl": 30}), Item("my cache")])
    'Edge; hit; ttl=30, "my cache"'
    """
    return ", ".join(_written(item) for item in items)


class _Reader:
    """A place in a text, and the parts of the grammar that can be taken there."""

    def __init__(self, text: str) -> None:
        self.text, self.place = text, 0

    @property
    def is_done(self) -> bool:
        return self.place >= len(self.text)

    def take(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        match = pattern.match(self.text, self.place)
        if match is not None:
            self.place = match.end()
        return match

    def item(self) -> Item:
        value = self.bare()
        params: dict[str, Bare] = {}
        while self.take(re.compile(r"; *")):
            key = self.take(_KEY)
            if key is None:
                raise self.error("the name of a parameter")
            params.pop(key[0], None)  # the last of two counts, in its place
            params[key[0]] = self.bare() if self.take(re.compile("=")) else True
        return Item(value, params)

    def bare(self) -> Bare:
        if match := self.take(_STRING):
            return re.sub(r"\\(.)", r"\1", match[1])
        if match := self.take(_NUMBER):
            return Decimal(match[0]) if "." in match[0] else int(match[0])
        if match := self.take(_BOOLEAN):
            return match[1] == "1"
        if match := self.take(_BYTES):
            return _decoded(match[1])
        if match := self.take(_TOKEN):
            return Token(match[0])
        raise self.error("an item")

    def error(self, expected: str) -> ValueError:
        return ValueError(f"expected {expected} at position {self.place} of {self.text!r}")


def _decoded(text: str) -> bytes:
    bare = text.rstrip("=")  # padding may be missing, and is then thought to be there
    if text and not bare:
        raise ValueError("expected bytes before the padding")
    return b64decode(bare + "=" * (-len(bare) % 4), validate=True)


def _written(item: Item) -> str:
    parts = [_bare(item.value)]
    for key, value in item.params.items():
        if not _KEY.fullmatch(key):
            raise ValueError(f"{key!r} cannot be the name of a parameter")
        parts.append(key if value is True else f"{key}={_bare(value)}")
    return "; ".join(parts)


def _bare(value: Bare) -> str:
    if isinstance(value, bool):
        return f"?{value:d}"
    if isinstance(value, bytes):
        return f":{b64encode(value).decode('ascii')}:"
    if isinstance(value, int) and abs(value) <= LARGEST:
        return str(value)
    if isinstance(value, Decimal):
        return _decimal(value)
    if isinstance(value, Token) and _TOKEN.fullmatch(value):
        return str(value)
    if type(value) is str and all(" " <= letter <= "~" for letter in value):
        return '"' + re.sub(r'(["\\])', r"\\\1", value) + '"'
    raise ValueError(f"{value!r} cannot be written in a structured field")


def _decimal(value: Decimal) -> str:
    rounded = round(value, 3) if value.is_finite() else value
    if not value.is_finite() or abs(rounded) >= 10**12:
        raise ValueError(f"{value!r} cannot be written in a structured field")
    text = f"{rounded:.3f}".rstrip("0")
    return f"{text}0" if text.endswith(".") else text
