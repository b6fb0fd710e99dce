"""
The small program that stands between us and a cache server, and outlives us.

It starts the server and waits at the end of a pipe whose other end the asking process holds.
However that process goes, by `stop()`, at its exit or by kill -9, the pipe closes: the keeper then
ends the server and removes its directory. It imports nothing of cachelab, so it starts fast.
"""

import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path

PATIENCE = 2.0
"""Seconds a server has to end by itself before it is killed."""


def main(directory: str, *command: str) -> None:
    """Run `command` with its words in `directory`/log, say its process id, and keep it."""
    try:
        server = _start(Path(directory, "log"), command)
        # Waiting collects the server when it dies first, so that its process id is gone with it.
        threading.Thread(target=server.wait, daemon=True).start()
        print(server.pid, flush=True)
        sys.stdin.read()
        _end(server)
    except OSError as error:
        print(error.strerror, flush=True)
        sys.stdin.read()
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def _start(log: Path, command: tuple[str, ...]) -> "subprocess.Popen[bytes]":
    with log.open("wb") as words:
        return subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=words, stderr=subprocess.STDOUT
        )


def _end(server: "subprocess.Popen[bytes]") -> None:
    server.send_signal(signal.SIGCONT)  # a stopped process hears nothing else
    server.terminate()
    try:
        server.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


if __name__ == "__main__":
    main(*sys.argv[1:])
