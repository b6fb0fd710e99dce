"""
The check of exercise 09 that turns the tables: the learner's trace, and our policies on it.
"""

from collections.abc import Callable, Iterator
from random import Random
from typing import Any

from cachelab.eviction import FIFO, LRU, LRUK, Cache, EvictionPolicy, Sieve, TwoQueue
from cachelab.grading.exercise import Check, Finding
from cachelab.grading.functions import call_function
from cachelab.grading.player.values import decode, travels
from cachelab.grading.report import Counterexample, Row
from cachelab.grading.session import Outcome, Session
from cachelab.grading.wording import explain_exception, show_outcome

CAPACITY = 10
MOST_REQUESTS = 199

BREAKABLE: dict[str, Callable[[int], EvictionPolicy]] = {
    "lru": LRU,
    "lru_k": LRUK,
    "two_queue": TwoQueue,
    "sieve": Sieve,
}
"""The policies that a trace is asked for; FIFO beats each of them on some."""


def misses(policy: Callable[[int], EvictionPolicy], trace: list[Any]) -> int:
    """
    Return how many requests of a trace miss, with room for ten keys.

    >>> misses(FIFO, [1, 2, 1, 3])
    3
    """
    cache = Cache(policy(CAPACITY))
    missed = 0
    for key in trace:
        if key not in cache:
            missed += 1
            cache.put(key, key)
        else:
            cache.get(key)
    return missed


def _break_each(session: Session, _: Random) -> Finding | None:
    return next(_unbroken(session), None)


def _break_half(session: Session, _: Random) -> Finding | None:
    """Let a search by policies of which one is wrong go wrong for that one, and for its kin."""
    found = [*_unbroken(session)]
    return found[0] if len(found) > len(BREAKABLE) // 2 else None


def _unbroken(session: Session) -> Iterator[Finding]:
    """Give what is wrong with a trace, for each policy that FIFO does not beat on its own."""
    for name, policy in BREAKABLE.items():
        outcome = call_function(session, "break_it", name)
        trouble = _trouble(outcome, policy)
        if trouble is not None:
            got, why = trouble
            wanted = f"a list of at most {MOST_REQUESTS} keys with which FIFO misses less often"
            row = Row(f"break_it({name!r})", wanted, got)
            why = explain_exception(outcome, "break_it") or why
            yield Finding(f"FIFO does not beat {name} here", Counterexample((row,), why))


def _trouble(outcome: Outcome, policy: Callable[[int], EvictionPolicy]) -> tuple[str, str] | None:
    """Return what came and what is wrong with it; None for a trace that does it."""
    if "value" not in outcome or not travels(outcome["value"]):
        return show_outcome(outcome), "that is no list of keys"
    trace = decode(outcome["value"])
    if type(trace) not in (list, tuple) or any(type(key) not in (int, str) for key in trace):
        return show_outcome(outcome), "a trace is a list of whole numbers or texts"
    if len(trace) > MOST_REQUESTS:
        return f"{len(trace)} requests", f"{MOST_REQUESTS} requests are the most"
    theirs, fifo = misses(policy, list(trace)), misses(FIFO, list(trace))
    if theirs > fifo:
        return None
    got = f"{len(trace)} requests: {theirs} misses, and {fifo} with FIFO"
    return got, f"with room for {CAPACITY} keys, the policy has to miss more often than FIFO does"


BREAK_CHECK = Check(
    "break_it",
    6,
    "break_it: for each policy a trace on which FIFO is better",
    _break_each,
    after=(
        "lruk_victim",
        "lruk_history",
        "two_stores",
        "two_fifo",
        "two_ghosts",
        "sieve_victim",
    ),
    apart=_break_half,
    hints=(
        "Which key does the policy give up that FIFO would keep? Ask for exactly that one.",
        "LRU: use the oldest key once more, and it survives; its neighbour goes, which FIFO keeps.",
        "Or search: draw random traces over 12 to 20 keys, play both, keep the first that does it.",
    ),
    subject="break_it",
)
