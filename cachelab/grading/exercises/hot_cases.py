"""
Streams of requests for a counter of hot keys, and what its memory allows it to know.
"""

from collections import Counter
from random import Random
from typing import Any

from cachelab.grading.relations import Fault, Step, Steps
from cachelab.grading.report import Row
from cachelab.grading.wording import shorten


def draw_few(random: Random) -> Steps:
    """No more keys than there are counters."""
    capacity = random.randint(2, 5)
    keys = "abcde"[:capacity]
    steps: list[Step] = [(0, "add", random.choice(keys)) for _ in range(random.randint(1, 20))]
    asked = (0, "top", random.randint(1, capacity))
    if random.random() < 0.3:  # a question in between changes nothing
        steps.insert(random.randint(1, len(steps)), asked)
    return ((0, "new", capacity), *steps, asked)


def draw_many(random: Random) -> Steps:
    """Some keys that are asked for often, between many that are asked for once."""
    capacity = random.randint(2, 4)
    stream = [random.choice("ab") for _ in range(random.randint(4, 16))]
    stream += [f"x{number}" for number in range(random.randint(3, 16))]
    order = random.choice(("mixed", "hot first", "hot last", "blocked", "blocked"))
    if order == "blocked":
        return _blocked(random)
    if order == "mixed":
        random.shuffle(stream)
    elif order == "hot last":
        stream.reverse()
    return ((0, "new", capacity), *((0, "add", key) for key in stream), (0, "top", capacity))


def _blocked(random: Random) -> Steps:
    """All counters but one are taken for good; a hot key and new ones take turns at the last."""
    capacity = random.randint(3, 4)
    stream = [name for name in "pqr"[: capacity - 1] for _ in range(2)]
    for number in range(random.randint(6, 8)):
        stream += ["a", f"x{number}"]
    return ((0, "new", capacity), *((0, "add", key) for key in stream), (0, "top", capacity))


def find_wrong_count(steps: Steps, answers: list[Any]) -> Fault | None:
    """With a counter for each key, the answer is exact."""
    made, asked = steps[0], steps[-1]
    counts = Counter(step[2] for step in steps if step[1] == "add")
    if len(counts) > made[2] or asked[1] != "top" or len(answers) < len(steps):
        return None
    got = _pairs(answers[-1])
    most = counts.most_common(asked[2])
    fits = (
        got is not None
        and [count for _, count in got] == [count for _, count in most]
        and len({key for key, _ in got}) == len(got)
        and all(counts.get(key) == count for key, count in got)
    )
    told = ", ".join(f"{key} {count}" for key, count in counts.most_common())
    why = f"there is a counter for each key, so nothing is lost: {told}"
    return None if fits else _told(steps, answers, repr(most), why)


def find_silence(steps: Steps, answers: list[Any]) -> Fault | None:
    """Whatever the counts are, after a request there is an answer."""
    asked = len(answers) == len(steps) and steps[-1][1] == "top" and len(steps) > 2
    if not asked or answers[-1]:
        return None
    return Fault(len(steps) - 1, "at least one key", "there were requests")


def find_lost_key(steps: Steps, answers: list[Any]) -> Fault | None:
    """A key with more than a share of 1 / capacity of the requests is always in the answer."""
    if len(answers) < len(steps) or steps[-1][1] != "top":
        return None
    capacity = steps[0][2]
    stream = [step[2] for step in steps if step[1] == "add"]
    found = {key for key, _ in _pairs(answers[-1]) or ()}
    for key, count in Counter(stream).most_common():
        if count * capacity > len(stream) and key not in found:
            why = (
                f"{key!r} came {count} times in {len(stream)} requests, more than "
                f"{len(stream)} / {capacity}"
            )
            return _told(steps, answers, f"{key!r} among the keys", why)
    return None


def find_bad_estimate(steps: Steps, answers: list[Any]) -> Fault | None:
    """A count is off by at most the number of requests over the capacity."""
    if len(answers) < len(steps) or steps[-1][1] != "top":
        return None
    capacity = steps[0][2]
    stream = [step[2] for step in steps if step[1] == "add"]
    counts = Counter(stream)
    got = _pairs(answers[-1])
    if got is None or [n for _, n in got] != sorted((n for _, n in got), reverse=True):
        return _told(steps, answers, "pairs (key, count), the largest first", "top is a ranking")
    for key, count in got:
        if abs(count - counts[key]) * capacity > len(stream):
            why = (
                f"{key!r} came {counts[key]} times, and {len(stream)} requests with {capacity} "
                f"counters allow an error of {len(stream)} / {capacity}"
            )
            return _told(steps, answers, f"about {counts[key]} for {key!r}", why)
    return None


def draw_weight(random: Random, size: int) -> list[list[Any]]:
    """Draw requests for ever new keys."""
    start = random.randrange(10**5, 2 * 10**5)
    return [[0, "new", 20], *([0, "add", f"user:{start + n}"] for n in range(size))]


def _pairs(answer: Any) -> list[tuple[Any, int]] | None:
    if not isinstance(answer, list | tuple):
        return None
    pairs = [tuple(pair) for pair in answer if isinstance(pair, list | tuple) and len(pair) == 2]
    if len(pairs) < len(answer) or any(type(count) not in (int, float) for _, count in pairs):
        return None
    return pairs


def _told(steps: Steps, answers: list[Any], expected: str, why: str) -> Fault:
    stream = " ".join(step[2] for step in steps if step[1] == "add")
    first = next(place for place, step in enumerate(steps) if step[1] == "top")
    asked = "" if first == len(steps) - 1 else f"; after {first - 1} of them hot.top is asked once"
    rows = (
        Row(f"hot = HotKeys({steps[0][2]})", "", ""),
        Row(f"hot.add of each of: {shorten(stream)}{asked}", "", ""),
        Row(f"hot.top({steps[-1][2]})", expected, shorten(repr(answers[-1]))),
    )
    return Fault(len(steps) - 1, expected, why, rows)
