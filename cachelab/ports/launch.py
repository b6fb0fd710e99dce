"""
Starting a cache server as a process of our own, and knowing that it is ours.

Something that answers on a port may be anybody's server. Ours is the one that reports, over the
very address we hand out, the process id that its keeper started.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

import redis

from . import keeper
from .connection import connect
from .errors import ServerUnavailable
from .runtime import ThreadRuntime

DEADLINE = 20.0
"""Seconds that a server has to answer; it takes a tenth of one on an idle machine."""

LONGEST_SOCKET_PATH = 100
"""In bytes: macOS stops at 104, Linux at 108."""

# "7124:M 23 Nov 2026 23:32:57.181 # ", in front of every line once the server has its settings.
_LOG_STAMP = re.compile(r"^\d+:\S+ .{20,25} [.\-*#] ")


class PortInUse(ServerUnavailable):
    """Another process listens on the port that was asked for."""


class Process:
    """
    A server process with a keeper, a directory and an address of its own.

    Without a `port` it listens on a unix socket only; with one, on 127.0.0.1 too. Nothing is
    saved to disk unless `options` ask for it, and then below its directory, which goes with it.

    Raises:
        ServerUnavailable: it did not start, or what answers is not it.
    """

    def __init__(self, binary: Path, options: Sequence[str], port: int | None) -> None:
        self.name = binary.name
        self.port = port
        self.directory = _directory()
        path = self.directory / "s"
        self.url = f"unix://{path}" if port is None else f"redis://127.0.0.1:{port}"
        self._keeper = _keep(
            self.directory,
            *(str(binary), "--port", str(port or 0), "--bind", "127.0.0.1"),
            *("--unixsocket", str(path), "--unixsocketperm", "700"),
            *("--dir", str(self.directory), "--save", "", *options),
        )
        try:
            self.pid = self._process_id()
            self.info = self._wait_until_ours()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """End the server and remove its directory, by letting the keeper go."""
        self._keeper.communicate()

    def _process_id(self) -> int:
        assert self._keeper.stdout is not None
        said = self._keeper.stdout.readline().strip()
        if said.isdecimal():
            return int(said)
        raise ServerUnavailable(f"{self.name} cannot be run: {said or 'its keeper ended'}")

    def _wait_until_ours(self) -> dict[str, Any]:
        runtime = ThreadRuntime()
        give_up = runtime.now() + DEADLINE
        with connect(self.url) as client:
            while runtime.now() < give_up:
                info = about(client)
                if info.get("process_id") == self.pid:
                    return info
                if not _is_running(self.pid):
                    self._explain_the_end()
                runtime.sleep(0.005)
        raise ServerUnavailable(f"{self.name} did not answer as a cache server in {DEADLINE:.0f} s")

    def _explain_the_end(self) -> NoReturn:
        log = (self.directory / "log").read_text("utf-8", "replace")
        if "Address already in use" in log:
            raise PortInUse(f"port {self.port} is in use: choose another, or 0 for any free one")
        lines = [_LOG_STAMP.sub("", line).strip() for line in log.split("\n") if line.strip()]
        # A mistake in an option is reported on two lines: what was read, then what is wrong.
        words = [line.removeprefix(">>> ") for line in lines[-2:-1] if line.startswith(">>> ")]
        last = ": ".join([*words, *lines[-1:]])
        raise ServerUnavailable(f"{self.name} did not start: {last or 'it ended without a word'}")


def about(client: redis.Redis) -> dict[str, Any]:
    """What the server behind `client` says of itself, or nothing when it does not answer."""
    try:
        info: Any = client.info("server")
    except redis.RedisError:
        return {}
    return dict(info)


def _keep(directory: Path, *command: str) -> "subprocess.Popen[str]":
    """Start a keeper for `command` and hold the pipe it waits on."""
    try:
        return subprocess.Popen(
            [sys.executable, "-I", "-S", keeper.__file__, str(directory), *command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            start_new_session=True,  # Ctrl-C in the terminal is for us, not for the server
        )
    except OSError as error:
        shutil.rmtree(directory, ignore_errors=True)
        raise ServerUnavailable(f"no process could be started: {error.strerror}") from error


def _directory() -> Path:
    """Make a directory that only we can enter, with a path short enough for a unix socket."""
    try:
        directory = tempfile.mkdtemp(prefix="cachelab-server-")
        if len(os.fsencode(directory)) > LONGEST_SOCKET_PATH - 2:
            os.rmdir(directory)
            directory = tempfile.mkdtemp(prefix="cachelab-server-", dir="/tmp")
    except OSError as error:
        raise ServerUnavailable(
            f"the server's files have no place to go: {error.strerror}"
        ) from error
    return Path(directory)


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
