"""
Connections to a database that would rather fail than wait for ever.

SQLAlchemy's engine keeps a pool of them for any number of threads. What differs between SQLite and
PostgreSQL is here, so that the statements need not know.
"""

import math
import sqlite3
import time
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError

from .errors import SourceError

TIMEOUT = 5.0
"""Seconds to wait for a connection, a lock, or an answer."""

POOL = 10
"""Connections kept open; as many more are made when all of them are in use."""


def make_engine(address: str | Path, timeout: float) -> Engine:
    """
    An engine for an SQLite file, or for the PostgreSQL database at a URL.

    Raises:
        ValueError: a URL of another kind, a database in memory, or a timeout that is none.
        SourceError: the driver for PostgreSQL is not installed.
    """
    if not 0 < timeout < math.inf:
        raise ValueError(f"timeout must be a number of seconds above 0, not {timeout!r}")
    url = _url(address)
    if url.get_backend_name() == "sqlite":
        return _sqlite_engine(url, timeout)
    return _postgresql_engine(url, timeout)


def reader(engine: Engine) -> Engine:
    """
    The engine for a lone read: without the transaction around it, which is two trips to a server.

    SQLite has no server to travel to, and begins a transaction only for a write.
    """
    if engine.dialect.name == "sqlite":
        return engine
    return engine.execution_options(isolation_level="AUTOCOMMIT")


def _url(address: str | Path) -> URL:
    if isinstance(address, Path) or "://" not in address:
        url = URL.create("sqlite", database=str(address))
    else:
        try:
            url = make_url(address)
        except (ArgumentError, ValueError):
            raise ValueError("a database's URL cannot be read") from None  # it may hold a password
    kind = url.get_backend_name()
    if kind not in ("sqlite", "postgresql"):
        raise ValueError(f"a database is an SQLite file or at postgresql://, not at {kind}://")
    if kind == "sqlite" and url.database in (None, "", ":memory:"):
        raise ValueError("an SQLite source needs a file; MemorySource is the one in memory")
    return url


def _sqlite_engine(url: URL, timeout: float) -> Engine:
    engine = create_engine(
        url,
        pool_size=POOL,
        max_overflow=POOL,
        pool_timeout=timeout,
        connect_args={"timeout": timeout},
    )

    @event.listens_for(engine, "connect")
    def settle(connection: Any, _record: Any) -> None:
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout = {math.ceil(timeout * 1000)}")
        _switch_to_wal(cursor, timeout)
        cursor.execute("PRAGMA synchronous = NORMAL")
        cursor.close()

    return engine


def _switch_to_wal(cursor: sqlite3.Cursor, timeout: float) -> None:
    """Let readers and the writer go on side by side, on this file from its first use on."""
    deadline = time.monotonic() + timeout
    while True:
        try:
            cursor.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError:
            # Who switches at the same moment is told "locked" at once, whatever busy_timeout says.
            if time.monotonic() > deadline:
                raise
            time.sleep(0.01)
        else:
            return


def _postgresql_engine(url: URL, timeout: float) -> Engine:
    try:
        from .postgres_connection import GRACE, BoundedConnection
    except ModuleNotFoundError as error:
        raise SourceError(
            'PostgreSQL is spoken to through psycopg: `pip install "cachelab[pg]"`'
        ) from error
    milliseconds = math.ceil(timeout * 1000)
    engine = create_engine(
        url.set(drivername="postgresql+psycopg"),
        pool_size=POOL,
        max_overflow=POOL,
        pool_timeout=timeout,
        # One more trip, so that a connection which the server has closed is not used.
        pool_pre_ping=True,
        connect_args={
            "connect_timeout": max(2, math.ceil(timeout)),  # libpq knows no shorter one
            "options": f"-c statement_timeout={milliseconds}",
        },
    )

    @event.listens_for(engine, "do_connect")
    def connect(_dialect: Any, _record: Any, args: Any, options: Any) -> BoundedConnection:
        connection = BoundedConnection.connect(*args, **options)
        connection.patience = timeout + GRACE
        return connection

    return engine
