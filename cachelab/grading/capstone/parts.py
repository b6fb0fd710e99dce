"""
The parts of the capstone's score, in order: the gates first, for they cap everything else.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from cachelab.grading.exercise import Exercise
from cachelab.grading.report import CheckResult
from cachelab.grading.sandbox import Level

from .days import Days, hidden_seed
from .verdicts import (
    Verdict,
    budget,
    faults,
    gap,
    hidden,
    live,
    privacy,
    promises,
    runs,
)

CAP = 120
"""The most that a design gets which breaks a promise, spends too much, or leaks."""


class Part:
    """One line of the score: its id, points and title, how it is made, and its hints."""

    def __init__(
        self,
        name: str,
        points: int,
        title: str,
        judge: Callable[[Days, int], Verdict],
        hints: tuple[str, str, str],
        *,
        gate: bool = False,
    ) -> None:
        self.id, self.points, self.title = name, points, title
        self.judge, self.hints, self.gate = judge, hints, gate

    def result(self, days: Days) -> CheckResult:
        """Return the verdict on this part."""
        points, message, shown = self.judge(days, self.points)
        hints = self.hints if points < self.points else ()
        return CheckResult(self.id, self.title, points, self.points, message, shown, hints)

    def waiting(self) -> CheckResult:
        """Return that there is no verdict, for the design does not get through a day."""
        message = "not judged until runs passes"
        return CheckResult(self.id, self.title, 0, self.points, message, waits_for="runs")


PARTS = (
    Part(
        "runs",
        10,
        "gate: the design gets through a day",
        runs,
        (
            "Which call raised, and what did it get that you did not expect?",
            "The world fails with StoreError and Overloaded; anything else ends the game.",
            "configure returns a dictionary such as {'l2': {'megabytes': 8}}; read returns a row.",
        ),
        gate=True,
    ),
    Part(
        "promises",
        20,
        "gate: every promise about the data is kept",
        promises,
        (
            "How old can a copy become at the end of your slowest way to it?",
            "A row is as old as its `at`, not as its arrival in a layer; clocks differ by 0.5 s.",
            "Checkout: ask the origin, or a shared cache that is deleted from before `write` ends.",
        ),
        gate=True,
    ),
    Part(
        "privacy",
        15,
        "gate: no private row in a shared layer",
        privacy,
        (
            "Which classes belong to one user, and which layers do users share?",
            "carts, sessions and feeds are private; cdn and l2 are shared.",
            "Put private rows into ctx.l1 and nowhere else.",
        ),
        gate=True,
    ),
    Part(
        "budget",
        15,
        "gate: a month costs what there is",
        budget,
        (
            "Which of memory, parts, origin and egress is the largest on that day?",
            "Memory is paid for in each place: 3 edges, 6 processes, 4 nodes.",
            "Fewer megabytes, or fewer calls of the origin: longer lives with deletions on write.",
        ),
        gate=True,
    ),
    Part(
        "hidden",
        160,
        "the share of the achievable gain on eight kinds of hidden days",
        hidden,
        (
            "Which kind of day is your worst, and what is asked for on it?",
            "What is asked for once must not push out what is asked for often.",
            "Delete on write instead of short lives, leases against stampedes, edges for all.",
        ),
    ),
    Part(
        "faults",
        80,
        "six faults are survived",
        faults,
        (
            "Who calls the origin in the second after the fault, and for which keys?",
            "When one layer is gone, the one in front of it must hold for a while.",
            "Edges or processes that hold public rows, leases at every layer, StoreError caught.",
        ),
    ),
    Part(
        "gap",
        20,
        "what works on public days works on hidden ones",
        gap,
        (
            "Is there a number in your design that fits one public day?",
            "Let what you keep depend on what is asked for, not on names of keys.",
            "A policy that resists scans, and lives by class.",
        ),
    ),
    Part(
        "live",
        40,
        "a minute on a real server and SQLite: promises hold, calls and p99 are as predicted",
        live,
        (
            "What takes time there and none in the simulator, or the other way round?",
            "Lives run in real time there: what hangs on an exact millisecond breaks.",
            "Let nothing depend on the order of events within a few milliseconds.",
        ),
    ),
)

PANEL_POINTS = sum(part.points for part in PARTS)


def judge_parts(
    level: Level, source: str, seed: int | None, only: str | None
) -> Iterator[CheckResult]:
    """
    Give the verdict on each part, in order; once a gate has failed, no more than the cap is given.

    Raises:
        ValueError: there is no part called `only`.
    """
    known = {part.id: part for part in PARTS}
    if only is not None and only not in known:
        raise ValueError(f"the capstone has no part {only!r}; known: {', '.join(known)}")
    with Days(level, source, hidden_seed(seed)) as days:
        yield from judge_days(days, only)


def judge_days(days: Days, only: str | None = None) -> Iterator[CheckResult]:
    """Give the verdict on each part, or on one and those before it, from the days of a design."""
    return _capped(_each_result(days, only))


def _each_result(days: Days, only: str | None) -> Iterator[tuple[Part, CheckResult]]:
    """Give the verdict on each part that is wanted; the replay runs while other days are played."""
    for part in [part for part in PARTS if only in (None, part.id) or part.id == "runs"]:
        if part.id != "runs" and days.trouble("first"):
            yield part, part.waiting()
            continue
        yield part, part.result(days)
        if part.id == "runs" and only in (None, "live") and not days.trouble("first"):
            days.begin_replay()


def _capped(results: Iterable[tuple[Part, CheckResult]]) -> Iterator[CheckResult]:
    """Give results as they are until a gate has failed, then no more than what the cap leaves."""
    most, given = PANEL_POINTS, 0
    for part, result in results:
        if part.gate and not result.passed:
            most = CAP
        points = min(result.points, most - given)
        message = result.message
        if points < result.points:
            message = f"{message}; capped, for a gate is closed"
        given += points
        yield replace(result, points=points, message=message)


CAPSTONE = Exercise(
    "capstone",
    "Market Day",
    ("Design",),
    ("design",),
    (),
    by_hand=40,
    panel=judge_parts,
    panel_points=PANEL_POINTS,
)
