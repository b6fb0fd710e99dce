"""
What a right answer looks like: the usual ways to say so, for the models of all exercises.
"""

import json
from collections.abc import Callable
from typing import Any

from .player.values import Wire, decode, encode, travels
from .runs import Expectation
from .session import Outcome

Accepts = Callable[[Outcome], bool]

TOLERANCE = 1e-9


def exactly(value: Any, why: str) -> Expectation:
    """Expect this very value, of this very type."""
    wanted = encode(value)
    return Expectation(repr(value), lambda outcome: _is(wanted, outcome), why)


def about(value: float, why: str, tolerance: float = TOLERANCE) -> Expectation:
    """Expect a number within `tolerance` of `value`, relative where `value` is above 1."""
    limit = tolerance * max(1.0, abs(value))
    return Expectation(f"{value:.6g}", lambda outcome: near(outcome, value, limit), why)


def anything(why: str = "any answer will do") -> Expectation:
    """Expect that the call returns, whatever it answers."""
    return Expectation("no exception", returns, why)


def refusal(*kinds: str, why: str) -> Expectation:
    """Expect one of these exceptions, by name."""
    return Expectation(" or ".join(kinds), raises(*kinds), why)


def either(first: Expectation, second: Expectation) -> Expectation:
    """Expect what one or the other expects: a choice that the contract leaves open."""

    def accepts(outcome: Outcome) -> bool:
        return first.accepts(outcome) or second.accepts(outcome)

    return Expectation(f"{first.text}, or {second.text}", accepts, first.why)


def satisfying(test: Callable[[Any], bool], text: str, why: str) -> Expectation:
    """Expect a plain value that passes `test`."""

    def accepts(outcome: Outcome) -> bool:
        return "value" in outcome and travels(outcome["value"]) and test(decode(outcome["value"]))

    return Expectation(text, accepts, why)


def plain_answer(outcome: Outcome) -> Any:
    """
    Return what a call gave, None also where that is no plain value, or the call has raised.

    >>> plain_answer({"value": {"tuple": [1, "a"]}}), plain_answer({"value": {"repr": "Node"}})
    ((1, 'a'), None)
    """
    wire = outcome.get("value")
    return decode(wire) if travels(wire) else None


def returns(outcome: Outcome) -> bool:
    """Tell whether the call returned; of several tasks, whether each call of each did."""
    if "together" in outcome:
        return all(returns(each) for calls in outcome["together"].values() for each in calls)
    return "value" in outcome


def raises(*kinds: str) -> Accepts:
    """Return the test for an exception of one of these types."""
    return lambda outcome: outcome.get("raised", [None])[0] in kinds


def near(outcome: Outcome, value: float, tolerance: float = TOLERANCE) -> bool:
    """Tell whether the call returned a number close to `value`."""
    wire = outcome.get("value")
    if isinstance(wire, dict):
        wire = float(wire["float"]) if "float" in wire else None
    if isinstance(wire, bool) or not isinstance(wire, int | float):
        return False
    return abs(wire - value) <= tolerance


def same(outcome: Outcome, value: object) -> bool:
    """
    Tell whether a call returned this very value, of this very type.

    >>> same({"value": True}, 1), same({"value": 1}, 1)
    (False, True)
    """
    return _is(encode(value), outcome)


def _is(wanted: Wire, outcome: Outcome) -> bool:
    if "value" not in outcome:
        return False
    got = outcome["value"]
    if type(got) is not type(wanted):
        return False
    if isinstance(wanted, dict):  # within it 1 and True have to differ, too
        return json.dumps(got) == json.dumps(wanted)
    return bool(got == wanted)
