"""
Exercise 02: what the workload decides. Reuse distances, the curve, a profile, a decision.
"""

from collections import Counter
from collections.abc import Iterator
from random import Random
from typing import Any

from cachelab.grading.exercise import Check, Exercise, in_turn
from cachelab.grading.expecting import satisfying
from cachelab.grading.functions import Arguments, compare_function, simpler_arguments
from cachelab.grading.runs import Expectation
from cachelab.grading.scaling import count_function_work

from .caching_case import expect_decision, expect_saving, is_case, mixed_case, plain_case
from .curve_apart import fits_its_distances, is_nearly

KEYS = "abcdefgh"


def distances(trace: list[str]) -> list[int | None]:
    """
    Return for each request how many other keys were asked for since the last one of its key.

    >>> distances(list("abbba"))
    [None, None, 0, 0, 1]
    """
    found: list[int | None] = []
    for place, key in enumerate(trace):
        earlier = [back for back in range(place) if trace[back] == key]
        found.append(len(set(trace[earlier[-1] + 1 : place])) if earlier else None)
    return found


def miss_ratios(trace: list[str], sizes: list[int]) -> list[float]:
    """Return the miss ratio of an LRU cache of each size, by running one."""
    return [_misses(trace, size) / len(trace) for size in sizes]


def _misses(trace: list[str], size: int) -> int:
    order: list[str] = []
    misses = 0
    for key in trace:
        misses += key not in order
        order = [*(k for k in order if k != key), key][-size:]
    return misses


def _draw_trace(random: Random) -> Arguments:
    keys = KEYS[: random.randint(1, len(KEYS))]
    return ([random.choice(keys) for _ in range(random.randint(0, 18))],)


def _expect_distances(trace: list[str]) -> Expectation:
    right = distances(trace)

    def fits(value: Any) -> bool:
        return isinstance(value, list | tuple) and [*map(_whole, value)] == right

    why = "count each other key once; None where the key was never asked for before"
    if trace and right[-1] is not None:
        last = max(place for place in range(len(trace) - 1) if trace[place] == trace[-1])
        between = sorted(set(trace[last + 1 : -1]))
        why = f"since the last {trace[-1]!r} the other keys were: {', '.join(between) or 'none'}"
    return satisfying(fits, repr(right), why)


def _whole(value: Any) -> Any:
    """Return a number as an int if it is whole: 1.0 will do for 1, True will not."""
    if type(value) is float and value.is_integer():
        return int(value)
    return value if type(value) is int or value is None else "no number"


def _draw_curve(random: Random) -> Arguments:
    keys = KEYS[: random.randint(2, len(KEYS))]
    trace = [random.choice(keys) for _ in range(random.randint(1, 18))]
    sizes = sorted(random.sample(range(1, 10), random.randint(1, 3)))
    return trace, sizes if random.random() < 0.7 else sizes[::-1]


def _expect_curve(trace: list[str], sizes: list[int]) -> Expectation:
    right = miss_ratios(trace, sizes)
    missed = [round(ratio * len(trace)) for ratio in right]
    told = "; ".join(f"{m} of {len(trace)} at size {s}" for m, s in zip(missed, sizes, strict=True))
    return satisfying(lambda v: _close(v, right), _shown(right), f"an LRU cache misses {told}")


def _close(value: Any, right: list[float]) -> bool:
    if not isinstance(value, list | tuple) or len(value) != len(right):
        return False
    pairs = zip(value, right, strict=True)
    return all(type(v) in (int, float) and abs(v - r) < 1e-9 for v, r in pairs)


def _shown(values: list[float]) -> str:
    return "[" + ", ".join(f"{value:.6g}" for value in values) + "]"


def _has_sizes(trace: list[str], sizes: list[int]) -> bool:
    return bool(trace) and bool(sizes) and min(sizes) >= 1 and len(set(sizes)) == len(sizes)


def _draw_work(random: Random, size: int) -> Arguments:
    return ([f"k{random.randrange(max(1, size // 2))}" for _ in range(size)],)


def _draw_log(random: Random) -> Arguments:
    keys = KEYS[: random.randint(1, len(KEYS))]
    length = random.randint(1, 14)
    if random.random() < 0.3:  # enough keys for a tenth of them to be more than one
        keys, length = "abcdefghijklmnopqrstuvwxyz", random.randint(30, 60)
    log = [
        ("write" if random.random() < 0.3 else "read", random.choice(keys)) for _ in range(length)
    ]
    return (log,)


def _expect_profile(log: list[tuple[str, str]]) -> Expectation:
    right = profile_of(log)

    def fits(value: Any) -> bool:
        return isinstance(value, dict) and all(
            type(value.get(name)) in (int, float) and abs(value[name] - figure) < 1e-9
            for name, figure in right.items()
        )

    text = "{" + ", ".join(f"{name!r}: {figure:.6g}" for name, figure in right.items()) + "}"
    counts = ", ".join(f"{key} {n}" for key, n in Counter(k for _, k in log).most_common())
    return satisfying(fits, text, f"requests by key: {counts}")


def profile_of(log: list[tuple[str, str]]) -> dict[str, float]:
    """
    Return the figures of ex02's profile.

    >>> profile_of([("read", "a"), ("read", "a"), ("write", "b")])["one_hit_share"]
    0.5
    """
    counts = Counter(key for _, key in log)
    top = -(-len(counts) // 10)
    return {
        "requests": len(log),
        "objects": len(counts),
        "write_share": sum(verb == "write" for verb, _ in log) / len(log),
        "one_hit_share": sum(n == 1 for n in counts.values()) / len(counts),
        "top_share": sum(n for _, n in counts.most_common(top)) / len(log),
    }


def _is_log(log: list[tuple[str, str]]) -> bool:
    return bool(log) and all(len(entry) == 2 for entry in log)


def _shorter(arguments: Arguments) -> Iterator[Arguments]:
    return (less for less in simpler_arguments(arguments) if _is_log(less[0]))


def _expect_nearly(trace: list[str]) -> Expectation:
    right = distances(trace)
    why = "a count that is no distance needs no work"
    return satisfying(lambda value: is_nearly(value, right), repr(right), why)


_OTHER_CURVE = "the miss ratio is not that of an LRU cache"
_FAST = count_function_work("reuse_distances", _draw_work, steepest=2.2)
_NEARLY = compare_function(
    "reuse_distances", _draw_trace, _expect_nearly, message="these are no distances"
)


CHECKS = (
    Check(
        "distances",
        8,
        "how many other keys came in between",
        compare_function(
            "reuse_distances",
            _draw_trace,
            _expect_distances,
            message="a reuse distance is not the number of other keys in between",
        ),
        hints=(
            "In a b b b a: which keys does a cache have to make room for between the two a?",
            "Count keys, not requests. A key asked for three times in between counts once.",
            "None for a first request; else count one mark for each key, at its last request.",
        ),
        subject="reuse_distances",
    ),
    Check(
        "distances_fast",
        6,
        "the work for a request does not grow with the trace",
        _FAST,
        after=("distances",),
        apart=in_turn(_NEARLY, _FAST),
        hints=(
            "How often do you look at a request again, in a trace of a million?",
            "Keep a mark at the last place of each key; the answer is a count of marks in a range.",
            "A Fenwick tree over places adds, removes and counts marks in O(log n).",
        ),
        seconds=14.0,
        subject="reuse_distances",
        measured=True,
    ),
    Check(
        "mrc",
        10,
        "the miss ratio of LRU at every size",
        compare_function(
            "mrc",
            _draw_curve,
            _expect_curve,
            message=_OTHER_CURVE,
            valid=_has_sizes,
        ),
        after=("distances",),
        apart=fits_its_distances(_draw_curve, _OTHER_CURVE),
        hints=(
            "At which sizes is a request with reuse distance 1 a hit?",
            "A first request misses at every size; another hits if its distance is below the size.",
            "[sum(d is None or d >= size for d in distances) / len(trace) for size in sizes]",
        ),
        subject="mrc",
    ),
    Check(
        "profile",
        6,
        "requests, objects, writes, one-hit objects, the top tenth",
        compare_function(
            "profile",
            _draw_log,
            _expect_profile,
            message="a figure of the profile is another one",
            simpler=_shorter,
        ),
        hints=(
            "Of what is each share a share: of requests, or of objects?",
            "one_hit_share is over objects, write_share and top_share are over requests.",
            "The top tenth is a tenth of the objects, rounded up: at least one.",
        ),
        subject="profile",
    ),
    Check(
        "should_cache_costs",
        4,
        "the saving for a request, in seconds",
        compare_function(
            "should_cache",
            plain_case,
            expect_saving,
            message="the saving is another one",
            valid=is_case,
        ),
        hints=(
            "What does a request cost with the cache, and what without it?",
            "A read costs lookup, a miss origin and fill on top; a write costs origin + lookup.",
            "saving = origin - (reads x read cost + writes x write cost) / requests.",
        ),
        subject="should_cache",
    ),
    Check(
        "should_cache_reasons",
        6,
        "yes or no, with the reasons",
        compare_function(
            "should_cache",
            mixed_case,
            expect_decision,
            message="the decision, or a reason for it, is another one",
            valid=is_case,
        ),
        after=("should_cache_costs",),
        hints=(
            "Which single number would have to be different for the cache to pay?",
            "Three reasons, each with a test of its own; several can hold. cache is True or False.",
            "slow lookup: lookup >= origin; little reuse: reads alone do not pay; many writes: "
            "reads alone pay, all together does not.",
        ),
        subject="should_cache",
    ),
)

EX02 = Exercise(
    "ex02",
    "should we cache",
    ("reuse_distances", "mrc", "profile", "should_cache"),
    ("should-we-cache",),
    CHECKS,
)
