"""
The runs of exercise 07: which operations belong to which check.

A check's domain leaves out what other checks are about: the check of victims never puts a key that
is present, the check of storing leaves room to spare. So one mistake costs one check's points. What
it cannot leave out it does without while the other check fails: `in` alone, or room to spare.
"""

from random import Random
from typing import Any

from cachelab.grading.runs import Domain, Operation

from .lru_model import LRUModel

KEYS = ("a", "b", "c", "d", "e", "f")
FALSY: tuple[Any, ...] = (None, 0, "", False, [], 0.0)


def _drawing(*verbs: str, present: float = 0.85) -> Any:
    """Return a generator of operations; a verb named twice comes twice as often."""

    def draw(random: Random, model: LRUModel) -> Operation:
        verb, key = random.choice(verbs), random.choice(KEYS)
        if verb in ("len", "hit_rate"):
            return (verb,)
        if verb == "put":
            return (verb, key, random.randint(1, 9))
        if model.entries and random.random() < present:  # what is there is worth more questions
            key = random.choice(model.keys)
        return (verb, key)

    return draw


def _draw_falsy(random: Random, _: LRUModel) -> Operation:
    verb, key = random.choice(("put", "get", "in")), random.choice(("a", "b", "", 0))
    if verb == "put":
        return (verb, key, random.choice(FALSY))
    return (verb, key, "default") if verb == "get" else (verb, key)


def _new_key(model: LRUModel, operation: Operation) -> bool:
    """Keep puts of absent keys, and let a missed get be the last step."""
    if model.missed:
        return False
    return operation[0] != "put" or operation[1] not in model.keys


def _with_room(model: LRUModel, operation: Operation) -> bool:
    """Keep puts of keys never used before that leave a slot free."""
    if model.missed:
        return False
    fresh = operation[0] == "put" and operation[1] not in model.seen
    return (fresh and len(model.entries) + 2 <= model.capacity) or operation[0] in ("get", "len")


def _roomy(model: LRUModel, operation: Operation) -> bool:
    """Keep what leaves a slot free, also when deletions were forgotten, and no missed get."""
    if operation[0] == "get":
        return operation[1] in model.keys
    return operation[0] != "put" or len(model.seen | {operation[1]}) < model.capacity


def _with_room_left(model: LRUModel, operation: Operation) -> bool:
    return operation[0] == "get" or _roomy(model, operation)


def _before_a_miss(model: LRUModel, _: Operation) -> bool:
    return not model.missed


def _absent_puts(model: LRUModel, operation: Operation) -> bool:
    return operation[0] != "put" or operation[1] not in model.keys


def _counted(model: LRUModel, operation: Operation) -> bool:
    """Keep runs in which nothing goes away and no missed key is asked for or put again."""
    if len(operation) > 1 and operation[1] in model.missed:
        return False
    if operation[0] == "delete":
        return operation[1] not in model.keys
    if operation[0] == "get" or operation[0] == "put":
        return len(model.seen | model.missed | {operation[1]}) < model.capacity
    return True


STORES = Domain(
    LRUModel, ((3,), (4,), (5,), (6,)), _drawing("put", "put", "get", "len"), _with_room
)
VICTIM = Domain(LRUModel, ((1,), (2,), (3,), (4,)), _drawing("put", "put", "get"), _new_key)
VICTIM_BY_IN = Domain(
    LRUModel,
    ((1,), (2,), (3,), (4,)),
    _drawing("put", "put", "get", "in"),
    _new_key,
    frozenset({"in"}),
)
UPDATE = Domain(LRUModel, ((1,), (2,), (3,)), _drawing("put", "put", "get", "len"), _before_a_miss)
MEMBERSHIP = Domain(
    LRUModel,
    ((1,), (2,), (3,)),
    _drawing("put", "put", "in", "get", "len", present=0.5),
    _absent_puts,
)
DELETE = Domain(
    LRUModel, ((1,), (2,), (3,)), _drawing("put", "put", "delete", "get", "len"), _new_key
)
UPDATE_WITH_ROOM = Domain(LRUModel, ((6,), (7,), (8,)), _drawing("put", "put", "get", "in"), _roomy)
MEMBERSHIP_WITH_ROOM = Domain(
    LRUModel, ((6,), (7,), (8,)), _drawing("put", "in", "get", "len", present=0.5), _with_room_left
)
DELETE_WITH_ROOM = Domain(
    LRUModel, ((6,), (7,), (8,)), _drawing("put", "put", "delete", "get", "in"), _roomy
)
HIT_RATE = Domain(
    LRUModel,
    ((6,), (7,)),
    _drawing("put", "get", "get", "in", "delete", "hit_rate"),
    _counted,
    frozenset({"hit_rate"}),
)
FALSY_VALUES = Domain(LRUModel, ((8,),), _draw_falsy, _new_key)
NO_ROOM = Domain(LRUModel, ((0,),), _drawing("put", "get", "len", "in"))
NEGATIVE = Domain(LRUModel, ((-1,), (-3,)), _drawing("len"), lambda _model, _operation: False)
TWO_CACHES = Domain(LRUModel, ((8, 8),), _drawing("put", "get"), _new_key)
