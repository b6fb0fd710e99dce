"""
What the tasks of a `SimRuntime` hold on to: one another, locks and events.

All of them are ordinary objects, for only one task runs at a time. Each call on them is a
scheduling point, and whoever has to wait says for what, so that a deadlock can be told.
"""

import contextvars
from collections.abc import Callable
from pathlib import Path
from types import FrameType, TracebackType
from typing import TYPE_CHECKING, Any

from greenlet import greenlet  # type: ignore[import-untyped]

from .errors import CachelabError

if TYPE_CHECKING:
    from .sim_scheduler import Scheduler

OWN_MODULES = {f"{__package__}.{name}" for name in ("sim", "sim_scheduler", "sim_tasks")}


class Stopped(BaseException):
    """Thrown into a task that waits when its run has ended, so that its `finally` blocks run."""


class SimTask:
    """
    A call under way in virtual time, as `SimRuntime.spawn` returns it.

    `label` says where it was at its last scheduling point.
    """

    def __init__(
        self, scheduler: "Scheduler", name: str, fn: Callable[..., Any], args: tuple[Any, ...]
    ) -> None:
        self.name = name
        self.label = ""
        self.ended = False
        self.error: BaseException | None = None
        self.greenlet: greenlet | None = None
        """None until the task has been on for the first time."""
        self.waits_for: str | None = None
        self.wait_number = 0
        """Goes up with each wait, so that the timer of an earlier one is known to be stale."""
        self.is_heard = False
        """Whether a join has raised the error."""
        self._scheduler = scheduler
        self._call = (fn, args)
        # What follows the context, as decimal's precision does, is as where the task was spawned.
        self._context = contextvars.copy_context()
        self._value: Any = None
        self._joining: dict[SimTask, None] = {}

    def join(self, timeout: float | None = None) -> Any:
        """
        Wait for the call to end; return what it returned, or raise what it raised.

        Raises:
            TimeoutError: it has not ended after `timeout` seconds.
        """
        self._scheduler.point("join")
        if not self.ended and (timeout is None or timeout > 0):
            self._scheduler.wait(f"{self.name} to end", self._joining, timeout)
        if not self.ended:
            raise TimeoutError(f"{self.name} has not ended after {timeout!r} seconds")
        if self.error is not None:
            self.is_heard = True
            raise self.error
        return self._value

    def done(self) -> bool:
        """Tell whether the call has ended, well or badly."""
        return self.ended

    def step(self) -> None:
        """Go on until the next scheduling point at which another task is chosen."""
        if self.greenlet is None:
            self.greenlet = greenlet(self._run)
            self.greenlet.gr_context = self._context
        self.greenlet.switch()

    def stop(self) -> None:
        """Unwind the task from where it waits."""
        self.ended = True
        if self.greenlet is not None and not self.greenlet.dead:
            self.greenlet.throw(Stopped)
        self.error = CachelabError(f"{self.name} was stopped where it waited: its run is over")

    def _run(self) -> None:
        fn, args = self._call
        try:
            self._value = fn(*args)
        except BaseException as error:  # noqa: BLE001 - kept whole, and raised again by join
            self.error = error
        self.ended = True
        self._scheduler.wake_all(self._joining)

    def where(self) -> str:
        """Return the file and line of the program at which the task waits."""
        frame: FrameType | None = None if self.greenlet is None else self.greenlet.gr_frame
        while frame is not None and frame.f_globals.get("__name__") in OWN_MODULES:
            frame = frame.f_back
        if frame is None:
            return "its start"
        return f"{Path(frame.f_code.co_filename).name}:{frame.f_lineno}"

    def __repr__(self) -> str:
        return f"<task {self.name}: {'ended' if self.ended else 'under way'}>"


class SimLock:
    """
    A lock that wakes one of those who wait when it is released.

    As with the machine's locks, another task may take it before the woken one is on.
    """

    def __init__(self, scheduler: "Scheduler") -> None:
        self.holder: str | None = None
        self._scheduler = scheduler
        self._waiting: dict[SimTask, None] = {}

    def acquire(self) -> bool:
        """Wait until the lock is free, then hold it."""
        self._scheduler.point("acquire")
        while self.holder is not None:
            self._scheduler.wait(f"the lock that {self.holder} holds", self._waiting)
        self.holder = task_name(self._scheduler)
        return True

    def release(self) -> None:
        """
        Let the next task in.

        Raises:
            RuntimeError: nobody holds the lock.
        """
        if self.holder is None:
            raise RuntimeError("a lock that nobody holds cannot be released")
        self.holder = None
        self._scheduler.wake_one(self._waiting)
        self._scheduler.point("release")

    def locked(self) -> bool:
        """Tell whether somebody holds the lock."""
        return self.holder is not None

    def __enter__(self) -> bool:
        return self.acquire()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
        /,
    ) -> None:
        self.release()

    def __repr__(self) -> str:
        return f"<lock, {f'held by {self.holder}' if self.holder else 'free'}>"


class SimEvent:
    """Something that has happened or not yet, for tasks to wait for in virtual time."""

    def __init__(self, scheduler: "Scheduler") -> None:
        self._scheduler = scheduler
        self._is_set = False
        self._waiting: dict[SimTask, None] = {}

    def is_set(self) -> bool:
        """Tell whether it has happened."""
        return self._is_set

    def set(self) -> None:
        """Let it have happened, and everybody who waits go on."""
        self._is_set = True
        self._scheduler.wake_all(self._waiting)
        self._scheduler.point("set")

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until it happens or `timeout` seconds pass; tell whether it has happened."""
        self._scheduler.point("wait")
        if not self._is_set and (timeout is None or timeout > 0):
            self._scheduler.wait("an event", self._waiting, timeout)
        return self._is_set

    def __repr__(self) -> str:
        return f"<event, {'set' if self._is_set else 'not set'}>"


def task_name(scheduler: "Scheduler") -> str:
    """Return the name of the task that is on, "main" when none is."""
    return "main" if scheduler.current is None else scheduler.current.name
