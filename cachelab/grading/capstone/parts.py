"""
The parts of the capstone's score, in order: the gates first, for they cap everything else.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace

from cachelab.grading.exercise import Exercise
from cachelab.grading.report import CheckResult, Counterexample, Row
from cachelab.grading.sandbox import Level
from cachelab.lab.market import Breach, Budget, Figures
from cachelab.lab.market.scoring import (
    GAP,
    WORTH_COMPARING,
    fault_demands,
    fault_points,
    generalises,
    hidden_points,
    survives,
)

from .days import GROUPS, Days, hidden_seed

CAP = 120
"""The most that a design gets which breaks a promise, spends too much, or leaks."""

Verdict = tuple[int, str, Counterexample | None]
"""Points, what to say, and what to show."""

PROMISES = ("answer", "hoard", "checkout", "stale", "lost")


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


def _runs(days: Days, points: int) -> Verdict:
    trouble = days.trouble("first")
    if trouble is None:
        return points, "passed", None
    where = f" in line {trouble.line}" if trouble.line else ""
    row = Row(trouble.call, "an answer", trouble.message)
    return (
        0,
        f"the design does not get through a day{where}",
        Counterexample((row,), f"on the day {trouble.day!r} this call ended the game"),
    )


def _promises(days: Days, points: int) -> Verdict:
    return _no_breach(days, points, PROMISES, "a promise about the data is broken")


def _privacy(days: Days, points: int) -> Verdict:
    return _no_breach(days, points, ("leak",), "a private row is where others can read it")


def _no_breach(days: Days, points: int, kinds: tuple[str, ...], message: str) -> Verdict:
    found = days.breach(kinds)
    if found is not None:
        group, name, breach = found
        return 0, f"{message} (day: {name})", _told(days.shortest(group, name, breach))
    return _unless_trouble(days, points)


def _unless_trouble(days: Days, points: int) -> Verdict:
    trouble = days.trouble(*GROUPS)
    if trouble is not None:
        return 0, f"on the day {trouble.day!r}: {trouble.call}: {trouble.message}", None
    return points, "passed", None


def _told(breach: Breach) -> Counterexample:
    """Return a breach as a table of calls, whose last row says what was promised."""
    rows = [
        Row(f"{at:7.3f} s  {who}: {call}", "", outcome) for at, who, call, outcome in breach.history
    ]
    end = Row(f"{breach.at:7.3f} s  {breach.key}", WANTED[breach.kind], breach.story)
    return Counterexample((*rows[-11:], end), WHY[breach.kind])


WANTED = {
    "answer": "a row of the key that was asked for",
    "hoard": "a row that this call was given",
    "checkout": "stock that is true",
    "stale": "a row as young as was promised",
    "lost": "every acknowledged write",
    "leak": "private rows only in l1",
}
WHY = {
    "answer": "a read must return the row that a layer or the origin gave it",
    "hoard": "rows in a variable are memory that nobody paid for: keep them in layers",
    "checkout": "somebody pays for what may be gone: what is asked at the checkout must be true",
    "stale": "a copy outlived the promise about its class",
    "lost": "write returned, so the user was told that it is done, and the origin never got it",
    "leak": "cdn and l2 are shared between users, so a user's row can be served to another",
}


def _budget(days: Days, points: int) -> Verdict:
    limit = Budget().dollars
    for group in GROUPS:
        worst = max(days.figures(group), key=lambda day: day.dollars, default=None)
        if worst is not None and worst.dollars > limit:
            rows = [
                Row(what, "", f"{dollars:,.0f} dollars") for what, dollars in worst.bill.items()
            ]
            end = Row("a month of it", f"at most {limit:,.0f}", f"{worst.dollars:,.0f} dollars")
            why = f"on a day like {worst.workload!r} it costs more than there is"
            return 0, "the design costs too much", Counterexample((*rows, end), why)
    return _unless_trouble(days, points)


def _hidden(days: Days, points: int) -> Verdict:
    gains = days.gains("hidden")
    if days.trouble("hidden"):
        return _unless_trouble(days, 0)
    worst = min(gains, key=lambda name: gains[name])
    mean = sum(gains.values()) / len(gains)
    message = f"mean gain {mean:.2f}, least {gains[worst]:.2f} ({worst})"
    rows = tuple(Row(name, "", f"{share:.2f}") for name, share in gains.items())
    shown = Counterexample(
        (
            *rows,
            Row("half the mean and half the least", "1.00", f"{(mean + gains[worst]) / 2:.2f}"),
        ),
        "0 is no cache at all, 1 is who knows the day beforehand; one collapse costs half",
    )
    return hidden_points(list(gains.values()), points), message, shown


def _faults(days: Days, points: int) -> Verdict:
    many = days.figures("faults")
    if days.trouble("faults"):
        return _unless_trouble(days, 0)
    survived = sum(map(survives, many))
    rows = tuple(Row(day.workload, "", _fault_line(day)) for day in many)
    bad = next((day for day in many if not survives(day)), None)
    if bad is None:
        return points, "passed", None
    unmet = next(text for text, met in fault_demands(bad) if not met)
    shown = Counterexample((*rows, Row(bad.workload, "survived", unmet)), unmet)
    return fault_points(many, points), f"{survived} of {len(many)} faults survived", shown


def _fault_line(day: Figures) -> str:
    return (
        f"worst second {day.worst_second} calls, recovery {day.recovery:g} s, {day.lost_acks} lost"
    )


def _gap(days: Days, points: int) -> Verdict:
    if days.trouble("first", "public", "hidden"):
        return _unless_trouble(days, 0)
    public = [*days.gains("first").values(), *days.gains("public").values()]
    hidden = [*days.gains("hidden").values()]
    if generalises(public, hidden):
        return points, "passed", None
    seen, unseen = sum(public) / len(public), sum(hidden) / len(hidden)
    wanted = f"a gain of {WORTH_COMPARING:g} or more, and at most {GAP:g} below the public one"
    row = Row("mean gain: public, hidden", wanted, f"{seen:.2f}, {unseen:.2f}")
    why = "a design that only fits the days that were shown has learnt those days"
    return 0, "the gain does not carry over to other days", Counterexample((row,), why)


PARTS = (
    Part(
        "runs",
        10,
        "gate: the design gets through a day",
        _runs,
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
        _promises,
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
        _privacy,
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
        _budget,
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
        _hidden,
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
        _faults,
        (
            "Who calls the origin in the second after the fault, and for which keys?",
            "When one layer is gone, the one in front of it must hold for a while.",
            "Leases at every layer, and public rows in l1 too for those seconds.",
        ),
    ),
    Part(
        "gap",
        20,
        "what works on public days works on hidden ones",
        _gap,
        (
            "Is there a number in your design that fits one public day?",
            "Let what you keep depend on what is asked for, not on names of keys.",
            "A policy that resists scans, and lives by class.",
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
    days = Days(level, source, hidden_seed(seed))
    wanted = [part for part in PARTS if only in (None, part.id) or part.id == "runs"]
    most, given = PANEL_POINTS, 0
    for part in wanted:
        if days.trouble("first") and part.id != "runs":
            message = "not judged until runs passes"
            yield CheckResult(part.id, part.title, 0, part.points, message, waits_for="runs")
            continue
        result = part.result(days)
        if part.gate and not result.passed:
            most = CAP
        if result.points > most - given:
            message = f"{result.message}; capped, for a gate is closed"
            result = replace(result, points=most - given, message=message)
        given += result.points
        yield result


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
