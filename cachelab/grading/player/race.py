"""
Two threads in one object, step by step: every place where the first can be overtaken, in order.

Thread A is stopped before its k-th line inside the submission, thread B runs until it is done or
waits for a lock, then both finish; k = 1, 2, ... until A is done before its k-th line. Nothing is
left to luck and nothing sleeps. What came out is compared by the judge with the two orders in which
the calls could have come one after the other.
"""

import _thread
import sys
from collections.abc import Callable
from typing import Any

from .locks import allocate_lock, patch_threading
from .stage import FILENAME, Outcome, Stage, attempt

PATIENCE = 1.0
"""Seconds for a turn; longer means a lock that is not ours, or a loop."""

MOST_LINES = 400

DONE, PAUSED, WAITING, STUCK = "done", "paused", "waiting", "stuck"


class Actor:
    """A thread that moves only when it has the turn."""

    def __init__(self, action: Callable[[], Any], pause_at: int, let_pass: Callable[[bool], None]):
        self.action = action
        self.lines_left = pause_at
        self.let_pass = let_pass
        self.line: int | None = None
        self.status = PAUSED
        self.outcome: Outcome = {"raised": ["NotFinished", "", None]}
        self.gate, self.back = allocate_lock(), allocate_lock()
        self.gate.acquire()
        self.back.acquire()
        self.ident = _thread.start_new_thread(self._live, ())

    def _live(self) -> None:
        self.gate.acquire()
        if self.lines_left:
            self.let_pass(True)
            sys.settrace(self._trace)
            self.let_pass(False)
        self.outcome = attempt(self.action)
        self.status = DONE
        self.back.release()

    def _trace(self, frame: Any, event: str, _: object) -> Any:
        if frame.f_code.co_filename != FILENAME:
            return None
        if event == "line" and self.lines_left:
            self.lines_left -= 1
            if not self.lines_left:
                self.line = frame.f_lineno
                self.give_turn_back(PAUSED)
        return self._trace

    def give_turn_back(self, status: str) -> None:
        self.status = status
        self.back.release()
        self.gate.acquire()

    def take_turn(self) -> str:
        """Let the thread run until it is done, paused or waiting for a lock."""
        if self.status == DONE:
            return DONE
        if self.status != STUCK:
            self.gate.release()
        if not self.back.acquire(True, PATIENCE):
            self.status = STUCK
        return self.status


class Schedule:
    """The two actors of one race, and the answer to a lock that has to wait."""

    def __init__(self) -> None:
        self.actors: list[Actor] = []

    def wait_turn(self) -> bool:
        me = _thread.get_ident()
        for actor in self.actors:
            if actor.ident == me:
                actor.give_turn_back(WAITING)
                return True
        return False

    def run(self, first: Actor, second: Actor) -> str:
        """Play the race to its end; tell whether both calls came back."""
        self.actors = [first, second]
        first.take_turn()
        second.take_turn()
        for _ in range(8):
            before = [actor.status for actor in self.actors]
            after = [first.take_turn(), second.take_turn()]
            if after == [DONE, DONE]:
                return DONE
            if before == after and PAUSED not in after:
                return "deadlock" if WAITING in after else STUCK
        return STUCK


def explore(stage: Stage, request: dict[str, Any]) -> dict[str, Any]:
    """Return what both orders give, and what comes out for each place where A is overtaken."""
    schedule = Schedule()
    patch_threading(schedule.wait_turn)
    a, b, let_pass = request["a"], request["b"], request["let_pass"]

    def prepare() -> None:
        stage.fresh()
        schedule.actors = []
        for step in request["setup"]:
            attempt(stage.perform, *step)

    def look() -> list[Outcome]:
        return [attempt(stage.perform, *step) for step in request["probe"]]

    def in_order(first: list[Any], second: list[Any]) -> list[Outcome]:
        prepare()
        return [attempt(stage.perform, *first), attempt(stage.perform, *second)]

    orders = [[*in_order(a, b), *look()]]
    swapped = in_order(b, a)
    orders.append([swapped[1], swapped[0], *look()])
    races = []
    for k in range(1, MOST_LINES):
        prepare()
        first = Actor(lambda: stage.perform(*a), k, let_pass)
        second = Actor(lambda: stage.perform(*b), 0, let_pass)
        end = schedule.run(first, second)
        if first.line is None:
            break
        seen = [first.outcome, second.outcome, *(look() if end == DONE else [])]
        races.append({"line": first.line, "end": end, "seen": seen})
        if end != DONE:
            break
    return {"orders": orders, "races": races}
