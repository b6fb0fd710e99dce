"""
A case for or against a cache: how often it is asked, what each step costs, and what comes of it.
"""

from math import gcd
from random import Random
from typing import Any

from cachelab.grading.expecting import satisfying
from cachelab.grading.functions import Arguments
from cachelab.grading.runs import Expectation

Case = dict[str, float]

SLOW_LOOKUP, LITTLE_REUSE, MANY_WRITES = "slow lookup", "little reuse", "many writes"
FIELDS = ("reads", "writes", "hit_ratio", "lookup", "fill", "origin")


def read_cost(case: Case) -> float:
    """Return what a read costs on average with the cache: a miss pays lookup, origin and fill."""
    return case["lookup"] + (1 - case["hit_ratio"]) * (case["origin"] + case["fill"])


def saving_of(case: Case) -> float:
    """Return what the cache saves of an average request; below zero, it costs that."""
    requests = case["reads"] + case["writes"]
    spent = case["reads"] * read_cost(case) + case["writes"] * (case["origin"] + case["lookup"])
    return case["origin"] - spent / requests


def reasons_of(case: Case) -> set[str]:
    """Return why not: none of them if the cache pays."""
    reasons = set()
    if case["lookup"] >= case["origin"]:
        reasons.add(SLOW_LOOKUP)
    if read_cost(case) >= case["origin"]:
        reasons.add(LITTLE_REUSE)
    elif saving_of(case) <= 0:
        reasons.add(MANY_WRITES)
    return reasons


def plain_case(random: Random) -> Arguments:
    """Draw a case in which reads alone decide or writes take part, whatever comes of it."""
    reads = random.randint(1, 50)
    case = {
        "reads": reads,
        "writes": random.choice((0, 0, 1, reads, 2 * reads)),
        "hit_ratio": random.choice((0.0, 0.5, 0.75, 1.0)),
        "lookup": float(random.randint(1, 5)),
        "fill": float(random.randint(0, 5)),
        "origin": float(random.randint(1, 40)),
    }
    return (case,)


def mixed_case(random: Random) -> Arguments:
    """Draw a case that nobody's rounding decides; every fifth is a draw to the last digit."""
    if random.random() < 0.2:
        return (_tie(random),)
    while True:
        (case,) = plain_case(random)
        if is_case(case):
            return (case,)


def _tie(random: Random) -> Case:
    """
    Return a case in which reads, or all requests, cost the same with the cache and without.

    One request in 4, 8, 16 or 32 is a read, so that who multiplies by shares gets 0 as well.
    """
    lookup, reads = 1.0, random.randint(1, 20)
    origin = random.choice((4.0, 8.0, 16.0, 32.0))
    fill = origin - 2.0 if random.random() < 0.5 else 0.0
    case = {"reads": reads, "writes": 0, "hit_ratio": 0.5, "lookup": lookup}
    case |= {"fill": fill, "origin": origin}
    if fill == 0.0:
        case |= {"hit_ratio": 1.0, "writes": int(reads * (origin - lookup))}
    return case


def is_case(case: Any) -> bool:
    """Tell whether a case is complete, sensible, and not decided by rounding: a draw is exact."""
    if set(case) != set(FIELDS) or case["reads"] < 1 or case["writes"] < 0:
        return False
    if min(case["lookup"], case["origin"]) <= 0 or not 0 <= case["hit_ratio"] <= 1:
        return False
    saving, loss = saving_of(case), read_cost(case) - case["origin"]
    is_clear = abs(saving) > 1e-6 or (saving == 0.0 and _has_exact_shares(case))
    return case["fill"] >= 0 and is_clear and (loss == 0.0 or abs(loss) > 1e-6)


def _has_exact_shares(case: Case) -> bool:
    """Tell whether the share of reads is a float to the last digit: so many halves of a half."""
    reads, writes = case["reads"], case["writes"]
    parts = int(reads + writes) // gcd(int(reads), int(writes))
    return parts & (parts - 1) == 0


def expect_saving(case: Case) -> Expectation:
    """Expect the right saving, whatever else is in the answer."""
    saving = saving_of(case)

    def fits(value: Any) -> bool:
        got = value.get("saving") if isinstance(value, dict) else None
        return isinstance(got, int | float) and abs(got - saving) < 1e-6

    why = (
        f"with the cache a read costs {read_cost(case):.6g} on average and a write "
        f"{case['origin'] + case['lookup']:.6g}; without it every request costs {case['origin']:g}"
    )
    return satisfying(fits, f"a dict with 'saving': {saving:.6g}", why)


def expect_decision(case: Case) -> Expectation:
    """Expect the decision and exactly the reasons that hold, in any order."""
    reasons, saving = reasons_of(case), saving_of(case)
    pays = saving > 0 and not reasons

    def fits(value: Any) -> bool:
        if not isinstance(value, dict) or value.get("cache") is not pays:
            return False
        given = value.get("reasons")
        if not isinstance(given, list | tuple | set) or len(given) != len(reasons):
            return False
        return set(given) == reasons

    text = f"'cache': {pays}, 'reasons': {sorted(reasons)}"
    why = (
        f"lookup {case['lookup']:g}, origin {case['origin']:g}; a read costs "
        f"{read_cost(case):.6g} on average, and the saving is {saving:.6g}"
    )
    return satisfying(fits, text, why)
