"""
A recorder that watches a cache's own lines run and notes what its containers hold after each.

It hooks the interpreter (`sys.settrace`) and reads the containers off the object, so the code that
is watched needs no change and may be a learner's. Whatever tracer was there before (a debugger, a
coverage tool) is put back afterwards.
"""

import sys
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from types import CodeType, FrameType
from typing import Any

from .driver import Driver, Operation, parse, subject_class
from .lanes import MAX_KEYS, Snapshot
from .source import Listing, Place, listings, source_files

MAX_STEPS = 2_000
_ABSENT: Any = object()


@dataclass(frozen=True, slots=True)
class Moment:
    """One line that ran, and the containers as it left them (for a line, a call or a return)."""

    operation: int
    function: str
    place: Place
    after: Snapshot


@dataclass(frozen=True, slots=True)
class Outcome:
    """
    What one operation did, seen from outside.

    `hit` is None for operations that look nothing up. `error` has the exception in words when the
    operation raised; the recording ends there.
    """

    operation: Operation
    hit: bool | None
    was_resident: bool
    victims: tuple[Hashable, ...]
    answer: object
    error: str
    after: Snapshot


@dataclass(frozen=True, slots=True)
class Recording:
    """
    A run of one cache: every operation, every line it ran, and the containers after each line.

    `operations` are all that were asked for; `outcomes` are shorter when one of them raised.
    """

    subject: str
    capacity: int
    operations: tuple[Operation, ...]
    start: Snapshot
    moments: tuple[Moment, ...]
    outcomes: tuple[Outcome, ...]
    listings: tuple[Listing, ...]

    def __repr__(self) -> str:
        return (
            f"Recording({self.subject}, capacity {self.capacity}, "
            f"{len(self.outcomes)} operations, {len(self.moments)} lines)"
        )


def record(
    subject: str | type,
    operations: str | Iterable[Any],
    capacity: int = 3,
    *,
    max_steps: int = MAX_STEPS,
) -> Recording:
    """
    Return the recording of a run of `subject` at `capacity` through `operations`.

    `subject` is a policy (a name or a class), or any class made as `Subject(capacity)` with `get`
    and `put`. `operations` are keys to request, as a string ("a b c a") or a list: each is a `get`,
    and on a miss a `put`. Or they are operations, such as ("put", "a", 1), ("get", "a"),
    ("delete", "a"), ("in", "a"), ("len",), ("hit_rate",).

    Complexity: O(lines that run x keys held).

    Raises:
        TypeError: `subject` is no class that can be watched.
        ValueError: an unknown policy or operation, a cache too large to draw, or more than
            `max_steps` lines.

    >>> recording = record("lru", "a b a c", capacity=2)
    >>> [outcome.victims for outcome in recording.outcomes]
    [(), (), (), ('b',)]
    >>> recording.outcomes[-1].after.lanes
    {'recency': ('a', 'c')}
    """
    kind = subject_class(subject)
    plan = parse(operations)
    if capacity > MAX_KEYS:
        raise ValueError(
            f"a picture shows at most {MAX_KEYS} keys, so a cache of {capacity} is too large to "
            "watch: record a smaller one"
        )
    return _Session(kind, plan, capacity, max_steps).run()


class _Session:
    """One recording in the making: drives the cache and listens to the interpreter."""

    def __init__(
        self, kind: type, plan: tuple[Operation, ...], capacity: int, max_steps: int
    ) -> None:
        self.kind, self.plan, self.capacity, self.max_steps = kind, plan, capacity, max_steps
        self.files = source_files(kind)
        self.driver = Driver(kind, capacity, plan)
        self.moments: list[Moment] = []
        self.outcomes: list[Outcome] = []
        self.codes: dict[CodeType, None] = {}
        self.last = self.start = self.driver.snapshot()
        self._open: tuple[str, Place] | None = None
        self._resumed = False

    def run(self) -> Recording:
        for operation in self.plan:
            self._play(operation)
            if self.outcomes[-1].error:
                break
        return Recording(
            self.kind.__name__,
            self.capacity,
            self.plan,
            self.start,
            tuple(self.moments),
            tuple(self.outcomes),
            listings(self.codes),
        )

    def _play(self, operation: Operation) -> None:
        before = self.driver.residents(self.last)
        hit, answer, error = None, None, ""
        try:
            hit, answer = self._traced(operation)
        except _TooManyStepsError:
            raise ValueError(self._too_long()) from None
        except Exception as problem:  # noqa: BLE001  # a learner's cache may raise anything
            error = f"{type(problem).__name__}: {problem}".rstrip(": ")
        self._close()
        self.last = after = self.driver.snapshot()
        gone = before - self.driver.residents(after)
        key = operation[1] if len(operation) > 1 else _ABSENT
        if operation[0] == "delete":
            gone -= {key}
        victims = tuple(sorted(gone, key=repr))
        self.outcomes.append(Outcome(operation, hit, key in before, victims, answer, error, after))

    def _traced(self, operation: Operation) -> tuple[bool | None, object]:
        before = sys.gettrace()
        sys.settrace(self._on_call)
        try:
            return self.driver.play(operation)
        finally:
            sys.settrace(before)

    def _on_call(self, frame: FrameType, _event: str, _arg: object) -> Callable[..., Any] | None:
        code = frame.f_code
        # Comprehensions and lambdas are part of the line they stand on.
        if code.co_filename not in self.files or code.co_name.startswith("<"):
            return None
        self._close()
        self.codes[code] = None
        return self._on_line

    def _on_line(self, frame: FrameType, event: str, _arg: object) -> Callable[..., Any]:
        if event == "line":
            self._close()
            self._open, self._resumed = _position(frame), False
        elif event == "return":
            self._close()
            caller = frame.f_back
            if caller is not None and caller.f_code in self.codes:
                self._open, self._resumed = _position(caller), True
        return self._on_line

    def _close(self) -> None:
        """Note the line that has just ended; one gone back to counts only if it changed more."""
        if self._open is None:
            return
        after = self.driver.snapshot()
        if not self._resumed or after != self.last:
            self.moments.append(Moment(len(self.outcomes), *self._open, after))
        self._open, self.last = None, after
        if len(self.moments) > self.max_steps:
            raise _TooManyStepsError

    def _too_long(self) -> str:
        number = len(self.outcomes) + 1
        mine = sum(moment.operation == number - 1 for moment in self.moments)
        advice = (
            "does a loop never end?"
            if mine > self.max_steps / 2
            else "give fewer requests or a smaller capacity."
        )
        return (
            f"{self.kind.__name__} ran more than {self.max_steps:,} lines by operation {number} of "
            f"{len(self.plan)}, too many to step through: {advice}"
        )


class _TooManyStepsError(BaseException):
    """Raised inside the watched code; no Exception, so that the code does not catch it."""


def _position(frame: FrameType) -> tuple[str, Place]:
    return frame.f_code.co_name, (frame.f_code.co_filename, frame.f_lineno)
