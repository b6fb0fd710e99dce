"""
The checks of exercise 11 that are about `xfetch`: never, always, and how often in between.
"""

import math
from random import Random

from cachelab.grading.exercise import Check, Finding
from cachelab.grading.expecting import exactly
from cachelab.grading.functions import Arguments, call_each, compare_function
from cachelab.grading.report import Counterexample, Row
from cachelab.grading.runs import Expectation
from cachelab.grading.session import Session
from cachelab.grading.wording import show_value
from cachelab.grading.world import Seeded

DRAWS = 20_000
CHANCES = ((0.3, 1.0, 1.0), (2.0, 1.0, 2.0), (1.5, 4.0, 0.25))
"""Seconds to the end, delta and beta."""


def chance(left: float, delta: float, beta: float) -> float:
    """Return with which probability a reader renews that long before the end."""
    return 1.0 if left <= 0 else math.exp(-left / (delta * beta))


def _draw_ends(random: Random) -> Arguments:
    delta, beta = random.choice((0.5, 1.0, 3.0)), random.choice((0.5, 1.0, 2.0))
    expiry = float(random.randint(1000, 2000))
    left = random.choice((0.0, -1.0, -30.0, 60 * delta * beta))
    return expiry - left, expiry, delta, beta, Seeded(random.randrange(1 << 30))


def _expect_ends(now: float, expiry: float, delta: float, beta: float, _: Seeded) -> Expectation:
    if now >= expiry:
        return exactly(True, "the value has reached its end: whoever reads it renews it")
    far = (expiry - now) / (delta * beta)
    why = f"the end is {far:g} times delta * beta away, and the chance is exp(-{far:g}): never"
    return exactly(False, why)


def _draw_chances(session: Session, random: Random) -> Finding | None:
    """Hold the share of renewals against the formula: 0.02 off is more than five deviations."""
    for left, delta, beta in CHANCES:
        first = random.randrange(1 << 40)
        now, expiry = 1000.0, 1000.0 + left
        many: list[Arguments] = [
            (now, expiry, delta, beta, Seeded(first + n)) for n in range(DRAWS)
        ]
        answers = call_each(session, "xfetch", many)
        p = chance(left, delta, beta)
        call = f"xfetch({now}, {expiry}, delta={delta}, beta={beta}, rng), {DRAWS:,} times"
        odd = next((each for each in answers if type(each) is not bool), True)
        if type(odd) is not bool:
            row = Row(call, "True or False", show_value(odd))
            return Finding("an answer is no yes or no", Counterexample((row,), "renew, or not"))
        share = sum(answers) / DRAWS
        if abs(share - p) > 0.02:
            why = (
                f"{left:g} seconds before the end the chance is exp(-{left:g} / ({delta:g} x "
                f"{beta:g})) = {p:.4f}"
            )
            row = Row(call, f"True in about {p:.4f}", f"True in {share:.4f}")
            return Finding("it renews too often or too seldom", Counterexample((row,), why))
    return None


EARLY_CHECKS = (
    Check(
        "early_ends",
        3,
        "xfetch: always at the end, never long before it",
        compare_function(
            "xfetch",
            _draw_ends,
            _expect_ends,
            message="where it is certain, the answer is wrong",
            cases=120,
            simpler=lambda _: iter(()),
        ),
        hints=(
            "What should a reader do who comes after the end, and one who comes an hour before?",
            "The draw moves now towards the end, by a gap that is almost always small.",
            "now + gap >= expiry, where gap is never below 0 and delta * beta on average.",
        ),
        subject="xfetch",
    ),
    Check(
        "early_chance",
        5,
        "xfetch: in between with the chance of the formula",
        _draw_chances,
        after=("early_ends",),
        hints=(
            "What is the chance that a draw from an exponential distribution exceeds s?",
            "exp(-s / mean). The mean is delta * beta: a costly load begins earlier.",
            "gap = -delta * beta * math.log(1 - rng.random()), by the natural logarithm.",
        ),
        subject="xfetch",
        seconds=12.0,
    ),
)
