"""
Outcomes in a learner's words: what a call gave, and what an exception is likely to mean.
"""

import re

from .player.values import Wire, decode
from .session import Outcome
from .slips import find_missing_return, find_slip
from .text_places import Text

LONGEST = 120

_LOOKS_UP = re.compile(r"\[|\.(pop|popitem|popleft|remove|index|move_to_end)\(")
_ADDRESS = re.compile(r"0x[0-9a-fA-F]{4,}")


def show_value(wire: Wire) -> str:
    """
    Return a value's text, or the name of its type for one that is no plain value.

    >>> show_value({"list": [1, None]}), show_value({"repr": "Node"})
    ('[1, None]', 'an object of type Node')
    """
    if isinstance(wire, dict) and "repr" in wire:
        return f"an object of type {wire['repr']}"
    try:
        return shorten(repr(decode(wire)))
    except (ValueError, TypeError):
        return "a value with objects of other types in it"


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
            return "this part is still to be written"
        outcome = {"raised": [kind, plain(message), line]}
    return find_slip(outcome, name, source, called)


def reason(
    outcome: Outcome, why: str, name: str, source: str, called: str = "", expected: str = ""
) -> str:
    """Return `why` an outcome is wrong: a slip's sentence, or else the reason of the contract."""
    told = explain_exception(outcome, name, source, called)
    if told is None and expected != "None":
        told = find_missing_return(outcome, source, called)
    if told is None:
        broken = find_failed_look_up(outcome, source)
        return f"{broken}: {why}" if broken else why
    return told


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
    return f"{where}, looks for {what} where it is not, and the call ends with {kind}"


def plain(text: str) -> str:
    """Return a message without memory addresses, in one line."""
    return shorten(" ".join(_ADDRESS.sub("0x...", text).split()))


def shorten(text: str, longest: int = LONGEST) -> str:
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
