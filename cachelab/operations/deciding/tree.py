"""
The decision framework as data: four questions, and the advice that their answers lead to.

Its shape is the one that is drawn in many a text on caching. Three of its nodes are usually wrong,
and are put right here: it is not how often data is read that counts but what a copy saves before it
ends; latency is one of four reasons; and neither write-through nor write-invalidate, for itself,
keeps an old answer from being served.
"""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from .situation import Situation

MINUTE, HOUR = 60.0, 3600.0


class Answer(NamedTuple):
    """Which branch to take, and the numbers that say so."""

    branch: str
    because: str


@dataclass(frozen=True, slots=True)
class Advice:
    """A leaf: what to do, how, and what that does not promise."""

    name: str
    title: str
    how: str
    caveat: str


@dataclass(frozen=True, slots=True)
class Question:
    """An inner node: what is asked, how a `Situation` answers it, and where each answer leads."""

    name: str
    text: str
    decide: Callable[[Situation], Answer]
    branches: Mapping[str, "Node"]


Node: TypeAlias = Question | Advice


def _does_it_pay(facts: Situation) -> Answer:
    used = f"a copy is used {facts.uses:.3g} times before it ends"
    if math.isinf(facts.uses) and not facts.writes:
        used = "a copy never ends, since nothing changes its row"
    found = f"{used} (hit ratio {facts.hit_ratio:.3g})"
    bar = facts.break_even
    if facts.hit_ratio > bar:
        return Answer("yes", f"{found}; from {bar:.3g} on it saves time")
    short = f"{found}; to save time it would have to be above {bar:.3g}"
    if facts.hit_ratio == 0:
        return Answer("no", short)
    if facts.load > 1:
        return Answer("yes", f"{short}, but the source is overloaded, and a hit spares it a call")
    if facts.is_dear or facts.must_survive:
        return Answer("yes", f"{short}, but time is not what this cache is to save")
    return Answer("no", short)


def _is_it_needed(facts: Situation) -> Answer:
    if not facts.reasons:
        return Answer("no", "no answer is too slow, and the source bears its load, free of charge")
    return Answer("yes", "; ".join(facts.reasons))


def _may_it_be_old(facts: Situation) -> Answer:
    if facts.staleness == 0:
        return Answer("no", "an answer may not be older than the truth")
    return Answer("yes", f"an answer may be {facts.staleness:g} s old")


def _how_old(facts: Situation) -> Answer:
    if facts.staleness < MINUTE:
        return Answer("seconds", f"{facts.staleness:g} s is less than a minute")
    if facts.staleness < HOUR:
        return Answer("minutes", f"{facts.staleness:g} s is less than an hour")
    return Answer("hours or days", f"{facts.staleness:g} s is an hour or more")


DO_NOT_PAY = Advice(
    "no_reuse",
    "Do not cache: too few hits to pay for the misses",
    "Ask the source. Look for a coarser key, or a slower step before it, that is asked for again.",
    "What counts is cost times reuse: a dear answer that is used twice an hour can pay.",
)

GOOD_ENOUGH = Advice(
    "good_enough",
    "Do not cache: the source is good enough",
    "Ask the source, and keep an eye on its load and on how long it takes.",
    "A copy that nobody needs is one more thing that can be wrong.",
)

NO_OLD_ANSWERS = Advice(
    "no_stale",
    "No copy without a check: ask the truth, or ask it whether the copy is still good",
    "Read the source where the decision is made. A copy may be shown if each read compares its "
    "version with the source's, or if a write is answered only after every copy is gone.",
    "Write-through and write-invalidate do not give this by themselves: a reader that loaded "
    "before a write can store after it, and two writers can store in the other order. Leases or "
    "versions close that race in one cache; neither is linearizable without such a check.",
)

SECONDS = Advice(
    "seconds",
    "Cache-aside with a short time to live; hot keys refreshed ahead",
    "Set the time to live to what the staleness leaves; one load per key at a time. Refresh ahead "
    "the keys that are read several times in a life: for the others it only adds loads.",
    "A life of a second is worth it where a key is read many times a second. Refresh-ahead makes "
    "fewer readers wait; it does not make an answer younger than its time to live.",
)

MINUTES = Advice(
    "minutes",
    "Cache-aside with a time to live",
    "A lease on each fill, a jitter on each life, and a delete when a write is seen.",
    "A delete can fail or be missed: it is the time to live that bounds how old an answer gets.",
)

HOURS = Advice(
    "hours",
    "Cache-aside with a long time to live, ended early by events",
    "Publish each change on a channel that brings every message or reports a gap, and drop what "
    "it names. Keep the time to live as the bound for changes that nobody published.",
    "Plain publish and subscribe loses messages in silence, and then only the time to live helps.",
)

HOW_OLD = Question(
    "how_old",
    "How old may an answer be?",
    _how_old,
    {"seconds": SECONDS, "minutes": MINUTES, "hours or days": HOURS},
)
MAY_BE_OLD = Question(
    "may_be_old",
    "May an answer be older than the truth?",
    _may_it_be_old,
    {"no": NO_OLD_ANSWERS, "yes": HOW_OLD},
)
NEEDED = Question(
    "needed",
    "Is the source too slow, too busy, too dear, or away too often?",
    _is_it_needed,
    {"no": GOOD_ENOUGH, "yes": MAY_BE_OLD},
)
TREE = Question(
    "pays",
    "Is a copy used often enough to pay for itself?",
    _does_it_pay,
    {"no": DO_NOT_PAY, "yes": NEEDED},
)
"""The root: the whole framework hangs from it."""


def nodes(root: Node = TREE) -> Iterator[Node]:
    """
    Go through a tree from the top, each node before what hangs from it.

    >>> sum(isinstance(node, Advice) for node in nodes())
    6
    """
    yield root
    if isinstance(root, Question):
        for child in root.branches.values():
            yield from nodes(child)
