"""
The checks of exercise 10 that are about `InvalidationFeed`: order, pushes, gaps and failures.
"""

from dataclasses import replace
from random import Random
from typing import Any

from cachelab.grading.exercise import Check, in_turn
from cachelab.grading.runs import Operation
from cachelab.grading.stories import Tale
from cachelab.grading.telling import explore_scenes, play_tales

from .feed_case import FeedModel, FeedWorld

SUBJECT = "InvalidationFeed"


def is_news(kind: str, last: str) -> bool:
    """Leave out what would only repeat the judge's own step before it."""
    return kind in ("@changed", "@publish", "@fill") or kind[0] != "@" or kind != last


def _drawing(*kinds: str) -> Any:
    """Return a generator of operations; a kind named twice comes twice as often."""

    def draw(random: Random, model: FeedModel) -> Operation:
        if model.last in ("poll", "@push") and random.random() < 0.4:
            return ("@applied",)
        kind = random.choice([k for k in kinds if is_news(k, model.last)])
        if kind == "@publish":
            return (kind, random.choice("abc"))
        if kind == "@push":
            return (kind, random.randint(1, max(1, model.number)))
        if kind == "@trim":
            return (kind, random.randint(0, 2))
        if kind == "@log":
            return (kind, "down" if model.log == "up" else "up")
        if kind == "@fail_after":
            return (kind, random.randint(0, 2))
        return (kind,)

    return draw


def _possible(model: FeedModel, operation: Operation) -> bool:
    """Keep what can happen: pushes of what was published, a log that is lost and noticed."""
    verb, *rest = operation
    if verb == "@push":
        return rest[0] in model.keys and not model.restarted
    if verb == "@trim":
        return bool(rest[0] < len(model.messages))
    if verb == "@publish" and model.restarted:
        return model.number + 1 < model.position
    if verb == "@restart":
        return not model.restarted and model.position > 0
    return True


def _whole(model: FeedModel, operation: Operation) -> bool:
    """Keep failures for when the log has everything, one at a time."""
    if operation[0] == "@fail_after" and model.fails_after is not None:
        return False
    return _possible(model, operation)


def _gap_without_optional(model: FeedModel, operation: Operation) -> bool:
    """Keep failing applies for gaps after which nothing else may be applied."""
    if operation[0] == "@fail_after":
        return model.fails_after is None and operation[1] == 0
    if operation[0] == "@trim":
        return bool(operation[1] == 0)
    if operation[0] == "@publish" and model.has_gap:
        return False
    return _whole(model, operation)


def _tale(draw: Any, allowed: Any = _possible) -> Tale:
    return Tale(FeedWorld, FeedModel, ((),), draw, allowed)


def _from_nothing(tale: Tale) -> Tale:
    """Return the tale with a log that is empty at first: for a feed that does not begin at last."""
    return replace(tale, settings=((0,),))


POLLS = _tale(_drawing("@publish", "@publish", "@publish", "poll", "@applied"))
PUSHES = _tale(_drawing("@publish", "@publish", "@push", "@push", "@push", "poll", "@applied"))
GAPS = _tale(_drawing("@publish", "@publish", "@trim", "@trim", "poll", "@push", "@applied"))
RESTARTS = _tale(_drawing("@publish", "@publish", "@restart", "poll", "poll", "@applied"))
FAILS = _tale(
    _drawing("@publish", "@publish", "@fail_after", "poll", "poll", "@push", "@log", "@applied"),
    _whole,
)
GAP_FAILS = _tale(
    _drawing("@publish", "@trim", "@fail_after", "poll", "poll", "@applied"), _gap_without_optional
)
PLAIN = Tale(FeedWorld, FeedModel)
_NEWS: tuple[Operation, ...] = (("@publish", "a"), ("@publish", "b"))
_AGAIN: tuple[Operation, ...] = (("poll",), ("poll",), ("@applied",))
ALL_GONE = ((), (*_NEWS, ("@trim", 0), ("poll",), ("@applied",)))
HALF_A_PAGE = ((), (*_NEWS, ("@fail_after", 1), *_AGAIN))
GAP = ((), (*_NEWS, ("@trim", 0), ("@fail_after", 0), *_AGAIN))
_NOT_AS_PUSHED = "a pushed message is not treated as it should be"
_UNNOTICED = "a gap in the log goes unnoticed"
AFTERWARDS = "after a failure something is lost, or done twice"

FEED_CHECKS = (
    Check(
        "feed_polls",
        3,
        "InvalidationFeed: poll applies what is new, in order, each message once",
        play_tales(POLLS, message="a message is left out, or applied needlessly", runs=30),
        hints=(
            "Where does a feed begin whose cache is still empty?",
            "At log.last(), when it is made: nothing older can be in its cache.",
            "log.read gives a page. Read on from the last number, until a page is empty.",
        ),
        subject=SUBJECT,
    ),
    Check(
        "feed_pushed",
        4,
        "InvalidationFeed: a pushed message may come twice, late, or not at all",
        play_tales(PUSHES, message=_NOT_AS_PUSHED, runs=60),
        after=("feed_polls",),
        apart=play_tales(_from_nothing(PUSHES), message=_NOT_AS_PUSHED, runs=60),
        hints=(
            "Three cases: is its number the next one, one you know, or one further on?",
            "Known: nothing to do. The next one: apply it. Further on: something was lost.",
            "What was lost is in the log: when the number is ahead, do what poll does.",
        ),
        subject=SUBJECT,
    ),
    Check(
        "feed_gap",
        4,
        "InvalidationFeed: what the log no longer has makes everything a miss",
        in_turn(
            explore_scenes(PLAIN, ALL_GONE, message=_UNNOTICED),
            play_tales(GAPS, RESTARTS, message=_UNNOTICED, runs=80),
        ),
        after=("feed_polls", "feed_pushed"),
        apart=play_tales(_from_nothing(GAPS), message=_UNNOTICED, runs=80),
        hints=(
            "How can you tell that the first message of a page is not the one that comes next?",
            "Its number is not yours plus one; or there is none, though log.last() is not yours.",
            "Call apply(None), then go on from log.last(). A last number below yours is a new log.",
        ),
        subject=SUBJECT,
    ),
    Check(
        "feed_failure",
        3,
        "InvalidationFeed: what could not be applied is applied the next time",
        in_turn(
            explore_scenes(PLAIN, HALF_A_PAGE, GAP, message=AFTERWARDS),
            play_tales(FAILS, GAP_FAILS, message=AFTERWARDS, runs=60),
        ),
        after=("feed_polls", "feed_pushed", "feed_gap"),
        apart=in_turn(
            explore_scenes(PLAIN, ((0,), HALF_A_PAGE[1]), message=AFTERWARDS),
            play_tales(_from_nothing(FAILS), message=AFTERWARDS, runs=60),
        ),
        hints=(
            "When is a message done: when it was read, or when it was applied?",
            "Move your number after apply has returned, one message at a time.",
            "Let errors of apply and of the log pass: the next poll begins where this one stopped.",
        ),
        subject=SUBJECT,
    ),
)
