"""
A `SimRuntime` that tells of each point that a task passes, and of each turn that a task gets.

What a task knows is what it was told: the answers of its calls and, each time it is on again, what
others left meanwhile in the memory they share. These two moments are all that it takes to follow.
"""

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from cachelab.ports.sim import SimRuntime
from cachelab.ports.sim_scheduler import Scheduler
from cachelab.ports.sim_tasks import SimTask


class Listener(Protocol):
    """Whoever decides who goes on, and is told what comes of it."""

    def choose(self, tasks: Sequence[SimTask]) -> int:
        """Return the place among `tasks` of the one that goes on."""
        ...

    def passed(self, task: str, label: str) -> None:
        """Note that `task` came to a scheduling point."""
        ...

    def resumed(self, task: str) -> None:
        """Note that `task` is about to be on."""
        ...

    def spawned(self, parts: tuple[Any, ...]) -> None:
        """Note that a task was made, of a function and its arguments."""
        ...


class _Scheduler(Scheduler):
    def __init__(self, listener: Listener, max_steps: int) -> None:
        super().__init__(listener.choose, max_steps)
        self.listener = listener

    def point(self, label: str) -> None:
        if self.current is not None:
            self.listener.passed(self.current.name, label)
        super().point(label)

    def wait(
        self, reason: str, queue: dict[SimTask, None] | None = None, timeout: float | None = None
    ) -> None:
        if self.current is not None:
            self.listener.passed(self.current.name, reason)
        super().wait(reason, queue, timeout)

    def _next(self) -> SimTask:
        task = super()._next()
        self.listener.resumed(task.name)
        return task


class ExplorerRuntime(SimRuntime):
    """Virtual time whose every turn is decided by, and told to, a listener."""

    def __init__(self, listener: Listener, *, max_steps: int) -> None:
        super().__init__(max_steps=max_steps)
        self._listener = listener
        self._scheduler = _Scheduler(listener, max_steps)

    def spawn(self, fn: Callable[..., Any], *args: Any, name: str | None = None) -> SimTask:
        """Start `fn(*args)` beside the caller, as a task called `name` or after `fn`."""
        self._listener.spawned((fn, args))
        return super().spawn(fn, *args, name=name)
