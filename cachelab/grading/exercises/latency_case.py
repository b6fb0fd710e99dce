"""
Latencies of calls, hits and misses, as a histogram has to tell them: near enough, and mergeable.
"""

from collections import Counter
from math import ceil
from random import Random
from typing import Any

from cachelab.grading.arguments import Made
from cachelab.grading.relations import Fault, Step, Steps
from cachelab.grading.report import Row

CLOSE = 0.05
"""How far a percentile may be off, as a share of it."""

MOST_TOLD = 14
"""More calls than these are told as numbers."""

_MICROS = (2, 20, 200, 500, 1e3, 2e3, 4e3, 1e4, 2e4, 5e4, 1e5, 3e5, 8e5, 2e6, 5e6, 8e7)
LATENCIES = tuple(each / 1_000_000 for each in _MICROS)
"""So far from each other that a rank more or less shows."""


def draw_calls(random: Random) -> Steps:
    steps: list[Step] = [(0, "new")]
    few = random.sample(LATENCIES, random.randint(1, 6))
    steps += [(0, "record", random.choice(few), True) for _ in range(random.randint(0, 12))]
    return (*steps, *((0, "percentile", p) for p in random.sample((1, 25, 50, 75, 90, 99, 100), 3)))


def draw_many(random: Random) -> Steps:
    """Draw more than a hundred calls, fast ones up to the rank or to the one before it."""
    count, p = random.randint(101, 200), random.choice((1, 50, 75, 90, 99, 100))
    fast = ceil(p * count / 100) - random.randint(0, 1)
    times = [0.001] * fast + [0.05] * (count - fast)
    random.shuffle(times)
    return ((0, "new"), *((0, "record", each) for each in times), (0, "percentile", p))


def draw_hits(random: Random) -> Steps:
    steps: list[Step] = [(0, "new")]
    for _ in range(random.randint(0, 9)):
        hit = random.random() < 0.6
        said = () if hit and random.random() < 0.3 else (hit,)
        steps.append((0, "record", 0.001 if hit else 0.1, *said))
        if random.random() < 0.2:
            steps.append((0, "hit_ratio"))
    return (*steps, (0, "hit_ratio"), (0, "percentile", random.choice((50, 90, 99))))


def draw_merges(random: Random) -> Steps:
    """Quiet histograms and a slow one, merged; the one that was merged in stays as it is."""
    steps: list[Step] = [(0, "new"), (1, "new")]
    for slot in (0, 1):
        some = random.sample(LATENCIES, 2)
        steps += [
            (slot, "record", random.choice(some), random.random() < 0.5)
            for _ in range(random.randint(1, 6))
        ]
    steps.append((0, "merge", Made(1, "other")))
    if random.random() < 0.5:
        steps.append((random.randrange(2), "record", random.choice(LATENCIES), True))
    steps += [(0, "percentile", p) for p in random.sample((1, 25, 50, 75, 99), 2)]
    return (*steps, (0, "hit_ratio"), (1, "percentile", 50), (1, "hit_ratio"))


def draw_ratios(random: Random) -> Steps:
    """Draw hits and misses, and no question but for their ratio."""
    return tuple(step for step in draw_hits(random) if step[1] != "percentile")


def draw_twins(random: Random) -> Steps:
    """Draw two histograms to merge, and a third one that gets all their calls."""
    steps: list[Step] = [(0, "new"), (1, "new"), (2, "new")]
    for slot in (0, 1):
        for _ in range(random.randint(1, 6)):
            call = ("record", random.choice(LATENCIES), random.random() < 0.5)
            steps += [(slot, *call), (2, *call)]
    steps.append((0, "merge", Made(1, "other")))
    asked = [("percentile", p) for p in random.sample((1, 25, 50, 75, 99), 3)]
    return (*steps, *((slot, *each) for each in [*asked, ("hit_ratio",)] for slot in (2, 0)))


def find_unlike(steps: Steps, answers: list[Any]) -> Fault | None:
    """A merged histogram answers as the one that got all calls, whatever that is."""
    asked = [i for i, step in enumerate(steps[: len(answers)]) if step[1] in _QUESTIONS]
    for first, second in zip(asked[::2], asked[1::2], strict=False):
        if answers[first] is None or answers[first] != answers[second]:
            return Fault(second, repr(answers[first]), "one that got all the calls says so")
    return None


def find_no_figure(steps: Steps, answers: list[Any]) -> Fault | None:
    """Any answer will do, if there is one."""
    for index, (step, answer) in enumerate(zip(steps, answers, strict=False)):
        if step[1] == "percentile" and type(answer) not in (int, float) and index > 3:
            return Fault(index, "a number", "there were calls")
    return None


_QUESTIONS = ("percentile", "hit_ratio")


def find_wrong_figure(steps: Steps, answers: list[Any]) -> Fault | None:
    """Compare each figure with that of all samples, kept one by one."""
    calls: dict[int, list[tuple[float, bool]]] = {0: [], 1: []}
    for index, (step, answer) in enumerate(zip(steps, answers, strict=False)):
        slot, verb, *arguments = step
        if verb == "record":
            calls[slot].append((arguments[0], arguments[1] if len(arguments) > 1 else True))
        elif verb == "merge":
            calls[slot] += calls[1]
        elif verb == "percentile":
            fault = _percentile(index, calls[slot], arguments[0], answer)
            if fault is not None:
                return fault
        elif verb == "hit_ratio":
            hits = [hit for _, hit in calls[slot]]
            wanted = sum(hits) / len(hits) if hits else None
            why = f"{sum(hits)} hits in {len(hits)} calls" if hits else "there was no call yet"
            if not _is_near(answer, wanted, 1e-9):
                return Fault(index, f"{wanted if wanted is None else round(wanted, 4)}", why)
    return None


def _percentile(index: int, calls: list[tuple[float, bool]], p: float, answer: Any) -> Fault | None:
    ordered = sorted(seconds for seconds, _ in calls)
    if not ordered:
        why = "of no calls there is no percentile"
        return None if answer is None else Fault(index, "None", why)
    rank = max(1, ceil(p * len(ordered) / 100))
    wanted = ordered[rank - 1]
    if _is_near(answer, wanted, CLOSE * wanted + 1e-9):
        return None
    why = f"{p} % of {len(ordered)} calls: rank {rank} of the sorted times, {wanted:g} seconds"
    hope = f"{wanted:g}, or up to 5 % off"
    rows: tuple[Row, ...] = ()
    if len(ordered) > MOST_TOLD:
        told = ", ".join(f"{n} of {each:g} s" for each, n in sorted(Counter(ordered).items()))
        rows = (
            Row(f"{len(ordered)} calls are recorded: {told}", "", ""),
            Row(f"latency.percentile({p})", hope, repr(answer)),
        )
    return Fault(index, hope, why, rows)


def _is_near(answer: Any, wanted: float | None, limit: float) -> bool:
    if wanted is None:
        return answer is None or answer == 0.0
    return type(answer) in (int, float) and abs(answer - wanted) <= limit


def draw_weight(random: Random, size: int) -> list[list[Any]]:
    """Draw calls that take all sorts of times."""
    seconds = [{"float": f"{10 ** random.uniform(-4, 1):.4g}"} for _ in range(size)]
    return [[0, "new"], *([0, "record", each, True] for each in seconds)]
