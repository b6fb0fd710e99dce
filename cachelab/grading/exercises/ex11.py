"""
Exercise 11: stampedes. One load for many, a lock with a token, early renewal, all of it together.
"""

from typing import Any

from cachelab.grading.exercise import Check, Exercise
from cachelab.grading.runs import Operation
from cachelab.grading.stories import TOGETHER, Tale
from cachelab.grading.telling import explore_scenes
from cachelab.grading.world import Ported

from .ex11_early import EARLY_CHECKS
from .ex11_locks import LOCK_CHECKS
from .ex11_protected import PROTECTED_CHECKS
from .flight_case import FlightModel, FlightWorld

FLIGHTS = Tale(FlightWorld, FlightModel)
LOAD = Ported("load")
SECOND, AT_ONCE, FAILING = ((1.0,), ()), ((0.0,), ()), ((1.0,), (1,))


def _load(key: str = "k") -> Operation:
    return ("load", key, LOAD)


def _meet(*keys: str) -> Operation:
    """Let tasks A, B, ... ask for these keys at once."""
    return (TOGETHER, tuple((name, (_load(key),)) for name, key in zip("ABC", keys, strict=False)))


_LOADS, _TOOK = ("@loads", "k"), ("@took",)
SHARED: tuple[Any, ...] = (
    (SECOND, (_meet("k", "k"), _LOADS, _TOOK)),
    (SECOND, (_meet("k", "k", "k"), _LOADS, _TOOK)),
    (AT_ONCE, (_meet("k", "k"), _LOADS)),
)
APART: tuple[Any, ...] = (
    (SECOND, (_load(), _load(), _LOADS)),
    (SECOND, (_meet("k", "l"), _LOADS, ("@loads", "l"), _TOOK)),
    (SECOND, (_meet("k", "k"), _load(), _LOADS)),
)
FAILS: tuple[Any, ...] = (
    (FAILING, (_load(), _load(), _LOADS)),
    (FAILING, (_meet("k", "k"), _load(), _LOADS)),
    (FAILING, (_meet("k", "k", "k"), _LOADS, _TOOK)),
)
FAILS_ONCE: tuple[Any, ...] = tuple(
    (FAILING, (_meet(*keys), _LOADS, _TOOK)) for keys in (("k", "k"), ("k", "k", "k"))
)
"""Nobody comes later: what is left of a flight when it has ended makes no difference."""

_FAILS_WRONG = "a failing load goes wrong"

FLIGHT_CHECKS = (
    Check(
        "flight_shared",
        4,
        "SingleFlight: who asks while a load is under way shares it",
        explore_scenes(
            FLIGHTS, *SHARED, message="several loads where one would do", interruptions=1
        ),
        hints=(
            "How does the second caller find out that the first one is loading this key?",
            "A dictionary of loads under way, by key; an event on which the others wait.",
            "Look and enter in one step, under a lock: making the event is a step in between too.",
        ),
    ),
    Check(
        "flight_apart",
        2,
        "SingleFlight: other keys, and who comes later, load for themselves",
        explore_scenes(FLIGHTS, *APART, message="a load is shared too widely", interruptions=0),
        after=("flight_shared",),
        hints=(
            "When is a load no longer under way, and who has to say so?",
            "Remove it from the dictionary when it has ended: this is no cache.",
            "Hold the lock while you look into the dictionary, never while the loader runs.",
        ),
    ),
    Check(
        "flight_fails",
        4,
        "SingleFlight: a loader that raises frees those who wait",
        explore_scenes(FLIGHTS, *FAILS, message=_FAILS_WRONG, interruptions=1),
        after=("flight_shared", "flight_apart"),
        apart=explore_scenes(FLIGHTS, *FAILS_ONCE, message=_FAILS_WRONG, interruptions=1),
        hints=(
            "What do those who wait get when the loader raises, and who wakes them?",
            "Keep the exception beside the place for the value; each of them raises it.",
            "Remove the entry and set the event in a `finally`.",
        ),
        seconds=10.0,
    ),
)

EX11 = Exercise(
    "ex11",
    "Stampedes",
    ("SingleFlight", "TokenLock", "xfetch", "ProtectedCache"),
    ("stampedes",),
    (*FLIGHT_CHECKS, *LOCK_CHECKS, *EARLY_CHECKS, *PROTECTED_CHECKS),
)
