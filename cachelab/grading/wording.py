"""
Outcomes in a learner's words: what a call gave, and what an exception is likely to mean.
"""

import re

from .player.values import Wire, decode
from .session import Outcome
from .slips import find_missing_return, find_slip

LONGEST = 120

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
    return why if told is None else told


def plain(text: str) -> str:
    """Return a message without memory addresses, in one line."""
    return shorten(" ".join(_ADDRESS.sub("0x...", text).split()))


def shorten(text: str, longest: int = LONGEST) -> str:
    return text if len(text) <= longest else text[: longest - 3] + "..."
