"""
A fork server: a process that has imported everything, and gives birth to one player after another.

Its only work is to wait. Each player is a copy of it from before a submission was known, so what
one does to its memory is gone with it, and the start of an interpreter is paid for once.
"""

import gc
import os

READY = b"\n"
"""What it says when a player is gone and the next one may come."""

ENDED = 97
"""The exit status of a player that was asked to end; after any other one this process ends too."""


def wait_for_players(reader: int, writer: int) -> None:
    """Fork for each byte that comes; return in the new process, never in this one."""
    gc.freeze()  # what never changes is shared between the copies as long as nobody touches it
    while os.read(reader, 1):
        child = os.fork()
        if child == 0:
            return
        _, status = os.waitpid(child, 0)
        code = os.waitstatus_to_exitcode(status)
        if code != ENDED:
            _end_like_it(code)
        os.write(writer, READY)
    os._exit(0)


def _end_like_it(code: int) -> None:
    if code < 0:
        os.kill(os.getpid(), -code)
    os._exit(code)
