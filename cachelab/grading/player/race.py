"""
Two calls at once in one object: every place where the first can be overtaken, in order.

Call A is stopped before its k-th line inside the submission; call B, on a thread of its own, runs
until it is done or waits for a lock; then both finish. k = 1, 2, ... until A is done before its
k-th line. Nothing is left to luck and nothing sleeps. The judge compares what came out with the two
orders in which the calls could have come one after the other.
"""

import _thread
import sys
from collections.abc import Callable
from functools import partial
from typing import Any

from .locks import PatchedLock, allocate_lock, patch_threading
from .stage import FILENAME, Outcome, Stage, attempt

Action = Callable[[], Outcome]

PATIENCE = 1.0
"""Seconds for a turn; longer means a lock that is not ours, or a loop."""

MOST_LINES = 400

TURNS = 2
"""How many of them a call that does not come back gets."""

DONE, WAITING, STUCK, DEADLOCK = "done", "waiting", "stuck", "deadlock"


class NeverFree(BaseException):
    """What a call waits for will not be given back."""


class Overtaker:
    """The call that comes in between, on a thread that moves only when it has the turn."""

    def __init__(self, action: Action) -> None:
        self.action = action
        self.status = WAITING
        self.is_late = False
        self.outcome: Outcome = {"raised": ["NotFinished", "", None]}
        self.gate, self.back = allocate_lock(), allocate_lock()
        self.gate.acquire()
        self.back.acquire()
        self.thread = _thread.start_new_thread(self._live, ())

    def _live(self) -> None:
        self.gate.acquire()
        self.outcome = self.action()
        self.status = DONE
        self.back.release()

    def wait(self) -> None:
        """Give the turn back, for a lock is taken; return when it is worth trying again."""
        self.back.release()
        self.gate.acquire()

    def take_turn(self) -> None:
        """Let the call run until it is done or waits for a lock, or is late."""
        if self.is_late:
            self._until_it_is_back()
        if self.status == WAITING and not self.is_late:
            self.gate.release()
            self._until_it_is_back()

    def _until_it_is_back(self) -> None:
        self.is_late = not self.back.acquire(True, PATIENCE)


class Race:
    """Call A with call B at one place in it, and the answer to a lock that has to wait."""

    def __init__(self, let_pass: Callable[[bool], None]) -> None:
        self.let_pass = let_pass
        self.thread = _thread.get_ident()
        self.lines_left = 0
        self.line: int | None = None
        self.second: Action
        self.b: Overtaker | None = None
        self.end = DONE

    def run(self, a: Action, b: Action, pause_at: int) -> list[Outcome]:
        """Play both calls; afterwards `line` is where B came in, and `end` how it ended."""
        self.lines_left, self.line, self.end = pause_at, None, DONE
        self.second = b
        self._trace_with(self._trace)
        outcome = a()
        self._trace_with(None)
        overtaker = self.b
        if overtaker is None:
            return [outcome]
        while overtaker.status != DONE and self.end == DONE:
            self._let_go_on(overtaker)
        self.b = None
        return [outcome, overtaker.outcome]

    def wait_turn(self) -> bool:
        """Answer a thread that finds a lock taken: False if it plays neither of the calls."""
        me, overtaker = _thread.get_ident(), self.b
        if overtaker is None or me not in (self.thread, overtaker.thread):
            return False
        if me == overtaker.thread:
            overtaker.wait()
        elif self.end != DONE or not self._let_go_on(overtaker):
            self.end = DEADLOCK if self.end == DONE else self.end
            raise NeverFree
        return True

    def _let_go_on(self, overtaker: Overtaker) -> bool:
        """Let B go on while A cannot; tell whether it has given back a lock."""
        before = PatchedLock.releases
        for _ in range(TURNS):
            overtaker.take_turn()
            if not overtaker.is_late:
                break
        gave_back = PatchedLock.releases > before
        if overtaker.is_late:
            self.end = STUCK
        elif overtaker.status == WAITING and not gave_back:
            self.end = DEADLOCK
        return gave_back

    def _trace_with(self, function: Callable[..., Any] | None) -> None:
        self.let_pass(True)
        sys.settrace(function)
        self.let_pass(False)

    def _trace(self, frame: Any, event: str, _: object) -> Any:
        if frame.f_code.co_filename != FILENAME or not self.lines_left:
            return None
        if event == "line":
            self.lines_left -= 1
            if not self.lines_left:
                self.line = frame.f_lineno
                self.b = Overtaker(self.second)
                self.b.take_turn()
        return self._trace


def explore(stage: Stage, request: dict[str, Any]) -> dict[str, Any]:
    """Return what both orders give, and what comes out for each place where A is overtaken."""
    race = Race(request["let_pass"])
    patch_threading(race.wait_turn)
    a, b = (partial(attempt, stage.perform, *request[name]) for name in "ab")

    def prepare() -> None:
        stage.fresh()
        stage.play(request["setup"], False)

    def look() -> list[Outcome]:
        return stage.play(request["probe"], False)

    def in_order(first: Action, second: Action) -> list[Outcome]:
        prepare()
        return [first(), second()]

    orders = [[*in_order(a, b), *look()]]
    swapped = in_order(b, a)
    orders.append([swapped[1], swapped[0], *look()])
    races = []
    for k in range(1, MOST_LINES):
        prepare()
        seen = race.run(a, b, k)
        if race.line is None:
            break
        seen += look() if race.end == DONE else []
        races.append({"line": race.line, "end": race.end, "seen": seen})
        if race.end != DONE:
            break
    return {"orders": orders, "races": races}
