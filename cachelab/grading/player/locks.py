"""
Locks that know who waits: they take the place of `threading.Lock` and `RLock` during a race.

An actor that finds a lock taken hands the turn back to the scheduler and tries again when it is
resumed, so "B waits for A" is a fact, not a time-out. `Condition`, `Semaphore` and `Event` are
built by `threading` on these two and follow.
"""

import _thread
import threading
from collections.abc import Callable
from typing import Any

allocate_lock = _thread.allocate_lock
"""The real one, taken before anything is patched."""


class PatchedLock:
    """A lock whose waiting actors give the turn back."""

    wait_turn: Callable[[], bool]
    """Called by a waiting thread: False when it is not an actor and has to wait for real."""

    who: Callable[[], Any] = staticmethod(_thread.get_ident)
    """Tells who takes or has the lock."""

    releases = 0
    """How many locks have been given back: after each of them it is worth trying again."""

    def __init__(self) -> None:
        self._real = allocate_lock()

    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:
        while not self._real.acquire(False):
            if not blocking:
                return False
            if not self.wait_turn():
                return self._real.acquire(True, timeout)
        return True

    def release(self) -> None:
        self._real.release()
        PatchedLock.releases += 1

    def locked(self) -> bool:
        return self._real.locked()

    def __enter__(self) -> bool:
        return self.acquire()

    def __exit__(self, *_: object) -> None:
        self.release()


class PatchedRLock:
    """A lock that its holder may take again, with the three methods that `Condition` uses."""

    def __init__(self) -> None:
        self._block = PatchedLock()
        self._owner: Any = None
        self._count = 0

    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:
        me = PatchedLock.who()
        if self._owner != me:
            if not self._block.acquire(blocking, timeout):
                return False
            self._owner = me
        self._count += 1
        return True

    def release(self) -> None:
        if self._owner != PatchedLock.who():
            raise RuntimeError("cannot release un-acquired lock")
        self._count -= 1
        if not self._count:
            self._owner = None
            self._block.release()

    def __enter__(self) -> bool:
        return self.acquire()

    def __exit__(self, *_: object) -> None:
        self.release()

    def _is_owned(self) -> bool:
        return bool(self._owner == PatchedLock.who())

    def _release_save(self) -> int:
        count, self._count, self._owner = self._count, 0, None
        self._block.release()
        return count

    def _acquire_restore(self, count: int) -> None:
        self._block.acquire()
        self._count, self._owner = count, PatchedLock.who()


def patch_threading(
    wait_turn: Callable[[], bool], who: Callable[[], Any] = _thread.get_ident
) -> None:
    """Make `threading` hand out the locks of this file from now on."""
    PatchedLock.wait_turn, PatchedLock.who = staticmethod(wait_turn), staticmethod(who)
    module: Any = threading
    module.Lock = module._allocate_lock = PatchedLock
    module.RLock = PatchedRLock
    inner: Any = _thread
    inner.allocate_lock, inner.RLock = PatchedLock, PatchedRLock
