"""A cache server that a test can kill, stop, and start again on the files it left."""

import os
import resource
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Any

import redis

from cachelab.ports import ThreadRuntime, connect, server_binary

DEADLINE = 20.0


class RestartableServer:
    """
    A server on a unix socket that writes every command to its file before it answers.

    It ignores the signal for a file that may not grow, so that this is an error of writing to it,
    as with a full disk.
    """

    def __init__(self, *options: str) -> None:
        self.directory = Path(tempfile.mkdtemp(prefix="cachelab-faults-", dir="/tmp"))
        self.url = f"unix://{self.directory}/s"
        self.options = options
        self.process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "RestartableServer":
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.kill()
        shutil.rmtree(self.directory)

    @property
    def pid(self) -> int:
        assert self.process is not None
        return self.process.pid

    def start(self) -> None:
        words = [str(server_binary()), "--port", "0", "--dir", str(self.directory), "--save", ""]
        words += ["--unixsocket", str(self.directory / "s"), "--appendonly", "yes", *self.options]
        self.process = subprocess.Popen(
            words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, restore_signals=False
        )
        self.wait_until_it_answers()

    def wait_until_it_answers(self) -> None:
        runtime = ThreadRuntime()
        give_up = runtime.now() + DEADLINE
        with connect(self.url) as client:
            while runtime.now() < give_up:
                try:
                    info: Any = client.info()
                except redis.RedisError:
                    runtime.sleep(0.01)
                    continue
                if info["process_id"] == self.pid and not info["loading"]:
                    return
        raise AssertionError("the server did not answer")

    def kill(self) -> None:
        """End the process as a power cut of the machine's other half would: without a word."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def freeze(self) -> None:
        os.kill(self.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        os.kill(self.pid, signal.SIGCONT)

    def limit_files(self, size: int) -> None:
        """Let no file of the server grow beyond `size` bytes; -1 lifts the limit."""
        resource.prlimit(self.pid, resource.RLIMIT_FSIZE, (size, -1))
