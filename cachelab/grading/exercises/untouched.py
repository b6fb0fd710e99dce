"""
The check that a function leaves its caller's list alone: not sorted, not emptied, not added to.
"""

from collections.abc import Callable
from random import Random

from cachelab.grading.exercise import Examine, Finding
from cachelab.grading.functions import Arguments
from cachelab.grading.player.values import decode, travels
from cachelab.grading.report import Counterexample, Row
from cachelab.grading.session import Session
from cachelab.grading.wording import show_outcome
from cachelab.grading.world import wired

CASES = 20


def leaves_alone(
    name: str,
    draw: Callable[[Random], Arguments],
    *,
    place: int,
    called: str,
    message: str,
    cases: int = CASES,
) -> Examine:
    """
    Return a check that calls a function and looks at its argument number `place` afterwards.

    In a counterexample that argument is a variable, `called` so.
    """

    def examine(session: Session, random: Random) -> Finding | None:
        for arguments in sorted((draw(random) for _ in range(cases)), key=repr):
            [outcome] = session.play([[0, f"left:{name}", *map(wired, arguments)]])
            left = outcome.get("value")
            if left is None or not travels(left) or decode(left)[place] == arguments[place]:
                continue
            shown = ", ".join(called if n == place else repr(a) for n, a in enumerate(arguments))
            rows = (
                Row(f"{called} = {arguments[place]!r}", "", ""),
                Row(f"{name}({shown})", "", ""),
                Row(called, repr(arguments[place]), show_outcome({"value": left["list"][place]})),
            )
            why = "the list is the caller's, who may need it as it was: work on a copy"
            return Finding(message, Counterexample(rows, why))
        return None

    return examine
