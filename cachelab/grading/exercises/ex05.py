"""
Exercise 05: write-through, write-behind, and a log that tells what was lost.

What "written" means is the subject: which row the next read gives, whose row survives when two
write at once, and what is left after the source has failed.
"""

from dataclasses import replace
from random import Random
from typing import Any

from cachelab.grading.exercise import Check, Exercise
from cachelab.grading.expecting import satisfying
from cachelab.grading.functions import compare_function
from cachelab.grading.runs import Expectation, Operation
from cachelab.grading.stories import TOGETHER, Tale
from cachelab.grading.telling import explore_scenes, play_tales

from .copies_draw import drawing
from .ex05_behind import BEHIND_CHECKS
from .unhurried import KEY_SCENES, KEYS_APART
from .writing_model import ThroughWritingModel
from .writing_world import FROZEN, ThroughWritingWorld, TwoWritersWorld

KEYS = ("user:7", FROZEN)
ROWS: tuple[Any, ...] = (" Ada ", "Alan", 12, {"name": "Ada"}, None, 0, "")
Log = list[tuple[str, str, int]]


def _settled(model: ThroughWritingModel, operation: Operation) -> bool:
    """Keep waits after which every copy is clearly there or clearly gone."""
    if operation[0] == "@lose_answer":
        return model.source == "up"
    return operation[0] != "@sleep" or model.may_sleep(operation[1])


def _tale(
    kinds: str,
    keys: tuple[str, ...] = KEYS,
    rows: tuple[Any, ...] = ROWS,
    first: bool = True,
) -> Tale:
    draw = drawing(kinds, rows, keys, first)
    return Tale(ThroughWritingWorld, ThroughWritingModel, ((),), draw, _settled)


COPIES = _tale("read read write write @asked @asked", first=False)
EMPTY = _tale("read read write @asked @asked", KEYS[:1], (None, 0, "", False, []), first=False)
FILLS = _tale("read read @asked", ("user:7", "user:8"))
ENDS = _tale("@changed read read read write @sleep @sleep @asked", KEYS[:1])
ANSWERS = _tale("read read write write @lose_answer", KEYS[:1])
FAULTS = _tale("read read write write @store @source @lose_answer", ("user:7", "user:8"))

_PLAIN: tuple[Any, ...] = ("Alan", 12, {"name": "Ada"})
_READS = frozenset({"read", "@asked"})
"""What is judged apart: rows that a source leaves as they are, and what reads find."""
ENDS_OF_PLAIN = replace(
    _tale("@changed read read read write @sleep @sleep @asked", KEYS[:1], _PLAIN), judged=_READS
)
FAULTS_OF_PLAIN = replace(
    _tale("read read write write @store @source @lose_answer", KEYS[:1], _PLAIN), judged=_READS
)

RACE = Tale(TwoWritersWorld, ThroughWritingModel)


def _meet(*steps: Operation) -> Operation:
    return (TOGETHER, (("A", steps), ("B", (("other.write", "k", "B"),))))


SCENES: tuple[tuple[tuple[Any, ...], tuple[Operation, ...]], ...] = (
    ((), (_meet(("write", "k", "A")), ("@agrees", "k"))),
    ((), (("@changed", "k", "old"), _meet(("read", "k")), ("@agrees", "k"))),
)


def _draw_log(random: Random, in_order: bool) -> tuple[Log]:
    """Draw a log in which versions of a key grow; the source stores them in order, or does not."""
    log: Log = []
    newest = {"a": 0, "b": 0}
    stored = {"a": 0, "b": 0}
    for _ in range(random.randint(1, 9)):
        key = random.choice("ab")
        if newest[key] == 0 or random.random() < 0.5:
            newest[key] += 1
            log.append((random.choice(("acked", "acked", "acked", "refused")), key, newest[key]))
        else:
            lowest = min(stored[key] + 1, newest[key]) if in_order else 1
            version = random.randint(lowest, newest[key])
            stored[key] = version
            log.append(("stored", key, version))
    return (log,)


def _in_order(random: Random) -> tuple[Log]:
    return _draw_log(random, in_order=True)


def _out_of_order(random: Random) -> tuple[Log]:
    return _draw_log(random, in_order=False)


def _is_log(log: Any) -> bool:
    return all(
        len(event) == 3
        and event[0] in ("acked", "refused", "stored")
        and event[1] in ("a", "b")
        and event[2] > 0
        for event in log
    )


def _expect_lost(log: Log) -> Expectation:
    acked: dict[str, int] = {}
    stored: dict[str, int] = {}
    for event, key, version in log:
        if event == "acked":
            acked[key] = max(version, acked.get(key, 0))
        elif event == "stored":
            stored[key] = version
    lost = {key: version for key, version in acked.items() if stored.get(key, 0) < version}
    texts = [
        f"of {key!r}, version {version} was acknowledged and "
        + (f"version {stored[key]} is in the source" if key in stored else "none was stored")
        for key, version in acked.items()
    ]
    why = "; ".join(texts) or "nothing was acknowledged, so nothing was promised"
    return satisfying(lambda answer: type(answer) is dict and answer == lost, repr(lost), why)


def _draw_undone(random: Random) -> tuple[Log]:
    """Draw writes of one key that were all stored, and perhaps an older one again at the end."""
    newest = random.randint(2, 4)
    numbers = range(1, newest + 1)
    log: Log = [*(("acked", "a", n) for n in numbers), *(("stored", "a", n) for n in numbers)]
    return (
        [*log, ("stored", "a", random.randint(1, newest - 1))] if random.random() < 0.5 else log,
    )


def _expect_named(log: Log) -> Expectation:
    """Expect the key in the answer, whatever else is said of it, if its newest row was undone."""
    is_lost = log[-1][2] < max(version for _, _, version in log)

    def fits(answer: Any) -> bool:
        return isinstance(answer, dict | list | tuple) and ("a" in answer) == is_lost

    return satisfying(fits, "'a' named" if is_lost else "nothing", "the row stored last counts")


_UNDONE = compare_function(
    "lost_writes",
    _draw_undone,
    _expect_named,
    message="a write that was undone is not told",
    simpler=lambda _: iter(()),
)


def _lost(draw: Any) -> Any:
    message = "writes are called lost that are not, or the other way round"
    return compare_function("lost_writes", draw, _expect_lost, message=message, valid=_is_log)


_LIFE = "a copy lives too long, or not long enough"
_PHANTOM = "after a failure, the cache says what the source does not"

CHECKS = (
    Check(
        "through_copy",
        3,
        "WriteThrough: after a write, reads find in the cache what the source has made of the row",
        play_tales(
            COPIES,
            EMPTY,
            FILLS,
            message="after a write, a read gives the wrong row or asks the source",
            runs=90,
        ),
        hints=(
            "What is in the store for the next read: after a write, and after a read that missed?",
            "A copy of what the source has now: it may trim a text or keep an older row, so read "
            "it back. write answers True.",
            "Both end with store.set(key, {'row': row}, ttl=self.ttl): the envelope tells None "
            "from no copy. Where the source has no row, nothing is kept.",
        ),
    ),
    Check(
        "through_ttl",
        1,
        "WriteThrough: a copy ends after ttl seconds",
        play_tales(ENDS, message=_LIFE, runs=120, longest=16),
        after=("through_copy",),
        apart=play_tales(ENDS_OF_PLAIN, message=_LIFE, runs=120, longest=16),
        hints=(
            "Who tells your cache about a change that somebody else made to the source?",
            "Only the end of the copy does, also of a copy that a write has left.",
            "Pass ttl=self.ttl wherever you store a row.",
        ),
    ),
    Check(
        "through_faults",
        3,
        "WriteThrough: a failing source leaves no phantom, a failing store fails no write",
        play_tales(FAULTS, ANSWERS, message=_PHANTOM, runs=90),
        after=("through_copy",),
        apart=play_tales(FAULTS_OF_PLAIN, message=_PHANTOM, runs=90),
        hints=(
            "In which order do you write, and what if the second step fails?",
            "Source first: only it can refuse. After SourceError remove the copy, and let it pass.",
            "After a StoreError write answers False, and read asks the source; SourceError passes.",
        ),
    ),
    Check(
        "through_race",
        2,
        "WriteThrough: of two writers at once, the cache keeps the row that the source keeps",
        explore_scenes(
            RACE, *SCENES, message="when two writes meet, the cache and the source disagree"
        ),
        after=("through_copy",),
        hints=(
            "Writer A is first in the source and last in the cache. Which row has each of the two?",
            "Leave a unique mark in the store after the write to the source, then read back.",
            "Put the row in place of your own mark only: store.replace(key, mark, copy, ttl).",
        ),
        seconds=10.0,
    ),
    Check(
        "through_keys",
        1,
        "WriteThrough: calls for different keys do not wait for each other",
        explore_scenes(
            KEYS_APART,
            *KEY_SCENES,
            message="one key waits for another",
            interruptions=0,
        ),
        after=("through_copy",),
        hints=(
            "While one row is on its way to the source, what can a call for another key not do?",
            "Nothing: look for a lock that all keys share and that is held while the source works.",
            "The mark in the store is what tells two writers of a key apart: no lock is needed.",
        ),
    ),
    *BEHIND_CHECKS,
    Check(
        "lost_in_order",
        4,
        "lost_writes: what was acknowledged and never stored, unless something newer was",
        _lost(_in_order),
        hints=(
            "Which version of a key did the program promise last?",
            "The highest that was acked. It is safe if the source has it, or a newer one.",
            "Keep two dictionaries by key: the highest acked version, and the one stored last.",
        ),
        subject="lost_writes",
    ),
    Check(
        "lost_late",
        4,
        "lost_writes: an older row that is stored late undoes the newer one",
        _lost(_out_of_order),
        after=("lost_in_order",),
        apart=_UNDONE,
        hints=(
            "The log says: stored 2, then stored 1. Which row does the source have now?",
            "The one stored last, whatever its version.",
            "Overwrite what you remember as stored with every event; take no maximum there.",
        ),
        subject="lost_writes",
    ),
)

EX05 = Exercise(
    "ex05",
    "Write-through and write-behind",
    ("WriteThrough", "WriteBehind", "lost_writes"),
    ("writing",),
    CHECKS,
)
