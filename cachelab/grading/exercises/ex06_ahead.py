"""
The checks of exercise 06 that are about `RefreshAhead`: who waits, who loads, and how often.
"""

from random import Random
from typing import Any

from cachelab.grading.exercise import Check, in_turn
from cachelab.grading.runs import Operation
from cachelab.grading.stories import Tale
from cachelab.grading.telling import explore_scenes, play_tales
from cachelab.grading.world import Named, Ported

from .ageing_apart import BOTH_RENEW, TWO_AHEAD
from .ageing_model import STRICT, AheadModel
from .ageing_world import FACTOR, LIFE, AheadWorld

SUBJECT = "RefreshAhead"
KEYS = ("hot", "warm")
ROWS: tuple[Any, ...] = ("one", "two", 3, None, 0)
FAILURES = ("raises SourceError", "raises TimeoutError", "raises KeyError")


def _get(key: str) -> Operation:
    return ("get", key, Ported("load"), Named("ttl", LIFE))


def _drawing(kinds: str, keys: tuple[str, ...] = KEYS) -> Any:
    """Return a generator of operations; every run begins with a row for each key."""
    words = kinds.split()

    def draw(random: Random, model: AheadModel) -> Operation:
        lacking = [key for key in keys if key not in model.rows]
        if lacking:
            return ("@changed", lacking[0], random.choice(ROWS))
        news = [w for w in words if w != model.last or w in ("get", "@changed")]
        kind, key = random.choice(news), random.choice(keys)
        if kind == "get":
            return _get(key)
        if kind == "@changed":
            return (kind, key, random.choice(ROWS))
        if kind == "@for_good":
            return (kind, key)
        if kind == "@sleep":
            return (kind, random.choice(model.waits()))
        return _switched(kind, random, model)

    return draw


def _switched(kind: str, random: Random, model: AheadModel) -> Operation:
    if kind == "@loader":
        return (kind, "works" if model.failure else random.choice(FAILURES))
    if kind == "@threads":
        return (kind, "has no task left" if model.has_threads else "starts tasks")
    if kind == "@store":
        return (kind, "down" if model.store == "up" else "up")
    return (kind,)


def _clear(model: AheadModel, operation: Operation) -> bool:
    """Keep what has one answer only; while a renewal is under way, reads of copies and sleep."""
    verb, *arguments = operation
    if verb == "get":
        age = model.age(arguments[0])
        if arguments[0] in model.fog or (model.renewing and age is None):
            return False
        return age is None or abs(age - FACTOR * LIFE) > STRICT
    if verb == "@for_good":
        return not model.renewing and bool(model.entries)
    is_quiet = verb == "@waited" or (verb == "@sleep" and arguments[0] >= 2.0)
    return not model.renewing or is_quiet


def _before_renewal(model: AheadModel, operation: Operation) -> bool:
    """Keep runs in which no copy is old enough to be renewed."""
    if operation[0] == "get":
        age = model.age(operation[1])
        return age is None or age < FACTOR * LIFE - STRICT
    return _clear(model, operation)


def _for_good_last(model: AheadModel, operation: Operation) -> bool:
    """Keep one read of a copy without an end, and nothing after it."""
    if any(entry.end is None for entry in model.entries.values()):
        is_first = model.last in ("@for_good", "@changed", "@sleep")
        return operation[0] in ("get", "@changed", "@sleep") and is_first
    return _before_renewal(model, operation)


def _tale(kinds: str, keys: tuple[str, ...] = KEYS, allowed: Any = _clear) -> Tale:
    return Tale(AheadWorld, AheadModel, ((),), _drawing(kinds, keys), allowed)


HITS = _tale("get get get @changed @sleep @asked @waited", allowed=_before_renewal)
ENDLESS = _tale("get get @changed @for_good @sleep", KEYS[:1], _for_good_last)
RENEWS = _tale("get get get @changed @sleep @sleep @asked @waited", KEYS[:1])
KEYS_APART = _tale("get get get get @sleep @sleep @asked")
FAILS = _tale("get get get @sleep @sleep @asked @loader", KEYS[:1])
NO_TASKS = _tale("get get get @sleep @sleep @asked @threads", KEYS[:1])
OUTAGE = _tale("get get @changed @store @asked", KEYS[:1], _before_renewal)

_OLD, _READ = ("@changed", "hot", "old"), _get("hot")
LATE = (
    (),
    (_OLD, _READ, ("@sleep", 19.6), ("@changed", "hot", "new"), _READ, ("@waited",)),
)
OVERTAKEN = (
    (),
    (
        *(_OLD, _READ, ("@sleep", 17.0), _READ, ("@sleep", 0.5)),
        *(("@overwrite", "hot", "new"), ("@sleep", 2.0), _READ),
    ),
)
_NEW, _AGED = ("@changed", "hot", "new"), (_OLD, _READ, ("@sleep", 17.0))
ENDED = ((), (_OLD, _READ, _NEW, ("@sleep", 21.0), _READ))
WAITS = ((), (*_AGED, ("@sleep", 0.0), _READ, ("@waited",)))
AGAIN = ((), (*_AGED, _READ, ("@sleep", 18.0), _NEW, _READ, ("@sleep", 2.0), ("@asked",), _READ))
RENEWED_ENDS = ((), (*_AGED, _READ, ("@sleep", 2.0), _NEW, ("@sleep", 21.0), _READ))
CROWD = (
    (),
    (
        *(_OLD, ("@changed", "warm", "old"), _READ, _get("warm"), ("@sleep", 17.0)),
        *(_READ, _READ, _get("warm"), ("@sleep", 2.0), ("@asked",)),
    ),
)
FAILED = (
    (),
    (
        *(*_AGED, ("@loader", "raises TimeoutError"), _READ, ("@sleep", 1.5)),
        *(("@loader", "works"), _NEW, _READ, ("@sleep", 1.2), _READ),
    ),
)
NO_TASK = (
    (),
    (
        *(*_AGED, ("@threads", "has no task left"), _READ, ("@threads", "starts tasks")),
        *(_NEW, _READ, ("@sleep", 2.0), _READ),
    ),
)
SCENES = Tale(AheadWorld, AheadModel)

_WRONG = "a read gives the wrong row, or waits needlessly"
_TIMING = "a copy is renewed too early, too late, not at all or by the reader"
_CROWDED = "a key is loaded twice at once, or not at all"
_HELPLESS = "a failure is not survived as promised"

AHEAD_CHECKS = (
    Check(
        "ahead_hits",
        3,
        "RefreshAhead: a read without a copy loads, a read with a copy does not wait",
        in_turn(
            explore_scenes(SCENES, ENDED, message=_WRONG),
            play_tales(HITS, ENDLESS, message=_WRONG),
        ),
        hints=(
            "When does `get` have to wait for the loader, and when not?",
            "Only without a copy: loader(key), then store.set(key, {'row': row}, ttl=ttl).",
            "store.ttl answers None for an entry that never ends: that is a hit, too.",
        ),
        subject=SUBJECT,
    ),
    Check(
        "ahead_renews",
        4,
        "RefreshAhead: a copy that is read near its end is renewed in the background",
        in_turn(
            explore_scenes(SCENES, WAITS, AGAIN, RENEWED_ENDS, message=_TIMING),
            play_tales(RENEWS, message=_TIMING, runs=60),
        ),
        after=("ahead_hits",),
        hints=(
            "How much of its life is left to a copy, and from which moment on is that too little?",
            "Renew when store.ttl(key) is at most (1 - factor) * ttl, and answer the old copy.",
            "runtime.spawn(function, ...) loads once; the new copy lives ttl seconds again.",
        ),
        subject=SUBJECT,
    ),
    Check(
        "ahead_millis",
        2,
        "RefreshAhead: a copy with 400 ms left is a copy",
        explore_scenes(SCENES, LATE, message="the last second of a copy is taken for its end"),
        after=("ahead_hits", "ahead_renews"),
        hints=(
            "What becomes of 0.4 seconds in a number of whole seconds?",
            "Nothing: it becomes 0. store.ttl answers a fraction of a second; do not round it.",
            "MISSING says that there is no copy, and no number does.",
        ),
        subject=SUBJECT,
    ),
    Check(
        "ahead_once",
        3,
        "RefreshAhead: one load per key at a time, and keys do not wait for each other",
        in_turn(
            explore_scenes(SCENES, CROWD, message=_CROWDED),
            explore_scenes(
                TWO_AHEAD, BOTH_RENEW, message="what one object renews, another does not renew"
            ),
            play_tales(KEYS_APART, message=_CROWDED),
        ),
        after=("ahead_hits", "ahead_renews"),
        hints=(
            "A hundred readers see the same old copy. How many of them start a load?",
            "The first: it leaves word that the key is being renewed.",
            "A set of keys, looked at and added to under one lock; one flag for all is too few, "
            "and a set that belongs to the class, or is a default, too: make it in __init__.",
        ),
        subject=SUBJECT,
    ),
    Check(
        "ahead_failures",
        3,
        "RefreshAhead: after a failure the copy goes on serving, and the next read tries again",
        in_turn(
            explore_scenes(SCENES, FAILED, NO_TASK, message=_HELPLESS),
            play_tales(FAILS, NO_TASKS, OUTAGE, message=_HELPLESS, runs=90),
        ),
        after=("ahead_hits", "ahead_renews"),
        hints=(
            "What is left of your note that a key is being renewed, if the load fails?",
            "Take it away in a `finally`; and also if spawn itself raises.",
            "No error of a renewal reaches a reader. StoreError: call the loader instead.",
        ),
        subject=SUBJECT,
    ),
    Check(
        "ahead_race",
        2,
        "RefreshAhead: a renewal does not bring back what a writer has removed",
        explore_scenes(SCENES, OVERTAKEN, message="a slow load puts an older row into the store"),
        after=("ahead_hits", "ahead_renews"),
        hints=(
            "A renewal has read the old row; then somebody writes and removes the copy. And then?",
            "The renewal may only take the place of the very copy that was seen.",
            "store.replace(key, old, new, ttl) does so in one step; set and add do not.",
        ),
        subject=SUBJECT,
    ),
)
