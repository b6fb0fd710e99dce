"""
Outcomes in a learner's words: what a call gave, and what an exception is likely to mean.
"""

import re

from .player.values import Wire, decode
from .session import Outcome

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


def explain_exception(outcome: Outcome, name: str) -> str | None:
    """Return a sentence about an exception that has a usual cause, or None."""
    kind, message, _ = outcome.get("raised", ["", "", None])
    if kind == "NameError":
        missing = re.search(r"'(\w+)'", message)
        what = missing.group(1) if missing else "a name"
        return (
            f"the judge runs only the cell that defines {name}, and {what} is not defined there: "
            "import or define it in that cell"
        )
    if kind in ("ImportError", "ModuleNotFoundError"):
        return f"the judge runs the cell with Python's standard library alone: {plain(message)}"
    if kind == "NotImplementedError":
        return "this part is still to be written"
    return None


def plain(text: str) -> str:
    """Return a message without memory addresses, in one line."""
    return shorten(" ".join(_ADDRESS.sub("0x...", text).split()))


def shorten(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 3] + "..."
