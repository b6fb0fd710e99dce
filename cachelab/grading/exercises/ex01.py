"""
Exercise 01: measuring. Percentiles, a bench, the average access time, the break-even hit ratio.
"""

from random import Random
from typing import Any

from cachelab.grading.exercise import Check, Exercise, in_any_way, in_turn
from cachelab.grading.functions import compare_function
from cachelab.grading.runs import Operation
from cachelab.grading.stories import Tale
from cachelab.grading.telling import play_tales

from .bench_world import BenchModel, BenchWorld, figures_by_its_percentile
from .measuring_cases import (
    draw_bad_levels,
    draw_costs,
    draw_hopeless,
    draw_levels,
    draw_percentile,
    draw_percentile_edge,
    draw_whole_rank,
    expect_amat,
    expect_bad_levels,
    expect_break_even,
    expect_never,
    expect_percentile,
    expect_percentile_edge,
    expect_some_ratio,
    expect_whole_rank,
    fewer_values,
    is_ladder,
    pays,
    unambiguous,
)
from .untouched import leaves_alone


def _draw_bench(random: Random, _: Any) -> Operation:
    n = random.randint(1, 6) if random.random() < 0.9 else random.choice((49, 100, 100))
    return ("bench", *BenchWorld.arguments_of(n))


def _draw_calls(random: Random, model: BenchModel) -> Operation:
    return ("@calls",) if model.is_new else _draw_bench(random, model)


BENCH = tuple(
    (tuple(durations),)
    for durations in (
        (0.1, 0.001, 0.001, 0.001, 0.001, 0.001, 0.001),
        (0.05, 0.002, 0.002, 0.9, 0.002, 0.002, 0.002),
        (0.01, 0.003, 0.001, 0.002, 0.005, 0.004, 0.001),
        tuple((place * 37 % 101 + 1) / 1000 for place in range(101)),
    )
)

FOUR_IN_TURN = ((0.001, 0.009, 0.003, 0.002) * 30,)
"""Of these, any four calls in a row have the same figures, however many came before them."""


def _draw_four(_random: Random, _model: Any) -> Operation:
    return ("bench", *BenchWorld.arguments_of(4))


_OTHER_FIGURES = "the figures are not those of the n timed calls"
_NEVER_PAYS = compare_function(
    "break_even_hit_ratio",
    draw_hopeless,
    expect_never,
    message="a cache that can never pay is given a hit ratio",
    cases=40,
    valid=lambda cache, origin: len(cache) == 2 and cache[0] > origin > 0,
)
_SOMETIMES_PAYS = compare_function(
    "break_even_hit_ratio", draw_costs, expect_some_ratio, message="a cache is said never to pay"
)

CHECKS = (
    Check(
        "percentile",
        4,
        "the nearest rank of unsorted samples",
        compare_function(
            "percentile",
            draw_percentile,
            expect_percentile,
            message="percentile gives another value",
            valid=unambiguous,
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
        "no samples, percentile 0, p that is none, whole ranks; the samples stay as they were",
        in_turn(
            compare_function(
                "percentile",
                draw_percentile_edge,
                expect_percentile_edge,
                message="an unusual question gets a wrong answer",
                cases=60,
                simpler=lambda _: iter(()),
            ),
            leaves_alone(
                "percentile",
                draw_percentile_edge,
                place=0,
                called="values",
                message="percentile changes the list of samples",
            ),
            compare_function(
                "percentile",
                draw_whole_rank,
                expect_whole_rank,
                message="a rank that is a whole number is rounded up to the next",
                cases=60,
                simpler=lambda arguments: fewer_values(*arguments),
            ),
        ),
        after=("percentile",),
        hints=(
            "What can be said about the speed of something that was never measured?",
            "An empty list, p = 0, p outside 0 to 100; is the caller's list still the same; and is "
            "28 % of 25 values 7 of them, or a little more?",
            "ValueError for a bad p, None for no values, no rank below 1; sorted() makes a copy; "
            "multiply before you divide: p * n / 100.",
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
            message=_OTHER_FIGURES,
            runs=30,
            longest=2,
        ),
        after=("percentile", "bench_calls"),
        apart=in_any_way(
            figures_by_its_percentile(_OTHER_FIGURES, *(one for (one,) in BENCH[:3])),
            play_tales(
                Tale(BenchWorld, BenchModel, (FOUR_IN_TURN,), _draw_four),
                message=_OTHER_FIGURES,
                runs=2,
                longest=2,
            ),
        ),
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
            draw_levels,
            expect_amat,
            message="the average is another one",
            valid=is_ladder,
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
            draw_bad_levels,
            expect_bad_levels,
            message="levels that make no sense get an answer",
            cases=90,
            simpler=lambda _: iter(()),
        ),
        after=("amat",),
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
            draw_costs,
            expect_break_even,
            message="at this hit ratio the cache is not as fast as the origin",
            valid=pays,
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
        _NEVER_PAYS,
        after=("break_even",),
        apart=in_turn(_SOMETIMES_PAYS, _NEVER_PAYS),
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
