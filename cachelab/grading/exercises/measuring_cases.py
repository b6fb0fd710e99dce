"""
The cases of exercise 01: what its functions are asked, and what they have to answer.
"""

import math
from collections.abc import Iterator
from random import Random
from typing import Any

from cachelab.grading.expecting import about, exactly, refusal, satisfying
from cachelab.grading.functions import Arguments
from cachelab.grading.runs import Expectation


def nearest_rank(values: list[float], p: float) -> float | None:
    """
    Return the smallest value that at least p percent of the values do not exceed.

    >>> nearest_rank([15, 20, 35, 40, 50], 30)
    20
    """
    if not values:
        return None
    return sorted(values)[max(1, math.ceil(p * len(values) / 100)) - 1]


def average_access(levels: list[tuple[float, float]]) -> float:
    """
    Return what a read costs on average when each level is asked only after those before it.

    >>> average_access([(1, 0.5), (10, 1.0)])
    6.0
    """
    (time, ratio), *below = levels
    return time + (1 - ratio) * average_access(below) if below else time


def break_even(cache: tuple[float, float], origin: float) -> float | None:
    """
    Return the hit ratio from which on a cache is no slower than its origin alone.

    lookup + (1 - h) * (origin + fill) = origin, solved for h.

    >>> break_even((1, 1), 9)
    0.2
    """
    lookup, fill = cache
    return None if lookup > origin else (lookup + fill) / (origin + fill)


def unambiguous(values: list[float], p: float) -> bool:
    """Tell whether every usual way to compute the rank rounds to the same one."""
    n = len(values)
    ranks = {math.ceil(p * n / 100), math.ceil(p / 100 * n), math.ceil(n * (p / 100))}
    return len(ranks) == 1 and len(values) > 0 and 0 < p < 100


def draw_percentile(random: Random) -> Arguments:
    """Draw samples and a percentile that nobody can round differently."""
    while True:
        size = random.randint(1, 12) if random.random() < 0.9 else random.randint(150, 250)
        values = [random.randint(1, 99 if size < 99 else 9_999) for _ in range(size)]
        p = random.choice((1, 10, 25, 50, 50, 75, 90, 95, 99, 99))
        if unambiguous(list(values), p):
            return values, p


def expect_percentile(values: list[float], p: float) -> Expectation:
    """Expect the nearest rank."""
    rank = max(1, math.ceil(p * len(values) / 100))
    why = f"{p} % of {len(values)} values is {rank} of them: sorted, number {rank} is the answer"
    return exactly(nearest_rank(values, p), why)


def draw_percentile_edge(random: Random) -> Arguments:
    """Draw few samples or none, and the ends of the range or what is beyond."""
    values = [random.randint(1, 9) for _ in range(random.randint(0, 3))]
    if not values:
        return [], random.choice((50, 99))
    return values, random.choice((0, 0, 100, -1, 101, 250))


def expect_percentile_edge(values: list[float], p: float) -> Expectation:
    """Expect None, the ends, or a refusal."""
    if not 0 <= p <= 100:
        return refusal("ValueError", why=f"there is no percentile {p}: p goes from 0 to 100")
    if not values:
        return exactly(None, "of no samples there is no percentile, and 0 would be a lie")
    if p == 0:
        return exactly(min(values), "no value is below the smallest: that is percentile 0")
    return exactly(nearest_rank(values, p), "the hundredth percentile is the largest value")


def _strays(n: int, p: int) -> bool:
    """Tell whether floats put a rank that is whole above itself."""
    return p * n % 100 == 0 and max(p / 100 * n, n / 100 * p) > p * n // 100


WHOLE_RANKS = tuple((n, p) for n in range(1, 101) for p in range(1, 101) if _strays(n, p))
"""Numbers of values and percentiles: 28 % of 25 values is 7 of them, but 0.28 * 25 is more."""


def draw_whole_rank(random: Random) -> Arguments:
    """Draw values from 1 on, so that the answer is the rank, where floats go astray."""
    n, p = random.choice(WHOLE_RANKS[:12] if random.random() < 0.8 else WHOLE_RANKS)
    return list(range(1, n + 1)), p


def fewer_values(values: list[float], _: int) -> Iterator[Arguments]:
    """Give the cases with fewer values, the fewest first."""
    return ((list(range(1, n + 1)), p) for n, p in WHOLE_RANKS if n < len(values))


def expect_whole_rank(values: list[float], p: int) -> Expectation:
    """Expect the rank as whole numbers give it."""
    n = len(values)
    strayed = next(x for x in (p / 100 * n, n / 100 * p) if x > p * n // 100)
    formula = f"{p} / 100 * {n}" if strayed == p / 100 * n else f"{n} / 100 * {p}"
    why = f"{p} % of {n} values is {p * n // 100} of them; for a float, {formula} is {strayed!r}"
    return exactly(nearest_rank(values, p), why)


def draw_levels(random: Random) -> Arguments:
    """Draw levels that grow slower, the last of which always answers."""
    ratios = [random.choice((0.0, 0.25, 0.5, 0.75, 0.9)) for _ in range(random.randint(0, 3))]
    times = sorted(random.randint(1, 100) for _ in range(len(ratios) + 1))
    return (list(zip(map(float, times), [*ratios, 1.0], strict=True)),)


def is_ladder(levels: list[tuple[float, float]]) -> bool:
    """Tell whether these are levels that make sense."""
    pairs = all(len(level) == 2 for level in levels)
    return bool(levels) and pairs and levels[-1][1] == 1.0


def expect_amat(levels: list[tuple[float, float]]) -> Expectation:
    """Expect the average access time."""
    why = "every level's lookup is paid by all who get there, whether it hits or misses"
    return about(average_access(levels), why)


BAD_LEVELS: tuple[tuple[list[tuple[float, float]], str], ...] = (
    ([], "without a level there is nothing to read from"),
    ([(1.0, 0.9)], "the last level has to answer: its hit ratio is 1.0"),
    ([(1.0, 0.5), (5.0, 0.5)], "the last level has to answer: its hit ratio is 1.0"),
    ([(1.0, 1.5), (5.0, 1.0)], "a hit ratio is from 0 to 1: a percentage is not"),
    ([(1.0, -0.1), (5.0, 1.0)], "a hit ratio is from 0 to 1"),
)


def draw_bad_levels(random: Random) -> Arguments:
    """Draw levels that make no sense."""
    return (random.choice(BAD_LEVELS)[0],)


def expect_bad_levels(levels: list[tuple[float, float]]) -> Expectation:
    """Expect a refusal, for the reason that holds."""
    why = next((reason for bad, reason in BAD_LEVELS if bad == levels), "the levels make no sense")
    return refusal("ValueError", why=why)


def draw_costs(random: Random) -> Arguments:
    """Draw costs with which a cache can pay."""
    lookup, fill = random.randint(1, 20), random.randint(0, 20)
    dearest = lookup if random.random() < 0.1 else 200
    return (float(lookup), float(fill)), float(random.randint(lookup, dearest))


def pays(cache: tuple[float, float], origin: float) -> bool:
    """Tell whether a cache can pay at all."""
    return len(cache) == 2 and 0 < cache[0] <= origin


def expect_break_even(cache: tuple[float, float], origin: float) -> Expectation:
    """Expect the hit ratio at which both designs cost the same."""
    lookup, fill = cache
    ratio = break_even(cache, origin)
    assert ratio is not None
    why = (
        f"at a hit ratio of {ratio:.4g} a read costs {lookup:g} + {1 - ratio:.4g} x "
        f"({origin:g} + {fill:g}) = {origin:g}, what the origin alone costs"
    )
    return about(ratio, why)


def draw_hopeless(random: Random) -> Arguments:
    """Draw costs with which no hit ratio is enough."""
    origin = random.randint(1, 20)
    return (float(origin + random.randint(1, 50)), float(random.randint(0, 9))), float(origin)


def expect_some_ratio(_cache: Any, _origin: float) -> Expectation:
    """Expect a number, be it the right one or not."""
    return satisfying(lambda v: type(v) in (int, float), "a number", "this cache can pay")


def expect_never(cache: tuple[float, float], origin: float) -> Expectation:
    """Expect None."""
    why = f"a hit costs {cache[0]:g} and the origin {origin:g}: no hit ratio makes up for that"
    return exactly(None, why)
