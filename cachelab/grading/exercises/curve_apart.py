"""
A curve by distances that are wrong: right, if it is what those distances make of it.
"""

from collections.abc import Callable
from random import Random
from typing import Any

from cachelab.grading.exercise import Examine, Finding
from cachelab.grading.functions import Arguments, call_function
from cachelab.grading.player.values import decode, travels
from cachelab.grading.session import Outcome, Session

CASES = 60
FEWEST = 3
"""Fewer different distances than that in all cases say nothing about a size."""

Case = tuple[list[Any], list[int], list[Any]]
"""Distances, sizes, and the curve that was made of them."""


def fits_its_distances(draw: Callable[[Random], Arguments], message: str) -> Examine:
    """Return the check that `mrc` is the curve of the submission's own `reuse_distances`."""

    def examine(session: Session, random: Random) -> Finding | None:
        cases: list[Case] = []
        for trace, sizes in (draw(random) for _ in range(CASES)):
            asked = ("reuse_distances", trace), ("mrc", trace, sizes)
            found, curve = (_list(call_function(session, *each)) for each in asked)
            if found is None or curve is None or len(found) != len(trace):
                return Finding(message)
            cases.append((found, sizes, curve))
        says_something = len({d for found, _, _ in cases for d in found if _is_number(d)}) >= FEWEST
        is_right = says_something and any(_all_fit(cases, more) for more in (0, 1))
        return None if is_right else Finding(message)

    return examine


def _all_fit(cases: list[Case], more: int) -> bool:
    """Tell whether a request hits at a size above its distance, or from its distance on."""
    return all(
        len(curve) == len(sizes)
        and all(
            _is_number(share)
            and abs(share - sum(_misses(d, size + more) for d in found) / len(found)) < 1e-9
            for size, share in zip(sizes, curve, strict=True)
        )
        for found, sizes, curve in cases
    )


def _misses(distance: Any, size: int) -> bool:
    return not _is_number(distance) or distance < 0 or distance >= size


def _is_number(value: Any) -> bool:
    return type(value) in (int, float)


def _list(outcome: Outcome) -> list[Any] | None:
    """Return the list that a call gave, None if it gave something else."""
    if "value" not in outcome or not travels(outcome["value"]):
        return None
    value = decode(outcome["value"])
    return [*value] if isinstance(value, list | tuple) else None
