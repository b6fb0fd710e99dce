"""
Is there one order in which these calls, made side by side, are what a single store would answer?

A call counts at one moment between its start and its end. One that raised may count at any moment
after its start, or never. The search is exhaustive, so it is for a dozen calls at most.

Source: J. M. Wing, C. Gong, "Testing and verifying concurrent objects", JPDC 17, 1993.
"""

from dataclasses import dataclass
from typing import Any

from cachelab.ports import MISSING, Store, StoreError


@dataclass
class Call:
    """One call of a verb, when it began and ended (in steps), and what came of it."""

    verb: str
    args: tuple[Any, ...]
    began: int
    ended: float = float("inf")
    answer: Any = None
    failed: bool = False


class History:
    """The calls of all clients on one key, as they were seen from outside."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.now = 0

    def make(self, store: Store, verb: str, *args: Any) -> None:
        """Make a call of `store`, and write down what came of it."""
        call = Call(verb, args, self._tick())
        self.calls.append(call)
        try:
            call.answer = getattr(store, verb)("k", *args)
            call.ended = self._tick()
        except StoreError:
            call.failed = True

    def has_one_order(self) -> bool:
        """Tell whether some order of the calls explains all answers."""
        return self._search(frozenset(range(len(self.calls))), MISSING, set())

    def _tick(self) -> int:
        self.now += 1
        return self.now

    def _search(self, left: frozenset[int], value: Any, dead_ends: set[Any]) -> bool:
        if all(self.calls[at].failed for at in left):
            return True
        if (left, value) in dead_ends:
            return False
        first_end = min(self.calls[at].ended for at in left)
        for at in left:
            call = self.calls[at]
            if call.began > first_end:
                continue
            fits, after = outcome(call, value)
            if (fits or call.failed) and self._search(left - {at}, after, dead_ends):
                return True
        dead_ends.add((left, value))
        return False


def outcome(call: Call, value: Any) -> tuple[bool, Any]:
    """Tell whether a store that holds `value` would answer so, and what it holds afterwards."""
    match call.verb, call.args:
        case "get", ():
            return call.answer == value, value
        case "set", (new,):
            return True, new
        case "delete", ():
            return True, MISSING
        case "add", (new,):
            is_kept = value is MISSING
            return call.answer is is_kept, new if is_kept else value
        case "replace", (old, new):
            is_old = value == old
            return call.answer is is_old, new if is_old else value
    raise ValueError(f"there is no verb {call.verb!r}")
