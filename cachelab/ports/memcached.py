"""
A memcached of your own for a lesson or a test: started in a moment, gone when you are.

There is no wheel of memcached: it comes from the system (`apt install memcached`, `brew install
memcached`). Where it is missing you get an error that says so. As with the other servers, a
keeper ends it however this process goes.
"""

import importlib
import os
import shutil
import socket
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from .errors import ServerUnavailable
from .launch import DEADLINE, _directory, _is_running, _keep
from .runtime import ThreadRuntime

SETTING = "CACHELAB_MEMCACHED"
"""The environment variable that names a memcached program, if it is not the one on the PATH."""

RESERVED = ("-d", "-l", "-p", "-s", "-a", "-u", "-U", "-P")
"""Options that `start_memcached` sets itself: they decide who can reach the server, and its end."""

TIMEOUT = 2.0


def memcached_binary() -> Path:
    """
    The program to start: the one CACHELAB_MEMCACHED names, else the one on the PATH.

    Raises:
        ServerUnavailable: there is none.
    """
    setting = os.environ.get(SETTING, "")
    found = shutil.which(setting or "memcached")
    if found is None and setting:
        raise ServerUnavailable(f"{SETTING} is {setting!r}, which is not a program that can be run")
    if found is None:
        raise ServerUnavailable(
            "memcached is not installed: `sudo apt install memcached` or `brew install memcached`"
        )
    return Path(found)


def start_memcached(*options: str, port: int | None = None) -> "Memcached":
    """
    A memcached of your own, on a unix socket, or on 127.0.0.1 when a `port` is given (0: any free).

    `options` go to it as on its command line: `start_memcached("-m", "100")` for 100 MiB. It ends
    with its `with` block, at `stop()`, or when this process goes, however it goes.

    Raises:
        ServerUnavailable: memcached is not installed, or it did not start.
        ValueError: an option that is not for you to set, or a port that is no port.

    ::

        with start_memcached() as server, closing(server.client()) as client:
            client.set("answer", "42", noreply=False)
    """
    for option in options:
        if option.startswith(RESERVED):
            raise ValueError(f"start_memcached sets {option[:2]} itself")
    if port is not None and not 0 <= port <= 65535:
        raise ValueError(f"a port is a number from 0 to 65535, not {port!r}")
    if os.name == "nt":
        raise ServerUnavailable("memcached cannot be started on Windows")
    return Memcached(memcached_binary(), options, _free_port() if port == 0 else port)


class Memcached:
    """
    A running memcached: where it is, what it says of itself, and how to stop it.

    `address` is the path of its socket, or a pair of host and port.
    """

    def __init__(self, binary: Path, options: Sequence[str], port: int | None) -> None:
        directory = _directory()
        path = str(directory / "s")
        self.address: str | tuple[str, int] = path if port is None else ("127.0.0.1", port)
        self._log = directory / "log"
        where = ("-s", path, "-a", "0700") if port is None else ("-l", "127.0.0.1", "-p", str(port))
        # Started by root it wants to be told who to be; nobody else needs to be told.
        user = ("-u", "root") if os.geteuid() == 0 else ()
        self._keeper = _keep(directory, str(binary), *where, *user, *options)
        try:
            self.pid = self._process_id()
            self.version = self._wait_until_ours()["version"]
        except BaseException:
            self.stop()
            raise

    def ask(self, command: str) -> list[str]:
        """
        Send a `command` that changes nothing ("stats slabs"), and return the lines of the answer.

        Raises:
            ServerUnavailable: it does not answer.
        """
        family = socket.AF_UNIX if isinstance(self.address, str) else socket.AF_INET
        try:
            with socket.socket(family) as line:
                line.settimeout(TIMEOUT)
                line.connect(self.address)
                line.sendall(command.encode() + b"\r\n")
                return _lines(line)
        except OSError as error:
            raise ServerUnavailable(f"memcached does not answer: {error}") from error

    def stats(self, kind: str = "") -> dict[str, str]:
        """Return what it says of itself: in general, or of "settings", "slabs" or "items"."""
        words = (line.split(" ", 2) for line in self.ask(f"stats {kind}".strip()))
        return {parts[1]: parts[2] for parts in words if parts[0] == "STAT"}

    def client(self, **options: Any) -> Any:
        """
        Return a new client, pymemcache's, that waits 2 seconds at most; close it when you are done.

        Its verbs do not wait for an answer, and hide errors, unless told `noreply=False`.

        Raises:
            ServerUnavailable: pymemcache is not installed.
        """
        try:
            base = importlib.import_module("pymemcache.client.base")
        except ImportError as error:
            raise ServerUnavailable(
                "memcached is spoken to through pymemcache: `pip install pymemcache`"
            ) from error
        settings = {"timeout": TIMEOUT, "connect_timeout": TIMEOUT, "no_delay": True, **options}
        return base.PooledClient(self.address, **settings)

    def stop(self) -> None:
        """End the server and remove its files; to stop it again does nothing."""
        if self._keeper.poll() is None:
            self._keeper.communicate()

    def __enter__(self) -> "Memcached":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def __repr__(self) -> str:
        return f"Memcached({self.version})"

    def _process_id(self) -> int:
        assert self._keeper.stdout is not None
        said = self._keeper.stdout.readline().strip()
        if said.isdecimal():
            return int(said)
        raise ServerUnavailable(f"memcached cannot be run: {said or 'its keeper ended'}")

    def _wait_until_ours(self) -> dict[str, str]:
        """Wait until what answers at our address is the process that our keeper started."""
        runtime = ThreadRuntime()
        give_up = runtime.now() + DEADLINE
        while runtime.now() < give_up:
            try:
                stats = self.stats()
            except ServerUnavailable:
                stats = {}
            if stats.get("pid") == str(self.pid):
                return stats
            if not _is_running(self.pid):
                words = self._log.read_text("utf-8", "replace").strip().splitlines()
                raise ServerUnavailable(f"memcached did not start: {' '.join(words[:1]) or '?'}")
            runtime.sleep(0.005)
        raise ServerUnavailable(f"memcached did not answer in {DEADLINE:.0f} s")


def _lines(line: socket.socket) -> list[str]:
    """Read an answer up to its last line, which is END, or the only one there is."""
    answer = b""
    while not answer.endswith(b"END\r\n"):
        part = line.recv(65_536)
        answer += part
        is_one_line = answer.endswith(b"\r\n") and not answer.startswith((b"STAT ", b"VALUE "))
        if not part or is_one_line:
            break
    return answer.decode("utf-8", "replace").splitlines()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
