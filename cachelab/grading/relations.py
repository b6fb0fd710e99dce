"""
The check by relations: the answers of a run have to fit each other, whatever they are.

Which node owns a key is a submission's own affair; that two answers agree is not. A relation looks
at a whole run and names the first answer that does not fit those before it.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from random import Random
from typing import Any

from .exercise import Examine, Finding
from .player.values import decode, travels
from .report import Counterexample, Row
from .report import Step as Again
from .runs import Effort, call_text, without_chunks
from .session import HASTE, Outcome, Session
from .wording import reason, show_outcome
from .world import wired

RUNS = 60

Step = tuple[Any, ...]
"""(slot, verb, *arguments); the verb "new" makes the object of the slot, "call:f" calls f."""

Steps = tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Raised:
    """Stands for an exception among answers."""

    kind: str


@dataclass(frozen=True, slots=True)
class Fault:
    """The step whose answer does not fit, what would, and why; rows in place of the run's own."""

    index: int
    expected: str
    why: str
    rows: tuple[Row, ...] = ()


Find = Callable[[Steps, list[Any]], Fault | None]


@dataclass(frozen=True, slots=True)
class Relation:
    """
    Runs, and what their answers have to do with each other.

    `find(steps, answers)` names the first fault; `may_raise(step)` the exceptions that it wants to
    see among the answers, as `Raised`: any other is a fault of its own. `simpler(steps)` gives runs
    to try besides those with fewer steps; `names` are those of the objects.
    """

    draw: Callable[[Random], Steps]
    find: Find
    names: tuple[str, ...] = ("ring", "other")
    may_raise: Callable[[Step], tuple[str, ...]] = lambda _step: ()
    simpler: Callable[[Steps], Iterator[Steps]] = lambda _steps: iter(())

    def fault(self, steps: Steps, outcomes: list[Outcome]) -> Fault | None:
        """Return what is wrong with a run, if anything."""
        answers: list[Any] = []
        for index, (step, outcome) in enumerate(zip(steps, outcomes, strict=False)):
            kind = outcome.get("raised", [None])[0]
            if "lost" in outcome or (kind and kind not in self.may_raise(step)):
                return self.find(steps, answers) or Fault(
                    index, "an answer", "nothing in the contract lets this call fail"
                )
            answers.append(Raised(kind) if kind else _plain(outcome["value"]))
        return self.find(steps, answers)

    def texts(self, steps: Steps, name: str) -> list[str]:
        """Return the steps as a learner would write them."""
        return [_text(self.names, step, name) for step in steps]


def play_relations(*relations: Relation, message: str, runs: int = RUNS) -> Examine:
    """Return a check that plays drawn runs of each relation in turn."""

    def examine(session: Session, random: Random) -> Finding | None:
        drawn = [(one, one.draw(random)) for _ in range(runs) for one in relations]
        wires = [_wire(steps) for _, steps in drawn]
        for start in range(0, len(drawn), 20):
            together = session.play_all(wires[start : start + 20])
            for place, (relation, steps) in enumerate(drawn[start : start + 20]):
                if together:
                    outcomes = together[place]
                else:
                    steps, outcomes = _played_slowly(session, relation, steps)
                if relation.fault(steps, outcomes) is not None:
                    found = _smallest(session, relation, steps, outcomes)
                    return Finding(message, _tell(relation, *found, session))
            if start + 20 < len(drawn):
                session.go_on(start + 20)
        return None

    return examine


def play_twice(relation: Relation, *, message: str, why: str, runs: int = RUNS) -> Examine:
    """Return a check that plays the same runs in two processes: their answers have to be equal."""

    def examine(session: Session, random: Random) -> Finding | None:
        drawn = [relation.draw(random) for _ in range(runs)]
        with session.elsewhere() as other:
            for steps in drawn:
                here, there = session.play(_wire(steps)), other.play(_wire(steps))
                fault = relation.fault(steps, here)
                if fault is not None:
                    return Finding(message, _tell(relation, steps, here, session))
                for index, (one, two) in enumerate(zip(here, there, strict=True)):
                    if json.dumps(one) != json.dumps(two):
                        texts = relation.texts(steps, session.name)
                        made = [t for t, step in zip(texts, steps, strict=True) if _makes(step)]
                        rows = [Row(text, "", "") for text in made]
                        rows.append(Row(f"{texts[index]}, here", "", show_outcome(one)))
                        elsewhere = f"{texts[index]}, in another process"
                        rows.append(Row(elsewhere, show_outcome(one), show_outcome(two)))
                        return Finding(message, Counterexample(tuple(rows), why))
        return None

    return examine


def in_turn(*examines: Examine) -> Examine:
    """Return a check that is several, one after the other."""

    def examine(session: Session, random: Random) -> Finding | None:
        return next(filter(None, (each(session, random) for each in examines)), None)

    return examine


def _makes(step: Step) -> bool:
    return bool(step[1] == "new")


def _plain(wire: Any) -> Any:
    return decode(wire) if travels(wire) else Raised("a value that is no plain one")


def _wire(steps: Steps) -> list[list[Any]]:
    return [[slot, verb, *map(wired, arguments)] for slot, verb, *arguments in steps]


def _text(names: tuple[str, ...], step: Step, name: str) -> str:
    slot, verb, *arguments = step
    if verb == "new":
        return f"{names[slot]} = {name}({', '.join(map(repr, arguments))})"
    if verb.startswith("call:"):
        return f"{verb[5:]}({', '.join(map(repr, arguments))})"
    return call_text(names[slot], (verb, *arguments))


def _played_slowly(
    session: Session, relation: Relation, steps: Steps
) -> tuple[Steps, list[Outcome]]:
    """Play a run step by step; return the shortest one found that loses the player, if it does."""
    outcomes = session.play_slowly(_wire(steps), HASTE)
    if "lost" not in outcomes[-1]:
        return steps, outcomes
    effort = Effort(seconds=session.searching())

    def is_lost(fewer: Steps) -> list[Outcome] | None:
        got = session.play_slowly(_wire(fewer), HASTE)
        return got if "lost" in got[-1] else None

    small, _ = _shortest(relation, (steps, outcomes), is_lost, effort)
    place, outcomes = session.settle(_wire(small), _wire(steps))
    return steps if place else small, outcomes


def _smallest(
    session: Session, relation: Relation, steps: Steps, outcomes: list[Outcome]
) -> tuple[Steps, list[Outcome]]:
    """Return the shortest run found that is still wrong, and its outcomes."""
    if "lost" in outcomes[-1]:
        return steps, outcomes

    def is_wrong(fewer: Steps) -> list[Outcome] | None:
        got = session.play(_wire(fewer))
        return got if "lost" not in got[-1] and relation.fault(fewer, got) else None

    return _shortest(relation, (steps, outcomes), is_wrong, Effort())


def _shortest(
    relation: Relation,
    best: tuple[Steps, list[Outcome]],
    fails: Callable[[Steps], list[Outcome] | None],
    effort: Effort,
) -> tuple[Steps, list[Outcome]]:
    """Return the shortest run found that `fails`, which gives the outcomes of one that does."""
    progress = True
    while progress:
        progress = False
        for fewer in _fewer(relation, *best):
            if not effort.is_left():
                break
            if fewer and (got := fails(fewer)):
                best, progress = (fewer, got), True
                break
    return best


def _fewer(relation: Relation, steps: Steps, outcomes: list[Outcome]) -> Iterator[Steps]:
    """Give simpler runs: cut after the fault, with steps left out, with simpler makings."""
    fault = relation.fault(steps, outcomes)
    if fault is not None and fault.index + 1 < len(steps):
        yield steps[: fault.index + 1]
    made = tuple(step for step in steps if _makes(step))
    rest = tuple(step for step in steps if not _makes(step))
    for fewer in without_chunks(rest):
        yield (*made, *fewer)
    used = {step[0] for step in rest}
    if len(made) > 1 and used and {step[0] for step in made} - used:
        yield (*(step for step in made if step[0] in used), *rest)
    yield from relation.simpler(steps)


def _tell(
    relation: Relation, steps: Steps, outcomes: list[Outcome], session: Session
) -> Counterexample:
    fault, name = relation.fault(steps, outcomes), session.name
    assert fault is not None
    texts, last = relation.texts(steps, name), steps[fault.index]
    called = last[1].removeprefix("call:")
    why = reason(outcomes[fault.index], fault.why, name, session.source, called)
    rows = []
    for text, outcome in zip(texts[: fault.index], outcomes, strict=False):
        got = show_outcome(outcome)
        rows.append(Row(text, "", "" if got == "None" else got))
    rows.append(Row(texts[fault.index], fault.expected, show_outcome(outcomes[fault.index])))
    return Counterexample(
        fault.rows or tuple(rows),
        why,
        arguments=last[2:] if last[1].startswith("call:") else None,
        steps=tuple(map(partial(_again, relation, name), steps[: fault.index + 1], texts)),
    )


def _again(relation: Relation, name: str, step: Step, text: str) -> Again:
    """Return a step as it can be made again, outside of the judge."""
    slot, verb, *arguments = step
    verb = f"new:{name}" if verb == "new" else verb
    return Again(text, relation.names[slot], verb, tuple(arguments))


def without_words(steps: Steps, fewest: int = 1) -> Iterator[Steps]:
    """
    Give runs in which one making has a shorter list, and runs in which all have a smaller size.

    >>> next(without_words(((0, "new", ["a", "b"], 3),)))
    ((0, 'new', ['b'], 3),)
    """
    for place, step in enumerate(steps):
        if not _makes(step):
            continue
        slot, verb, nodes, *rest = step
        for number in range(len(nodes)):
            fewer = nodes[:number] + nodes[number + 1 :]
            if len(fewer) >= fewest:
                yield (*steps[:place], (slot, verb, fewer, *rest), *steps[place + 1 :])
    sizes = [step[3] for step in steps if _makes(step) and type(step[3:][0]) is int]
    for less in sorted({1, *(size // 2 for size in sizes)} - {0, *sizes}):
        yield tuple((*step[:3], less) if _makes(step) else step for step in steps)
