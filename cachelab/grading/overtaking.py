"""
The check for threads: one call is stopped before each of its lines while another one goes through.

What two calls at the same time do must be what they do one after the other, in one order or the
other: both orders are played on the submission itself, so nothing else is judged here.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from .exercise import Examine, Finding
from .player.values import encode
from .process import PlayerLost
from .report import Counterexample, Row
from .runs import Operation, call_text
from .session import Outcome, Session
from .wording import reason, show_outcome


@dataclass(frozen=True, slots=True)
class Scenario:
    """A cache in a certain state, two calls that meet in it, and the questions asked afterwards."""

    capacity: int
    setup: tuple[Operation, ...]
    first: Operation
    second: Operation
    probe: tuple[Operation, ...]

    def turned(self) -> "Scenario":
        """The same with the other call being the one that is stopped."""
        return Scenario(self.capacity, self.setup, self.second, self.first, self.probe)

    def request(self) -> dict[str, Any]:
        return {
            "op": "race",
            "setup": [[0, "new", self.capacity], *map(_wire, self.setup)],
            "a": _wire(self.first),
            "b": _wire(self.second),
            "probe": [*map(_wire, self.probe)],
        }


def overtake(*scenarios: Scenario, message: str) -> Examine:
    """Return a check that plays every scenario, each call being the stopped one in turn."""

    def examine(session: Session, _: Random) -> Finding | None:
        for scenario in scenarios:
            found = _alone(session, scenario, message) or _alone(
                session, scenario.turned(), message
            )
            if found:
                return found
            for side in dict.fromkeys((scenario, scenario.turned())):
                found = _race(session, side, message)
                if found:
                    return found
        return None

    return examine


def _alone(session: Session, scenario: Scenario, message: str) -> Finding | None:
    """Make the calls one after the other: one that never returns is no matter of threads."""
    asked = (*scenario.setup, scenario.first, scenario.second, *scenario.probe)
    outcomes = session.play([[0, "new", scenario.capacity], *map(_wire, asked)])
    if "lost" not in outcomes[-1]:
        return None
    texts = [f"cache = {session.name}({scenario.capacity})"]
    texts += [call_text("cache", operation) for operation in asked]
    rows = [Row(text, "", "") for text in texts[: len(outcomes)]]
    rows[-1] = Row(rows[-1].call, "an answer", show_outcome(outcomes[-1]))
    why = reason(outcomes[-1], "every call has to come back", session.name, session.source)
    return Finding(message, Counterexample(tuple(rows), why))


def _race(session: Session, scenario: Scenario, message: str) -> Finding | None:
    a, b = call_text("cache", scenario.first), call_text("cache", scenario.second)
    try:
        answer = session.ask(scenario.request())
    except PlayerLost as lost:
        return Finding(f"{message}: with {a} and {b} at the same time, the submission {lost}")
    orders = [[_key(outcome) for outcome in order] for order in answer["orders"]]
    for race in answer["races"]:
        seen = [_key(outcome) for outcome in race["seen"]]
        if race["end"] != "done" or seen not in orders:
            return Finding(message, _tell(session, scenario, race, answer["orders"]))
    return None


def _tell(
    session: Session, scenario: Scenario, race: dict[str, Any], orders: list[list[Outcome]]
) -> Counterexample:
    """Return the race as a table: the state, who was stopped where, and what came out."""
    text = session.source.splitlines()
    line = text[race["line"] - 1].strip() if race["line"] <= len(text) else ""
    a, b = call_text("cache", scenario.first), call_text("cache", scenario.second)
    rows = [Row(f"cache = {session.name}({scenario.capacity})", "", "")]
    rows += [Row(call_text("cache", operation), "", "") for operation in scenario.setup]
    rows.append(Row(f"thread A: {a}", "", f"stopped before line {race['line']}: {line}"))
    if race["end"] != "done":
        wait = "each waits for the other" if race["end"] == "deadlock" else "does not come back"
        rows.append(Row(f"thread B: {b}, then A goes on", "both calls return", wait))
        return Counterexample(tuple(rows), "a lock that is taken has to be given back")
    seen = race["seen"]
    after_b = _agreeing(orders, seen, 1)
    rows.append(Row(f"thread B: {b}", "" if after_b else _texts(orders, 1), show_outcome(seen[1])))
    both = _agreeing(after_b or orders, seen, 0)
    wanted = "" if both else _texts(after_b or orders, 0)
    rows.append(Row("thread A goes on", wanted, show_outcome(seen[0])))
    if after_b and both:
        rows.append(_telling_probe(scenario, both, seen))
    why = (
        f"after {a} and {b} the answers must be those of one order or the other; "
        "B got in between two lines of A that belong together"
    )
    return Counterexample(tuple(rows), why)


def _telling_probe(scenario: Scenario, orders: list[list[Outcome]], seen: list[Outcome]) -> Row:
    """Return the first question afterwards whose answer fits none of the orders left."""
    for place in range(2, len(seen)):
        left = _agreeing(orders, seen, place)
        if not left:
            break
        orders = left
    call = call_text("cache", scenario.probe[place - 2])
    return Row(f"afterwards: {call}", _texts(orders, place), show_outcome(seen[place]))


def _agreeing(orders: list[list[Outcome]], seen: list[Outcome], place: int) -> list[list[Outcome]]:
    """Return the orders that gave at this place what was seen."""
    return [order for order in orders if _key(order[place]) == _key(seen[place])]


def _texts(orders: list[list[Outcome]], place: int) -> str:
    return " or ".join(dict.fromkeys(show_outcome(order[place]) for order in orders))


def _key(outcome: Outcome) -> object:
    """Return what is compared: values exactly, exceptions by their type."""
    if "raised" in outcome:
        return f"raised {outcome['raised'][0]}"
    value = outcome["value"]
    return json.dumps(value) if isinstance(value, dict) else (type(value), value)


def _wire(operation: Operation) -> Sequence[Any]:
    verb, *arguments = operation
    return [0, verb, *map(encode, arguments)]
