"""
Exercise 04: cache-aside and read-through. Fourteen checks on a store and a source of the judge's.

Copies are texts in a store, so the format is the submission's own; what counts is what a read
answers, how often the source was asked for it, and what is left when something has failed. Apart,
a check is about one key, a row that is a text, and what reads answer: the rest is told elsewhere.
"""

from typing import Any

from cachelab.grading.exercise import Check, Exercise
from cachelab.grading.runs import Operation
from cachelab.grading.stories import TOGETHER, Tale
from cachelab.grading.telling import explore_scenes, play_tales

from .aside_world import AsideWorld, TwoProgramsWorld
from .copies_draw import Drawing, drawing
from .copies_model import AsideModel
from .ex04_through import ABSENT_THROUGH, THROUGH_CHECKS

KEYS = ("user:7", "user:8", "post:7")
ONE = KEYS[:1]
ROWS: tuple[Any, ...] = ({"name": "Ada"}, {"name": "Alan", "tags": ["x"]}, "text", 12, [1, 2.5])
EMPTY: tuple[Any, ...] = (0, "", [], False, None, {}, 0.0)


def _drawing(
    kinds: str,
    rows: tuple[Any, ...] = ROWS,
    keys: tuple[str, ...] = KEYS[:2],
    first: bool = True,
) -> Drawing:
    return drawing(kinds, rows, keys, first)


def _present(model: AsideModel, operation: Operation) -> bool:
    """Keep runs in which nothing is asked for twice while it has no row, or changes once known."""
    verb, *arguments = operation
    if verb == "@changed":
        return arguments[0] not in model.rows and arguments[0] not in model.sure
    if verb == "read" and arguments[0] not in model.rows:
        return arguments[0] not in model.sure
    return True


def _rows_only(model: AsideModel, operation: Operation) -> bool:
    """Keep runs about keys that have rows, in which no copy is half through its life."""
    verb, *arguments = operation
    if verb == "@sleep":
        return model.may_sleep(arguments[0])
    return verb != "read" or arguments[0] in model.rows


def _written(model: AsideModel, operation: Operation) -> bool:
    """Keep runs about rows that were there from the start, and writes."""
    if operation[0] == "@changed":
        return operation[1] not in model.rows
    return _rows_only(model, operation)


def _cut(model: AsideModel, operation: Operation) -> bool:
    return _written(model, operation) and operation[0] != "write"


def _absent_only(model: AsideModel, operation: Operation) -> bool:
    return operation[0] != "read" or operation[1] not in model.rows


def _clear(model: AsideModel, operation: Operation) -> bool:
    return operation[0] != "@sleep" or model.may_sleep(operation[1])


def _asked_about_absence(model: AsideModel, operation: Operation) -> bool:
    """Keep rows that come to be once and stay, and copies that are not half through their life."""
    if operation[0] in ("@changed", "write"):
        return operation[1] not in model.rows
    return _clear(model, operation)


def _tale(draw: Any, allowed: Any, judged: frozenset[str] | None = None) -> Tale:
    return Tale(AsideWorld, AsideModel, ((),), draw, allowed, judged)


READS = _tale(_drawing("@changed read read read @asked", keys=KEYS, first=False), _present)
VALUES = _tale(_drawing("read read @asked", EMPTY), _written)
WRITES = _tale(_drawing("read read write write @lose_answer"), _written)
ENDS = _tale(_drawing("@changed read read read @sleep @sleep @asked @asked", keys=ONE), _rows_only)
OUTAGE = _tale(_drawing("read read read write write @store @sleep @waited"), _written)
SOURCE = _tale(_drawing("read read read write @source @source @store", keys=ONE), _written)
CUT = _tale(_drawing("read read @cut @asked", ({"name": "Ada"}, ["a", "b"])), _cut)
ABSENT = _tale(_drawing("read read @asked", first=False), _absent_only)
APPEARS = _tale(
    _drawing("read read read @changed write @sleep @sleep @asked", keys=ONE, first=False),
    _asked_about_absence,
)

_ANSWERS = frozenset({"read", "@waited"})
_TEXTS = ("Ada", "Alan")
VALUES_OF_ONE = _tale(_drawing("read read @asked", EMPTY, keys=ONE), _written)
WRITES_OF_ONE = _tale(_drawing("read read write write @lose_answer", _TEXTS, ONE), _written)
ENDS_OF_ONE = _tale(
    _drawing("@changed read read read @sleep @sleep @asked", _TEXTS, ONE), _rows_only
)
OUTAGE_OF_ONE = _tale(
    _drawing("read read read write write @store @sleep @waited", _TEXTS, ONE), _written, _ANSWERS
)
SOURCE_OF_ONE = _tale(
    _drawing("read read read write @source @source @store", _TEXTS, ONE), _written, _ANSWERS
)
CUT_OF_ONE = _tale(_drawing("read read @cut @asked", ({"name": "Ada"},), keys=ONE), _cut)
ABSENT_OF_ONE = _tale(_drawing("read read @asked", keys=ONE, first=False), _absent_only)
APPEARS_OF_ONE = _tale(
    _drawing("read read read @changed write @sleep @sleep", _TEXTS, ONE, first=False),
    _asked_about_absence,
    _ANSWERS,
)

RACE = Tale(TwoProgramsWorld, AsideModel)
_OLD, _READ = ("@changed", "k", "old"), ("read", "k")


def _meet(*steps: Operation) -> Operation:
    """Let a read of this program meet steps of the other."""
    return (TOGETHER, (("A", (_READ,)), ("B", steps)))


SCENES: tuple[tuple[tuple[Any, ...], tuple[Operation, ...]], ...] = (
    ((), (_OLD, _meet(("other.write", "k", "new")), _READ)),
    ((), (_meet(("other.write", "k", "new"), ("other.read", "k")), _READ)),
)
_TWO_READS: tuple[tuple[Any, ...], tuple[Operation, ...]] = ((), (_OLD, _READ, _READ, ("@asked",)))
_PAST = "when a read and a write meet, an older row stays in the cache"
_NO_COPY = "a row that is empty or zero is not served from its copy"
_NOT_WRITTEN = "after a write, a read or the answer is wrong"
_WRONG_LIFE = "a copy lives too long, or not long enough"
_NOT_SURVIVED = "a failing store is not survived as promised"
_COVERED_UP = "a failure of the source is hidden, or remembered"
_NO_MISS = "an entry that cannot be read is not treated as a miss"
_NOT_KNOWN = "a key without a row is not remembered as such"
_TOO_LATE = "a row that came to be is not seen in time"

CHECKS = (
    Check(
        "aside_reads",
        3,
        "CacheAside: a read gives the row, and its copy answers the next one",
        play_tales(READS, message="a read gives a wrong answer, or asks the source needlessly"),
        hints=(
            "What has to be in the store after a miss, and under which key?",
            "The store keeps text: json.dumps on the way in, json.loads on the way out.",
            "source.read answers a Versioned, whose .value is the row, or MISSING: return that.",
        ),
    ),
    Check(
        "aside_values",
        2,
        "CacheAside: 0, an empty text, an empty list, False and None are rows",
        play_tales(VALUES, message=_NO_COPY),
        after=("aside_reads",),
        apart=play_tales(VALUES_OF_ONE, message=_NO_COPY),
        hints=(
            "Which of your questions is about the value, and should be about whether it is there?",
            "`if value:` is False for 0, '' and []. Compare with `is MISSING`.",
            "Put the row into an envelope, such as {'row': row}: then a copy is never empty.",
        ),
    ),
    Check(
        "aside_writes",
        3,
        "CacheAside: after a write no read gives the older row",
        play_tales(WRITES, message=_NOT_WRITTEN),
        after=("aside_reads",),
        apart=play_tales(WRITES_OF_ONE, message=_NOT_WRITTEN),
        hints=(
            "After a write, what does the store still hold?",
            "Write to the source, then remove the copy; True says that none is left, if one was.",
            "Remove the copy in a `finally`: after an error the row may have been stored.",
        ),
    ),
    Check(
        "aside_ttl",
        2,
        "CacheAside: a copy ends after ttl seconds",
        play_tales(ENDS, message=_WRONG_LIFE, runs=100, longest=16),
        after=("aside_reads",),
        apart=play_tales(ENDS_OF_ONE, message=_WRONG_LIFE, runs=100, longest=16),
        hints=(
            "Who tells your cache about a change that somebody else made to the source?",
            "Nobody: only the end of the copy does. Every entry needs a time to live.",
            "Pass ttl=self.ttl, in seconds, to every call that stores a row; a hit stores nothing.",
        ),
    ),
    Check(
        "aside_outage",
        3,
        "CacheAside: a store that fails costs time, never an answer",
        play_tales(OUTAGE, message=_NOT_SURVIVED, runs=90),
        after=("aside_reads", "aside_writes"),
        apart=play_tales(OUTAGE_OF_ONE, message=_NOT_SURVIVED, runs=90),
        hints=(
            "Which calls of the store can raise StoreError, and who catches it?",
            "After the first StoreError of a read, leave the store alone and ask the source.",
            "write: True if the copy is known to be gone, False if the store raised StoreError.",
        ),
    ),
    Check(
        "aside_source",
        1,
        "CacheAside: a source that fails is reported, not covered up",
        play_tales(SOURCE, message=_COVERED_UP, runs=90),
        after=("aside_reads", "aside_writes"),
        apart=play_tales(SOURCE_OF_ONE, message=_COVERED_UP, runs=90),
        hints=(
            "Which exceptions does your `except` catch, and which of them are yours to handle?",
            "StoreError has a way out: the source. SourceError has none: let it pass.",
            "Put only calls of the store between `try` and `except StoreError`.",
        ),
    ),
    Check(
        "aside_cut",
        2,
        "CacheAside: an entry that was cut off is a miss",
        play_tales(CUT, message=_NO_MISS),
        after=("aside_reads",),
        apart=play_tales(CUT_OF_ONE, message=_NO_MISS),
        hints=(
            "What does json.loads do with half a text?",
            "It raises ValueError: for the caller that is a miss like any other.",
            "Ask the source, and store a whole copy in place of the broken one.",
        ),
        seconds=10.0,
    ),
    Check(
        "aside_race",
        4,
        "CacheAside: a slow reader does not put the past back",
        explore_scenes(RACE, *SCENES, message=_PAST),
        after=("aside_reads", "aside_writes"),
        apart=explore_scenes(RACE, _TWO_READS, SCENES[0], message=_PAST),
        hints=(
            "A reader has seen the old row; what if the whole write happens before it stores it?",
            "Let the reader leave a mark before it asks the source: store.add. A write removes it.",
            "Make the mark unique (uuid4), and store with store.replace(key, mark, text, ttl).",
        ),
        seconds=10.0,
    ),
    Check(
        "absent",
        3,
        "CacheAside: that a row is absent is remembered",
        play_tales(ABSENT, message=_NOT_KNOWN),
        after=("aside_reads",),
        apart=play_tales(ABSENT_OF_ONE, message=_NOT_KNOWN),
        hints=(
            "How often is the source asked for a key that does not exist?",
            "Store something that says: there is no row. It must not look like any row.",
            "An envelope without a row, such as {}, is different from every {'row': row}.",
        ),
    ),
    Check(
        "appears",
        3,
        "CacheAside: a row that comes to be is seen, at once or after negative_ttl",
        play_tales(APPEARS, message=_TOO_LATE),
        needs=("absent",),
        after=("aside_reads", "aside_writes"),
        apart=play_tales(APPEARS_OF_ONE, message=_TOO_LATE),
        hints=(
            "How long may the cache say that there is no row, after there is one?",
            "What you remember about an absent row lives negative_ttl seconds, not ttl.",
            "A write removes whatever the store has for the key, also the word that it is absent.",
        ),
    ),
    *THROUGH_CHECKS,
    ABSENT_THROUGH,
)

EX04 = Exercise(
    "ex04",
    "Cache-aside and read-through",
    ("CacheAside", "ReadThrough"),
    ("cache-aside",),
    CHECKS,
)
