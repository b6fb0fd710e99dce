"""
The checks of exercise 04 that are about `ReadThrough`: who loads, with what, and for how long.
"""

from dataclasses import replace
from random import Random
from typing import Any

from cachelab.grading.exercise import Check
from cachelab.grading.runs import Operation
from cachelab.grading.stories import Tale
from cachelab.grading.telling import play_tales
from cachelab.grading.world import Named, Ported

from .aside_world import ThroughWorld
from .carried import CarriedThrough
from .copies_draw import Drawing, drawing
from .through_model import ThroughModel

SUBJECT = "ReadThrough"
KEYS = ("user:7", "user:8")
ROWS: tuple[Any, ...] = ({"name": "Ada"}, "text", 12, None, 0, "", [], False)
PREFIXES = (("user", "load_user"), ("user:session", "load_session"), ("post", "load_other"))
PATHS = ("user", "user:7", "user:7:name", "user:session:3", "user:sessions", "users:7", "post:1")


def _drawing(
    kinds: str, rows: tuple[Any, ...] = ROWS, keys: tuple[str, ...] = KEYS, first: bool = True
) -> Drawing:
    return drawing(kinds, rows, keys, first)


def _draw_choice(random: Random, _: ThroughModel) -> Operation:
    kind = random.choice(("register_loader", "register_loader", "get", "get", "get by", "@asked"))
    if kind == "register_loader":
        prefix, loader = random.choice(PREFIXES)
        return (kind, prefix, Ported(loader))
    key = random.choice(PATHS)
    if kind == "get by":
        return ("get", key, Named("loader", Ported("load")))
    return (kind, key) if kind == "get" else (kind,)


def _registered_once(model: ThroughModel, operation: Operation) -> bool:
    """Keep runs in which a prefix gets one loader, and every key asked for has one."""
    if operation[0] == "register_loader":
        return operation[1] not in model.loaders
    if operation[0] != "get" or operation[1] not in model.sure:
        return True
    return model.loader_of(operation[1]) is not None


def _loadable(model: ThroughModel, operation: Operation) -> bool:
    if operation[0] == "get":
        return model.loader_of(operation[1]) is not None
    if operation[0] == "register_loader":
        return not model.loaders
    return operation[0] != "@sleep" or model.may_sleep(operation[1])


def _rows_only(model: ThroughModel, operation: Operation) -> bool:
    """Keep runs about keys that have rows."""
    if operation[0] == "get" and operation[1] not in model.rows:
        return False
    return _loadable(model, operation)


def _rows_that_stay(model: ThroughModel, operation: Operation) -> bool:
    if operation[0] == "@changed":
        return operation[1] not in model.rows
    return _rows_only(model, operation)


def _absent_at_first(model: ThroughModel, operation: Operation) -> bool:
    if operation[0] == "@changed":
        return operation[1] not in model.rows
    return _loadable(model, operation)


def _tale(draw: Any, allowed: Any, *settings: str) -> Tale:
    return Tale(ThroughWorld, ThroughModel, (settings,), draw, allowed)


def _answers(tale: Tale) -> Tale:
    """
    Return the tale with nothing judged but what `get` answers or carries.

    Who calls too often passes, and so does who keeps nothing: no key with a copy is asked for.
    """

    def may_be(model: ThroughModel, operation: Operation) -> bool:
        has_copy = operation[0] == "get" and operation[1] in model.sure
        return tale.allowed(model, operation) and not has_copy

    judged = frozenset({"get", "@waited"})
    return replace(tale, model=CarriedThrough, allowed=may_be, judged=judged)


def _carried(tale: Tale) -> Tale:
    return replace(tale, model=CarriedThrough)


LOADS = _tale(_drawing("get get get @asked"), _rows_that_stay)
CHOICE = _tale(_draw_choice, _registered_once, "named")
LIVES = _tale(
    _drawing("@changed get get get/20 get/20 @sleep @sleep @asked @asked", (1, 2), KEYS[:1]),
    _rows_only,
)
FAILS = _tale(_drawing("get get @loaders @asked", ("Ada", 12)), _rows_that_stay)
OUTAGE = _tale(_drawing("get get @store @asked @waited", ("Ada", 12)), _rows_that_stay)
ABSENT = _tale(
    _drawing("get get @changed @sleep @sleep @asked", ("Ada", 12), KEYS[:1], first=False),
    _absent_at_first,
)

_LIFE = "a copy lives too long, or not long enough"
_TOO_LONG = "an absent row is not remembered, or for too long"
_WRONG_LOADER = "a key is loaded by the wrong loader, or by none"
_HIDDEN = "the failure of a loader is hidden, or remembered"
_NOT_SURVIVED = "a failing store is not survived as promised"

THROUGH_CHECKS = (
    Check(
        "through_loads",
        3,
        "ReadThrough: a miss calls the loader with the key, and keeps what it gives",
        play_tales(LOADS, message="a row is not loaded as it should be, or not kept"),
        hints=(
            "What does a loader need to know to load a row?",
            "Call loader(key) with the whole key, and store what it returns.",
            "None, 0 and '' are rows: keep them too. Only MISSING means that there is none.",
        ),
        subject=SUBJECT,
    ),
    Check(
        "through_choice",
        4,
        "ReadThrough: the longest registered prefix decides, a loader given by name before it",
        play_tales(CHOICE, message=_WRONG_LOADER, runs=120),
        after=("through_loads",),
        apart=play_tales(_answers(CHOICE), message=_WRONG_LOADER, runs=120),
        hints=(
            "Which prefixes does 'user:session:3' have, and where may a prefix end?",
            "At a colon or at the end of the key: 'user' is no prefix of 'users:7'.",
            "Try the whole key, then cut at the last colon again and again; then ValueError.",
        ),
        subject=SUBJECT,
    ),
    Check(
        "through_ttl",
        2,
        "ReadThrough: a copy ends after ttl seconds, the one that was given or the cache's own",
        play_tales(LIVES, message=_LIFE, runs=150, longest=16),
        after=("through_loads",),
        apart=play_tales(_carried(LIVES), message=_LIFE, runs=150, longest=16),
        hints=(
            "Which of the two times belongs to which copy?",
            "The ttl of the call that loads decides; without one it is the cache's own.",
            "Write `self.ttl if ttl is None else ttl`, and pass it to the call that stores.",
        ),
        subject=SUBJECT,
    ),
    Check(
        "through_errors",
        2,
        "ReadThrough: what a loader raises reaches the caller, and is not remembered",
        play_tales(FAILS, message=_HIDDEN),
        after=("through_loads",),
        apart=play_tales(_answers(FAILS), message=_HIDDEN),
        hints=(
            "What should the caller do who gets None because the database was down?",
            "A loader may raise anything: let it pass, and store nothing.",
            "Call the loader outside of every `try` that is about the store.",
        ),
        subject=SUBJECT,
    ),
    Check(
        "through_outage",
        1,
        "ReadThrough: a store that fails costs time, never an answer",
        play_tales(OUTAGE, message=_NOT_SURVIVED),
        after=("through_loads",),
        apart=play_tales(_answers(OUTAGE), message=_NOT_SURVIVED),
        hints=(
            "Which calls of the store can raise StoreError, and who catches it?",
            "After the first StoreError, leave the store alone and call the loader.",
            "Both looking and storing can fail: each has its own `except StoreError`.",
        ),
        subject=SUBJECT,
    ),
)

ABSENT_THROUGH = Check(
    "absent_through",
    2,
    "ReadThrough: that a row is absent is remembered, for negative_ttl seconds",
    play_tales(ABSENT, message=_TOO_LONG),
    after=("through_loads",),
    apart=play_tales(_carried(ABSENT), message=_TOO_LONG),
    hints=(
        "What does the loader return for a key that has no row?",
        "MISSING: remember that too, in a way that no row can look like.",
        "It lives negative_ttl seconds; within them get answers MISSING without a load.",
    ),
    subject=SUBJECT,
)
