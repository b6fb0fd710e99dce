"""
The runs of exercise 08: which operations each check is about.

Those with room never have a victim, those by puts have one that no rule for ties or gets decides,
and those by questions judge no value: they are for a cache that goes wrong in one of these ways.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
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


def _put_while_there(model: LFUModel, operation: Operation) -> bool:
    """Keep puts of keys that are there or never were, and let a missed get be the last step."""
    gone = operation[0] == "put" and operation[1] in model.seen and operation[1] not in model.keys
    return not gone and not model.missed


def _absent_puts(model: LFUModel, operation: Operation) -> bool:
    return operation[0] != "put" or operation[1] not in model.keys


def _roomy(model: LFUModel, operation: Operation) -> bool:
    """Keep what leaves two slots free, also when deletions were forgotten, and no missed get."""
    if operation[0] == "get":
        return operation[1] in model.keys
    return operation[0] != "put" or len(model.seen | {operation[1]}) + 1 < model.capacity


def _clear_victim(model: LFUModel, operation: Operation) -> bool:
    """Keep puts into a full cache in which one key has been used less than any other."""
    if operation[0] != "put" or operation[1] in model.keys or len(model.keys) < model.capacity:
        return True
    counts = sorted(entry.count for entry in model.entries)
    return len(counts) < 2 or counts[0] < counts[1]


def other_room(domain: Domain) -> Iterator[Domain]:
    """Give the runs for a cache that holds one or two entries less than it is told to, or more."""
    for less in (1, 2, -1):
        yield replace(
            domain,
            model=lambda capacity, *rest, less=less: domain.model(capacity - less, *rest),
            capacities=tuple(
                tuple(_larger(size, less) for size in sizes)
                for sizes in domain.capacities
                if min(map(_first, sizes)) + less > 0
            ),
        )


def _first(size: Any) -> int:
    number: int = size[0] if isinstance(size, tuple) else size
    return number


def _larger(size: Any, by: int) -> Any:
    return (size[0] + by, *size[1:]) if isinstance(size, tuple) else size + by


def by_questions(domain: Domain) -> Domain:
    """Return the runs in which gets are uses, and what counts is which keys are there."""

    def draw(random: Random, model: LFUModel) -> Operation:
        operation = domain.draw(random, model)
        if operation[0] == "get" and random.random() < 0.3:
            return ("in", operation[1])
        return operation

    return replace(domain, draw=draw, judged=frozenset({"in", "len"}))


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
UPDATE_FIRST_STAY = Domain(
    LFUModel, ((2,),), _drawing("put", "put", "put", "get", "in", keys="abcdef"), _put_while_there
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
AGED_FIRST_STAY = Domain(
    AgedModel, PERIODS, _drawing("put", "put", "get", "get", "in", keys="abcdefgh"), _first_stay
)
AGED_BY_PUTS = Domain(
    AgedModel, PERIODS, _drawing("put", "put", "put", "in", keys="abc"), _clear_victim
)
AGED_UPDATE = Domain(AgedModel, PERIODS, _drawing("put", "put", "get", keys="abc"), _before_a_miss)
