"""
The checks of exercise 10 that are about `LeasedFill`: who may fill, when not any more, and races.
"""

from dataclasses import replace
from random import Random
from typing import Any

from cachelab.grading.exercise import Check, in_turn
from cachelab.grading.runs import Operation
from cachelab.grading.stories import TOGETHER, Tale
from cachelab.grading.telling import explore_scenes, play_tales

from .ex10_feed import is_news
from .lease_case import LeaseModel, LeaseWorld, RaceModel

ROWS: tuple[Any, ...] = ({"name": "Ada"}, "text", 12, None, 0, "", [], False)


def clear(model: Any, operation: Operation) -> bool:
    """Keep runs in which it is never open whether a copy has to be served."""
    return operation[0] != "@sleep" or bool(model.is_clear(operation[1]))


def _draw_lease(  # type: ignore[no-untyped-def]
    *kinds: str,
    keys: tuple[str, ...] = ("k",),
    first: bool = True,
    rows: tuple[Any, ...] = ROWS,
):
    """Return a generator of operations on leases; with `first`, every key begins with a row."""

    def draw(random: Random, model: LeaseModel) -> Operation:
        lacking = [key for key in keys if key not in model.rows]
        if first and lacking:
            return ("@changed", lacking[0], random.choice(rows))
        kind = random.choice([k for k in kinds if is_news(k, model.last)])
        key = random.choice(keys)
        if kind == "@lease":
            return (kind, random.choice("AB"), key)
        if kind == "@fill":
            return (kind, random.choice("AB"), key, random.choice(rows))
        if kind in ("write", "@changed"):
            return (kind, key, random.choice(rows))
        if kind == "@sleep":
            return (kind, random.choice((4.0, 9.5, 10.0)))
        if kind == "@wait":
            return ("@sleep", random.choice((30.0, 60.0)))
        if kind == "@source":
            return (kind, "down" if model.source == "up" else "up")
        return (kind,) if kind == "@asked" else (kind, key)

    return draw


def _held(model: LeaseModel, operation: Operation) -> bool:
    """Keep fills of the key whose lease was asked for, and runs of half a row's life."""
    if operation[0] == "@fill":
        return bool(model.leases.get(operation[1], ("", 0))[0] == operation[2])
    return bool(operation[0] != "@sleep" or model.now + operation[1] <= 28)


def _lease(draw: Any, allowed: Any) -> Tale:
    return Tale(LeaseWorld, LeaseModel, ((),), draw, allowed)


def _source_first(model: LeaseModel, operation: Operation) -> bool:
    """Keep writes for when the source answers, and the rest clear."""
    if operation[0] in ("write", "@changed"):
        return model.source == "up"
    return clear(model, operation)


READS = _lease(
    _draw_lease("@changed", "read", "read", "write", "@wait", "@asked", keys=("k", "l")), clear
)
ABSENT = _lease(
    _draw_lease("read", "read", "read", "write", "@changed", "@asked", first=False), clear
)
FAILS = _lease(_draw_lease("read", "read", "@source", "@asked"), _source_first)
LEASES = _lease(
    _draw_lease("@lease", "@lease", "@fill", "@fill", "read", "@asked", keys=("k", "l")), _held
)
CANCELS = _lease(
    _draw_lease("@lease", "@lease", "@fill", "@fill", "cancel", "write", "read", "@sleep"), _held
)

_GIVEN = frozenset({"@lease", "@fill"})
_PLAIN_ROWS = ("text", 12, {"name": "Ada"})
LEASES_OF_ONE = replace(
    _lease(_draw_lease("@lease", "@lease", "@fill", "@fill", rows=_PLAIN_ROWS), _held),
    judged=_GIVEN,
)
CANCELS_OF_ONE = replace(
    _lease(
        _draw_lease(
            *("@lease", "@lease", "@fill", "@fill", "cancel", "write", "@sleep"), rows=_PLAIN_ROWS
        ),
        _held,
    ),
    judged=_GIVEN,
)

PLAIN = Tale(LeaseWorld, LeaseModel)
OUTLIVED: tuple[Any, ...] = (
    (),
    (
        ("@changed", "k", "old"),
        ("read", "k"),
        ("@sleep", 60.0),
        ("@changed", "k", "new"),
        ("read", "k"),
    ),
)
RACE = Tale(LeaseWorld, RaceModel)
_OLD, _READ = ("@changed", "k", "old"), ("read", "k")


def _meet(*steps: Operation) -> Operation:
    return (TOGETHER, (("A", (_READ,)), ("B", steps)))


SCENES: tuple[Any, ...] = (
    ((), (_OLD, _meet(("other.write", "k", "new")), _READ)),
    ((), (_OLD, _meet(("other.write", "k", "new"), ("other.read", "k")), _READ)),
    ((), (_OLD, _READ, _meet(("other.write", "k", "new"), ("other.write", "k", "newer")), _READ)),
)
_STAYS = "a read and a write meet, and an old row stays"

_WRONG_LEASE = "a lease is given, or taken, where it should not be"
_WRONG_FILL = "a fill is kept, or refused, where it should not be"

LEASE_CHECKS = (
    Check(
        "lease_reads",
        3,
        "LeasedFill: reads fill the cache, writes empty it",
        in_turn(
            explore_scenes(PLAIN, OUTLIVED, message="a read goes wrong, or a row stays too long"),
            play_tales(READS, ABSENT, message="a read or a write goes wrong", runs=50),
            play_tales(FAILS, message="after a load that failed, a read goes wrong", runs=30),
        ),
        hints=(
            "What is left in the store after a read, and what after a write?",
            "read: get; else lease, source.read, fill. write: source.write, then cancel.",
            "If the source raises, give the lease back, or nobody can fill for ten seconds.",
        ),
        subject="LeasedFill",
    ),
    Check(
        "lease_one",
        4,
        "LeasedFill: one lease for a key at a time, and it fills once",
        play_tales(LEASES, message=_WRONG_LEASE, runs=60),
        after=("lease_reads",),
        apart=play_tales(LEASES_OF_ONE, message=_WRONG_LEASE, runs=60),
        hints=(
            "Which call of the store says whether you were the first?",
            "store.add(key, lease) for the lease, store.replace(key, lease, row) for the fill.",
            "What the store holds must tell a lease from a row: an envelope for both.",
        ),
        subject="LeasedFill",
    ),
    Check(
        "lease_void",
        4,
        "LeasedFill: a fill is refused when its lease was cancelled or has ended",
        play_tales(CANCELS, message=_WRONG_FILL, runs=80),
        after=("lease_reads", "lease_one"),
        apart=play_tales(CANCELS_OF_ONE, message=_WRONG_FILL, runs=80),
        hints=(
            "How does a fill know that its lease is still the one in the store?",
            "By comparing: so no two leases may look alike, or an old one passes for a new one.",
            "uuid4 makes a lease unique, and ttl=10 on store.add ends it.",
        ),
        subject="LeasedFill",
    ),
    Check(
        "lease_race",
        5,
        "LeasedFill: a slow reader does not put the past back",
        in_turn(
            explore_scenes(RACE, SCENES[0], message=_STAYS),
            explore_scenes(RACE, SCENES[1], message=_STAYS, interruptions=2),
            explore_scenes(RACE, SCENES[2], message=_STAYS, interruptions=1),
        ),
        after=("lease_reads",),
        hints=(
            "When does a reader have to get its lease: before it asks the source, or after?",
            "Before; and a write cancels after the source has the new row, not earlier.",
            "Fill in one step, store.replace(key, lease, row): a look and then a set is too late.",
        ),
        seconds=10.0,
        subject="LeasedFill",
    ),
)
