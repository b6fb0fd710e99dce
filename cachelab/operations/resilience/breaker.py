"""
A circuit breaker: after enough failures, stop asking, and later try once whether it is over.

A server that is down costs each caller a timeout. The breaker counts failures in a sliding window;
when too many calls fail it opens, and callers are told at once. After a while one call, and only
one, goes through as a trial: its outcome closes the circuit or opens it again.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from threading import Lock
from types import TracebackType
from typing import Any, TypeAlias

from cachelab.ports import CachelabError, Clock, ThreadRuntime

from .telling import tell
from .window import Window

Failures: TypeAlias = type[BaseException] | tuple[type[BaseException], ...]


class State(Enum):
    """Where a breaker is: calls go through, none does, or one is trying."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half-open"


class CircuitOpen(CachelabError):  # noqa: N818 - reads as the sentence it is
    """The call was not made: too many before it failed. `retry_in` seconds from now one may try."""

    def __init__(self, retry_in: float) -> None:
        super().__init__(f"the circuit is open: the next trial may be made in {retry_in:.3g} s")
        self.retry_in = retry_in


@dataclass(frozen=True, slots=True)
class Transition:
    """A breaker's step from one state to another, when, and the reason in words."""

    at: float
    before: State
    after: State
    reason: str


Observer: TypeAlias = Callable[[Transition], object]


class CircuitBreaker:
    """
    A switch in front of calls that fail: closed, open, or half-open while one call tries.

    Closed, it lets all calls through and opens when, within `window` seconds, there were at least
    `minimum_calls` and `failure_ratio` of them failed. Open, it raises `CircuitOpen` for `open_for`
    seconds. Then the next call is the trial and all others still get `CircuitOpen`; a success
    closes, a failure opens again. A trial without an outcome after `trial_limit` seconds, its
    caller being dead or stuck, counts as a failure, so nobody can leave the breaker half-open.

    Errors of the kinds `failures` are failures. Any other error says nothing about the server: it
    is not counted, and a trial that ends in one leaves the next call to be the trial. Outcomes of
    calls that began before the last transition are not counted either.

    No lock is held during a call or while observers are told. They are told of each transition in
    order, one at a time; what they raise is logged.

    Complexity: O(1) for each call, and a fixed number of counters.

    Raises:
        ValueError: a number is out of range.
        CircuitOpen: the call was not made.

    Source: M. Nygard, "Release It!", 2nd edition 2018, chapter 5; the limit on the trial and the
    sliding window are additions.

    >>> from cachelab.ports import ManualClock, StoreError
    >>> def down(): raise StoreError("no route to host")
    >>> clock, seen = ManualClock(), []
    >>> breaker = CircuitBreaker(clock, minimum_calls=1, open_for=5.0)
    >>> breaker.observe(lambda step: seen.append((step.at, step.after.value)))
    >>> try: breaker.call(down)
    ... except StoreError: clock.advance(5.0)
    >>> breaker.call(abs, -7), seen
    (7, [(0.0, 'open'), (5.0, 'half-open'), (5.0, 'closed')])
    """

    def __init__(
        self,
        clock: Clock | None = None,
        *,
        failure_ratio: float = 0.5,
        minimum_calls: int = 5,
        window: float = 10.0,
        open_for: float = 5.0,
        trial_limit: float = 2.0,
        failures: Failures = CachelabError,
    ) -> None:
        if not 0 < failure_ratio <= 1:
            raise ValueError(f"failure_ratio must be above 0 and at most 1, not {failure_ratio!r}")
        if minimum_calls < 1:
            raise ValueError(f"minimum_calls must be at least 1, not {minimum_calls!r}")
        for name, value in (("open_for", open_for), ("trial_limit", trial_limit)):
            if not 0 < value < float("inf"):
                raise ValueError(f"{name} must be a number of seconds above 0, not {value!r}")
        self.clock: Clock = ThreadRuntime() if clock is None else clock
        self.failure_ratio = failure_ratio
        self.minimum_calls = minimum_calls
        self.open_for = open_for
        self.trial_limit = trial_limit
        self.failures = failures
        self.window = Window(window)
        self._state = State.CLOSED
        self._era = 0
        """Goes up with each transition: a permit of an older one has no say any more."""
        self._since = 0.0
        """When the circuit was opened, or when the trial began."""
        self._lock = Lock()
        self._observers: list[Observer] = []
        self._untold: deque[Transition] = deque()
        self._telling = Lock()

    @property
    def state(self) -> State:
        """The state as of now; an open circuit stays open until somebody makes the trial."""
        with self._lock:
            self._end_overdue_trial(self.clock.now())
            state = self._state
        self._tell()
        return state

    def observe(self, observer: Observer) -> None:
        """Have `observer` told of each transition from now on."""
        self._observers.append(observer)

    def call(self, fn: Callable[..., Any], *args: Any, **options: Any) -> Any:
        """Return `fn(*args, **options)`, unless the circuit is open."""
        with self.admit():
            return fn(*args, **options)

    def admit(self) -> "Permit":
        """Return the permit for one call, which is made in a `with` statement on it."""
        with self._lock:
            now = self.clock.now()
            self._end_overdue_trial(now)
            permit = self._permit(now)
        self._tell()
        if permit is None:
            raise CircuitOpen(max(0.0, self._next_trial() - now))
        return permit

    def judge(self, permit: "Permit", failed: bool | None) -> None:
        """Take in how the call of `permit` ended; None if that says nothing about the server."""
        with self._lock:
            now = self.clock.now()
            self._end_overdue_trial(now)
            if permit.era == self._era:
                self._take_in(now, failed)
        self._tell()

    def _permit(self, now: float) -> "Permit | None":
        if self._state is State.HALF_OPEN:
            return None
        if self._state is State.OPEN:
            if now < self._since + self.open_for:
                return None
            self._move(State.HALF_OPEN, now, now, "one call tries whether it is over")
        return Permit(self, self._era)

    def _take_in(self, now: float, failed: bool | None) -> None:
        if self._state is State.CLOSED:
            if failed is not None:
                self._count(now, failed)
        elif failed is None:  # as if the trial had not been made: the next call may make it
            self._move(State.OPEN, now, now - self.open_for, "the trial said nothing")
        elif failed:
            self._move(State.OPEN, now, now, "the trial failed")
        else:
            self.window = Window(self.window.seconds)
            self._move(State.CLOSED, now, now, "the trial went well")

    def _count(self, now: float, failed: bool) -> None:
        self.window.note(now, failed)
        calls, failures = self.window.counts(now) if failed else (0, 0)
        if calls >= self.minimum_calls and failures >= self.failure_ratio * calls:
            self._move(State.OPEN, now, now, f"{failures} of {calls} calls failed")

    def _end_overdue_trial(self, now: float) -> None:
        end = self._since + self.trial_limit
        if self._state is State.HALF_OPEN and now >= end:
            self._move(State.OPEN, now, end, "the trial brought no outcome in time")

    def _next_trial(self) -> float:
        waits = self.trial_limit if self._state is State.HALF_OPEN else self.open_for
        return self._since + waits

    def _move(self, state: State, now: float, since: float, reason: str) -> None:
        self._untold.append(Transition(now, self._state, state, reason))
        self._state, self._since = state, since
        self._era += 1

    def _tell(self) -> None:
        # Whoever finds another telling leaves the news to that one, who looks again afterwards.
        while self._untold and self._telling.acquire(blocking=False):
            try:
                while self._untold:
                    step = self._untold.popleft()
                    for observer in list(self._observers):
                        tell(observer, step)
            finally:
                self._telling.release()

    def __repr__(self) -> str:
        return f"<CircuitBreaker, {self._state.value}>"


class Permit:
    """The permission to make one call, as a context manager that sees how the call ends."""

    __slots__ = ("breaker", "era")

    def __init__(self, breaker: CircuitBreaker, era: int) -> None:
        self.breaker = breaker
        self.era = era

    def __enter__(self) -> "Permit":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        failed = isinstance(error, self.breaker.failures)
        self.breaker.judge(self, None if error is not None and not failed else failed)
