"""
Exercise 04: cache-aside and read-through. Sixteen checks on a store and a source of the judge's.

Copies are texts in a store, so the format is the submission's own; what counts is what a read
answers, how often the source was asked for it, and what is left when something has failed.
"""

from cachelab.grading.exercise import Check, Exercise, in_any_way
from cachelab.grading.telling import explore_scenes, play_tales

from .aside_runs import (
    ABSENT,
    ABSENT_OF_ONE,
    APPEARS,
    APPEARS_OF_ONE,
    APPEARS_OF_READS,
    CUT,
    CUT_OF_ONE,
    ENDS,
    ENDS_OF_ONE,
    OUTAGE,
    OUTAGE_OF_ONE,
    OUTAGE_OF_READS,
    RACE,
    RACE_APART,
    READS,
    SCENES,
    SOURCE,
    SOURCE_OF_ONE,
    SOURCE_OF_READS,
    TWO_READS,
    VALUES,
    VALUES_OF_ONE,
    WRITES,
    WRITES_OF_ONE,
)
from .ex04_through import ABSENT_THROUGH, THROUGH_CHECKS

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
        apart=in_any_way(
            play_tales(OUTAGE_OF_ONE, message=_NOT_SURVIVED, runs=90),
            play_tales(OUTAGE_OF_READS, message=_NOT_SURVIVED, runs=90),
        ),
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
        apart=in_any_way(
            play_tales(SOURCE_OF_ONE, message=_COVERED_UP, runs=90),
            play_tales(SOURCE_OF_READS, message=_COVERED_UP, runs=90),
        ),
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
        apart=explore_scenes(RACE_APART, TWO_READS, SCENES[0], message=_PAST),
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
        apart=in_any_way(
            play_tales(APPEARS_OF_ONE, message=_TOO_LATE),
            play_tales(APPEARS_OF_READS, message=_TOO_LATE),
        ),
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
