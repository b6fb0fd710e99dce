"""
What follows wrong distances: a curve is right if it is what they make of it, and work is work.
"""

from collections.abc import Callable
from random import Random
from typing import Any

from cachelab.grading.exercise import Examine, Finding
from cachelab.grading.expecting import plain_answer
from cachelab.grading.functions import Arguments, call_function
from cachelab.grading.session import Outcome, Session

CASES = 60
FEWEST = 3
"""Fewer different distances than that in all cases say nothing about a size."""

Case = tuple[list[Any], int, list[int], list[Any]]
"""Distances, how many requests they are of, sizes, and the curve that was made of them."""


def is_nearly(value: Any, right: list[int | None]) -> bool:
    """
    Tell whether distances of keys that come again are all off by about the same.

    First requests may have any distance, or be left out.

    >>> is_nearly([1, 2], [None, 0, None, 1]), is_nearly([1, 2], [None, 0, None, 4])
    (True, False)
    """
    if not isinstance(value, list | tuple):
        return False
    again = [distance for distance in right if distance is not None]
    given = [*value]
    if len(given) == len(right):
        given = [v for v, distance in zip(given, right, strict=True) if distance is not None]
    if len(given) != len(again) or not all(map(_is_number, given)):
        return False
    off = [v - distance for v, distance in zip(given, again, strict=True)]
    return not off or max(off) - min(off) <= 1


def fits_its_distances(draw: Callable[[Random], Arguments], message: str) -> Examine:
    """Return the check that `mrc` is the curve of the submission's own `reuse_distances`."""

    def examine(session: Session, random: Random) -> Finding | None:
        cases: list[Case] = []
        for trace, sizes in (draw(random) for _ in range(CASES)):
            asked = ("reuse_distances", trace), ("mrc", trace, sizes)
            found, curve = (_list(call_function(session, *each)) for each in asked)
            if found is None or curve is None or len(found) > len(trace):
                return Finding(message)
            cases.append((found, len(trace), sizes, curve))
        says_something = len({d for found, *_ in cases for d in found if _is_number(d)}) >= FEWEST
        is_right = says_something and any(
            _all_fit(cases, more, left_out) for more in (0, 1) for left_out in (0, 1)
        )
        return None if is_right else Finding(message)

    return examine


def _all_fit(cases: list[Case], more: int, left_out: int) -> bool:
    """
    Tell whether a request hits at a size above its distance, or from its distance on.

    Requests of which no distance was given miss if `left_out` is 1, and are forgotten if it is 0.
    """
    return all(
        len(curve) == len(sizes)
        and all(
            _is_number(share)
            and abs(share * requests - _missed(found, size + more) - lacking) < 1e-6
            for size, share in zip(sizes, curve, strict=True)
        )
        for found, requests, sizes, curve in cases
        for lacking in [left_out * (requests - len(found))]
    )


def _missed(found: list[Any], size: int) -> int:
    return sum(_misses(distance, size) for distance in found)


def _misses(distance: Any, size: int) -> bool:
    return not _is_number(distance) or distance < 0 or distance >= size


def _is_number(value: Any) -> bool:
    return type(value) in (int, float)


def _list(outcome: Outcome) -> list[Any] | None:
    """Return the list that a call gave, None if it gave something else."""
    value = plain_answer(outcome)
    return [*value] if isinstance(value, list | tuple) else None
