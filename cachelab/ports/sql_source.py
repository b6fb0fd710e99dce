"""
A source in a SQL database: an SQLite file, or PostgreSQL, by the same statements.

One table, three columns: the key, the value as JSON text (NULL where the row was deleted), and the
version. Which of two writes is newer is decided by the database, in the statement that writes, so
it holds for any number of programs at once.
"""

import re
import sqlite3
import weakref
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeAlias

from sqlalchemy import BigInteger, Column, MetaData, Table, Text, bindparam, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.schema import CreateTable

from .codec import decode, encode
from .engines import TIMEOUT, make_engine, reader
from .errors import SourceError
from .sources import Versioned, check_version, checked_row
from .stores import MISSING, Absent, check_key

Record: TypeAlias = dict[str, Any]
"""What one statement is given: key, value and version, by column."""

TABLE_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,62}")

_INSERT: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


class SQLSource:
    """
    A `Source` in one table of a database, which is made if it is not there.

    `address` is the path of an SQLite file, or a URL: `postgresql://user@host/name`. Nothing is
    waited for longer than `timeout` seconds: a lock, an answer (of PostgreSQL, and a second more),
    or a connection (2 at least); one call may wait for each. Any number of threads may use one
    source.

    What SQLite has acknowledged outlives the process, kill -9 included; a power cut may take the
    last moments with it, but never leaves half a write (a log ahead of the file, synced now and
    then: `journal_mode=WAL`, `synchronous=NORMAL`). PostgreSQL is taken as it is set.

    Complexity: one statement a verb, looked up by the table's primary key; `write_many` is one
    transaction.

    Raises:
        ValueError: a table's name is not letters, digits and underscores; a database of another
            kind, or one in memory only.
        SourceError: the database failed, or refused a row; it names the row where it can.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     source = SQLSource(f"{folder}/shop.db", table="users")
    ...     source.write("user:7", {"name": "Ada"})
    ...     print(source.read("user:7"))
    ...     source.close()
    1
    Versioned(value={'name': 'Ada'}, version=1)
    """

    def __init__(
        self, address: str | Path, table: str = "rows", *, timeout: float = TIMEOUT
    ) -> None:
        if not TABLE_NAME.fullmatch(table):
            raise ValueError(
                f"a table's name is a letter, then letters, digits and underscores, not {table!r}"
            )
        self.engine = make_engine(address, timeout)
        weakref.finalize(self, self.engine.dispose)  # who forgets to close leaves nothing open
        self._reader = reader(self.engine)
        self.table = _table(table)
        insert = _INSERT[self.engine.dialect.name](self.table)
        new, old = insert.excluded, self.table.c
        self._upsert_newer = insert.on_conflict_do_update(
            index_elements=["key"],
            set_={"value": new.value, "version": new.version},
            where=new.version > old.version,
        )
        self._upsert_next = insert.on_conflict_do_update(
            index_elements=["key"], set_={"value": new.value, "version": old.version + 1}
        )
        self._select = select(old.value, old.version).where(old.key == bindparam("key"))
        self._create_table()

    def read(self, key: str) -> Versioned | Absent:
        """Return the row of `key`, or MISSING."""
        name = {"key": _column_text(key)}
        with _source_errors(), self._reader.connect() as connection:
            row = connection.execute(self._select, name).one_or_none()
        if row is None or row.value is None:
            return MISSING
        try:
            return Versioned(decode(row.value.encode()), row.version)
        except ValueError as error:
            raise SourceError(f"the row of {key!r} was not written here", key) from error

    def write(self, key: str, value: Any, version: int | None = None) -> int:
        """Make `value` the row of `key` unless that is older; return the version now stored."""
        return self._put(key, _value_text(encode(value)), version)

    def write_many(self, rows: Mapping[str, Versioned]) -> None:
        """Store those of `rows` that are newer, in one transaction: all of them or none."""
        # In the order of keys: two that lock the same rows in one order never wait in a circle.
        records = {key: _record(key, rows[key]) for key in sorted(rows)}
        if not records:
            return
        try:
            with _source_errors(), self.engine.begin() as connection:
                connection.execute(self._upsert_newer, list(records.values()))
        except SourceError as error:
            if (key := self._refused_among(records, error)) is None:
                raise
            raise SourceError(f"the row of {key!r} was refused: {error}", key) from error.__cause__

    def delete(self, key: str, version: int | None = None) -> int:
        """Leave `key` without a row unless that is older; return the version now stored."""
        return self._put(key, None, version)

    def close(self) -> None:
        """Close the connections to the database."""
        self.engine.dispose()

    def __repr__(self) -> str:
        return f"SQLSource({self.engine.dialect.name}, table={self.table.name!r})"

    def _create_table(self) -> None:
        with _source_errors(), self.engine.connect() as connection:
            if self.engine.dialect.has_table(connection, self.table.name):
                return
        try:
            with _source_errors(), self.engine.begin() as connection:
                connection.execute(CreateTable(self.table, if_not_exists=True))
        except SourceError:  # in PostgreSQL two who create it at once are in each other's way
            with _source_errors(), self.engine.begin() as connection:
                connection.execute(CreateTable(self.table, if_not_exists=True))

    def _put(self, key: str, value: str | None, version: int | None) -> int:
        record = {"key": _column_text(key), "value": value, "version": version or 1}
        if version is not None:
            check_version(version)
        upsert = self._upsert_next if version is None else self._upsert_newer
        with _source_errors(key), self.engine.begin() as connection:
            row = connection.execute(upsert.returning(self.table.c.version), record).one_or_none()
            if row is None:  # what is stored is newer, and its version is the answer
                row = connection.execute(self._select, {"key": record["key"]}).one()
        return int(row.version)

    def _refused_among(self, records: Mapping[str, Record], error: SourceError) -> str | None:
        """Find the row at fault by trying one after another, in a transaction that is undone."""
        if not _is_refusal(error.__cause__):
            return None
        with _source_errors(), self.engine.connect() as connection:
            for key, record in records.items():
                try:
                    connection.execute(self._upsert_newer, record)
                except DBAPIError as cause:
                    return key if _is_refusal(cause) else None
        return None


def _table(name: str) -> Table:
    return Table(
        name,
        MetaData(),
        Column("key", Text, primary_key=True),
        Column("value", Text),
        Column("version", BigInteger, nullable=False),
        sqlite_with_rowid=False,  # rows are looked up by key only: one tree instead of two
    )


def _is_refusal(error: BaseException | None) -> bool:
    """Tell whether a database that works said no to what it was given."""
    failures = (OperationalError, InterfaceError)
    return isinstance(error, DBAPIError) and not isinstance(error, failures)


@contextmanager
def _source_errors(key: str | None = None) -> Iterator[None]:
    """Turn the library's errors into `SourceError`, with the original as the cause."""
    try:
        yield
    except (SQLAlchemyError, sqlite3.Error) as error:
        words = str(getattr(error, "orig", None) or error).strip().split("\n")[0]
        if key is not None and _is_refusal(error):
            raise SourceError(f"the row of {key!r} was refused: {words}", key) from error
        raise SourceError(f"the database failed: {words}") from error


def _record(key: str, row: Versioned) -> Record:
    version, payload = checked_row(key, row)
    value = None if payload is None else _value_text(payload)
    return {"key": _column_text(key), "value": value, "version": version}


def _column_text(key: str) -> str:
    r"""Write out the two kinds of text that databases refuse: "\x00", and half a pair."""
    escaped = check_key(key).replace("\\", r"\\").replace("\0", r"\0")
    return escaped.encode("utf-8", "backslashreplace").decode()


def _value_text(payload: bytes) -> str:
    # Half of a surrogate pair is escaped in JSON as it is in Python, and read back by `decode`.
    text = payload.decode("utf-8", "surrogatepass")
    return text.encode("utf-8", "backslashreplace").decode()
