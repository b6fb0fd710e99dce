"""
Who goes on: the loop that runs the tasks of a `SimRuntime` one at a time.

The loop is a greenlet, the hub, and each task is one more. A task gives the word back to the hub
when it has to wait, or when the schedule wants another one on at a scheduling point. When nobody
is ready, the clock jumps to the next timer; when there is no timer either, that is a deadlock.
"""

import heapq
import math
from collections import deque
from collections.abc import Callable, Sequence
from itertools import count
from typing import TypeAlias

from greenlet import getcurrent, greenlet  # type: ignore[import-untyped]

from .errors import CachelabError
from .sim_tasks import SimTask, Stopped

Schedule: TypeAlias = Sequence[int] | Callable[[Sequence[SimTask]], int]

SHOWN = 8
"""How many tasks the text of a deadlock names: a thousand would hide the two that matter."""


class Deadlock(CachelabError):  # noqa: N818 - the word says it
    """
    Every task waits, and no time that passes would wake one.

    `waiting` has a line for each: what it waits for, and the file and line where it does.
    """

    def __init__(self, waiting: Sequence[str]) -> None:
        self.waiting = tuple(waiting)
        more = f"; and {len(waiting) - SHOWN} more" if len(waiting) > SHOWN else ""
        super().__init__(f"nobody can go on: {'; '.join(waiting[:SHOWN])}{more}")


class TooManySteps(CachelabError):  # noqa: N818 - reads as the sentence it is
    """A run passed more scheduling points than it was allowed to: some loop has no end."""


class Scheduler:
    """The ready, the waiting, the clock, and the choices made so far."""

    def __init__(self, schedule: Schedule, max_steps: int) -> None:
        self.schedule = schedule
        self.max_steps = max_steps
        self.choices: list[int] = []
        self.now = 0.0
        self.steps = 0
        self.alive: dict[SimTask, None] = {}
        self.current: SimTask | None = None
        self.hub: greenlet | None = None
        self._ready: deque[SimTask] = deque()
        self._timers: list[tuple[float, int, SimTask, int]] = []
        self._order = count()
        self._chosen: SimTask | None = None
        self._failure: BaseException | None = None
        self._failed: list[SimTask] = []
        self._is_stopping = False

    def add(self, task: SimTask) -> None:
        """Make a new task ready."""
        self.alive[task] = None
        self._ready.append(task)

    def point(self, label: str) -> None:
        """Let the schedule put another ready task on instead of the caller."""
        task = self._caller()
        if task is None or self._is_stopping:
            return
        task.label = label
        self._count_step()
        if not self._ready:
            return
        number = self._choose(lambda: (task, *self._ready), 1 + len(self._ready))
        if number == 0:
            return
        self._chosen = self._take(number - 1)
        self._ready.appendleft(task)
        self._leave()

    def wait(
        self, reason: str, queue: dict[SimTask, None] | None = None, timeout: float | None = None
    ) -> None:
        """Let the others on until somebody wakes the caller from `queue`, or time is up."""
        task = self._caller()
        if task is None:
            raise RuntimeError(f"only a task of a SimRuntime can wait for {reason}: use its run")
        if self._is_stopping:
            raise Stopped
        self._count_step()
        task.waits_for, task.wait_number = reason, task.wait_number + 1
        if queue is not None:
            queue[task] = None
        if timeout == 0:
            self.wake(task)
        elif timeout is not None and timeout != math.inf:
            due = self.now + timeout
            heapq.heappush(self._timers, (due, next(self._order), task, task.wait_number))
        try:
            self._leave()
        finally:  # also when the task is stopped here: nobody may wake it in a later run
            if queue is not None:
                queue.pop(task, None)

    def wake(self, task: SimTask) -> None:
        """Make a task ready, unless it was woken already and has had no turn since."""
        if task.waits_for is not None:
            task.waits_for = None
            self._ready.append(task)

    def wake_one(self, queue: dict[SimTask, None]) -> None:
        """Make one task of `queue` ready, the one that the schedule says."""
        if not queue or self._is_stopping:
            return
        number = self._choose(lambda: tuple(queue), len(queue)) if len(queue) > 1 else 0
        task = next(iter(queue)) if number == 0 else tuple(queue)[number]
        del queue[task]
        self.wake(task)

    def wake_all(self, queue: dict[SimTask, None]) -> None:
        """Make each task of `queue` ready, the first come first."""
        for task in queue:
            self.wake(task)
        queue.clear()

    def run_all(self, main: SimTask) -> None:
        """Run the tasks until all have ended, or main has failed."""
        while self.alive:
            task = self.current = self._next()
            task.step()
            self.current = None
            if self._failure is not None:
                raise self._failure
            if self.steps > self.max_steps:
                raise TooManySteps(
                    f"after {self.max_steps:,} steps {task.name} is still under way, at "
                    f"{task.where()}: let time pass in its loop, end it, or raise max_steps"
                ) from self.unheard()
            if task.ended:
                self._bury(task, main)

    def stop_all(self) -> None:
        """Unwind the tasks that are left, and forget them."""
        self._is_stopping = True
        while self.alive:
            self.current, _ = self.alive.popitem()
            self.current.stop()
        self.current = self.hub = self._chosen = self._failure = None
        self._ready.clear()
        self._timers.clear()
        self._failed.clear()
        self._is_stopping = False

    def unheard(self) -> BaseException | None:
        """Return the first error that no `join` has raised, with a note of each other one."""
        failed = [task for task in self._failed if not task.is_heard]
        error = failed[0].error if failed else None
        if error is not None:
            for task in failed[1:]:
                error.add_note(f"{task.name} failed as well: {task.error!r}")
        return error

    def _next(self) -> SimTask:
        if self._chosen is not None:
            chosen, self._chosen = self._chosen, None
            return chosen
        if not self._ready:
            self._pass_time()
        if not self._ready:
            raise Deadlock([_plight(task) for task in self.alive]) from self.unheard()
        if len(self._ready) == 1:
            return self._ready.popleft()
        return self._take(self._choose(lambda: tuple(self._ready), len(self._ready)))

    def _take(self, number: int) -> SimTask:
        task = self._ready[number]
        del self._ready[number]
        return task

    def _pass_time(self) -> None:
        """Move the clock to the next timer, and wake everybody whose time it is."""
        while self._timers and (not self._ready or self._timers[0][0] <= self.now):
            due, _, task, number = heapq.heappop(self._timers)
            if task.waits_for is None or task.wait_number != number:
                continue  # it was woken before its time was up
            self.now = due
            self.wake(task)

    def _choose(self, tasks: Callable[[], Sequence[SimTask]], size: int) -> int:
        try:
            number = self._ask(tasks) % size
        except BaseException as error:  # the schedule's own, and no business of the task
            self._failure = error
            self._leave()
            raise
        self.choices.append(number)
        return number

    def _ask(self, tasks: Callable[[], Sequence[SimTask]]) -> int:
        if callable(self.schedule):
            return self.schedule(tasks())
        place = len(self.choices)
        return self.schedule[place] if place < len(self.schedule) else 0

    def _bury(self, task: SimTask, main: SimTask) -> None:
        del self.alive[task]
        if task.error is None:
            return
        # Ctrl-C, and whatever else is no Exception, is meant for the whole run.
        if task is main or not isinstance(task.error, Exception):
            raise task.error
        self._failed.append(task)

    def _count_step(self) -> None:
        self.steps += 1
        if self.steps > self.max_steps:
            self._leave()

    def _caller(self) -> SimTask | None:
        """The task that calls, None when the caller is none of this run's."""
        task = self.current
        return task if task is not None and task.greenlet is getcurrent() else None

    def _leave(self) -> None:
        """Let the hub say who goes on; return when it is the caller."""
        if self.hub is not None and self.hub is not getcurrent():
            self.hub.switch()


def _plight(task: SimTask) -> str:
    return f"{task.name} waits for {task.waits_for} at {task.where()}"
