"""
The checks of exercise 14 that are about the breaker.
"""

from typing import Any

from cachelab.grading.exercise import Check, in_turn
from cachelab.grading.stories import Tale
from cachelab.grading.telling import explore_scenes, play_tales

from . import breaker_apart, breaker_case
from .breaker_case import BreakerModel, BreakerWorld, MeetingModel

BREAKERS = ((1, 10.0), (2, 10.0), (3, 10.0))
"""Failures in a row that open, and seconds until the trial."""


def _breaker(kinds: str, allowed: Any, *states: str) -> Tale:
    draw = breaker_case.drawing(kinds, states or ("up", "down", "down"))
    return Tale(BreakerWorld, BreakerModel, BREAKERS, draw, allowed)


_TRIAL = "the trial goes wrong"
_IN_THE_WAY = "callers at the same time get in each other's way"
_NOT_TOLD = "a change of state is not told, or told wrongly"
_STUCK = "after a trial that neither succeeds nor fails, no call is ever made"

BREAKER_CHECKS = (
    Check(
        "breaker_opens",
        3,
        "CircuitBreaker: opens after threshold failures in a row",
        play_tales(
            Tale(BreakerWorld, BreakerModel, BREAKERS, breaker_case.in_a_row),
            message="a call is let through that should not be, or the other way round",
            runs=70,
            longest=14,
        ),
        hints=(
            "What is a failure in a row, and what ends the row?",
            "CachelabError counts; a success sets the count to 0; other errors change nothing.",
            "After `threshold` failures raise CachelabError without a call; else fn's own error.",
        ),
        subject="CircuitBreaker",
    ),
    Check(
        "breaker_trial",
        3,
        "CircuitBreaker: after reset seconds one call tries",
        in_turn(
            play_tales(
                Tale(BreakerWorld, BreakerModel, BREAKERS, breaker_case.steered),
                message=_TRIAL,
                runs=60,
                longest=16,
            ),
            explore_scenes(
                Tale(BreakerWorld, BreakerModel), breaker_case.ODD_TRIAL, message=_STUCK
            ),
        ),
        after=("breaker_opens",),
        apart=explore_scenes(breaker_apart.OPEN, *breaker_apart.TRIALS, message=_TRIAL),
        hints=(
            "How does the breaker find out that the server is back?",
            "At opened + reset or later one call goes through: a success closes the circuit.",
            "A trial that fails opens it again, and the time to wait begins anew.",
        ),
        subject="CircuitBreaker",
    ),
    Check(
        "breaker_together",
        1,
        "CircuitBreaker: one trial among many callers, and no lock during a call",
        explore_scenes(
            Tale(BreakerWorld, MeetingModel),
            *breaker_case.SCENES,
            message=_IN_THE_WAY,
            interruptions=1,
        ),
        after=("breaker_opens", "breaker_trial"),
        apart=explore_scenes(
            breaker_apart.MEETING, *breaker_apart.ONE_TRIES, message=_IN_THE_WAY, interruptions=1
        ),
        hints=(
            "What does a second caller see while the trial is under way?",
            "The state is half-open before fn is called: whoever comes then is refused.",
            "Decide before the call, note the outcome after it; hold no lock in between.",
        ),
        subject="CircuitBreaker",
    ),
    Check(
        "breaker_fallback",
        2,
        "call_or: an answer of the fallback in place of any failure",
        play_tales(
            _breaker(
                "call_or call_or call_or call @server @fallback @sleep @asked",
                breaker_case.never_odd_in_a_trial,
                "up",
                "down",
                "down",
                "odd",
            ),
            message="the fallback is not used as promised",
            runs=80,
        ),
        after=("breaker_opens", "breaker_trial"),
        hints=(
            "Which failures does the caller of call_or see?",
            "None of fn's and no refusal; but those of the fallback, which is asked once.",
            "try: return self.call(fn) / except Exception: pass / return fallback()",
        ),
        subject="CircuitBreaker",
    ),
    Check(
        "breaker_alerts",
        1,
        "CircuitBreaker: on_change is told each new state",
        play_tales(
            Tale(BreakerWorld, BreakerModel, BREAKERS, breaker_case.steered_and_told),
            message=_NOT_TOLD,
            runs=60,
        ),
        after=("breaker_opens", "breaker_trial"),
        apart=explore_scenes(breaker_apart.OPEN, *breaker_apart.CHANGES, message=_NOT_TOLD),
        hints=(
            "Who notices at night that the circuit is open?",
            "Call on_change('open'), on_change('half-open'), on_change('closed').",
            "Put every change of state into one method, and let that one tell.",
        ),
        subject="CircuitBreaker",
    ),
)
