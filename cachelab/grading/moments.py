"""
A failing run call by call: what was asked of the submission, and what that asked of its ports.

The judge has seen it all while the run was played, so nothing is executed again. Of a long run the
middle is left out: what went wrong is at its end, and how it began at its beginning.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from .holdings import Contents
from .report import Moment
from .stories import TOGETHER, Played, step_text
from .wording import show_outcome
from .world import Call, World

MOST = 48
"""More calls than this, and nobody steps through all of them."""

FIRST = 16
JUDGE = "judge"
FUNCTION = "your code"


def moments_of(played: Played, index: int, name: str) -> tuple[Moment, ...]:
    """Return the moments of a run up to the step of this index, in order."""
    lines = played.world.session.source.splitlines() if played.world.session else []
    found: list[Moment] = []
    for place in range(index + 1):
        found += _step(played, place, name)
    return _without_middle([_with_code(moment, lines) for moment in found])


def _with_code(moment: Moment, lines: list[str]) -> Moment:
    """Return a moment with the text of its line, of which only the number comes from the player."""
    if moment.line is None or not 0 < moment.line <= len(lines):
        return replace(moment, line=None)
    return replace(moment, code=lines[moment.line - 1].strip())


def _without_middle(found: list[Moment]) -> tuple[Moment, ...]:
    left_out = len(found) - MOST
    if left_out <= 1:
        return tuple(found)
    after = found[FIRST + left_out - 1]
    gap = Moment(JUDGE, JUDGE, f"... {left_out} more calls ...", at=after.at, held=after.held)
    return (*found[:FIRST], gap, *found[FIRST + left_out :])


def _step(played: Played, place: int, name: str) -> Iterator[Moment]:
    """Give the moments of one step: the call, what it called in turn, and its answer."""
    calls = [_port_call(played.world, call) for call in played.loud_calls(place)]
    before, after = played.held[place], played.held[place + 1]
    began, ended = before.contents(), after.contents()
    if place and played.script.steps[place - 1][0] == TOGETHER:
        yield from _meeting(played, place, calls)
        return
    asked = _asked(played, place, name)
    answer = _answer(played.outcomes[place], silent=asked.callee == JUDGE or place == 0)
    if not calls:
        yield replace(asked, answer=answer, at=after.now, held=ended)
        return
    yield replace(asked, at=before.now, held=began)
    yield from calls
    yield Moment(asked.callee, JUDGE, "returns", answer, after.now, held=ended)


def _asked(played: Played, place: int, name: str) -> Moment:
    """Return the call with which a step begins."""
    world = played.world
    if place == 0:
        if world.arguments is None:
            return Moment(JUDGE, JUDGE, "the text of the submission is executed")
        making = f"{name}({', '.join(map(repr, world.arguments))})"
        return Moment(JUDGE, world.subject, " and ".join([making, *world.others]))
    operation = played.script.steps[place - 1]
    text = step_text(world, operation)
    return Moment(JUDGE, _called(world, operation[0]), text)


def _called(world: World, verb: str) -> str:
    if verb.startswith("@"):
        return JUDGE
    if world.arguments is None:
        return FUNCTION
    return verb.rpartition(".")[0] or world.subject


def _meeting(played: Played, place: int, calls: list[Moment]) -> Iterator[Moment]:
    """Give the moments of several tasks that are under way at once."""
    world, outcome = played.world, played.outcomes[place]
    before, after = played.held[place], played.held[place + 1]
    for name, steps in played.script.steps[place - 1][1]:
        texts = "; ".join(step_text(world, step) for step in steps)
        yield Moment(name, name, f"is to call {texts}", "", before.now, held=before.contents())
    yield from calls
    ended: Contents = after.contents()
    if "together" not in outcome:
        yield Moment(JUDGE, JUDGE, "waits for all of them", _answer(outcome), after.now, held=ended)
        return
    for name, outcomes in outcome["together"].items():
        text = "; ".join(map(show_outcome, outcomes))
        yield Moment(name, name, "ends", text, after.now, held=ended)


def _port_call(world: World, call: Call) -> Moment:
    mine = FUNCTION if world.arguments is None else world.subject
    caller = mine if call.task == "main" else call.task
    shown, held = str(call).removeprefix(f"{call.port}."), call.held.contents()
    return Moment(caller, call.port, shown, call.outcome, call.time, call.line, held=held)


def _answer(outcome: dict[str, Any], silent: bool = False) -> str:
    """Return what came of a step; nothing for None where nobody expects more."""
    if "together" in outcome:
        return ""
    text = show_outcome(outcome)
    return "" if silent and text == "None" else text
