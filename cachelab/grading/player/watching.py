"""
Where a submission is when it takes long: the judge is told the line, and a report names the loop.

A word to the reader and no evidence: the judge ends a player by the clock, whatever is said here.
"""

import _thread
import sys
from collections.abc import Callable
from time import monotonic, sleep
from types import FrameType

from .locks import allocate_lock
from .stage import FILENAME

AFTER = 0.15
"""Seconds after which a request has taken long."""

BETWEEN = 0.01
"""Seconds between two looks: what is in both of them stays."""


class Watch:
    """
    A thread that wakes up now and then, and says once for each request at which line it is.

    `tell(line)` is called while the request is under way, never when it has been answered.
    `is_idle(frame)` tells of the innermost frame of a thread that it only waits to be asked.
    """

    def __init__(self, tell: Callable[[int], None], is_idle: Callable[[FrameType], bool]) -> None:
        self.tell = tell
        self.is_idle = is_idle
        self._turn = allocate_lock()
        self._since: float | None = None

    def start(self) -> None:
        """Begin to watch."""
        _thread.start_new_thread(self._live, ())

    def begin(self) -> None:
        """Note that a request has come."""
        self._since = monotonic()

    def end(self) -> None:
        """Note that it is about to be answered: nothing is told from here on."""
        with self._turn:
            self._since = None

    def _live(self) -> None:
        while True:
            sleep(AFTER / 2)
            began = self._since
            if began is None or monotonic() - began < AFTER:
                continue
            line = self._line()
            with self._turn:
                if line is not None and self._since == began:
                    self._since = None
                    self.tell(line)

    def _line(self) -> int | None:
        """Return the line of the innermost call of the submission that stays under way."""
        before = self._stacks()
        sleep(BETWEEN)
        for stack in self._stacks():
            for known in before:
                lasting = [one for one, two in zip(stack, known, strict=False) if one is two]
                if lasting:
                    return lasting[-1].f_lineno
        return None

    def _stacks(self) -> list[list[FrameType]]:
        """Return the calls of the submission on each thread that is busy, the outermost first."""
        me, found = _thread.get_ident(), []
        for thread, frame in sys._current_frames().items():
            if thread != me and not self.is_idle(frame):
                found.append(_of_submission(frame))
        return found


def _of_submission(frame: FrameType | None) -> list[FrameType]:
    stack = []
    while frame is not None:
        if frame.f_code.co_filename == FILENAME:
            stack.append(frame)
        frame = frame.f_back
    return stack[::-1]
