"""
Outcomes in a learner's words: what a call gave, and what an exception is likely to mean.
"""

import ast
import math
import re
from typing import Any

from .player.values import Wire, decode, travels
from .session import Outcome
from .slips import find_missing_return, find_slip
from .text_places import Text

LONGEST = 120

UNWRITTEN = "this part is still to be written"
"""Why a call goes wrong that comes to what the form left to the learner."""

CONTAINERS = ("list", "tuple", "dict", "set", "frozenset")

LAZY = ("generator", "map", "filter", "zip", "dict_keys", "dict_values", "dict_items")

_LOOKS_UP = re.compile(r"\[|\.(pop|popitem|popleft|remove|index|move_to_end)\(")
_ADDRESS = re.compile(r"0x[0-9a-fA-F]{4,}")
_UUID = re.compile(r"\b([0-9a-f]{8})-?[0-9a-f]{4}-?4[0-9a-f]{3}-?[89ab][0-9a-f]{3}-?[0-9a-f]{12}\b")


def show_value(wire: Wire) -> str:
    """
    Return a value's text, or the name of its type for one that is no plain value.

    >>> show_value({"list": [1, None]}), show_value({"repr": "Node"})
    ('[1, None]', 'an object of type Node')
    """
    if isinstance(wire, dict) and (kind := _kind_of(wire)):
        if kind in CONTAINERS:
            return f"a {kind} with objects of other types in it"
        return f"an object of type {kind}"
    try:
        return shorten(repr(_readable(wire)))
    except (ValueError, TypeError):
        return "a value with objects of other types in it"


def _kind_of(wire: dict[str, Any]) -> str:
    """Return the type of what has come as a name alone, or stayed where it is; else nothing."""
    if "kept" in wire:
        return str(wire["kept"][1])
    return str(wire.get("repr") or wire.get("port") or "")


class _Unread:
    """What stands for an object of a type that the judge does not read."""

    def __init__(self, kind: str) -> None:
        self.kind = kind

    def __repr__(self) -> str:
        return f"<{self.kind}>"


def _readable(wire: Wire) -> Any:
    """Return the value of a wire form, with a mark where only the name of a type has come."""
    if not isinstance(wire, dict) or travels(wire):
        return decode(wire)
    [(tag, body)] = wire.items()
    if kind := _kind_of(wire):
        return _Unread(kind)
    if tag == "dict":
        return {_readable(key): _readable(item) for key, item in body}
    items = [_readable(item) for item in body]
    return tuple(items) if tag == "tuple" else items


def find_unread(wire: Wire) -> str:
    """
    Return the name of the first type in an answer that the judge does not read, or nothing.

    >>> find_unread({"list": [1, {"repr": "Fraction"}]})
    'Fraction'
    """
    if isinstance(wire, list):
        return next(filter(None, map(find_unread, wire)), "")
    if not isinstance(wire, dict):
        return ""
    kind = _kind_of(wire)
    return "" if kind in CONTAINERS else kind or find_unread([*wire.values()])


def show_outcome(outcome: Outcome) -> str:
    """Return what a call did, in a few words."""
    if "lost" in outcome:
        return f"the call {outcome['lost']}"
    if "raised" in outcome:
        kind, message, line = outcome["raised"]
        where = f" in line {line}" if line else ""
        text = f"{kind}: {plain(message)}" if message else kind
        return f"{text}{where}"
    return show_value(outcome["value"])


def explain_exception(
    outcome: Outcome, name: str, source: str = "", called: str = ""
) -> str | None:
    """
    Return a sentence about an outcome that has a usual cause, or None.

    `name` is the class or function that is judged, `source` the text of the submission, `called`
    the method that was called. A sentence about Python itself is a `Slip`.
    """
    if "raised" in outcome:
        kind, message, line = outcome["raised"]
        if kind == "NotImplementedError":
            return UNWRITTEN
        outcome = {"raised": [kind, plain(message), line]}
    return find_slip(outcome, name, source, called)


def reason(
    outcome: Outcome, why: str, name: str, source: str, called: str = "", expected: str = ""
) -> str:
    """Return `why` an outcome is wrong: a slip's sentence, or else the reason of the contract."""
    told = explain_exception(outcome, name, source, called)
    if told is None and expected != "None" and called != "__init__":
        told = find_missing_return(outcome, source, called)
    if told is None:
        broken = find_failed_look_up(outcome, source) or _find_foreign(outcome, source)
        return f"{broken}: {why}" if broken else why
    return told


def _find_foreign(outcome: Outcome, source: str) -> str | None:
    """Return what an answer is made of that is no plain value, or whose error it hands on."""
    if kind := find_unread(outcome.get("value")):
        if kind in LAZY:
            return f"a {kind} is no list yet: list(...) makes one of it"
        return f"the judge reads numbers, texts, lists, tuples and dictionaries, and no {kind}"
    kind, _, line = outcome.get("raised", ("", "", None))
    if kind != "StoreError":
        return None
    where = f" in {Text(source).quoted(line)}," if line else ""
    return f"the store fails{where} and its StoreError reaches the caller"


def find_failed_look_up(outcome: Outcome, source: str) -> str | None:
    """
    Return where the submission looked for something in a container of its own, in vain.

    >>> find_failed_look_up({"raised": ["KeyError", "'b'", 1]}, "del self.places[key]")
    "line 1, `del self.places[key]`, looks for 'b' where it is not, and the call ends with KeyError"
    """
    kind, message, line = outcome.get("raised", ("", "", None))
    is_look_up = kind in ("KeyError", "IndexError") or (
        kind == "ValueError" and "not in" in message
    )
    where = Text(source).quoted(line) if is_look_up else ""
    if not _LOOKS_UP.search(where):
        return None
    what = plain(message) if kind == "KeyError" else "something"
    if what.endswith("is empty'"):  # popitem, of a dictionary or an OrderedDict
        return f"{where}, takes something out of what is empty, and the call ends with {kind}"
    return f"{where}, looks for {what} where it is not, and the call ends with {kind}"


def find_other_entries(outcome: Outcome, expected: str) -> str | None:
    """
    Return which entries of a dictionary are missing, or are others than in the text expected.

    >>> find_other_entries({"value": {"dict": [["hits", 3]]}}, "{'hits': 2}")
    'hits is another one'
    >>> find_other_entries({"value": {"dict": [["hit", 2]]}}, "{'hits': 2}")
    "the answer has no 'hits'"
    """
    wanted, wire = _literal(expected.removeprefix("a dict with ")), outcome.get("value")
    if not isinstance(wanted, dict) or not isinstance(wire, dict) or "dict" not in wire:
        return None
    got = _readable(wire)
    if missing := [repr(name) for name in wanted if name not in got]:
        return f"the answer has no {' and no '.join(missing)}"
    others = [str(name) for name, value in wanted.items() if not _alike(got[name], value)]
    if not others:
        return None
    return f"{' and '.join(others)} {'is another one' if len(others) == 1 else 'are others'}"


def _literal(text: str) -> Any:
    try:
        return ast.literal_eval(text if text.startswith("{") else f"{{{text}}}")
    except (ValueError, SyntaxError, TypeError):
        return None


def _alike(got: Any, wanted: Any) -> bool:
    if isinstance(got, int | float) and isinstance(wanted, int | float):
        return math.isclose(got, wanted, rel_tol=1e-5, abs_tol=1e-9)
    return bool(got == wanted)


def plain(text: str) -> str:
    """Return a message without memory addresses, in one line."""
    return shorten(" ".join(_ADDRESS.sub("0x...", text).split()))


def without_uuids(text: str) -> str:
    """
    Return a text in which the beginning of each random uuid stands for it: rows stay narrow.

    >>> without_uuids("{'lease': '1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed'}")
    "{'lease': '1b9d6bcd...'}"
    """
    return _UUID.sub(r"\1...", text)


def shorten(text: str, longest: int = LONGEST) -> str:
    text = without_uuids(text)
    return text if len(text) <= longest else text[: longest - 3] + "..."


def without_middle(text: str, longest: int = 3 * LONGEST) -> str:
    """
    Return a long text with its beginning and its end alone.

    >>> without_middle("GET a, GET b, GET c", 15)
    'GET a, ... GET c'
    """
    if len(text) <= longest:
        return text
    return f"{text[: longest // 2]}... {text[len(text) - longest // 3 :]}"
