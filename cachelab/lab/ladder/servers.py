"""
Rungs outside the process but on this machine: SQLite, a cache server, a web server.
"""

import http.client
import random
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import cycle, islice
from pathlib import Path

from cachelab.ports import ServerUnavailable, start_server
from cachelab.ports.connection import store_errors

from . import web
from .measuring import Run

ROWS = 10_000
VALUE = b"x" * 100
PATIENCE = 10.0
"""Seconds: here a slow answer is a measurement, and no failure."""

SELECT = "SELECT value FROM rows WHERE key = ?"


@contextmanager
def sqlite_read() -> Iterator[Run]:
    """One row by its primary key, at random, from a file of 10,000 with the statement prepared."""
    with (
        tempfile.TemporaryDirectory(prefix="cachelab-") as folder,
        closing(sqlite3.connect(Path(folder) / "rows.db")) as connection,
    ):
        connection.execute("CREATE TABLE rows (key INTEGER PRIMARY KEY, value BLOB)")
        rows = ((number, VALUE) for number in range(ROWS))
        connection.executemany("INSERT INTO rows VALUES (?, ?)", rows)
        connection.commit()
        rng = random.Random(0)
        keys = cycle([(rng.randrange(ROWS),) for _ in range(1_000)])

        def run(times: int) -> None:
            for key in islice(keys, times):
                connection.execute(SELECT, key).fetchone()

        yield run


@contextmanager
def server_get(port: int | None) -> Iterator[Run]:
    """A GET of 100 bytes from a cache server, over a unix socket or a port on loopback."""
    with start_server(port=port) as server:
        if port is None and not server.url.startswith("unix"):
            raise ServerUnavailable("the server that was named has no unix socket")
        with store_errors(), server.client(timeout=PATIENCE) as client:
            client.set("key", VALUE)

            def run(times: int) -> None:
                for _ in range(times):
                    client.get("key")

            yield run
            client.delete("key")


@contextmanager
def http_get() -> Iterator[Run]:
    """A GET of 100 bytes from a web server in another process, on one connection kept open."""
    process = subprocess.Popen(
        [sys.executable, "-I", "-S", web.__file__],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,  # it ends when its input does, whatever happens to us
    )
    try:
        assert process.stdout is not None
        port = int(process.stdout.readline())
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)) as connection:

            def run(times: int) -> None:
                for _ in range(times):
                    connection.request("GET", "/")
                    connection.getresponse().read()

            yield run
    except (OSError, http.client.HTTPException) as error:
        raise ServerUnavailable(f"the web server did not answer: {error}") from error
    finally:
        process.communicate()
