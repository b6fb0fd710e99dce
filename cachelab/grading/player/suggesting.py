"""
What a misspelt name may have been meant to be: what newer Pythons add to an exception's message.

It can only be found where the exception is: the names that there are stay with the player.
"""

import builtins
from collections.abc import Iterable
from types import TracebackType


def suggestion(error: BaseException) -> str:
    """
    Return "Did you mean: 'entries'?" for a name that is like one that there is, or nothing.

    Asking an object of the submission for its names may raise whatever it likes.
    """
    name = getattr(error, "name", None)
    if not isinstance(error, NameError | AttributeError) or type(name) is not str:
        return ""
    if isinstance(error, AttributeError):
        found = _nearest(name, dir(error.obj))
    else:
        found = _nearest(name, _names_at(error.__traceback__))
    return f"Did you mean: '{found}'?" if found else ""


def _names_at(trace: TracebackType | None) -> list[str]:
    """Return the names where an exception was raised; what `self` has, as it has to be written."""
    if trace is None:
        return []
    while trace.tb_next is not None:
        trace = trace.tb_next
    frame = trace.tb_frame
    own = frame.f_locals.get("self")
    members = [] if own is None else [f"self.{one}" for one in dir(own) if one[:2] != "__"]
    return [*frame.f_locals, *frame.f_globals, *dir(builtins), *members]


def _nearest(name: str, names: Iterable[str]) -> str | None:
    from difflib import get_close_matches  # seldom needed, and slow to import

    known = {one for one in names if type(one) is str}
    if f"self.{name}" in known:
        return f"self.{name}"
    found = get_close_matches(name, sorted(known), 1, 0.75)
    return found[0] if found else None
