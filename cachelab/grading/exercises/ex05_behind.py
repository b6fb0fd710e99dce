"""
The checks of exercise 05 that are about `WriteBehind`: what waits, what is tried, what is lost.
"""

from dataclasses import replace
from random import Random
from typing import Any

from cachelab.grading.exercise import Check, in_turn
from cachelab.grading.runs import Operation
from cachelab.grading.stories import TOGETHER, Tale
from cachelab.grading.telling import explore_scenes, play_tales

from .unhurried import FLUSH_APART, FLUSH_SCENES
from .writing_model import BehindModel
from .writing_world import BehindWorld

SUBJECT = "WriteBehind"
KEYS = ("a:bc", "ab:c", "b")
ROWS: tuple[Any, ...] = (1, 2, 3, "text", None, 0, {"n": 1})

ROOMY = ((9, 2, 9),)
SIZES = ((1, 1, 9), (2, 1, 9), (3, 2, 9), (9, 0, 9))
FORGIVING = ((9, 0, 9), (9, 1, 9), (9, 2, 9))
TIGHT = ((9, 1, 1), (9, 1, 2))
LIFE = 10.0
"""A copy that a flush has left lives that long at least."""


def _drawing(kinds: str, keys: tuple[str, ...]) -> Any:
    """Return a generator of operations; a kind that is named twice comes twice as often."""
    words = kinds.split()

    def draw(random: Random, model: BehindModel) -> Operation:
        news = [word for word in words if _is_news(model, word)]
        kind, key = random.choice(news), random.choice(keys)
        if model.tries and random.random() < 0.6:  # what was tried is worth more questions
            key = random.choice(sorted(model.tries))
        if kind == "@kept":
            return (kind, random.choice(sorted(model.kept)))
        if kind == "@sleep":
            return (kind, 4.0)
        if kind in ("read", "@row", "@tries", "@bad"):
            return (kind, key)
        if kind == "@good":
            return (kind, random.choice(sorted(model.bad) or [key]))
        if kind == "write":
            return (kind, key, random.choice(ROWS))
        if kind == "@store":
            return (kind, "down" if model.store == "up" else "up")
        if kind == "@source":
            return (kind, "down" if model.source == "up" else "up")
        return (kind,)

    return draw


def _is_news(model: BehindModel, kind: str) -> bool:
    """Leave out what was asked just now, and what would change nothing yet."""
    if kind == "close":
        return bool(model.tries)
    if kind == "@kept":
        return bool(model.kept)
    if kind in ("@good", "@bad"):
        return bool(model.bad) == (kind == "@good")
    return not kind.startswith("@") or kind != model.last


def _clear(model: BehindModel, operation: Operation) -> bool:
    """Keep what has one answer only, while nobody knows which rows a batch has taken."""
    verb = operation[0]
    if verb == "flush":
        fits = len(model.pending) - model.hidden <= model.batch_size
        return fits or (model.source == "up" and not model.bad)
    if verb in ("write", "@row", "@tries", "@bad", "@source", "read"):
        return not model.blurred
    return True


def _young(model: BehindModel, operation: Operation) -> bool:
    """Keep questions about copies that have to be there."""
    if operation[0] == "@kept":
        return model.now - model.kept.get(operation[1], -LIFE) < LIFE
    return _clear(model, operation)


def _until_closed(model: BehindModel, operation: Operation) -> bool:
    """Keep one close at most, and after it only writes that are refused, and questions."""
    if model.is_closed and operation[0] not in ("write", "@row"):
        return False
    if operation[0] == "close" and model.blurred:
        return not model.bad
    return _clear(model, operation)


def _tale(kinds: str, settings: Any, allowed: Any = _clear, keys: tuple[str, ...] = KEYS) -> Tale:
    return Tale(BehindWorld, BehindModel, settings, _drawing(kinds, keys), allowed)


def _effects(kinds: str, settings: Any, allowed: Any = _clear) -> Tale:
    """
    Return a tale for who answers wrongly, mixes up keys, or writes each write.

    Nothing is judged that `read` and `flush` answer, but what comes of them, and no key is written
    again while it waits.
    """

    def may_be(model: BehindModel, operation: Operation) -> bool:
        if operation[0] == "write" and operation[1] in model.pending:
            return False
        return bool(allowed(model, operation))

    tale = _tale(kinds, settings, may_be, ("a", "b", "c"))
    verbs = {"write", "close", "@row", "@tries", "@touched", "@kept"}
    return replace(tale, judged=frozenset(verbs))


READS = _tale("write write read read @evict @store", ROOMY)
ACKS = _tale("write write @touched @row", ROOMY)
BATCHES = _tale("write write write flush flush @touched @row", SIZES)
STORED = _tale("write write flush read read @evict", ROOMY)
COPIES = _tale("write write flush flush @kept @kept @kept @sleep", ROOMY, _young)
BATCHES_APART = _effects("write write write flush flush @touched @row", SIZES)
COPIES_APART = _effects("write write flush @kept @kept @row", ROOMY, _young)
RETRIES_APART = _effects("write write flush flush flush @bad @good @row @tries", FORGIVING)
DOWN_APART = _effects("write write flush flush @source @row @tries", FORGIVING)
BOUNDED_APART = _effects("write write write flush", TIGHT)
CLOSES_APART = _effects("write write write flush close @bad @row @row", SIZES, _until_closed)
LOSES_APART = _effects(
    "write write flush flush close @bad @bad @good @good", FORGIVING[:1], _until_closed
)
RETRIES = _tale("write write flush flush flush @bad @good @row @tries read", FORGIVING)
DOWN = _tale("write write flush flush @source @row @tries read", FORGIVING, keys=KEYS[:1])
GIVEN_UP = _tale("write flush flush read read @bad @good @evict", FORGIVING)
BOUNDED = _tale("write write write read flush", TIGHT)
CLOSES = _tale("write write write flush close @bad @row @row", SIZES, _until_closed)
LOSES = _tale(
    "write write flush flush close @bad @bad @bad @good @good",
    FORGIVING[:1],
    _until_closed,
    KEYS[:1],
)

RACE = Tale(BehindWorld, BehindModel)
_ONE, _TWO, _FLUSH = ("write", "k", 1), ("write", "k", 2), ("flush",)
_END = (("close",), ("@row", "k"))


def _meet(*steps: Operation) -> Operation:
    """Let a flush meet other steps."""
    return (TOGETHER, (("A", (_FLUSH,)), ("B", steps)))


SCENES: tuple[tuple[tuple[Any, ...], tuple[Operation, ...]], ...] = (
    ((9, 3, 9), (_ONE, _meet(_TWO), *_END)),
    ((9, 3, 9), (_ONE, ("@refuse_once",), _meet(_TWO), *_END)),
    ((9, 3, 9), (_ONE, ("@store", "down"), _meet(("read", "k")), *_END)),
    ((9, 3, 9), (_ONE, _meet(_TWO, _FLUSH), *_END)),
)

_DOWN, _UP = ("@source", "down"), ("@source", "up")
NEWER_ROW: tuple[tuple[Any, ...], tuple[Operation, ...]] = (
    (9, 1, 9),
    (_ONE, _DOWN, _FLUSH, _TWO, _FLUSH, _UP, _FLUSH),
)
_REFUSED = "a row that the source refuses is not handled well"

_WRONG_BATCH = "a flush stores too much, too little or too old"
_NO_COPY = "a read asks the source for a row that was just stored"
_UNBOUNDED = "the queue grows beyond its bound, or refuses too much"
_NOT_CLOSED = "close does not keep what it promises"

BEHIND_CHECKS = (
    Check(
        "behind_reads",
        3,
        "WriteBehind: a write is read at once, and the source has not heard of it",
        play_tales(READS, ACKS, message="what was written is not read, or was not only queued"),
        hints=(
            "Where is a row between `write` and `flush`?",
            "In your queue. The store may forget or fail: look into the queue first, with `in`.",
            "write puts the row into a dictionary by key; the source is not called. A key that is "
            "nowhere is MISSING.",
        ),
        subject=SUBJECT,
    ),
    Check(
        "behind_flush",
        3,
        "WriteBehind: a flush stores up to batch_size rows, each key once",
        play_tales(BATCHES, STORED, message=_WRONG_BATCH, runs=100),
        after=("behind_reads",),
        apart=play_tales(BATCHES_APART, message=_WRONG_BATCH, runs=100),
        hints=(
            "A key was written three times since the last flush: how often must it be stored?",
            "Once, with the row written last: keep one row per key, not one per write.",
            "Take the first batch_size keys that wait, and return how many were stored.",
        ),
        subject=SUBJECT,
    ),
    Check(
        "behind_copy",
        1,
        "WriteBehind: a row that a flush has stored is left as a copy",
        play_tales(COPIES, message=_NO_COPY),
        after=("behind_reads", "behind_flush"),
        apart=play_tales(COPIES_APART, message=_NO_COPY),
        hints=(
            "A flush has stored a row. Who answers the next read of it?",
            "The store, if the flush has left a copy there; without one, every read is a miss.",
            "After source.write: store.set(key, {'row': row}, ttl=60), and let a StoreError go.",
        ),
        subject=SUBJECT,
    ),
    Check(
        "behind_retries",
        4,
        "WriteBehind: a row that fails stays, is tried again, and is given up in the end",
        in_turn(
            explore_scenes(RACE, NEWER_ROW, message=_REFUSED),
            play_tales(RETRIES, DOWN, GIVEN_UP, message=_REFUSED, runs=120),
        ),
        after=("behind_reads", "behind_flush"),
        apart=play_tales(RETRIES_APART, DOWN_APART, message=_REFUSED, runs=120),
        hints=(
            "When may a row leave the queue?",
            "When the source has taken it, or refused it once and then max_retries times more.",
            "Catch SourceError for each row by itself; a newer row of a key starts from zero.",
        ),
        subject=SUBJECT,
    ),
    Check(
        "behind_bounded",
        2,
        "WriteBehind: no more than max_pending keys wait",
        play_tales(BOUNDED, message=_UNBOUNDED),
        after=("behind_reads", "behind_flush"),
        apart=play_tales(BOUNDED_APART, message=_UNBOUNDED),
        hints=(
            "The source is down for an hour: how long does your queue become?",
            "A new key beyond max_pending is refused with Overloaded, before anything is done.",
            "A key that waits already is no new one: its row is replaced.",
        ),
        subject=SUBJECT,
    ),
    Check(
        "behind_close",
        4,
        "WriteBehind: close stores what waits, says what is lost, and refuses what comes later",
        play_tales(CLOSES, LOSES, message=_NOT_CLOSED, runs=120),
        after=("behind_reads", "behind_flush"),
        apart=play_tales(CLOSES_APART, LOSES_APART, message=_NOT_CLOSED, runs=120),
        hints=(
            "What waits still when the program ends, and what was lost before?",
            "Flush until nothing waits: what fails is given up in the end. Then count the keys "
            "whose row is lost, also of earlier flushes.",
            "A set of lost keys: into it when a row is given up, out of it when a newer one is "
            "written. close returns its len; from then on write raises ValueError.",
        ),
        subject=SUBJECT,
    ),
    Check(
        "behind_race",
        4,
        "WriteBehind: a flush that meets a write loses nothing and puts nothing old back",
        explore_scenes(
            RACE, *SCENES, message="when a flush meets a write or a read, a row is lost"
        ),
        after=("behind_reads", "behind_flush"),
        hints=(
            "While the source stores the older row, a newer one comes. What leaves the queue?",
            "Only the row that was stored: look whether the queue still has that very one.",
            "And let one flush end before the next begins: a lock around flush, not around write.",
        ),
        subject=SUBJECT,
        seconds=10.0,
    ),
    Check(
        "behind_at_once",
        1,
        "WriteBehind: no write waits for a flush, and no read of a row that waits",
        explore_scenes(
            FLUSH_APART,
            *FLUSH_SCENES,
            message="a write or a read waits for the source",
            interruptions=0,
        ),
        after=("behind_reads", "behind_flush"),
        hints=(
            "A flush stores a slow row. Which of your other methods has to wait until it has?",
            "Another flush only. Which lock does flush hold while the source works, and who else "
            "takes it?",
            "Two locks: one around flush, and if you guard the queue, a second that no call of "
            "the source is made under.",
        ),
        subject=SUBJECT,
    ),
)
