"""
The checks of exercise 06 that are about numbers: the life for a budget, and lives spread by chance.
"""

import math
from random import Random
from typing import Any

from cachelab.grading.exercise import Check, Finding
from cachelab.grading.expecting import Accepts, exactly, near, refusal
from cachelab.grading.functions import call_each, call_function, compare_function
from cachelab.grading.player.values import decode, travels
from cachelab.grading.report import Counterexample, Row
from cachelab.grading.runs import Expectation
from cachelab.grading.session import Session
from cachelab.grading.wording import show_outcome, show_value
from cachelab.grading.world import Seeded

DRAWS = 5_000
BINS = 10
NO_LIFE = 1e-6
"""A life this short is as good as none: who halves an interval comes as near, and not nearer."""
SPREAD = 0.025
"""Six standard deviations of a bin's share of 5,000 uniform draws."""


def stale_share(ttl: float, reads: float, updates: float) -> float:
    """
    The share of reads that an older row answers, with copies that live `ttl` seconds.

    Reads and updates come at random, at these rates. After a miss a copy serves reads * ttl hits;
    the row has changed by the age a with probability 1 - exp(-updates * a).
    """
    x = updates * ttl
    # By its series where the difference below would cancel.
    lag = x * x / 2 - x**3 / 6 + x**4 / 24 if x < 1e-3 else x + math.expm1(-x)
    return reads * lag / updates / (1 + reads * ttl)


def _draw_budget(random: Random) -> tuple[Any, ...]:
    reads, updates = (float(f"{10 ** random.uniform(-2, 2):.2g}") for _ in range(2))
    return random.choice((0.01, 0.05, 0.1, 0.25, 0.5, 0.9)), (reads, updates)


def _expect_ttl(budget: float, rates: tuple[float, float]) -> Expectation:
    reads, updates = rates
    low, high = 0.0, 1.0
    while stale_share(high, reads, updates) < budget:
        high *= 2
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (
            (middle, high) if stale_share(middle, reads, updates) < budget else (low, middle)
        )
    why = (
        f"with {reads:g} reads and {updates:g} updates a second, a copy of {low:.4g} seconds lets "
        f"an older row answer {budget:.0%} of the reads; a longer one lets more"
    )
    return Expectation(f"about {low:.4g}", _about(low), why)


def _about(ttl: float) -> Accepts:
    return lambda outcome: near(outcome, ttl, max(1e-9, ttl * 1e-4))


EDGES: tuple[tuple[Any, ...], ...] = (
    (0.1, (5.0, 0.0)),
    (0.1, (0.0, 5.0)),
    (0.0, (5.0, 1.0)),
    (1.0, (5.0, 1.0)),
    (0.0, (5.0, 0.0)),
    (-0.1, (5.0, 1.0)),
    (1.1, (5.0, 1.0)),
    (0.1, (-0.5, 1.0)),
    (0.1, (5.0, -0.5)),
)


def _draw_edge(random: Random) -> tuple[Any, ...]:
    return random.choice(EDGES)


def _expect_edge(budget: float, rates: tuple[float, float]) -> Expectation:
    reads, updates = rates
    if not 0 <= budget <= 1 or reads < 0 or updates < 0:
        return refusal("ValueError", why="a share is from 0 to 1, and a rate is not negative")
    if updates == 0 or reads == 0 or budget == 1:
        why = "no copy, however old, breaks this budget"
        return exactly(math.inf, why)
    why = "any copy at all could be an older row"
    return Expectation("0.0", lambda outcome: near(outcome, 0.0, NO_LIFE), why)


def _spread(session: Session, _: Random) -> Finding | None:
    """Look at many draws: their bounds, and how many are in each tenth of the way."""
    ttl, fraction = 100.0, 0.2
    message = "the times are not spread as promised"
    answers = _draws(session, ttl, fraction)
    values = [decode(w) for w in answers if travels(w)]
    call = f"jittered({ttl}, {fraction}, rng), drawn {DRAWS} times"
    numbers = [float(v) for v in values if isinstance(v, int | float)]
    low, high = ttl * (1 - fraction), ttl
    if len(numbers) < DRAWS or min(numbers) < low - 1e-9 or max(numbers) > high + 1e-9:
        got = f"{min(numbers):.6g} to {max(numbers):.6g}" if numbers else show_value(answers[0])
        why = "a longer life would break the budget, a shorter one would cost more than was agreed"
        return Finding(message, Counterexample((Row(call, f"{low:g} to {high:g}", got),), why))
    counts = [0] * BINS
    for number in numbers:
        counts[min(BINS - 1, int((number - low) / (high - low) * BINS))] += 1
    shares = [count / len(numbers) for count in counts]
    if all(abs(share - 1 / BINS) <= SPREAD for share in shares):
        return None
    got = " ".join(f"{share:.2f}" for share in shares)
    row = Row(f"{call}: the share in each tenth", f"each {1 / BINS:.2f} +- {SPREAD}", got)
    why = "every moment of the range has to be as likely as any other, or the ends pile up"
    return Finding(message, Counterexample((row,), why))


def _draws(session: Session, ttl: float, fraction: float) -> list[Any]:
    return call_each(
        session, "jittered", [(ttl, fraction, Seeded(number)) for number in range(DRAWS)]
    )


def _jitter_edges(session: Session, _: Random) -> Finding | None:
    """Look at one call each: no spread, a refusal, and whose generator is used."""
    message = "an unusual case goes wrong"
    for arguments, hope in JITTER_EDGES:
        outcome = call_function(session, "jittered", *arguments)
        if not hope.accepts(outcome):
            row = Row(_call(arguments), hope.text, show_outcome(outcome))
            return Finding(message, Counterexample((row,), hope.why))
    one, two = (call_function(session, "jittered", 60.0, 0.5, Seeded(7)) for _ in range(2))
    if one == two:
        return None
    call, why = _call((60.0, 0.5, Seeded(7))), "all chance comes from the generator that is given"
    rows = (Row(call, "", show_outcome(one)), Row(call, show_outcome(one), show_outcome(two)))
    return Finding(message, Counterexample(rows, why))


def _call(arguments: tuple[Any, ...]) -> str:
    return f"jittered({', '.join(map(repr, arguments))})"


def _unspread(ttl: float) -> Expectation:
    why = "without a fraction nothing varies"
    return Expectation(f"{ttl}", lambda outcome: near(outcome, ttl), why)


_NO_LIFE = refusal("ValueError", why="a life is above 0 seconds, a fraction from 0 to below 1")
JITTER_EDGES: tuple[tuple[tuple[Any, ...], Expectation], ...] = (
    ((60.0, 0.0, Seeded(1)), _unspread(60.0)),
    ((0.5, 0.0, Seeded(1)), _unspread(0.5)),
    ((60.0, 1.0, Seeded(1)), _NO_LIFE),
    ((60.0, -0.1, Seeded(1)), _NO_LIFE),
    ((0.0, 0.1, Seeded(1)), _NO_LIFE),
)


LIFE_CHECKS = (
    Check(
        "budget",
        6,
        "ttl_for: the longest life that keeps the share of older answers within the budget",
        compare_function(
            "ttl_for",
            _draw_budget,
            _expect_ttl,
            message="the life is too long or too short for the budget",
            valid=lambda *a: 0 < a[0] < 1 and len(a[1]) == 2 and min(a[1]) > 0,
        ),
        hints=(
            "If a copy lives longer, does the share of older answers rise or fall?",
            "It rises from 0 towards 1: look for the life at which it is the budget.",
            "Double a life until the share is too large, then halve the interval 100 times.",
        ),
        subject="ttl_for",
    ),
    Check(
        "budget_edges",
        3,
        "ttl_for: rows that never change, nobody who reads, budgets of 0 and 1",
        compare_function(
            "ttl_for",
            _draw_edge,
            _expect_edge,
            message="an unusual case goes wrong",
            simpler=lambda _: iter(()),
        ),
        after=("budget",),
        hints=(
            "Which of the three numbers is 0 here, and what does that mean for a cache?",
            "Without updates or without readers nobody sees an older row: math.inf.",
            "Shares outside 0 to 1 and negative rates are mistakes of the caller: ValueError.",
        ),
        subject="ttl_for",
    ),
    Check(
        "spread",
        3,
        "jittered: every life from ttl * (1 - fraction) to ttl is as likely as any other",
        _spread,
        hints=(
            "Which is the longest life that your function can give, and which the shortest?",
            "Never longer than ttl: that was the budget. Shorter by up to fraction of it.",
            "ttl * (1 - fraction * rng.random()).",
        ),
        subject="jittered",
    ),
    Check(
        "spread_edges",
        2,
        "jittered: nothing to spread, nothing left, and whose dice",
        _jitter_edges,
        after=("spread",),
        hints=(
            "Where does the randomness come from, so that a test can repeat it?",
            "From rng alone; the module random is everybody's.",
            "ValueError unless ttl > 0 and 0 <= fraction < 1.",
        ),
        subject="jittered",
    ),
)
