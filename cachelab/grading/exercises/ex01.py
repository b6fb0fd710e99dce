"""
Exercise 01: measuring. Percentiles, a bench, the average access time, the break-even hit ratio.
"""

import math
from random import Random
from typing import Any

from cachelab.grading.exercise import Check, Exercise
from cachelab.grading.expecting import about, exactly, refusal
from cachelab.grading.functions import Arguments, compare_function
from cachelab.grading.runs import Expectation, Operation
from cachelab.grading.stories import Tale
from cachelab.grading.telling import play_tales

from .bench_world import BenchModel, BenchWorld


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


def _unambiguous(values: list[float], p: float) -> bool:
    """Tell whether every usual way to compute the rank rounds to the same one."""
    n = len(values)
    ranks = {math.ceil(p * n / 100), math.ceil(p / 100 * n), math.ceil(n * (p / 100))}
    return len(ranks) == 1 and len(values) > 0 and 0 < p < 100


def _draw_percentile(random: Random) -> Arguments:
    while True:
        values = [random.randint(1, 99) for _ in range(random.randint(1, 12))]
        p = random.choice((1, 10, 25, 50, 50, 75, 90, 95, 99, 99))
        if _unambiguous(list(values), p):
            return values, p


def _expect_percentile(values: list[float], p: float) -> Expectation:
    rank = max(1, math.ceil(p * len(values) / 100))
    why = f"{p} % of {len(values)} values is {rank} of them: sorted, number {rank} is the answer"
    return exactly(nearest_rank(values, p), why)


def _draw_percentile_edge(random: Random) -> Arguments:
    values = [random.randint(1, 9) for _ in range(random.randint(0, 3))]
    if not values:
        return [], random.choice((50, 99))
    return values, random.choice((0, 0, 100, -1, 101, 250))


def _expect_percentile_edge(values: list[float], p: float) -> Expectation:
    if not 0 <= p <= 100:
        return refusal("ValueError", why=f"there is no percentile {p}: p goes from 0 to 100")
    if not values:
        return exactly(None, "of no samples there is no percentile, and 0 would be a lie")
    if p == 0:
        return exactly(min(values), "no value is below the smallest: that is percentile 0")
    return exactly(nearest_rank(values, p), "the hundredth percentile is the largest value")


def _draw_levels(random: Random) -> Arguments:
    ratios = [random.choice((0.0, 0.25, 0.5, 0.75, 0.9)) for _ in range(random.randint(0, 3))]
    times = sorted(random.randint(1, 100) for _ in range(len(ratios) + 1))
    return (list(zip(map(float, times), [*ratios, 1.0], strict=True)),)


def _is_ladder(levels: list[tuple[float, float]]) -> bool:
    pairs = all(len(level) == 2 for level in levels)
    return bool(levels) and pairs and levels[-1][1] == 1.0


def _expect_amat(levels: list[tuple[float, float]]) -> Expectation:
    why = "every level's lookup is paid by all who get there, whether it hits or misses"
    return about(average_access(levels), why)


BAD_LEVELS: tuple[tuple[list[tuple[float, float]], str], ...] = (
    ([], "without a level there is nothing to read from"),
    ([(1.0, 0.9)], "the last level has to answer: its hit ratio is 1.0"),
    ([(1.0, 0.5), (5.0, 0.5)], "the last level has to answer: its hit ratio is 1.0"),
    ([(1.0, 1.5), (5.0, 1.0)], "a hit ratio is from 0 to 1: a percentage is not"),
    ([(1.0, -0.1), (5.0, 1.0)], "a hit ratio is from 0 to 1"),
)


def _draw_bad_levels(random: Random) -> Arguments:
    return (random.choice(BAD_LEVELS)[0],)


def _expect_bad_levels(levels: list[tuple[float, float]]) -> Expectation:
    why = next((reason for bad, reason in BAD_LEVELS if bad == levels), "the levels make no sense")
    return refusal("ValueError", why=why)


def _draw_costs(random: Random) -> Arguments:
    lookup, fill = random.randint(1, 20), random.randint(0, 20)
    return (float(lookup), float(fill)), float(random.randint(lookup, 200))


def _pays(cache: tuple[float, float], origin: float) -> bool:
    return len(cache) == 2 and 0 < cache[0] <= origin


def _expect_break_even(cache: tuple[float, float], origin: float) -> Expectation:
    lookup, fill = cache
    ratio = break_even(cache, origin)
    assert ratio is not None
    why = (
        f"at a hit ratio of {ratio:.4g} a read costs {lookup:g} + {1 - ratio:.4g} x "
        f"({origin:g} + {fill:g}) = {origin:g}, what the origin alone costs"
    )
    return about(ratio, why)


def _draw_hopeless(random: Random) -> Arguments:
    origin = random.randint(1, 20)
    return (float(origin + random.randint(1, 50)), float(random.randint(0, 9))), float(origin)


def _expect_never(cache: tuple[float, float], origin: float) -> Expectation:
    why = f"a hit costs {cache[0]:g} and the origin {origin:g}: no hit ratio makes up for that"
    return exactly(None, why)


def _draw_bench(random: Random, _: Any) -> Operation:
    return ("bench", *BenchWorld.arguments_of(random.randint(1, 6)))


def _draw_calls(random: Random, model: BenchModel) -> Operation:
    return ("@calls",) if model.is_new else _draw_bench(random, model)


BENCH = tuple(
    (tuple(durations),)
    for durations in (
        (0.1, 0.001, 0.001, 0.001, 0.001, 0.001, 0.001),
        (0.05, 0.002, 0.002, 0.9, 0.002, 0.002, 0.002),
        (0.01, 0.003, 0.001, 0.002, 0.005, 0.004, 0.001),
    )
)

CHECKS = (
    Check(
        "percentile",
        4,
        "the nearest rank of unsorted samples",
        compare_function(
            "percentile",
            _draw_percentile,
            _expect_percentile,
            message="percentile gives another value",
            valid=_unambiguous,
        ),
        hints=(
            "How many of the values may be above the answer?",
            "Sort a copy. The rank is p percent of the number of values, rounded up.",
            "sorted(values)[max(1, ceil(p * n / 100)) - 1]: ranks count from 1, places from 0.",
        ),
        subject="percentile",
    ),
    Check(
        "percentile_edges",
        2,
        "no samples, percentile 0, p that is none",
        compare_function(
            "percentile",
            _draw_percentile_edge,
            _expect_percentile_edge,
            message="an unusual question gets a wrong answer",
            cases=60,
            simpler=lambda _: iter(()),
        ),
        needs=("percentile",),
        hints=(
            "What can be said about the speed of something that was never measured?",
            "Three cases: an empty list, p = 0, and p outside 0 to 100.",
            "Raise ValueError for a bad p, return None for an empty list, never a rank below 1.",
        ),
        subject="percentile",
    ),
    Check(
        "bench_calls",
        4,
        "one call to warm up, then n calls",
        play_tales(
            Tale(BenchWorld, BenchModel, BENCH, _draw_calls, judged=frozenset({"@calls"})),
            message="fn is called too often or too seldom",
            runs=12,
            longest=4,
        ),
        hints=(
            "What is different about the first call of almost anything?",
            "Call fn once before you look at the clock: its time is not part of the answer.",
            "n + 1 calls in all: one to warm up, n that are timed.",
        ),
        subject="bench",
    ),
    Check(
        "bench_figures",
        8,
        "each call timed alone: n, mean, p50, p99 and max",
        play_tales(
            Tale(BenchWorld, BenchModel, BENCH, _draw_bench),
            message="the figures are not those of the n timed calls",
            runs=30,
            longest=2,
        ),
        needs=("bench_calls",),
        hints=(
            "Where do you read the clock: around all calls, or around each?",
            "Keep a list of n durations; every figure comes from that list.",
            "before = clock.now(); fn(); durations.append(clock.now() - before), n times.",
        ),
        subject="bench",
    ),
    Check(
        "amat",
        6,
        "average access time over levels",
        compare_function(
            "amat",
            _draw_levels,
            _expect_amat,
            message="the average is another one",
            valid=_is_ladder,
        ),
        hints=(
            "Which lookups does a read pay that finds nothing in the first level?",
            "A miss pays the lookup that missed as well as everything below it.",
            "Go from the last level to the first: cost = time + (1 - ratio) * cost below.",
        ),
        subject="amat",
    ),
    Check(
        "amat_edges",
        2,
        "levels that make no sense are refused",
        compare_function(
            "amat",
            _draw_bad_levels,
            _expect_bad_levels,
            message="levels that make no sense get an answer",
            cases=90,
            simpler=lambda _: iter(()),
        ),
        needs=("amat",),
        hints=(
            "What if nothing answers in the end?",
            "Look at the last hit ratio, and at whether every ratio is from 0 to 1.",
            "Raise ValueError for no levels, a ratio outside 0 to 1, or a last one below 1.",
        ),
        subject="amat",
    ),
    Check(
        "break_even",
        8,
        "the hit ratio from which on the cache pays",
        compare_function(
            "break_even_hit_ratio",
            _draw_costs,
            _expect_break_even,
            message="at this hit ratio the cache is not as fast as the origin",
            valid=_pays,
        ),
        hints=(
            "What does a hit cost, what does a miss cost, and which of the two comes how often?",
            "A miss costs lookup + origin + fill. Set the average equal to the origin's cost.",
            "lookup + (1 - h) * (origin + fill) = origin: solve it for h.",
        ),
        subject="break_even_hit_ratio",
    ),
    Check(
        "break_even_never",
        6,
        "None where no hit ratio is enough",
        compare_function(
            "break_even_hit_ratio",
            _draw_hopeless,
            _expect_never,
            message="a cache that can never pay is given a hit ratio",
            cases=40,
            valid=lambda cache, origin: len(cache) == 2 and cache[0] > origin > 0,
        ),
        needs=("break_even",),
        hints=(
            "What if a lookup in the cache is slower than the origin?",
            "Your formula then gives a hit ratio above 1. There is none.",
            "Return None when the lookup costs more than the origin.",
        ),
        subject="break_even_hit_ratio",
    ),
)

EX01 = Exercise(
    "ex01",
    "measuring",
    ("percentile", "bench", "amat", "break_even_hit_ratio"),
    ("measuring",),
    CHECKS,
)
