"""
The judge's end of the line to a player: start it, ask it, and end it when it does not answer.

Nothing a player does can hold the judge up: reading and writing never block, each question has a
time limit, a reply has a largest size, and the end of a player is the end of its whole process
group.
"""

import contextlib
import json
import os
import secrets
import signal
import subprocess
import tempfile
import time
from types import TracebackType
from typing import Any, Self

from .lines import open_line
from .player.values import Wire
from .sandbox import Level, clean_environment, player_command


class PlayerLost(Exception):  # noqa: N818 - an ordinary end of a player, not a fault
    """
    The player can no longer be asked; the message says what happened to it.

    `is_late` tells whether it was ended because no answer came in time, and `line` at which line
    of the submission it was then, as far as the player has said.
    """

    def __init__(self, message: str, *, is_late: bool = False, line: int | None = None) -> None:
        super().__init__(message)
        self.is_late = is_late
        self.line = line


class CallRaised(PlayerLost):
    """A call of the function `name` has raised where only answers are of use; with its outcome."""

    def __init__(self, name: str, outcome: dict[str, Any], shown: str) -> None:
        super().__init__(f"answered with {shown}")
        self.name = name
        self.outcome = outcome


SECONDS_TO_END = 5.0

_GO = b"."
"""Read by the server of players, one byte for each of them."""


def _genuine(line: bytes, word: str) -> dict[str, Any]:
    """Return a reply that repeats the word of its request; of any other nothing."""
    try:
        reply: dict[str, Any] = json.loads(line)
        return reply if reply["id"] == word else {}
    except (ValueError, TypeError, KeyError, RecursionError):
        return {}


class Player:
    """
    One player process, as a context manager: it is gone when the block is left.

    One that is `forking` can be renewed: a fresh process takes its place in the same sandbox.

    >>> with Player("process") as player:
    ...     player.ask({"op": "load", "source": "class A: pass", "name": "A"}, 10)
    {'value': True}
    """

    def __init__(self, level: Level, hash_seed: int = 1, *, forking: bool = False) -> None:
        self._first_byte = _GO if forking else b""
        self._folder = tempfile.TemporaryDirectory(
            prefix="cachelab-player-", ignore_cleanup_errors=True
        )
        self._process = subprocess.Popen(
            player_command(level, hash_seed, forking=forking),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=self._folder.name,
            env=clean_environment(hash_seed),
            start_new_session=True,
            bufsize=0,
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._line = open_line(self._process.stdin, self._process.stdout)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def ask(self, request: dict[str, Any], seconds: float, told: float | None = None) -> Wire:
        """
        Send one request and return the result.

        `told` is the time limit that a submission is told it had, where the machine's other work
        was a reason to wait longer.

        Raises:
            PlayerLost: no answer in time, no process any more, or an answer that is none.
        """
        word = secrets.token_hex(8)
        data = self._first_byte + json.dumps({**request, "id": word}).encode() + b"\n"
        self._first_byte = b""
        until, at = time.monotonic() + seconds, None
        while True:
            line = self._line.exchange(data, max(0.0, until - time.monotonic()))
            if line is None:
                self.close()
                limit = f"did not return within {told or seconds:g} seconds"
                raise PlayerLost(limit, is_late=True, line=at)
            if not line:
                raise PlayerLost(self._how_it_ended())
            reply = _genuine(line, word)
            if at is None and type(reply.get("at")) is int:
                at, data = reply["at"], b""  # it only says where it is: the answer is to come
                continue
            if not reply.keys() >= {"result", "failure"}:
                self.close()
                raise PlayerLost("wrote to the judge's channel")
            if reply["failure"] is not None:
                raise PlayerLost(f"stopped the player with {reply['failure'][0]}")
            return reply["result"]

    def renew(self) -> bool:
        """End the process and let the next question go to a fresh one; tell whether that works."""
        if self._first_byte:
            return True  # nobody has been asked anything yet
        if self._line.exchange(b'{"op": "end"}\n', SECONDS_TO_END) != b" ":
            self.close()
            return False
        self._first_byte = _GO
        return True

    def close(self) -> None:
        """End the process and all that it started, and remove its folder."""
        self._kill()
        self._process.wait()
        self._line.close()
        self._folder.cleanup()

    def _kill(self) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if hasattr(os, "killpg"):
                os.killpg(self._process.pid, signal.SIGKILL)
            else:
                self._process.kill()

    def _how_it_ended(self) -> str:
        try:
            code = self._process.wait(timeout=1)
        except subprocess.TimeoutExpired:
            self.close()
            return "closed the judge's channel"
        if code < 0 or code > 128:
            return "was ended by the system (out of memory, or over a limit)"
        return f"ended the process (exit status {code})"
