"""
Values as bytes and back: JSON, with tags for what JSON has no word for.

A server keeps bytes, so a value read from a cache has been through an encoding. A good one gives
back exactly what went in, or refuses it on the way in: a tuple that comes back as a list, or a
key 1 that comes back as "1", makes a hit differ from a miss. JSON is chosen over pickle because
unpickling bytes that somebody else could write means running their code.
"""

import json
import math
from base64 import b64decode, b64encode
from collections.abc import Callable
from datetime import date, datetime, timezone
from decimal import Decimal
from typing import Any, NoReturn

Pack = Callable[[Any], Any]


def encode(value: Any) -> bytes:
    """
    The bytes that stand for `value`.

    None, bool, int, float, str, list and dict are JSON; dicts with other keys than text, tuple,
    set, frozenset, bytes, date, datetime and Decimal become a JSON object of one tag, as in
    `{"!tuple": [1, 2]}`. Subclasses are refused: a named tuple would come back as a plain one.

    Complexity: O(size of the value).

    Raises:
        TypeError: a type that would not come back as it is.
        ValueError: a value that contains itself, or is nested or is long beyond reason.

    >>> encode({"id": 7, "tags": ("new", "sale")})
    b'{"id":7,"tags":{"!tuple":["new","sale"]}}'
    >>> encode({1, 2}) == encode({2, 1})
    True
    """
    try:
        text = _dumps(_pack(value))
    except RecursionError as error:
        raise ValueError("a value nested so deeply, or within itself, cannot be kept") from error
    # JSON lets half of a surrogate pair through and so do we: text read from file names has them.
    return text.encode("utf-8", "surrogatepass")


def decode(payload: bytes) -> Any:
    """
    The value that `encode` turned into `payload`.

    Complexity: O(size of the payload).

    Raises:
        ValueError: the bytes are not what `encode` writes.

    >>> decode(b'{"id":7,"tags":{"!tuple":["new","sale"]}}')
    {'id': 7, 'tags': ('new', 'sale')}
    """
    try:
        text = payload.decode("utf-8", "surrogatepass")
        return _DECODER.decode(text)
    except (ValueError, TypeError, ArithmeticError, RecursionError) as error:
        raise ValueError("these bytes are not a value that was kept here") from error


def _dumps(packed: Any) -> str:
    return _ENCODER.encode(packed)


def _pack(value: Any) -> Any:
    """Rebuild `value` from what JSON has, innermost parts first."""
    pack = _PACK.get(type(value))
    if pack is None:
        kind = type(value).__qualname__
        raise TypeError(f"a value of type {kind} cannot be kept: it would not come back as it is")
    return pack(value)


def _same(value: Any) -> Any:
    return value


def _items(values: Any) -> list[Any]:
    return [_pack(value) for value in values]


def _sorted_items(values: Any) -> list[Any]:
    # The order of a set depends on the process; its bytes should not.
    return sorted(_items(values), key=_dumps)


def _tagged(tag: str, pack: Pack) -> Pack:
    return lambda value: {tag: pack(value)}


def _pack_float(value: float) -> Any:
    return value if math.isfinite(value) else {"!float": repr(value)}


def _pack_dict(value: dict[Any, Any]) -> Any:
    if all(type(key) is str and not key.startswith("!") for key in value):
        return {key: _pack(item) for key, item in value.items()}
    return {"!dict": [[_pack(key), _pack(item)] for key, item in value.items()]}


def _pack_datetime(value: datetime) -> list[Any]:
    if value.tzinfo is not None and type(value.tzinfo) is not timezone:
        raise TypeError(
            f"a datetime with the time zone {value.tzinfo!r} cannot be kept: turn it into UTC first"
        )
    return [value.isoformat(), value.fold]


def _unpack_datetime(parts: list[Any]) -> datetime:
    text, fold = parts
    return datetime.fromisoformat(text).replace(fold=fold)


def _unpack(packed: dict[str, Any]) -> Any:
    """Turn a tagged object into the value it stands for; leave other objects alone."""
    tag = next(iter(packed), "")
    if not tag.startswith("!"):
        return packed
    if len(packed) > 1 or tag not in _UNPACK:
        raise ValueError(f"{tag!r} is not a tag")
    return _UNPACK[tag](packed[tag])


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")


_PACK: dict[type, Pack] = {
    **dict.fromkeys((type(None), bool, int, str), _same),
    float: _pack_float,
    list: _items,
    dict: _pack_dict,
    tuple: _tagged("!tuple", _items),
    set: _tagged("!set", _sorted_items),
    frozenset: _tagged("!frozenset", _sorted_items),
    bytes: _tagged("!bytes", lambda value: b64encode(value).decode()),
    datetime: _tagged("!datetime", _pack_datetime),
    date: _tagged("!date", date.isoformat),
    Decimal: _tagged("!decimal", str),
}

_UNPACK: dict[str, Pack] = {
    "!float": float,
    "!dict": dict,
    "!tuple": tuple,
    "!set": set,
    "!frozenset": frozenset,
    "!bytes": lambda text: b64decode(text, validate=True),
    "!datetime": _unpack_datetime,
    "!date": date.fromisoformat,
    "!decimal": Decimal,
}

# Made once: json.loads and json.dumps would make new ones at each call, which takes longer than
# the coding of a small value.
_ENCODER = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))
_DECODER = json.JSONDecoder(object_hook=_unpack, parse_constant=_refuse)
