"""
Calls to be made in the background: one per key at a time, few at once, the hottest key first.

A worker lives as long as there is something to do, so an idle cache has no threads. What finds no
place in the queue is dropped: the next read asks again.
"""

from collections.abc import Callable
from typing import Any

from cachelab.ports import Runtime, Task


class Refresher:
    """
    A queue of at most `waiting` keys, served by at most `workers` tasks in order of `priority`.

    Complexity: O(1) to ask; O(keys waiting) to choose the next.
    """

    def __init__(
        self, runtime: Runtime, priority: Callable[[str], float], *, workers: int, waiting: int
    ) -> None:
        self.runtime = runtime
        self.priority = priority
        self.workers = workers
        self.waiting = waiting
        self.queue: dict[str, Callable[[], Any]] = {}
        self.under_way: set[str] = set()
        self.tasks: list[Task] = []
        self.closed = False
        self._active = 0
        self._lock = runtime.lock()

    def ask(self, key: str, call: Callable[[], Any]) -> bool:
        """Have `call()` made in the background, unless `key` is served already; tell whether."""
        with self._lock:
            if self.closed or key in self.under_way or key in self.queue:
                return False
            if len(self.queue) >= self.waiting:
                return False
            self.queue[key] = call
            if self._active >= self.workers:
                return True
            self._active += 1
        return self._start(key)

    def close(self) -> None:
        """Forget what waits, and wait for what runs."""
        with self._lock:
            self.closed = True
            self.queue.clear()
            tasks = list(self.tasks)
        for task in tasks:
            task.join()

    def _start(self, key: str) -> bool:
        try:
            task = self.runtime.spawn(self._work)
        except RuntimeError:  # the machine has no thread left: the value in hand is still good
            self._end()
            self.queue.pop(key, None)
            return False
        with self._lock:
            self.tasks = [*self.tasks[-2 * self.workers :], task]
        return True

    def _work(self) -> None:
        try:
            while (job := self._next()) is not None:
                key, call = job
                try:
                    call()
                finally:
                    with self._lock:
                        self.under_way.discard(key)
        except BaseException:
            self._end()
            raise

    def _end(self) -> None:
        with self._lock:
            self._active -= 1

    def _next(self) -> tuple[str, Callable[[], Any]] | None:
        with self._lock:
            if not self.queue:
                self._active -= 1
                return None
            key = max(self.queue, key=self.priority)
            self.under_way.add(key)
            return key, self.queue.pop(key)
