"""
Values on the wire: JSON that keeps the exact type, so that nothing can pretend to be equal.

None, booleans, whole numbers and text travel as they are; other built-in types carry a tag. An
instance of any other class, a subclass of str too, arrives as the name of its type and nothing
else: its `__eq__` is never asked. An answer may be a tuple with names, any dictionary or a
fraction, which arrive as tuple, dict and float.
"""

import json
from numbers import Number
from typing import Any

Wire = Any
"""What `json` reads and writes: None, bool, int, str, or a dictionary with one tag."""

LARGEST_BITS = 4096

NAMES = frozenset({"repr", "kept", "port"})
"""Tags of what has not come along: a type's name, what stayed with the player, a port."""

WORDS: dict[str, object] = {}
"""Objects that are told apart by what they are, such as MISSING; each side enters its own."""

RECORDS: dict[str, type] = {}
"""Classes whose instances travel field by field, by name; each side enters its own."""


def encode(value: object) -> Wire:
    """
    Return the wire form of a value.

    >>> encode([1, True, (2.5, "x")])
    {'list': [1, True, {'tuple': [{'float': '2.5'}, 'x']}]}
    >>> class Text(str): pass
    >>> encode(Text("x"))
    {'repr': 'Text'}
    """
    try:
        wire = _encode(value)
        return wire if travels(wire) else _encode(plain(value))
    except Exception:  # noqa: BLE001 - too deep, or a number that does not let itself be converted
        return {"repr": type(value).__name__}


def encode_exactly(value: object) -> Wire:
    """
    Return the wire form of a value that is to come back as what it was, names and all.

    >>> from collections import Counter
    >>> encode_exactly(Counter("a")), encode(Counter("a"))
    ({'repr': 'Counter'}, {'dict': [['a', 1]]})
    """
    try:
        return _encode(value)
    except RecursionError:
        return {"repr": type(value).__name__}


def plain(value: Any) -> Any:
    """
    Return a value with named tuples, kinds of dictionaries and fractions as what they are.

    >>> from collections import OrderedDict, namedtuple
    >>> plain([OrderedDict(a=1), namedtuple("Life", "fresh stale")(5, 0)])
    [{'a': 1}, (5, 0)]
    """
    if isinstance(value, dict):
        return {key: plain(item) for key, item in dict.items(value)}
    if type(value) is list:
        return [plain(item) for item in value]
    if isinstance(value, Number) and not isinstance(value, int | float | complex):
        return float(value)  # type: ignore[arg-type]
    if isinstance(value, tuple) and (type(value) is tuple or hasattr(type(value), "_fields")):
        return tuple(plain(item) for item in tuple.__iter__(value))
    return value


def _encode(value: Any) -> Wire:
    kind = type(value)
    if value is None or kind is bool or kind is str:
        return value
    if kind is int and value.bit_length() <= LARGEST_BITS:
        return value
    if kind is float:
        return {"float": repr(value)}
    if kind is bytes:
        return {"bytes": value.hex()}
    if kind is list or kind is tuple:
        return {kind.__name__: [_encode(item) for item in value]}
    if kind is dict:
        return {"dict": [[_encode(key), _encode(item)] for key, item in value.items()]}
    if kind is set or kind is frozenset:
        return {kind.__name__: sorted((_encode(item) for item in value), key=json.dumps)}
    return _encode_known(value, kind)


def _encode_known(value: Any, kind: type) -> Wire:
    for word, thing in WORDS.items():
        if value is thing:
            return {"word": word}
    for name, record in RECORDS.items():
        if kind is record:
            fields = record.__dataclass_fields__  # type: ignore[attr-defined]
            return {"record": [name, *(_encode(getattr(value, field)) for field in fields)]}
    return {"repr": kind.__name__}


def decode(wire: Wire) -> Any:
    """
    Return the value of a wire form.

    Raises:
        ValueError: the form stands for no value, such as the name of a type.

    >>> decode(encode({"a": (1, 2.0)}))
    {'a': (1, 2.0)}
    """
    if not isinstance(wire, dict):
        return wire
    [(tag, body)] = wire.items()
    if tag == "float":
        return float(body)
    if tag == "bytes":
        return bytes.fromhex(body)
    if tag == "dict":
        return {decode(key): decode(item) for key, item in body}
    if tag in _SEQUENCES:
        return _SEQUENCES[tag](decode(item) for item in body)
    if tag == "word":
        return WORDS[body]
    if tag == "record":
        name, *fields = body
        return RECORDS[name](*map(decode, fields))
    raise ValueError(f"{wire!r} stands for no value")


def travels(wire: Wire) -> bool:
    """
    Tell whether a wire form stands for a whole value, with nothing in it that is only a name.

    >>> travels(encode([1, {"a": None}])), travels(encode([object()]))
    (True, False)
    """
    if isinstance(wire, list):
        return all(map(travels, wire))
    if not isinstance(wire, dict):
        return True
    return NAMES.isdisjoint(wire) and all(map(travels, wire.values()))


_SEQUENCES: dict[str, type] = {"list": list, "tuple": tuple, "set": set, "frozenset": frozenset}
