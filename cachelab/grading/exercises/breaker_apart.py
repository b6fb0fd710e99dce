"""
A breaker that opens at the wrong failure: what can be said of it once it is open for certain.
"""

from typing import Any

from cachelab.grading.runs import Expectation, Operation
from cachelab.grading.stories import Tale

from .breaker_case import ASK, BOTH, BreakerModel, BreakerWorld, MeetingModel

_CALL: Operation = ("call", ASK)
_RESET: Operation = ("@sleep", 10.0)
_OPENED: tuple[Operation, ...] = (("@server", "down"), *(4 * (_CALL,)), ("@asked",))
"""More failures than it takes: whichever of them opened the circuit, it is open now."""


class OpenModel(BreakerModel):
    """The contract from the first pause on; what led to an open circuit is not looked at."""

    def expect(self, operation: Operation) -> Expectation:
        hope = super().expect(operation)
        if self.now == 0.0 and operation[0] in ("call", "@asked"):
            return Expectation("anything", lambda _: True, hope.why)
        return hope


class OpenMeetingModel(OpenModel, MeetingModel):
    """The same for two tasks at once."""


OPEN = Tale(BreakerWorld, OpenModel)
MEETING = Tale(BreakerWorld, OpenMeetingModel)

TRIALS: tuple[Any, ...] = tuple(
    ((threshold, 10.0), (*_OPENED, *steps))
    for threshold in (1, 2)
    for steps in (
        (("@sleep", 5.0), _CALL, ("@asked",), ("@sleep", 5.0), ("@server", "up"), _CALL, _CALL),
        (_RESET, _CALL, ("@sleep", 5.0), _CALL, ("@sleep", 5.0), ("@server", "up"), _CALL, _CALL),
        (_RESET, ("@server", "odd"), _CALL, _RESET, ("@server", "up"), _CALL),
    )
)
CHANGES: tuple[Any, ...] = (
    ((2, 10.0), (*_OPENED, ("@told",), _RESET, ("@server", "up"), _CALL, ("@told",))),
    ((2, 10.0), (*_OPENED, ("@told",), _RESET, _CALL, ("@told",))),
)
ONE_TRIES: tuple[Any, ...] = (
    ((1, 10.0, "slow"), (("@server", "up"), BOTH, ("@took",))),
    ((1, 10.0, "slow"), (*_OPENED, _RESET, ("@server", "up"), ("@forget",), BOTH, ("@asked",))),
)
