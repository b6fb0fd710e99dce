"""
Many tasks in virtual time, one at a time, in an order that is an input.

Tasks are ordinary Python calls, each a greenlet: it runs until a scheduling point, and there the
schedule says who goes on. Time passes only when every task waits, and then at once, so that an
hour takes no time and each run of the same schedule is the same run. Threads could hand a baton
around to the same end, at ten times the cost for each event and with a thousand of them to start.
"""

import math
from collections.abc import Callable
from itertools import count
from typing import Any

from greenlet import getcurrent  # type: ignore[import-untyped]

from .sim_scheduler import Deadlock, Schedule, Scheduler, TooManySteps
from .sim_tasks import SimEvent, SimLock, SimTask, task_name

__all__ = ["Deadlock", "Schedule", "SimEvent", "SimLock", "SimRuntime", "SimTask", "TooManySteps"]


class SimRuntime:
    """
    A runtime whose time is virtual and whose schedule is given.

    Each call on it, and on its locks, events and tasks, is a scheduling point, but `now`,
    `is_set`, `done` and `task_name`. Where more than one task is ready, the next number
    of `schedule` says which one goes on, modulo how many there are: 0 is the one that came first,
    and the task that is on came before those that wait their turn, so 0 lets it go on. After the
    last number, it is 0. A callable is given the ready tasks (with `name` and `label`) instead.
    What was chosen is in `choices`: as a schedule, it gives the same run again.

    Locks are to be its own: a `threading.Lock` held over a scheduling point stops the program.
    Outside `run`, `now` tells the time, `sleep` moves it on, free locks can be taken, and a
    spawned task waits for the next `run`.

    Complexity: O(log waiting) for a wait with a timeout, O(1) for others; a number i of the
    schedule costs O(i).

    Raises:
        ValueError: `max_steps` is below 1, or a sleep is negative or not a number.

    >>> sim, heard = SimRuntime(), []
    >>> def speaker(word, after):
    ...     sim.sleep(after)
    ...     heard.append((sim.now(), word))
    >>> def meeting():
    ...     tasks = [sim.spawn(speaker, "late", 3600), sim.spawn(speaker, "early", 1)]
    ...     return [task.join() for task in tasks]
    >>> sim.run(meeting)
    [None, None]
    >>> heard
    [(1.0, 'early'), (3600.0, 'late')]
    """

    def __init__(self, schedule: Schedule | None = None, *, max_steps: int = 1_000_000) -> None:
        if max_steps < 1:
            raise ValueError(f"max_steps must be at least 1, not {max_steps!r}")
        self._scheduler = Scheduler(() if schedule is None else schedule, max_steps)
        self._numbers = count(1)

    @property
    def choices(self) -> list[int]:
        """Who went on wherever there was a choice, as positions among those who were ready."""
        return list(self._scheduler.choices)

    @property
    def steps(self) -> int:
        """The scheduling points passed in the last run."""
        return self._scheduler.steps

    def run(self, fn: Callable[..., Any], *args: Any) -> Any:
        """
        Call `fn(*args)` as the task "main"; return what it returns once every task has ended.

        If main fails, the others are stopped where they wait, and so they are after a deadlock:
        their `finally` blocks run.

        Raises:
            Deadlock: every task waits and no timer is set; it names the line of each.
            TooManySteps: `max_steps` scheduling points were passed.
            Exception: what main raised, or another task whose error nobody joined.
        """
        scheduler = self._scheduler
        if scheduler.hub is not None:
            raise RuntimeError("a SimRuntime runs one main task at a time: spawn the others")
        scheduler.hub, scheduler.steps = getcurrent(), 0
        main = SimTask(scheduler, "main", fn, args)
        scheduler.add(main)
        try:
            scheduler.run_all(main)
            error = scheduler.unheard()
        finally:
            scheduler.stop_all()
        if error is not None:
            raise error
        return main.join()

    def now(self) -> float:
        """Return the virtual time in seconds, which starts at 0."""
        return self._scheduler.now

    def sleep(self, seconds: float) -> None:
        """Let `seconds` pass for the calling task; 0 lets the others go first."""
        if not seconds >= 0:
            raise ValueError(f"a sleep takes 0 seconds or more, not {seconds!r}")
        if self._scheduler.hub is None and seconds != math.inf:
            self._scheduler.now += seconds
            return
        self._scheduler.wait("the end of its sleep", timeout=seconds)

    def spawn(self, fn: Callable[..., Any], *args: Any, name: str | None = None) -> SimTask:
        """Start `fn(*args)` beside the caller, as a task called `name` or after `fn`."""
        if name is None:
            name = f"{getattr(fn, '__name__', type(fn).__name__)}-{next(self._numbers)}"
        task = SimTask(self._scheduler, name, fn, args)
        self._scheduler.add(task)
        self._scheduler.point("spawn")
        return task

    def lock(self) -> SimLock:
        """Make a new lock, free to take."""
        return SimLock(self._scheduler)

    def event(self) -> SimEvent:
        """Make something to wait for, which has not happened yet."""
        return SimEvent(self._scheduler)

    def checkpoint(self, label: str = "") -> None:
        """Let the schedule say who goes on from here."""
        self._scheduler.point(label)

    def task_name(self) -> str:
        """Return the name of the calling task, "main" outside a run."""
        return task_name(self._scheduler)

    def __repr__(self) -> str:
        alive = len(self._scheduler.alive)
        return f"<SimRuntime at {self.now():g} s, {alive} tasks under way>"
