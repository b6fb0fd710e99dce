"""
Exercise 07: an LRU cache. Nine checks, each about one promise of the contract.

A check's domain leaves out what other checks are about: the check of victims never puts a key that
is present, the check of storing leaves room to spare. So one mistake costs one check's points.
"""

from random import Random
from typing import Any

from cachelab.grading.exercise import Check, Exercise
from cachelab.grading.overtaking import Scenario, overtake
from cachelab.grading.playing import play_runs
from cachelab.grading.runs import Domain, Operation
from cachelab.grading.scaling import count_work

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


def _plan(random: Random, size: int) -> dict[str, Any]:
    """Draw calls on a full cache: as many as it has keys and more, so late work shows."""
    calls: list[list[Any]] = []
    resident, fresh = list(range(size)), size
    for _ in range(size // 4):
        calls.append(["get of a present key", "get", random.choice(resident[size // 2 :])])
        calls.append(["put of a present key", "put", random.choice(resident[size // 2 :]), 1])
        calls.append(["put into a full cache", "put", fresh, 1])
        calls.append(["get of an absent key", "get", -1 - fresh])
        calls.append(["delete", "delete", fresh])
        calls.append(["put", "put", fresh, 1])
        calls.append(["in", "in", random.choice(resident)])
        calls.append(["len", "len"])
        calls.append(["hit_rate", "hit_rate"])
        fresh += 1
    return {"capacity": size, "fill": resident, "calls": calls}


_ASK = (("len",), ("in", "a"), ("get", "a"), ("get", "b"), ("get", "c"), ("get", "d"))
_LATER: tuple[Operation, ...] = (*_ASK, ("put", "x", 8), ("put", "y", 9), ("len",), ("get", "x"))
_TWO: tuple[Operation, ...] = (("put", "a", 1), ("put", "b", 2))

RACES = (
    Scenario(2, _TWO, ("get", "a"), ("delete", "a"), _LATER),
    Scenario(2, _TWO, ("get", "a"), ("put", "c", 3), _LATER),
    Scenario(2, (("put", "a", 1),), ("put", "c", 3), ("put", "d", 4), _LATER),
    Scenario(2, (("put", "b", 2),), ("put", "a", 1), ("put", "a", 3), _LATER),
    Scenario(2, _TWO, ("put", "a", 5), ("delete", "a"), _LATER),
    Scenario(2, _TWO, ("put", "c", 3), ("delete", "a"), _LATER),
    Scenario(2, _TWO, ("delete", "a"), ("delete", "a"), _LATER),
    Scenario(2, _TWO, ("get", "a"), ("get", "b"), (("hit_rate",), *_LATER)),
)

CHECKS = (
    Check(
        "stores",
        4,
        "keeps what was put while there is room",
        play_runs(STORES, message="something that was put is not there, or is not what was put"),
        hints=(
            "Which container finds a value by its key in one step?",
            "get answers the default only when the key is absent; put makes it present.",
            "Keep one dictionary per instance, made in __init__, and let len count its keys.",
        ),
    ),
    Check(
        "victim",
        7,
        "gives up the least recently used key when full",
        play_runs(VICTIM, message="the wrong key had to go, or it went at the wrong moment"),
        needs=("stores",),
        hints=(
            "Write the keys down in the order of their last use: which one is the oldest?",
            "A get that finds its key is a use: the key becomes the youngest.",
            "Make room only when the new key would be one too many: capacity keys fit exactly.",
        ),
    ),
    Check(
        "update",
        4,
        "put of a present key replaces the value and is a use",
        play_runs(UPDATE, message="put of a key that is already there goes wrong"),
        needs=("stores", "victim"),
        hints=(
            "What should change when the key is there already, and what should not?",
            "No room is needed: nothing may go, and len stays as it is.",
            "Treat it as a use: replace the value and make the key the youngest.",
        ),
    ),
    Check(
        "membership",
        3,
        "in, len and a missed get change nothing",
        play_runs(MEMBERSHIP, message="a question changed the cache, or its answer is wrong"),
        needs=("stores", "victim"),
        hints=(
            "Which of your methods touch the order of use?",
            "`in` only looks; it does not go through get.",
            "A get that misses inserts nothing: not even None.",
        ),
    ),
    Check(
        "delete",
        4,
        "delete removes the key and frees its slot",
        play_runs(DELETE, message="delete leaves something behind, or takes too much away"),
        needs=("stores", "victim"),
        hints=(
            "In how many places does your cache remember a key?",
            "After delete, a new key fits without a victim.",
            "A deleted key must not turn up as a victim later: forget its place in the order too.",
        ),
    ),
    Check(
        "hit_rate",
        3,
        "hits over lookups, by get alone",
        play_runs(HIT_RATE, message="the hit rate is not hits over lookups"),
        needs=("stores",),
        hints=(
            "Two numbers are enough: how often was asked, how often was found?",
            "Only get asks; put, in, len and delete do not count.",
            "Before the first get there is nothing to divide by: answer 0.0.",
        ),
    ),
    Check(
        "edges",
        3,
        "None and other empty values, a default, capacity 0 and below, two caches",
        play_runs(
            FALSY_VALUES, NO_ROOM, NEGATIVE, TWO_CACHES, message="an unusual case goes wrong"
        ),
        needs=("stores",),
        hints=(
            "What is unusual here: a value, a default, the capacity, or that there are two caches?",
            "None is a value like any other: ask whether the key is there, not what it holds.",
            "Refuse a negative capacity with ValueError; make the containers in __init__.",
        ),
    ),
    Check(
        "constant_time",
        6,
        "the work of a call does not grow with the cache",
        count_work(_plan),
        needs=("stores", "victim"),
        hints=(
            "Which line walks over all keys: a loop, min, remove, list(...)?",
            "A dictionary finds a key in one step; what finds its place in the order in one step?",
            "A doubly linked list whose nodes stand in the dictionary, or an OrderedDict.",
        ),
        seconds=10.0,
        measured=True,
    ),
    Check(
        "threads",
        6,
        "two threads at once are as good as one after the other",
        overtake(*RACES, message="two calls at the same time get in each other's way"),
        needs=("stores", "victim"),
        hints=(
            "What if another thread comes in between two of your lines?",
            "One lock around the whole of each method; the look and the change belong together.",
            "Make one threading.RLock per cache in __init__ and open each method `with` it.",
        ),
        seconds=10.0,
        measured=True,
    ),
)

EX07 = Exercise("ex07", "LRU cache", ("LRUCache",), ("lru-cache",), CHECKS)
