"""
Answers that carry a row without being it: of which one check of exercise 04 tells, and no other.

A read that gives the text of a copy, or its envelope, is wrong each time. Whether copies end, and
whether failures are survived, can be seen all the same.
"""

import json
from collections.abc import Iterator
from dataclasses import replace

from cachelab.grading.player.values import encode
from cachelab.grading.runs import Expectation, Operation
from cachelab.grading.session import Outcome
from cachelab.ports import MISSING

from .copies_model import AsideModel, CopiesModel
from .through_model import ThroughModel

READS = ("read", "get")


class Carried(CopiesModel):
    """Expects of reads that their answer is the row, or carries it."""

    def expect(self, operation: Operation) -> Expectation:
        hope = super().expect(operation)
        if operation[0].rpartition(".")[2] not in READS:
            return hope
        return replace(
            hope, accepts=lambda got: hope.accepts(got) or any(map(hope.accepts, within(got)))
        )


class CarriedAside(Carried, AsideModel):
    """The same of `CacheAside`."""


class CarriedThrough(Carried, ThroughModel):
    """The same of `ReadThrough`."""


def within(outcome: Outcome) -> Iterator[Outcome]:
    """
    Give what an answer may carry: the value of a record or a JSON text, what is in that, absence.

    >>> list(within({"value": '{"row": 7}'}))
    [{'value': {'dict': [['row', 7]]}}, {'value': 7}]
    """
    wire = outcome.get("value", "")
    if wire is None:
        yield {"value": encode(MISSING)}
    if isinstance(wire, dict) and "record" in wire:
        yield {"value": wire["record"][1]}
    if not isinstance(wire, str):
        return
    try:
        value = json.loads(wire)
    except ValueError:
        value = None
    if value is None or value == {}:  # a word of the submission's own for: there is no row
        yield {"value": encode(MISSING)}
    yield {"value": encode(value)}
    for item in value.values() if isinstance(value, dict) else value if _is_list(value) else ():
        yield {"value": encode(item)}


def _is_list(value: object) -> bool:
    return isinstance(value, list)
