"""
The checks of exercise 11 that are about `ProtectedCache`: all of it together, in two programs.
"""

from random import Random
from typing import Any

from cachelab.grading.exercise import Check, in_turn
from cachelab.grading.runs import Operation
from cachelab.grading.stories import TOGETHER, Tale
from cachelab.grading.telling import explore_scenes, play_tales
from cachelab.grading.world import Ported

from .protected_case import Ends, ProtectedModel, ProtectedWorld

SUBJECT = "ProtectedCache"
LOAD = Ported("load")
ROWS: tuple[Any, ...] = ({"name": "Ada"}, "text", 12, None, 0, "", [], False)
AT_ONCE: tuple[Any, ...] = ((0.0,), ())


def _draw(random: Random, model: ProtectedModel) -> Operation:
    kinds = ["@changed", "@removed", "get", "get", "other.get", "@sleep", "@loads"]
    kind = random.choice([k for k in kinds if k == "@changed" or k[0] != "@" or k != model.last])
    key = random.choice("kl")
    if kind == "@changed":
        return (kind, key, random.choice(ROWS))
    if kind == "@sleep":
        return (kind, random.choice((30.0, 60.0)))
    return (kind, key, LOAD) if kind.endswith("get") else (kind, key)


def _clear(model: ProtectedModel, operation: Operation) -> bool:
    return operation[0] != "@sleep" or model.is_clear(operation[1])


READS = Tale(ProtectedWorld, ProtectedModel, (AT_ONCE,), _draw, _clear)
PLAIN = Tale(ProtectedWorld, ProtectedModel)
_OLD, _NEW = ("@changed", "k", "old"), ("@changed", "k", "new")
_GET, _OTHERS_GET = ("get", "k", LOAD), ("other.get", "k", LOAD)
_LOADS, _TOOK = ("@loads", "k"), ("@took",)
LIVES = (AT_ONCE, (_OLD, _GET, ("@sleep", 60.0), _NEW, _GET))
FALSY: tuple[Any, ...] = (None, 0, "", [])
EMPTY: tuple[Any, ...] = tuple(
    (AT_ONCE, (("@changed", "k", row), _GET, _OTHERS_GET, _LOADS)) for row in FALSY
)
LONE_FAILURE = (((0.0,), (1,)), (_OLD, _GET, _OTHERS_GET, _GET, _LOADS))


def _tale(ends: Ends) -> Tale:
    return Tale(ProtectedWorld, ends.model)


def _meet(**tasks: tuple[Operation, ...]) -> Operation:
    return (TOGETHER, tuple(tasks.items()))


_ALL_OLD = {"A": ("old",), "B": ("old",), "C": ("old",)}
ONE = Ends(_ALL_OLD, 1, 1.6, "of all who miss at once, one loads, and the others get what it got")
_TWO_MEET = _meet(A=(_GET,), B=(_OTHERS_GET,))
_THREE_MEET = _meet(A=(_GET,), B=(_OTHERS_GET,), C=(_GET,))
TWO_AT_ONCE = (AT_ONCE, (_OLD, _TWO_MEET, _LOADS))
THREE_FOR_A_WHILE = (((1.6,), ()), (_OLD, _THREE_MEET, _LOADS, _TOOK))

FAILS = Ends(
    {"A": ("SourceError",), "B": ("old",), "C": ("old", "SourceError")},
    2,
    2.0,
    "the first load fails after 1 second, and the next one begins soon after that",
)
THREE_FAIL = (((1.0,), (1,)), (_OLD, _THREE_MEET, _LOADS, _TOOK, _GET))

SLOW = Ends(
    {"A": ("old",), "B": ("new",), "C": ("new",)},
    2,
    10.0,
    "a load that outlives its lock stores nothing over a newer row, and frees nobody else's lock",
)
_A, _B = (_GET,), (("@sleep", 6.0), _NEW, _OTHERS_GET)
OVERTAKEN = (((8.0, 1.0), ()), (_OLD, _meet(A=_A, B=_B), _LOADS, _GET))
THIRD = (
    ((8.0, 4.0, 1.0), ()),
    (_OLD, _meet(A=_A, B=_B, C=(("@sleep", 9.0), _GET)), _LOADS, _GET),
)
ON_TIME = Ends(
    {"A": ("old",), "B": ("new",), "C": ("old", "new")},
    2,
    8.0,
    "a lock lives for 5 seconds: who comes later does not wait for it, and loads",
)
FIVE_SECONDS = (
    ((8.0, 1.0), ()),
    (
        _OLD,
        _meet(
            A=(_GET,),
            B=(("@sleep", 5.4), _NEW, _OTHERS_GET),
            C=(("@sleep", 5.7), ("@changed", "k", "newest"), _GET),
        ),
        _LOADS,
    ),
)

_TOO_MANY = "several programs load the same key at once"
_SLOW = "a load that took longer than its lock does harm"

PROTECTED_CHECKS = (
    Check(
        "protected_reads",
        2,
        "ProtectedCache: a miss loads and keeps the row, a hit does not load",
        in_turn(
            explore_scenes(PLAIN, LIVES, message="a copy lives too long"),
            explore_scenes(PLAIN, *EMPTY, message="a row is loaded again though it was kept"),
            play_tales(READS, message="a read is wrong, or loads when it should not", runs=50),
        ),
        hints=(
            "What is a row, and what is not? None, 0 and '' are; MISSING is the word for none.",
            "Keep rows in an envelope, so that they cannot be taken for a lock or for nothing.",
            "Keep what the loader gives for ttl seconds; return MISSING and keep nothing for it.",
        ),
        subject=SUBJECT,
    ),
    Check(
        "protected_one",
        4,
        "ProtectedCache: one load for all programs that miss at once",
        in_turn(
            explore_scenes(_tale(ONE), TWO_AT_ONCE, message=_TOO_MANY),
            explore_scenes(_tale(ONE), THREE_FOR_A_WHILE, message=_TOO_MANY, interruptions=0),
        ),
        after=("protected_reads",),
        hints=(
            "Between your look at the cache and your lock, what may another program have done?",
            "All of it: load, store and free the lock. So look again when you have the lock.",
            "Or put the lock where the row will be: store.add fails if either is there.",
        ),
        seconds=12.0,
        subject=SUBJECT,
    ),
    Check(
        "protected_fails",
        3,
        "ProtectedCache: after a load that failed the next one goes, without a long wait",
        in_turn(
            explore_scenes(PLAIN, LONE_FAILURE, message="after a failed load a read goes wrong"),
            explore_scenes(
                _tale(FAILS),
                THREE_FAIL,
                message="a failing load holds up the others",
                interruptions=0,
            ),
        ),
        after=("protected_reads", "protected_one"),
        hints=(
            "Who frees the lock when the loader raises?",
            "`except` or `finally` around the loader; the error goes to its caller.",
            "Those who wait must look for both, a row and a lock that is free again, in a loop.",
        ),
        seconds=12.0,
        subject=SUBJECT,
    ),
    Check(
        "protected_slow",
        3,
        "ProtectedCache: a load that outlives its lock does no harm",
        in_turn(
            explore_scenes(_tale(SLOW), OVERTAKEN, THIRD, message=_SLOW, interruptions=0),
            explore_scenes(_tale(ON_TIME), FIVE_SECONDS, message=_SLOW, interruptions=0),
        ),
        after=("protected_one",),
        hints=(
            "Your loader took 8 seconds and your lock lived for 5: what has happened meanwhile?",
            "Another has loaded a newer row, or is about to. Store only if your lock still stands.",
            "store.replace(key, my_lock, row, ttl=...), with the lock where the row will be.",
        ),
        seconds=12.0,
        subject=SUBJECT,
    ),
)
