"""
The check of a function: generated arguments, an oracle, and the smallest arguments that go wrong.

All cases of a check travel in one message. Where a call never returns, or a list is longer than
it need be, arguments are made smaller one step at a time, as long as the answer stays wrong.
"""

from collections.abc import Callable, Iterator
from functools import partial
from random import Random
from typing import Any

from .exercise import Examine, Finding
from .process import CallRaised
from .report import Counterexample, Row
from .runs import Effort, Expectation, without_chunks
from .session import HASTE, Outcome, Session
from .wording import find_other_entries, reason, show_outcome
from .world import wired

CASES = 200
BATCH = 1_000

Arguments = tuple[Any, ...]
Simplify = Callable[[Arguments], Iterator[Arguments]]


def compare_function(
    name: str,
    draw: Callable[[Random], Arguments],
    expect: Callable[..., Expectation],
    *,
    message: str,
    cases: int = CASES,
    simpler: Simplify | None = None,
    valid: Callable[..., bool] = lambda *_: True,
) -> Examine:
    """
    Return a check that calls the function `name` with drawn arguments.

    `expect(*arguments)` is the oracle. `simpler(arguments)` gives simpler ones to try (by itself:
    shorter lists, fewer entries, smaller numbers); those that are not `valid` are left out.
    """
    simplify = partial(_simpler, simpler or simpler_arguments, valid)

    def examine(session: Session, random: Random) -> Finding | None:
        drawn = [draw(random) for _ in range(cases)]
        for arguments, outcome in _called(session, name, drawn, simplify):
            if _is_wrong(expect(*arguments), outcome):
                found = _smallest(session, name, (arguments, outcome), expect, simplify)
                return Finding(message, _tell(name, *found, expect, session.source))
        return None

    return examine


def call_function(session: Session, name: str, *arguments: Any) -> Outcome:
    """Call one function of the submission's once."""
    return session.play([_step(name, arguments)])[-1]


def call_each(session: Session, name: str, many: list[Arguments]) -> list[Any]:
    """
    Call a function with each of many arguments; return the wire forms of its answers.

    Raises:
        CallRaised: a call raised, or none came back.
    """
    answers: list[Any] = []
    for start in range(0, len(many), BATCH):
        lists = [{"list": list(map(wired, each))} for each in many[start : start + BATCH]]
        [outcome] = session.play([[0, f"each:{name}", *lists]])
        if "value" not in outcome:
            raise CallRaised(name, outcome, show_outcome(outcome))
        answers += outcome["value"]["list"]
    return answers


def simpler_arguments(arguments: Arguments) -> Iterator[Arguments]:
    """
    Give arguments that differ in one place, where they are simpler.

    >>> next(simpler_arguments(([1, 2], 7)))
    ([2], 7)
    """
    for place, value in enumerate(arguments):
        for less in simpler_values(value):
            yield (*arguments[:place], less, *arguments[place + 1 :])


def simpler_values(value: Any) -> Iterator[Any]:
    """Give simpler values of the same type."""
    kind = type(value)
    if kind is list or kind is tuple:
        yield from map(kind, without_chunks(tuple(value)))
        for place, item in enumerate(value[:12]):
            for less in simpler_values(item):
                yield kind((*value[:place], less, *value[place + 1 :]))
    elif kind is dict:
        for items in without_chunks(tuple(value.items())):
            yield dict(items)
    elif kind is int and value not in (0, 1):
        yield from dict.fromkeys((0, 1, value // 2, value - 1))
    elif kind is float and value != int(value):
        yield float(int(value))


def _step(name: str, arguments: Arguments) -> list[Any]:
    return [0, f"call:{name}", *map(wired, arguments)]


def _is_wrong(hope: Expectation, outcome: Outcome) -> bool:
    return "lost" in outcome or not hope.accepts(outcome)


def _simpler(
    simplify: Simplify, valid: Callable[..., bool], arguments: Arguments
) -> Iterator[Arguments]:
    """Give those of the simpler arguments that are valid."""
    return (fewer for fewer in simplify(arguments) if valid(*fewer))


def _called(
    session: Session, name: str, drawn: list[Arguments], simplify: Simplify
) -> list[tuple[Arguments, Outcome]]:
    """Call a function with each of many arguments, or with the simplest that lose the player."""
    steps = [_step(name, arguments) for arguments in drawn]
    outcomes = session.play_at_once(steps) or session.play_slowly(steps, HASTE)
    if "lost" in outcomes[-1]:
        effort, worst = Effort(seconds=session.searching()), drawn[len(outcomes) - 1]
        small = _shortest(worst, simplify, effort, partial(_loses, session, name))
        place, outcomes = session.settle([_step(name, small)], steps)
        drawn = drawn if place else [small]
    return list(zip(drawn, outcomes, strict=False))


def _loses(session: Session, name: str, arguments: Arguments) -> bool:
    return not session.survives([_step(name, arguments)])


def _smallest(
    session: Session,
    name: str,
    worst: tuple[Arguments, Outcome],
    expect: Callable[..., Expectation],
    simplify: Simplify,
) -> tuple[Arguments, Outcome]:
    """Return the simplest arguments found that go wrong, and what came of them."""
    seen = worst

    def fails(arguments: Arguments) -> bool:
        nonlocal seen
        outcome = call_function(session, name, *arguments)
        if "lost" in outcome or not _is_wrong(expect(*arguments), outcome):
            return False
        seen = arguments, outcome
        return True

    if "lost" not in worst[1]:
        _shortest(worst[0], simplify, Effort(), fails)
    return seen


def _shortest(
    worst: Arguments, simplify: Simplify, effort: Effort, fails: Callable[[Arguments], bool]
) -> Arguments:
    """Return the simplest arguments found that fail."""
    progress = True
    while progress:
        progress = False
        for arguments in simplify(worst):
            if not effort.is_left():
                break
            if fails(arguments):
                worst, progress = arguments, True
                break
    return worst


def _tell(
    name: str,
    arguments: Arguments,
    outcome: Outcome,
    expect: Callable[..., Expectation],
    source: str,
) -> Counterexample:
    hope = expect(*arguments)
    row = Row(f"{name}({', '.join(map(repr, arguments))})", hope.text, show_outcome(outcome))
    others = find_other_entries(outcome, hope.text)
    told = f"{others}: {hope.why}" if others else hope.why
    why = reason(outcome, told, name, source, name, hope.text)
    return Counterexample((row,), why, arguments=arguments)
