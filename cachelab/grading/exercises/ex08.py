"""
Exercise 08: LFU, LFU that forgets, and a counter of eight bits.
"""

import math
from collections.abc import Sequence
from random import Random

from cachelab.grading.exercise import Check, Examine, Exercise, Finding, in_any_way, in_turn
from cachelab.grading.expecting import exactly
from cachelab.grading.functions import Arguments, call_each, compare_function
from cachelab.grading.playing import play_runs
from cachelab.grading.report import Counterexample, Row
from cachelab.grading.runs import Domain, Expectation
from cachelab.grading.session import Session
from cachelab.grading.world import Seeded

from .lfu_runs import (
    AGED,
    AGED_BY_PUTS,
    AGED_FIRST_STAY,
    AGED_LFU,
    AGED_UPDATE,
    AGED_WITH_ROOM,
    DELETE,
    DELETE_WITH_ROOM,
    FALSY_VALUES,
    NEGATIVE,
    NO_ROOM,
    QUESTIONS,
    QUESTIONS_WITH_ROOM,
    RETURN,
    RETURN_BY_PUTS,
    STORES,
    TWO_CACHES,
    UPDATE,
    UPDATE_FIRST_STAY,
    UPDATE_WITH_ROOM,
    VICTIM,
    by_questions,
    other_room,
)

MANY = 400
DRAWS = 10_000
CHANCES = ((5, 10), (6, 10), (7, 1), (10, 1), (15, 0.5), (105, 1), (6, 100))


def chance(counter: int, factor: float) -> float:
    """Return with which probability a use raises the counter, by Redis's code."""
    return 0.0 if counter >= 255 else 1 / (max(0, counter - 5) * factor + 1)


def _draw_chances(session: Session, random: Random) -> Finding | None:
    """Hold the share of uses that count against the formula, five deviations being too many."""
    for counter, factor in CHANCES:
        first = random.randrange(1 << 40)
        many = [(counter, Seeded(first + n), factor) for n in range(DRAWS)]
        answers = call_each(session, "log_counter", many)
        p = chance(counter, factor)
        share = sum(type(a) is int and a == counter + 1 for a in answers) / DRAWS
        odd = next((a for a in answers if type(a) is not int or a - counter not in (0, 1)), None)
        call = f"log_counter({counter}, rng, {factor}), {DRAWS:,} times"
        why = f"a use counts with probability 1 / (({counter} - 5) x {factor} + 1) = {p:.4f}"
        if odd is not None:
            row = Row(call, f"{counter} or {counter + 1} each time", f"also {odd}")
            return Finding("a use counts once or not at all", Counterexample((row,), why))
        if abs(share - p) > 5 * math.sqrt(max(p * (1 - p), 1e-9) / DRAWS):
            row = Row(call, f"raised in about {p:.4f} of them", f"raised in {share:.4f}")
            return Finding("uses count too often, or too seldom", Counterexample((row,), why))
    return None


def _default_factor(session: Session, random: Random) -> Finding | None:
    """Draw without a factor: from the same dice, the answers are those of factor 10."""
    first = random.randrange(1 << 40)
    seeds = [Seeded(first + n) for n in range(DRAWS // 4)]
    without = call_each(session, "log_counter", [(6, seed) for seed in seeds])
    given = call_each(session, "log_counter", [(6, seed, 10) for seed in seeds])
    for seed, answer, hoped in zip(seeds, without, given, strict=True):
        if answer != hoped:
            rows = (
                Row(f"log_counter(6, {seed!r}, 10)", "", f"{hoped}"),
                Row(f"log_counter(6, {seed!r})", f"{hoped}", f"{answer}"),
            )
            why = "the factor is 10 where none is given, and all chance comes from rng"
            return Finding("without a factor the chance is another", Counterexample(rows, why))
    return None


def _draw_border(random: Random) -> Arguments:
    counter = random.choice((0, 1, 2, 3, 4, 5, 255))
    return counter, Seeded(random.randrange(1 << 40)), random.choice((0, 1, 10, 100))


def _expect_border(counter: int, _rng: Seeded, _factor: float) -> Expectation:
    if counter == 255:
        return exactly(255, "eight bits hold no more than 255")
    return exactly(counter + 1, "up to 5 every use counts: a new key starts there")


def _apart(
    *domains: Domain, message: str, runs: int = MANY, beside: Sequence[Domain] = ()
) -> Examine:
    """
    Return the check for a cache that errs elsewhere, and does not err in one of these runs.

    It may hold too few entries in them, or too many, or give other values than were put.
    """
    ways = [*domains, by_questions(domains[-1]), *other_room(domains[-1])]
    played = [play_runs(way, message=message, runs=runs) for way in ways]
    return in_turn(in_any_way(*played), *(play_runs(each, message=message) for each in beside))


_UNUSUAL = (FALSY_VALUES, NO_ROOM, NEGATIVE, TWO_CACHES)
_WRONG_VICTIM = "the wrong key had to go, or it went at the wrong moment"
_NEVER_GONE = "a key that came back is treated as if it had never gone"
_WRONG_UPDATE = "put of a key that is already there goes wrong"
_WRONG_DELETE = "delete leaves something behind, or takes too much away"
_ODD = "an unusual case goes wrong"
_NOT_LFU = "before any count was halved it is not LFU"
_NOT_HALVED = "after a halving the wrong key goes"

CHECKS = (
    Check(
        "stores",
        3,
        "LFUCache keeps what was put while there is room",
        play_runs(STORES, message="something that was put is not there, or is not what was put"),
        hints=(
            "Which container finds a value by its key in one step?",
            "get answers the default only when the key is absent; put makes it present.",
            "Keep one dictionary per instance, made in __init__, and let len count its keys.",
        ),
    ),
    Check(
        "victim",
        5,
        "the smallest count goes, among equals the least recently used",
        play_runs(VICTIM, message=_WRONG_VICTIM, runs=MANY),
        after=("stores",),
        apart=_apart(VICTIM, message=_WRONG_VICTIM),
        hints=(
            "Write down each key's count, and among equal counts the order of last use.",
            "A new key has a count of 1; a get that finds its key makes it one more.",
            "min over (count, time of last use) is right; then think about making it fast.",
        ),
    ),
    Check(
        "restart",
        2,
        "a key that comes back starts at 1 again",
        play_runs(RETURN, message=_NEVER_GONE, runs=MANY),
        after=("stores", "victim"),
        apart=_apart(RETURN_BY_PUTS, RETURN, message=_NEVER_GONE),
        hints=(
            "What does your cache still know about a key after it has gone?",
            "A count belongs to a stay in the cache, not to the key for ever.",
            "Remove the count together with the value, also of misses before the first put.",
        ),
    ),
    Check(
        "update",
        3,
        "put of a present key replaces the value and is a use",
        play_runs(UPDATE, message=_WRONG_UPDATE, runs=2 * MANY),
        after=("stores", "victim", "restart"),
        apart=_apart(UPDATE_WITH_ROOM, UPDATE_FIRST_STAY, message=_WRONG_UPDATE),
        hints=(
            "What should change when the key is there already, and what should not?",
            "No room is needed: nothing may go, and the count goes up by one.",
            "Treat it like a get that also replaces the value.",
        ),
    ),
    Check(
        "delete",
        2,
        "delete removes the key and frees its slot",
        play_runs(DELETE, message=_WRONG_DELETE, runs=MANY),
        after=("stores", "victim", "restart"),
        apart=_apart(DELETE_WITH_ROOM, message=_WRONG_DELETE),
        hints=(
            "In how many places does your cache remember a key?",
            "After delete, a new key fits without a victim.",
            "A deleted key must not turn up as a victim later: take it out of its bucket too.",
        ),
    ),
    Check(
        "edges",
        3,
        "questions change nothing; None, capacity 0, two caches",
        play_runs(QUESTIONS, *_UNUSUAL, message=_ODD),
        after=("stores", "victim"),
        apart=_apart(QUESTIONS_WITH_ROOM, message=_ODD, beside=_UNUSUAL),
        hints=(
            "What is unusual in this run: a question, a value, the capacity, or two caches?",
            "`in` and len look and count nothing; None is a value like any other.",
            "Capacity 0 stores nothing or is refused; make the containers in __init__.",
        ),
    ),
    Check(
        "aged_is_lfu",
        4,
        "AgedLFU is LFU until its first period is over",
        play_runs(AGED_LFU, message=_NOT_LFU),
        after=("stores", "victim", "restart", "delete", "edges"),
        apart=_apart(AGED_WITH_ROOM, message=_NOT_LFU),
        hints=(
            "How much of LFUCache can you use again?",
            "Subclass it: ageing is one more thing to do after a use.",
            "Call super() first, then count the use: before `period` uses nothing is halved, and "
            "delete, in and len are those of LFUCache.",
        ),
        subject="AgedLFU",
    ),
    Check(
        "ageing",
        8,
        "every period uses all counts are halved, rounded up",
        play_runs(AGED, AGED_UPDATE, message=_NOT_HALVED, runs=2 * MANY),
        after=("stores", "victim", "restart", "update", "delete", "aged_is_lfu"),
        apart=_apart(AGED_BY_PUTS, AGED_FIRST_STAY, AGED, message=_NOT_HALVED, runs=2 * MANY),
        hints=(
            "Which calls are uses, and what is the order among keys whose counts became equal?",
            "A hit and a put are uses, a miss is not. Halving changes counts, not the order.",
            "After the use that completes a period: count = (count + 1) // 2 for every key, and "
            "among equal counts the least recently used key is still the one to go.",
        ),
        subject="AgedLFU",
    ),
    Check(
        "log_border",
        4,
        "up to 5 every use counts, at 255 none does",
        compare_function(
            "log_counter",
            _draw_border,
            _expect_border,
            message="at the ends of its range the counter goes wrong",
            simpler=lambda _: iter(()),
        ),
        hints=(
            "What is the chance when base is 0?",
            "Below 5 base would be negative: it is 0 there, so every use counts.",
            "255 is the most that eight bits hold: return it as it is.",
        ),
        subject="log_counter",
    ),
    Check(
        "log_chance",
        6,
        "a use counts with the chance of Redis's formula",
        in_turn(_draw_chances, _default_factor),
        after=("log_border",),
        hints=(
            "How likely should it be that a use of a key with a count of 105 counts?",
            "base = counter - 5, not below 0; p = 1 / (base x factor + 1).",
            "return counter + (rng.random() < p): at most one more.",
        ),
        subject="log_counter",
    ),
)

EX08 = Exercise(
    "ex08",
    "LFU and ageing",
    ("LFUCache", "AgedLFU", "log_counter"),
    ("lfu",),
    CHECKS,
)
