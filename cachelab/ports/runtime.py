"""
Time and concurrency, handed to a cache instead of reached for.

Code that asks an injected `Clock` for the time can be tested without waiting, and code that asks
an injected `Runtime` to sleep, to spawn and to lock can run under a scheduler that decides the
order. `ThreadRuntime` is the real thing, `SimRuntime` (in `sim`) that scheduler; `ManualClock` is
a clock that a test or a lesson moves.
"""

import math
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any, Protocol


class Clock(Protocol):
    """
    A source of time that never goes backwards.

    Only differences mean something: the number is not a date.
    """

    def now(self) -> float:
        """Return the time in seconds."""
        ...


class Lock(Protocol):
    """A lock held by one task at a time, for use in a `with` statement."""

    def acquire(self) -> bool:
        """Wait until the lock is free, then hold it."""
        ...

    def release(self) -> None:
        """Let the next task in."""
        ...

    def __enter__(self) -> bool: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
        /,
    ) -> None: ...


class Signal(Protocol):
    """
    Something that has happened or not yet, for others to wait for.

    It happens once: there is no way to take it back.
    """

    def set(self) -> None:
        """Let it have happened, and everybody who waits go on."""
        ...

    def is_set(self) -> bool:
        """Tell whether it has happened."""
        ...

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until it happens or `timeout` seconds pass; tell whether it has happened."""
        ...


class Task(Protocol):
    """A call under way, as `Runtime.spawn` returns it."""

    def join(self, timeout: float | None = None) -> Any:
        """
        Wait for the call to end; return what it returned, or raise what it raised.

        Raises:
            TimeoutError: it has not ended after `timeout` seconds.
        """
        ...

    def done(self) -> bool:
        """Tell whether the call has ended, well or badly."""
        ...


class Runtime(Clock, Protocol):
    """
    A clock that can also wait, run calls side by side, and keep them apart.

    Everything in cachelab that is concurrent takes one as an argument, so the same code runs on
    threads here and on a scheduler with its own time there.
    """

    def sleep(self, seconds: float) -> None:
        """Let `seconds` pass for the calling task."""
        ...

    def spawn(self, fn: Callable[..., Any], *args: Any, name: str | None = None) -> Task:
        """Start `fn(*args)` beside the caller, as a task called `name`."""
        ...

    def lock(self) -> Lock:
        """Make a new lock, free to take."""
        ...

    def event(self) -> Signal:
        """Make something to wait for, which has not happened yet."""
        ...

    def checkpoint(self, label: str = "") -> None:
        """Mark a place where another task may well come in between."""
        ...

    def task_name(self) -> str:
        """Return the name of the calling task."""
        ...


class ThreadRuntime:
    """
    A runtime on the machine's clock and Python's threads.

    Threads are daemons: a program that ends does not wait for those it never joined. An error in
    a task is raised by its `join`, and nowhere else.

    >>> runtime = ThreadRuntime()
    >>> runtime.spawn(pow, 2, 10).join()
    1024
    """

    def now(self) -> float:
        """Return the machine's monotonic time in seconds."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Let `seconds` pass for the calling thread."""
        time.sleep(seconds)

    def spawn(self, fn: Callable[..., Any], *args: Any, name: str | None = None) -> Task:
        """Start `fn(*args)` on a thread of its own."""
        return _ThreadTask(fn, args, name)

    def lock(self) -> Lock:
        """Make a new lock, free to take."""
        return threading.Lock()

    def event(self) -> Signal:
        """Make something to wait for, which has not happened yet."""
        return threading.Event()

    def checkpoint(self, label: str = "") -> None:
        """Do nothing: the machine lets threads in between wherever it likes."""

    def task_name(self) -> str:
        """Return the name of the calling thread."""
        return threading.current_thread().name

    def __repr__(self) -> str:
        return "ThreadRuntime()"


class _ThreadTask:
    """A call running on its own thread, which keeps its outcome for `join`."""

    def __init__(self, fn: Callable[..., Any], args: tuple[Any, ...], name: str | None) -> None:
        self._value: Any = None
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, args=(fn, args), name=name, daemon=True)
        self._thread.start()

    def _run(self, fn: Callable[..., Any], args: tuple[Any, ...]) -> None:
        try:
            self._value = fn(*args)
        except BaseException as error:  # noqa: BLE001 - kept whole, and raised again by join
            self._error = error

    def join(self, timeout: float | None = None) -> Any:
        """Wait for the call to end; return what it returned, or raise what it raised."""
        self._thread.join(timeout)
        if self._thread.is_alive():
            raise TimeoutError(f"{self._thread.name} has not ended after {timeout!r} seconds")
        if self._error is not None:
            raise self._error
        return self._value

    def done(self) -> bool:
        """Tell whether the call has ended, well or badly."""
        return not self._thread.is_alive()

    def __repr__(self) -> str:
        return f"<task {self._thread.name}: {'ended' if self.done() else 'under way'}>"


class ManualClock:
    """
    A clock that stands still until it is moved by hand.

    With it, a test of a one-hour expiry takes no time and gives the same answer on each run.

    Raises:
        ValueError: `advance` is asked to go back, or to go nowhere that can be reached.

    >>> clock = ManualClock()
    >>> clock.advance(2.5)
    >>> clock.now()
    2.5
    """

    def __init__(self, start: float = 0.0) -> None:
        self._now = float(start)

    def now(self) -> float:
        """Return the time in seconds, as the last `advance` left it."""
        return self._now

    def advance(self, seconds: float) -> None:
        """Move the clock `seconds` ahead."""
        if not 0 <= seconds < math.inf:
            raise ValueError(f"a clock can be moved ahead by 0 seconds or more, not by {seconds!r}")
        self._now += seconds

    def __repr__(self) -> str:
        return f"ManualClock({self._now!r})"
