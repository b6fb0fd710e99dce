"""
The check by generated runs: play many, stop at the first difference, shrink it, tell it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from random import Random
from typing import Any

from .exercise import Examine, Finding
from .report import Counterexample, Row, Step
from .runs import Domain, Effort, Expectation, Run, arguments_of, shortest
from .session import HASTE, Outcome, Session
from .wording import reason, show_outcome

RUNS = 150
FIRST_BATCH = 6


@dataclass(frozen=True, slots=True)
class Drawn:
    """A run with what is sent to the player and what has to come back."""

    domain: Domain
    run: Run
    wire: list[list[Any]]
    expected: list[Expectation]


def play_runs(*domains: Domain, message: str, runs: int = RUNS) -> Examine:
    """
    Return a check that plays generated runs of each domain in turn.

    The runs of one state of the generator are drawn once: a class of submissions shares them.
    """

    @lru_cache(maxsize=4)
    def draw_all(state: Any) -> list[Drawn]:
        random = Random()
        random.setstate(state)
        return [
            _draw(domains[number % len(domains)], random, number, runs) for number in range(runs)
        ]

    def examine(session: Session, random: Random) -> Finding | None:
        drawn = draw_all(random.getstate())
        for start, end in _batches(len(drawn)):
            batch = drawn[start:end]
            wrong = [found for one in _played(session, batch) if (found := _judged(*one))]
            if wrong:
                _, worst, outcomes = min(wrong, key=lambda found: found[0])
                return _tell(session, worst.domain, worst.run, outcomes, message)
            if end < len(drawn):
                session.go_on(end)
        return None

    return examine


def _draw(domain: Domain, random: Random, number: int, runs: int) -> Drawn:
    length = random.randint(2, 14) if number < runs * 3 // 4 else random.randint(15, 40)
    return _with_all(domain, domain.generate(random, length))


def _with_all(domain: Domain, run: Run) -> Drawn:
    return Drawn(domain, run, run.wire(), domain.expectations(run) or [])


def _batches(count: int) -> Iterator[tuple[int, int]]:
    """Give the borders of ever longer batches: what goes wrong mostly does so early."""
    start, size = 0, FIRST_BATCH
    while start < count:
        yield start, min(count, start + size)
        start, size = start + size, size * 3


def _judged(one: Drawn, outcomes: list[Outcome]) -> tuple[int, Drawn, list[Outcome]] | None:
    """Return where a run goes wrong, with the run; None if it does not."""
    index = one.domain.difference(one.run, outcomes, one.expected)
    return None if index is None else (index, one, outcomes)


def _played(session: Session, batch: Sequence[Drawn]) -> Iterator[tuple[Drawn, list[Outcome]]]:
    """
    Play a batch in one message, or step by step when the player was lost on the way.

    Step by step it ends with the first run that goes wrong: each of them may cost a time-out.
    """
    together = session.play_all([one.wire for one in batch])
    if together is not None:
        yield from zip(batch, together, strict=False)
        return
    for one in batch:
        outcomes = session.play_slowly(one.wire, HASTE)
        if "lost" in outcomes[-1]:
            one, outcomes = _settled(session, one, len(outcomes) - 1)
        yield one, outcomes
        if _judged(one, outcomes) is not None:
            return


def _settled(session: Session, one: Drawn, index: int) -> tuple[Drawn, list[Outcome]]:
    """
    Return the shortest run found that loses the player, or this one played to its end after all.

    What loses it in haste, at the step of this `index`, is not lost yet: only late.
    """
    effort = Effort(seconds=session.searching())
    whole = one.run.upto(index)

    def is_lost(candidate: Run) -> int | None:
        steps = candidate.wire()
        if candidate is not whole and (not effort.is_left() or session.survives(steps)):
            return None
        return len(steps) - 1

    small = shortest(one.domain, whole, is_lost)
    place, outcomes = session.settle(small.wire(), one.wire)
    return (one if place else _with_all(one.domain, small)), outcomes


def _tell(
    session: Session, domain: Domain, run: Run, outcomes: list[Outcome], message: str
) -> Finding:
    """Shrink a failing run and put it into words; the smallest failure seen is what counts."""
    seen = (run, outcomes)

    def differs(candidate: Run) -> int | None:
        nonlocal seen
        got = session.play(candidate.wire())
        index = domain.difference(candidate, got)
        if index is None or "lost" in got[index]:
            return None
        seen = (candidate, got)
        return index

    if "lost" not in outcomes[-1]:
        shortest(domain, run, differs)
    return Finding(message, tell_run(domain, *seen, session))


def tell_run(
    domain: Domain, run: Run, outcomes: Sequence[Outcome], session: Session
) -> Counterexample:
    """Return a failing run as a table of calls that ends at the difference."""
    name = session.name
    index = domain.difference(run, list(outcomes))
    assert index is not None
    hope = (domain.expectations(run) or [])[index]
    got = [show_outcome(outcome) for outcome in outcomes[: index + 1]]
    calls = run.calls(name)[: index + 1]
    silent = ["put" in call or "= " in call for call in calls]
    rows = [
        Row(call, "", "" if quiet and answer == "None" else answer)
        for call, answer, quiet in zip(calls[:-1], got[:-1], silent[:-1], strict=True)
    ]
    verbs = ["__init__"] * len(run.capacities) + [operation[0] for _, operation in run.steps]
    why = reason(outcomes[index], hope.why, name, session.source, verbs[index], hope.text)
    if len(run.capacities) > 1 and why == hope.why:
        why += " in this cache, and two caches share nothing"
    came = "no exception" if verbs[index] == "__init__" and got[-1] == "None" else got[-1]
    rows.append(Row(calls[-1], hope.text, came))
    alone = len(run.capacities) == 1
    return Counterexample(
        tuple(rows),
        why,
        run.capacities[0] if alone else None,
        tuple(op for _, op in run.steps[: max(0, index)]) if alone else (),
        steps=_steps(run, calls, name),
    )


def _steps(run: Run, calls: list[str], name: str) -> tuple[Step, ...]:
    """Return the calls of a run as they can be made again; `calls` are their texts."""
    made = [
        (target, f"new:{name}", arguments_of(size))
        for target, size in zip(run.names, run.capacities, strict=False)
    ]
    asked = [(run.names[slot], verb, tuple(rest)) for slot, (verb, *rest) in run.steps]
    return tuple(Step(text, *step) for text, step in zip(calls, (*made, *asked), strict=False))
