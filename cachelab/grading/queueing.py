"""
Waiting for a lock of `threading` in the judge's time.

The judge does not see such a lock. It knows that one can have become free only if another task has
moved on since, so whoever waits tries again then; with nobody left to move on it is a deadlock.
"""

from cachelab.ports import SimRuntime
from cachelab.ports.sim import SimEvent

YIELDS = ("runtime", "yield_turn")
"""What a player asks for when a task has found a lock taken."""


class Queueing:
    """The tasks of one run that found a lock taken."""

    def __init__(self, runtime: SimRuntime) -> None:
        self.runtime = runtime
        self._waiting = 0
        self._releases = 0
        self._moved: SimEvent = runtime.event()

    def has_waited(self, port: str, verb: str, said: list[object]) -> bool:
        """
        Take note of what a task wants; if it is to wait for a lock, do so and return True.

        It says how many of the submission's locks were given back so far: it may have given back
        another one before.
        """
        if (port, verb) != YIELDS:
            self.stir()
            return False
        known, releases = self._releases, said[0] if said and type(said[0]) is int else 0
        self._releases = max(known, releases)
        before = self._turn_over() if releases > known else None
        self._waiting, moved = self._waiting + 1, self._moved
        if before is not None:
            before.set()
        moved.wait()
        self._waiting -= 1
        return True

    def stir(self) -> None:
        """Let those who wait try again: a task has moved on."""
        before = self._turn_over()
        if before is not None:
            before.set()

    def _turn_over(self) -> SimEvent | None:
        """Begin anew; return what those who wait now are waiting for, if there are any."""
        if not self._waiting:
            return None
        before, self._moved = self._moved, self.runtime.event()
        return before
