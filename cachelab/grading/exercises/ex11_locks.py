"""
The checks of exercise 11 that are about `TokenLock`: one holder, whose release, and waiting.
"""

from random import Random
from typing import Any

from cachelab.grading.exercise import Check, in_turn
from cachelab.grading.runs import Operation
from cachelab.grading.stories import TOGETHER, Tale
from cachelab.grading.telling import explore_scenes, play_tales

from .lock_case import DATA, LockModel, LockWorld, RaceModel

SUBJECT = "TokenLock"
NEAR, FAR = ((0.0,),), ((0.5,),)


def _drawing(*kinds: str) -> Any:
    """Return a generator of operations; a kind named twice comes twice as often."""

    def draw(random: Random, _: LockModel) -> Operation:
        kind, who, name = random.choice(kinds), random.choice("AB"), random.choice("kkl")
        if kind == "@acquire":
            return (kind, who, name, random.choice((5.0, 9.0)))
        if kind == "@release":
            return (kind, who, name)
        if kind == "@sleep":
            return (kind, random.choice((3.0, 5.0)))
        return (kind, random.choice(DATA)) if kind == "@data" else (kind,)

    return draw


def _own(model: LockModel, operation: Operation) -> bool:
    """Keep releases of a lock by who holds it."""
    if operation[0] != "@release":
        return True
    held = model.holder(operation[2])
    return held is not None and model.tokens.get(operation[1], ("", 0))[1] == held[1]


def _any_token(model: LockModel, operation: Operation) -> bool:
    """Keep releases with a token that was once one of this lock's."""
    if operation[0] != "@release":
        return True
    return bool(model.tokens.get(operation[1], ("", 0))[0] == operation[2])


def _tale(draw: Any, allowed: Any) -> Tale:
    return Tale(LockWorld, LockModel, NEAR, draw, allowed)


HOLDERS = _tale(_drawing("@acquire", "@acquire", "@release", "@sleep"), _own)
TOKENS = _tale(_drawing("@acquire", "@acquire", "@release", "@release", "@sleep"), _any_token)
NAMES = _tale(_drawing("@data", "@acquire", "@release", "@kept"), _own)

_HELD = ("@acquire", "A", "k", 5.0)
_LATE: tuple[Operation, ...] = (
    _HELD,
    ("@sleep", 4.2),
    (
        TOGETHER,
        (("A", (("@release", "A", "k"),)), ("B", (("@sleep", 0.35), ("@acquire", "B", "k", 9.0)))),
    ),
    ("@acquire", "C", "k", 9.0),
)
SLOW_RELEASE = ((0.5,), _LATE)
WAITS: tuple[Any, ...] = tuple(
    ((0.0,), (("@acquire", "A", "k", held), ("@wait", "B", "k", 5.0, patience), ("@took",)))
    for held, patience in ((3.3, 10.0), (9.0, 2.0), (40.0, 30.0))
)
FREED = (
    (0.0,),
    (
        ("@acquire", "A", "k", 30.0),
        (
            TOGETHER,
            (
                ("A", (("@sleep", 2.0), ("@release", "A", "k"))),
                ("B", (("@wait", "B", "k", 9.0, 20.0),)),
            ),
        ),
        ("@acquire", "C", "k", 9.0),
    ),
)
_GIVEN = "a lock is given, or refused, where it should not be"
_BOTH: Operation = (TOGETHER, (("A", (_HELD,)), ("B", (("@acquire", "B", "k", 5.0),))))
AT_ONCE = ((0.0,), (_BOTH,))

LOCK_CHECKS = (
    Check(
        "lock_one",
        3,
        "TokenLock: one holder at a time, until the release or the end of ttl",
        in_turn(
            play_tales(HOLDERS, message=_GIVEN, runs=40),
            explore_scenes(Tale(LockWorld, LockModel), AT_ONCE, message=_GIVEN),
        ),
        hints=(
            "Which call of the store tells you that you were the first?",
            "store.add(key, token, ttl=ttl): one step, and the lock ends by itself.",
            "Answer the token, a new uuid4 each time, or None; release answers True.",
        ),
        subject=SUBJECT,
    ),
    Check(
        "lock_token",
        3,
        "TokenLock: only the holder's token frees the lock",
        in_turn(
            play_tales(TOKENS, message="a release frees a lock that is not its own", runs=60),
            explore_scenes(
                Tale(LockWorld, RaceModel, FAR),
                SLOW_RELEASE,
                message="a slow release frees the next holder's lock",
                interruptions=0,
            ),
        ),
        after=("lock_one",),
        hints=(
            "Your lock has ended while you worked, and somebody else has it now: what do you free?",
            "Compare the token in the store with yours before you delete, and do both in one step.",
            "store.replace(key, token, MISSING) deletes only your own, and tells whether it did.",
        ),
        subject=SUBJECT,
    ),
    Check(
        "lock_waits",
        2,
        "TokenLock: with patience it waits, and no longer than that",
        explore_scenes(
            Tale(LockWorld, RaceModel, NEAR),
            *WAITS,
            FREED,
            message="the wait is too long, too short, or in vain",
            interruptions=0,
        ),
        after=("lock_one",),
        hints=(
            "When should you look again, and when give up?",
            "A loop: try, look at runtime.now(), runtime.sleep(0.05), try again.",
            "deadline = runtime.now() + patience before the loop; no recursion: it has a limit.",
        ),
        seconds=10.0,
        subject=SUBJECT,
    ),
    Check(
        "lock_names",
        2,
        "TokenLock: locks and other programs' entries keep out of each other's way",
        play_tales(NAMES, message="a lock and an entry get in each other's way", runs=40),
        after=("lock_one",),
        hints=(
            "What if somebody stores a value under the very key that your lock uses?",
            "Keys that begin with ~ are yours, and all others are not.",
            'f"~lock:{name}" is a key that nobody else has.',
        ),
        subject=SUBJECT,
    ),
)
