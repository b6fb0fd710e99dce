"""
The runs of exercise 08: which operations each check is about.

Those with room never have a victim, and those by puts have one that no rule for ties or gets
decides: they are for a cache that chooses the wrong one.
"""

from collections.abc import Callable, Sequence
from random import Random
from typing import Any

from cachelab.grading.runs import Domain, Operation

from .lfu_model import AgedModel, LFUModel

KEYS = ("a", "b", "c", "d", "e")
FALSY: tuple[Any, ...] = (None, 0, "", False, [], 0.0)

Draw = Callable[[Random, Any], Operation]


def _drawing(*verbs: str, keys: Sequence[str] = KEYS) -> Draw:
    """Return a generator of operations; a verb named twice comes twice as often."""

    def draw(random: Random, model: LFUModel) -> Operation:
        verb, key = random.choice(verbs), random.choice(keys)
        if verb == "get" and not model.entries and random.random() < 0.9:
            verb = "put"  # a run that begins with a miss has little to say
        if verb == "len":
            return (verb,)
        if verb == "put":
            return (verb, key, random.randint(1, 9))
        if model.gone and random.random() < 0.2:
            key = random.choice(list(model.gone))  # a victim that is still there shows at once
        elif model.entries and random.random() < 0.95:
            key = random.choice(model.keys)
        return (verb, key)

    return draw


def _draw_falsy(random: Random, _: LFUModel) -> Operation:
    verb, key = random.choice(("put", "get", "in")), random.choice(("a", "b", "", 0))
    if verb == "put":
        return (verb, key, random.choice(FALSY))
    return (verb, key, "default") if verb == "get" else (verb, key)


def _with_room(model: LFUModel, operation: Operation) -> bool:
    """Keep puts of keys never used before that leave a slot free."""
    if model.missed:
        return False
    fresh = operation[0] == "put" and operation[1] not in model.seen
    return (fresh and len(model.entries) + 2 <= model.capacity) or operation[0] in ("get", "len")


def _first_stay(model: LFUModel, operation: Operation) -> bool:
    """Keep puts of keys that were never there, and let a missed get be the last step."""
    if model.missed:
        return False
    return operation[0] != "put" or operation[1] not in model.seen


def _new_key(model: LFUModel, operation: Operation) -> bool:
    """Keep puts of absent keys, and let a missed get be the last step."""
    return not model.missed and (operation[0] != "put" or operation[1] not in model.keys)


def _before_a_miss(model: LFUModel, _: Operation) -> bool:
    return not model.missed


def _absent_puts(model: LFUModel, operation: Operation) -> bool:
    return operation[0] != "put" or operation[1] not in model.keys


def _roomy(model: LFUModel, operation: Operation) -> bool:
    """Keep what leaves a slot free, also when deletions were forgotten, and no missed get."""
    if operation[0] == "get":
        return operation[1] in model.keys
    return operation[0] != "put" or len(model.seen | {operation[1]}) < model.capacity


def _clear_victim(model: LFUModel, operation: Operation) -> bool:
    """Keep puts into a full cache in which one key has been used less than any other."""
    if operation[0] != "put" or operation[1] in model.keys or len(model.keys) < model.capacity:
        return True
    counts = sorted(entry.count for entry in model.entries)
    return len(counts) < 2 or counts[0] < counts[1]


ROOMY = ((6,), (7,), (8,))
NEVER_FULL = tuple(((capacity, 1000),) for capacity in (6, 7))
UPDATE_WITH_ROOM = Domain(LFUModel, ROOMY, _drawing("put", "put", "get", "in"), _roomy)
QUESTIONS_WITH_ROOM = Domain(LFUModel, ROOMY, _drawing("put", "put", "in", "get", "len"), _roomy)
DELETE_WITH_ROOM = Domain(LFUModel, ROOMY, _drawing("put", "put", "delete", "get", "in"), _roomy)
AGED_WITH_ROOM = Domain(AgedModel, NEVER_FULL, _drawing("put", "put", "get", "len"), _roomy)

STORES = Domain(
    LFUModel, ((3,), (4,), (5,), (6,)), _drawing("put", "put", "get", "len"), _with_room
)
VICTIM = Domain(LFUModel, ((1,), (2,), (2,), (3,)), _drawing("put", "get", "get"), _first_stay)
RETURN_BY_PUTS = Domain(
    LFUModel, ((2,),), _drawing("put", "put", "put", "in", keys="abc"), _clear_victim
)
RETURN = Domain(LFUModel, ((2,),), _drawing("put", "put", "get", "get", keys="abc"), _absent_puts)
UPDATE = Domain(
    LFUModel,
    ((2,),),
    _drawing("put", "put", "put", "get", keys="abc"),
    _before_a_miss,
)
QUESTIONS = Domain(
    LFUModel, ((1,), (2,), (3,)), _drawing("put", "put", "in", "get", "len"), _absent_puts
)
DELETE = Domain(
    LFUModel,
    ((1,), (2,), (2,)),
    _drawing("put", "put", "put", "delete", "get", "get", "len", keys="abc"),
    _new_key,
)
FALSY_VALUES = Domain(LFUModel, ((8,),), _draw_falsy, _new_key)
NO_ROOM = Domain(LFUModel, ((0,),), _drawing("put", "get", "len", "in"))
NEGATIVE = Domain(LFUModel, ((-1,), (-3,)), _drawing("len"), lambda _model, _operation: False)
TWO_CACHES = Domain(LFUModel, ((8, 8),), _drawing("put", "get"), _new_key)

PERIODS = tuple(((2, period),) for period in (2, 3, 4, 5))
NEVER = tuple(((capacity, 1000),) for capacity in (2, 3))
AGED_LFU = Domain(
    AgedModel,
    NEVER,
    _drawing("put", "put", "put", "get", "get", "get", "len", "in", "delete"),
    _new_key,
)
AGED = Domain(AgedModel, PERIODS, _drawing("put", "get", "get", "get", keys="abc"), _absent_puts)
AGED_BY_PUTS = Domain(
    AgedModel, PERIODS, _drawing("put", "put", "put", "in", keys="abc"), _clear_victim
)
AGED_UPDATE = Domain(AgedModel, PERIODS, _drawing("put", "put", "get", keys="abc"), _before_a_miss)
