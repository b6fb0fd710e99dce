"""
Two objects of a class in one program, for the checks of exercise 06 that they share nothing.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from cachelab.grading.runs import Expectation, Operation
from cachelab.grading.stories import Tale
from cachelab.grading.world import Named, Ported

from .ageing_model import AheadModel, DyingModel
from .ageing_world import LIFE, AheadWorld, DyingWorld
from .outages import FaultyStore


class TwoAheadWorld(AheadWorld):
    """Two `RefreshAhead`, each with a store of its own."""

    others = ("other",)
    others_are_programs = False

    def making(self) -> tuple[Any, ...]:
        self.add("other_store", FaultyStore(self.runtime, any_value=True))
        return super().making()

    def making_other(self, name: str) -> tuple[Any, ...]:
        _, *rest = super().making_other(name)
        return Ported("other_store"), *rest


class TwoDyingWorld(DyingWorld):
    """Two `TTLCache`."""

    others = ("other",)
    others_are_programs = False


class Apart:
    """A model of each of two objects: what is said of the world holds for both, and time does."""

    def __init__(self, model: Callable[[tuple[Any, ...]], Any], settings: tuple[Any, ...]) -> None:
        self.one, self.other = model(settings), model(settings)

    def born(self) -> Expectation:
        first: Expectation = self.one.born()
        return first

    def expect(self, operation: Operation) -> Expectation:
        """Expect the answer of one operation of either."""
        verb, *arguments = operation
        name, _, verb = verb.rpartition(".")
        asked, beside = (self.other, self.one) if name else (self.one, self.other)
        began = asked.now
        answer: Expectation = asked.expect((verb, *arguments))
        if verb.startswith("@"):
            beside.expect((verb, *arguments))
        elif asked.now > began:
            beside.expect(("@sleep", asked.now - began))
        return replace(answer, why=f"the two share nothing: {answer.why}")


TWO_AHEAD = Tale(TwoAheadWorld, lambda settings: Apart(AheadModel, settings))
TWO_DYING = Tale(TwoDyingWorld, lambda settings: Apart(DyingModel, settings))

_ASKED = ("hot", Ported("load"), Named("ttl", LIFE))
BOTH_RENEW: tuple[tuple[Any, ...], tuple[Operation, ...]] = (
    (),
    (
        *(("@changed", "hot", "old"), ("get", *_ASKED), ("other.get", *_ASKED)),
        *(("@sleep", 17.0), ("@changed", "hot", "new"), ("get", *_ASKED), ("other.get", *_ASKED)),
        *(("@sleep", 2.0), ("other.get", *_ASKED), ("get", *_ASKED)),
    ),
)
BOTH_KEEP: tuple[tuple[Any, ...], tuple[Operation, ...]] = (
    (2,),
    (("set", "a", 1), ("other.set", "b", 2), ("other.get", "a"), ("get", "b"), ("len",)),
)
