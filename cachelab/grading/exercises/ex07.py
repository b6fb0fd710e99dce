"""
Exercise 07: an LRU cache. Nine checks, each about one promise of the contract.
"""

from random import Random
from typing import Any

from cachelab.grading.exercise import Check, Exercise, Finding, in_turn
from cachelab.grading.overtaking import Scenario, overtake
from cachelab.grading.playing import play_runs
from cachelab.grading.runs import Operation
from cachelab.grading.scaling import count_work
from cachelab.grading.session import Session

from .lru_runs import (
    DELETE,
    DELETE_WITH_ROOM,
    FALSY_VALUES,
    HIT_RATE,
    MEMBERSHIP,
    MEMBERSHIP_WITH_ROOM,
    NEGATIVE,
    NO_ROOM,
    STORES,
    TWO_CACHES,
    UPDATE,
    UPDATE_WITH_ROOM,
    VICTIM,
    VICTIM_BY_IN,
)


def _works(session: Session, _: Random) -> Finding | None:
    """Look for a cache that keeps nothing, or all, or does not answer: it has no work to do."""
    numbers = range(12)
    puts = [[0, "put", number, number] for number in numbers]
    asked = [[0, verb, number] for number in numbers for verb in ("in", "get")]
    outcomes = session.play([[0, "new", 4], *puts, *asked])[1 + len(puts) :]
    held = [n for n, found in zip(numbers, outcomes[::2], strict=False) if found == {"value": True}]
    if not 1 <= len(held) <= 5:
        return Finding(f"of 12 keys, a cache of 4 holds {len(held)}")
    wrong = next((n for n in held if outcomes[2 * n + 1 : 2 * n + 2] != [{"value": n}]), None)
    return None if wrong is None else Finding(f"get({wrong}) does not return what was put")


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

_WRONG_VICTIM = "the wrong key had to go, or it went at the wrong moment"
_WRONG_UPDATE = "put of a key that is already there goes wrong"
_WRONG_ANSWER = "a question changed the cache, or its answer is wrong"
_IN_THE_WAY = "two calls at the same time get in each other's way"
_WRONG_DELETE = "delete leaves something behind, or takes too much away"

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
        play_runs(VICTIM, message=_WRONG_VICTIM),
        after=("stores",),
        apart=play_runs(VICTIM_BY_IN, message=_WRONG_VICTIM),
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
        play_runs(UPDATE, message=_WRONG_UPDATE),
        after=("stores", "victim"),
        apart=play_runs(UPDATE_WITH_ROOM, message=_WRONG_UPDATE),
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
        play_runs(MEMBERSHIP, message=_WRONG_ANSWER),
        after=("stores", "victim"),
        apart=play_runs(MEMBERSHIP_WITH_ROOM, message=_WRONG_ANSWER),
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
        play_runs(DELETE, message=_WRONG_DELETE),
        after=("stores", "victim"),
        apart=play_runs(DELETE_WITH_ROOM, message=_WRONG_DELETE),
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
        after=("stores",),
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
        after=("stores",),
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
        in_turn(_works, count_work(_plan)),
        after=("stores", "victim"),
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
        in_turn(
            _works,
            overtake(*RACES, message="two calls at the same time get in each other's way"),
        ),
        after=("stores", "victim"),
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
