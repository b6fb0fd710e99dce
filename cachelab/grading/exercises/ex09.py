"""
Exercise 09: scan resistance. LRU-K, 2Q and SIEVE, and a trace on which a policy is beaten by FIFO.
"""

from collections.abc import Callable, Sequence
from random import Random
from typing import Any

from cachelab.grading.exercise import Check, Examine, Exercise, in_any_way, in_turn
from cachelab.grading.playing import play_runs
from cachelab.grading.runs import Domain, Operation

from .ex09_break import BREAK_CHECK
from .policy_models import LRUKModel, PolicyModel, SieveModel, TwoQueueModel
from .two_queue_slips import with_slips

FALSY: tuple[Any, ...] = (None, 0, "", False, [], 0.0)
MANY = 400

Draw = Callable[[Random, Any], Operation]


def _drawing(*verbs: str, keys: Sequence[str] = "abcde") -> Draw:
    """Return a generator of operations; a verb named twice comes twice as often."""

    def draw(random: Random, model: PolicyModel) -> Operation:
        verb, key = random.choice(verbs), random.choice(keys)
        if verb == "len":
            return (verb,)
        if verb == "put":
            ghosts = model.a1_out if isinstance(model, TwoQueueModel) else []
            if ghosts and random.random() < 0.3:  # who comes back is what 2Q is about
                key = random.choice(ghosts)
            return (verb, key, random.randint(1, 9))
        if verb == "in" and model.seen:
            return (verb, random.choice(sorted(model.seen)))
        if model.values and random.random() < 0.94:  # what is there is worth more questions
            key = random.choice(list(model.values))
        return (verb, key)

    return draw


def _draw_falsy(random: Random, _: PolicyModel) -> Operation:
    verb, key = random.choice(("put", "get", "in")), random.choice(("a", "b", "", 0))
    if verb == "put":
        return (verb, key, random.choice(FALSY))
    return (verb, key, "default") if verb == "get" else (verb, key)


def _with_room(model: PolicyModel, operation: Operation) -> bool:
    """Keep puts of keys never used before that leave a slot free."""
    if model.missed:
        return False
    fresh = operation[0] == "put" and operation[1] not in model.seen
    return (fresh and len(model.values) + 2 <= model.capacity) or operation[0] in ("get", "len")


def _first_stay(model: PolicyModel, operation: Operation) -> bool:
    """Keep puts of keys that were never there, and let a missed get be the last step."""
    if model.missed:
        return False
    return operation[0] != "put" or operation[1] not in model.seen


def _roomy(model: PolicyModel, operation: Operation) -> bool:
    """Keep what leaves a slot free, and no missed get."""
    if operation[0] == "get":
        return operation[1] in model.values
    return operation[0] != "put" or len(model.seen | {operation[1]}) < model.capacity


def _absent_puts(model: PolicyModel, operation: Operation) -> bool:
    return operation[0] != "put" or operation[1] not in model.values


def _domain(model: Any, sizes: tuple[Any, ...], draw: Draw, allowed: Any = None) -> Domain:
    capacities = tuple((size,) for size in sizes)
    return Domain(model, capacities, draw, allowed or (lambda _model, _operation: True))


def _edges(model: Any) -> tuple[Domain, ...]:
    """Return the domains of unusual values and capacities, and of two caches."""
    return (
        _domain(model, (8,), _draw_falsy, _absent_puts),
        _domain(model, (0,), _drawing("put", "get", "len", "in")),
        _domain(model, (-1, -3), _drawing("len"), lambda _model, _operation: False),
        Domain(model, ((8, 8),), _drawing("put", "get"), _absent_puts),
    )


LARGE = "abcdefgh"
_GETS = _drawing("put", "get", "get", "in", keys="abcdefg")
_RETURNS = _drawing("put", "put", "get", "get", "in", keys=LARGE)
_PUTS = _drawing("put", "put", "put", "get", "len", keys="abcd")
_ROOM = _drawing("put", "put", "get", "len")

KS = ((2, 2), (3, 2), (2, 3), (3, 3), (3, 1))
LRUK_STORES = _domain(LRUKModel, (3, 4, 5, 6), _ROOM, _with_room)
LRUK_VICTIM = _domain(LRUKModel, (2, 3, *KS), _GETS, _first_stay)
LRUK_RETURNS = _domain(
    LRUKModel, (1, 2, 3, *KS), _drawing("put", "put", "get", "in", keys="abcd"), _absent_puts
)
LRUK_TWO = Domain(LRUKModel, ((2, 2),), _drawing("put", "get", keys="abc"), _absent_puts)
LRUK_HISTORY = LRUK_RETURNS, LRUK_TWO  # shared uses show when one of two caches gives up a key
LRUK_UPDATE = _domain(LRUKModel, (2, 3, *KS), _PUTS)

RATIOS = ((2, 0.5, 0.8), (2, 0.5, 1.0), (3, 0.4, 0.7), (3, 0.4, 1.0), (4, 0.5, 0.5))
TWO_STORES = _domain(TwoQueueModel, (4, 5, 6), _ROOM, _with_room)
TWO_FIFO = _domain(
    TwoQueueModel, (4, 5, *RATIOS), _drawing("put", "put", "get", "in", keys=LARGE), _first_stay
)
TWO_GHOSTS = _domain(TwoQueueModel, (4, *RATIOS), _RETURNS, _absent_puts)
TWO_SMALL = _domain(
    TwoQueueModel, (1, 2, 3), _drawing("put", "put", "get", "len", keys=LARGE[:5]), _absent_puts
)
TWO_UPDATE = _domain(
    TwoQueueModel, ((2, 0.0, 1.0), *RATIOS), _drawing("put", "put", "get", keys=LARGE[:5])
)

SIEVE_VICTIM = _domain(
    SieveModel,
    (1, 2, 3, 4),
    _drawing("put", "put", "get", "get", "in", keys=LARGE[:7]),
    _absent_puts,
)
SIEVE_UPDATE = _domain(SieveModel, (1, 2, 3), _PUTS)

_WRONG_NEWCOMER = "the wrong newcomer had to go"
_RETURNED = "a key that came back is treated wrongly"
_SMALL = "a small cache goes wrong"
_UPDATE = "put of a key that is already there goes wrong"


def _updates_with_room(model: Any, *more: Domain) -> Examine:
    """Return what is judged apart of a put of a present key: nobody goes, and the value is new."""
    with_room = _domain(model, (6, 7), _PUTS, _roomy)
    return in_any_way(*(play_runs(each, message=_UPDATE) for each in (with_room, *more)))


def _in_spite_of_slips(domain: Domain, message: str) -> Examine:
    ways = [play_runs(each, message=message, runs=MANY) for each in with_slips(domain)]
    return in_any_way(*ways)


CHECKS = (
    Check(
        "lruk_stores",
        2,
        "LRUKCache keeps what was put while there is room; unusual values and capacities",
        play_runs(LRUK_STORES, *_edges(LRUKModel), message="a key or a value is lost"),
        hints=(
            "What does the cache remember of a key, besides its value?",
            "Its uses. Values go into one dictionary, uses into another.",
            "None is a value; capacity 0 stores nothing or is refused; -1 is refused.",
        ),
    ),
    Check(
        "lruk_victim",
        4,
        "LRUKCache: the key whose K-th last use is longest ago goes",
        play_runs(LRUK_VICTIM, message="the wrong key had to go", runs=MANY),
        after=("lruk_stores",),
        hints=(
            "Number all uses. Which of a key's numbers decides about it when k is 2?",
            "The last but one. A key with fewer than k uses comes before all others.",
            "min over (K-th last use, or 0; last use): the second part decides between equals.",
        ),
    ),
    Check(
        "lruk_history",
        4,
        "LRUKCache: a key that comes back has its old uses still",
        in_turn(*(play_runs(each, message=_RETURNED, runs=MANY) for each in LRUK_HISTORY)),
        after=("lruk_victim",),
        hints=(
            "A key is used once in a while, and evicted in between. Can it ever prove itself?",
            "Only if its uses are remembered while it is away.",
            "Delete the value of a victim and keep its uses; a missed get is no use.",
        ),
    ),
    Check(
        "lruk_update",
        2,
        "LRUKCache: put of a present key replaces the value and is a use",
        play_runs(LRUK_UPDATE, message=_UPDATE, runs=MANY),
        after=("lruk_victim", "lruk_history"),
        apart=_updates_with_room(LRUKModel),
        hints=(
            "What should change when the key is there already, and what should not?",
            "No room is needed: nothing may go.",
            "Treat it like a get that also replaces the value.",
        ),
    ),
    Check(
        "two_stores",
        2,
        "TwoQueueCache keeps what was put while there is room; unusual values and capacities",
        play_runs(TWO_STORES, *_edges(TwoQueueModel), message="a key or a value is lost"),
        hints=(
            "Where does a key go that was never seen before?",
            "Into A1in, and all of the capacity is there for it as long as Am is empty.",
            "Only when A1in and Am together are full has anybody to go.",
        ),
        subject="TwoQueueCache",
    ),
    Check(
        "two_fifo",
        3,
        "TwoQueueCache: newcomers leave in the order they came, used or not",
        play_runs(TWO_FIFO, message=_WRONG_NEWCOMER, runs=MANY),
        after=("two_stores",),
        apart=_in_spite_of_slips(TWO_FIFO, _WRONG_NEWCOMER),
        hints=(
            "What does a second use say that comes a moment after the first?",
            "Nothing, says 2Q: a hit in A1in changes nothing at all.",
            "A1in is a FIFO: its oldest key goes while it has more than Kin.",
        ),
        subject="TwoQueueCache",
    ),
    Check(
        "two_ghosts",
        5,
        "TwoQueueCache: who comes back while its ghost is there gets into Am",
        play_runs(TWO_GHOSTS, message=_RETURNED, runs=2 * MANY),
        after=("two_stores", "two_fifo"),
        apart=_in_spite_of_slips(TWO_GHOSTS, _RETURNED),
        hints=(
            "Which keys does A1out know, and for how long?",
            "The last Kout that left A1in, by name only. Victims of Am are not among them.",
            "A1in over Kin gives its oldest, else Am its least recently used; the ghost that "
            "comes back is taken from A1out before room is made.",
        ),
        subject="TwoQueueCache",
    ),
    Check(
        "two_small",
        2,
        "TwoQueueCache works with room for one, two or three keys",
        play_runs(TWO_SMALL, message=_SMALL, runs=MANY),
        after=("two_stores", "two_fifo", "two_ghosts"),
        apart=_in_spite_of_slips(TWO_SMALL, _SMALL),
        hints=(
            "What are Kin and Kout for a capacity of 3, rounded down?",
            "Kin is 0 and Kout 1: with anything in A1in it is A1in that gives a victim.",
            "Am may be empty, and A1in too: ask the one that the rule says has a key.",
        ),
        subject="TwoQueueCache",
    ),
    Check(
        "two_update",
        2,
        "TwoQueueCache: put of a present key replaces the value, and else is a hit",
        play_runs(TWO_UPDATE, message=_UPDATE, runs=MANY),
        after=("two_stores", "two_fifo", "two_ghosts", "two_small"),
        apart=_updates_with_room(TwoQueueModel, *with_slips(TWO_UPDATE)),
        hints=(
            "What does a get do for a key in A1in, and for one in Am?",
            "Nothing for the first, most recent for the second: a put does the same.",
            "A put into A1in proves nothing either: the key stays where it is.",
        ),
        subject="TwoQueueCache",
    ),
    Check(
        "sieve_victim",
        5,
        "SieveCache: the hand takes the first key without a mark",
        play_runs(SIEVE_VICTIM, *_edges(SieveModel), message="the wrong key had to go", runs=MANY),
        hints=(
            "What happens to a marked key that the hand comes to, and where does it stand then?",
            "It loses its mark and stays where it is. The hand moves on to the next newer one.",
            "After an eviction the hand points at the next newer key; past the newest it begins "
            "at the oldest again. A new key comes in at the newest end, without a mark.",
        ),
        subject="SieveCache",
    ),
    Check(
        "sieve_update",
        3,
        "SieveCache: put of a present key replaces the value and marks",
        play_runs(SIEVE_UPDATE, message=_UPDATE, runs=MANY),
        after=("sieve_victim",),
        apart=_updates_with_room(SieveModel),
        hints=(
            "What should change when the key is there already, and what should not?",
            "Its value and its mark; not its place in the queue.",
            "Set the mark as a get does, and evict nobody.",
        ),
        subject="SieveCache",
    ),
    BREAK_CHECK,
)

EX09 = Exercise(
    "ex09",
    "Scan resistance",
    ("LRUKCache", "TwoQueueCache", "SieveCache", "break_it"),
    ("scan-resistance",),
    CHECKS,
)
