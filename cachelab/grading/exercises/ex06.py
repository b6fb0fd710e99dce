"""
Exercise 06: how long a copy may live, lives that do not end together, and renewal before the end.
"""

from random import Random
from typing import Any

from cachelab.grading.exercise import Check, Exercise, in_turn
from cachelab.grading.runs import Operation
from cachelab.grading.stories import Tale
from cachelab.grading.telling import explore_scenes, play_tales
from cachelab.grading.world import Named

from .ageing_apart import BOTH_KEEP, TWO_DYING
from .ageing_model import DyingModel
from .ageing_world import DyingWorld
from .ex06_ahead import AHEAD_CHECKS
from .ex06_lives import LIFE_CHECKS


def _dying(kinds: str, keys: tuple[str, ...] = ("a", "b", "c"), late: float = 0.0) -> Any:
    """Return a generator of operations; where `late`, time never stops at the end of a life."""
    words = kinds.split()

    def draw(random: Random, model: DyingModel) -> Operation:
        kind, key = random.choice(words), random.choice(keys)
        if kind == "set":
            return (kind, key, random.choice((1, 2) if late else (1, 2, None, 0)))
        if kind == "set/":
            return ("set", key, random.randint(1, 9), Named("ttl", random.choice((4.0, 20.0))))
        if kind == "set0":
            return ("set", key, random.randint(1, 9), Named("ttl", 0))
        if kind == "get":
            return (kind, key, "gone") if random.random() < 0.5 else (kind, key)
        if kind == "in":
            return (kind, key)
        if kind == "@sleep":
            ends = [end - model.now for _, end in model.entries.values() if end > model.now]
            overs = [end + late for end in ends]
            return (kind, random.choice([*overs, *overs, *(end / 2 for end in ends), 3.0 + late]))
        return (kind,)

    return draw


def _fits(model: DyingModel, operation: Operation) -> bool:
    """Keep runs in which no live entry has to go."""
    alive = model.alive()
    return operation[0] != "set" or operation[1] in alive or len(alive) < model.capacity


def _new_keys(model: DyingModel, operation: Operation) -> bool:
    return _fits(model, operation) and (operation[0] != "set" or operation[1] not in model.alive())


def _zero_anew(model: DyingModel, operation: Operation) -> bool:
    """Keep lives of no length for keys that are not there: they may be refused as well."""
    return _fits(model, operation) and (operation[0] != "set" or operation[1] not in model.entries)


def _in_doubt(model: DyingModel, operation: Operation) -> bool:
    """Keep questions about the newest entry, and sleeps after which all are dead."""
    verb, *arguments = operation
    if verb == "set":
        return arguments[0] not in model.entries or not model.alive()
    if verb in ("get", "in"):
        return bool(arguments[0] == model.newest)
    if verb == "@sleep":
        return all(model.now + arguments[0] >= end for _, end in model.entries.values())
    return True


def _off_the_border(model: DyingModel, operation: Operation) -> bool:
    """Keep times at which it is clear who is alive, also to who takes an end for a last moment."""
    if operation[0] != "@sleep":
        return True
    moment = model.now + operation[1]
    return all(abs(moment - end) > 0.1 for _, end in model.entries.values())


def _lives(
    kinds: str, allowed: Any, capacities: tuple[int, ...], *keys: str, late: float = 0.0
) -> Tale:
    def may_be(model: DyingModel, operation: Operation) -> bool:
        return allowed(model, operation) and (not late or _off_the_border(model, operation))

    settings = tuple((capacity,) for capacity in capacities)
    draw = _dying(kinds, keys or ("a", "b", "c"), late)
    return Tale(DyingWorld, DyingModel, settings, draw, may_be)


BOUNDARY = _lives("set set get get get @sleep @sleep @sleep", _new_keys, (9,), "a", "b")
UPDATE, CLEAR_UPDATE = (
    _lives("set set/ set/ get get @sleep @sleep", _fits, (9,), "a", "b", late=late)
    for late in (0.0, 0.5)
)
NO_LIFE = _lives("set0 set0 set get get in len", _zero_anew, (9,), "a", "b")
COUNTS, CLEAR_COUNTS = (
    _lives("set set/ len in @sleep", _fits, (9,), late=late) for late in (0.0, 0.5)
)
PURGE, CLEAR_PURGE = (
    _lives("set set/ set/ get len purge @sleep", _fits, (9,), late=late) for late in (0.0, 0.5)
)
ROOM, CLEAR_ROOM = (
    _lives("set set/ get get evictions @sleep", _fits, (1, 2), late=late) for late in (0.0, 0.5)
)
FULL, CLEAR_FULL = (
    _lives("set set set get in len evictions @sleep", _in_doubt, (1, 2, 3), *"abcde", late=late)
    for late in (0.0, 0.5)
)

_DIES = "TTLCache"
_NOT_THE_LAST = "a life is not the one that was set last"
_DEAD_COUNTED = "the dead are counted, or a purge goes wrong"
_WRONG_ONE = "a full cache gives up too much, too little or the wrong one"
DYING_CHECKS = (
    Check(
        "dies_on_time",
        3,
        "TTLCache: an entry is dead from the moment stored plus ttl on",
        play_tales(BOUNDARY, message="an entry lives too long, or not long enough", runs=120),
        hints=(
            "What is stored with a value, so that you can tell later whether it is dead?",
            "The moment of its end, by clock.now(), in seconds; a get leaves it as it is.",
            "It is alive while clock.now() < end: from the end on, get answers the default.",
        ),
        subject=_DIES,
    ),
    Check(
        "own_life",
        2,
        "TTLCache: set begins a new life, of its own length if it is given one",
        in_turn(
            play_tales(UPDATE, message=_NOT_THE_LAST),
            play_tales(NO_LIFE, message="a life of no length is not over at once", runs=20),
        ),
        after=("dies_on_time",),
        apart=play_tales(CLEAR_UPDATE, message=_NOT_THE_LAST),
        hints=(
            "What does a second `set` of a key change?",
            "Everything: the value, and the end, counted from now.",
            "Write `self.ttl if ttl is None else ttl`.",
        ),
        subject=_DIES,
    ),
    Check(
        "counts_the_living",
        2,
        "TTLCache: len, in and purge see the living only",
        in_turn(
            play_tales(COUNTS, PURGE, message=_DEAD_COUNTED),
            explore_scenes(TWO_DYING, BOTH_KEEP, message="two caches share their entries"),
        ),
        after=("dies_on_time",),
        apart=play_tales(CLEAR_COUNTS, CLEAR_PURGE, message=_DEAD_COUNTED),
        hints=(
            "How many entries are there for somebody who can only call `get`?",
            "Count those whose end is still ahead, of this cache alone.",
            "purge: make the list of the dead first, then remove them.",
        ),
        subject=_DIES,
    ),
    Check(
        "room",
        2,
        "TTLCache: the dead make room first, and evictions() counts the living that had to go",
        play_tales(ROOM, FULL, message=_WRONG_ONE),
        after=("dies_on_time",),
        apart=play_tales(CLEAR_ROOM, CLEAR_FULL, message=_WRONG_ONE),
        hints=(
            "A cache is full of dead entries and a new one comes: who has to go?",
            "The dead, and that is no eviction. Only then does a living one have to go.",
            "Never more than capacity, and never the one that has just come.",
        ),
        subject=_DIES,
    ),
)

CHECKS = (
    *LIFE_CHECKS,
    *AHEAD_CHECKS,
    *DYING_CHECKS,
)

EX06 = Exercise(
    "ex06",
    "Lives of copies, and refresh-ahead",
    ("ttl_for", "jittered", "RefreshAhead", "TTLCache"),
    ("ageing",),
    CHECKS,
)
