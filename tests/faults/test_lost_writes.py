"""
What a write-behind acknowledged is in the database, whoever is killed, frozen or refused.

The figures are printed: `pytest -s tests/faults/test_lost_writes.py`.
"""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from cachelab.ports import RedisStore, SQLSource, StoreError, ThreadRuntime, Versioned
from cachelab.strategies import StreamLog, WriteBehind

from . import writer
from .restartable import RestartableServer
from .writer import key_of

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="no server can be started on Windows"),
]

KILLS = 5
WRITES_BETWEEN = 1_100


@dataclass
class Ledger:
    """What was tried and what was acknowledged, by number, in the order of one writer."""

    tried: list[int] = field(default_factory=list)
    acknowledged: set[int] = field(default_factory=set)

    def verdict(self, source: SQLSource) -> dict[str, int]:
        """Count the keys whose row is older than the last acknowledged one, or was never tried."""
        last: dict[str, int] = {}
        tried: dict[str, set[int]] = {}
        for number in self.tried:
            tried.setdefault(key_of(number), set()).add(number)
            if number in self.acknowledged:
                last[key_of(number)] = number
        found = {key: source.read(key) for key in last}
        rows = {
            key: row.value["number"] for key, row in found.items() if isinstance(row, Versioned)
        }
        return {
            "acknowledged": len(self.acknowledged),
            "lost": sum(rows.get(key, -1) < number for key, number in last.items()),
            "wrong": sum(number not in tried[key] for key, number in rows.items()),
        }


@pytest.fixture
def server() -> Iterator[RestartableServer]:
    with RestartableServer() as server:
        yield server


@pytest.fixture
def database(tmp_path: Path) -> str:
    return str(tmp_path / "rows.db")


@pytest.fixture
def source(database: str) -> Iterator[SQLSource]:
    source = SQLSource(database)
    yield source
    source.close()


@pytest.fixture
def store(server: RestartableServer) -> Iterator[RedisStore]:
    store = RedisStore(server.url, prefix="app:")
    yield store
    store.close()


def drain(store: RedisStore, source: SQLSource) -> int | None:
    """Bring what waits to the source, as the next process to start would."""
    return WriteBehind(store, source, ttl=60, log=StreamLog(store, retry_after=0.1)).close(30).left


def write_until_killed(url: str, database: str, ledger: Ledger, writes: int) -> None:
    """Run a writer in a process of its own, and kill it once it has acknowledged enough."""
    process = subprocess.Popen(
        [sys.executable, "-m", writer.__name__, url, database, str(len(ledger.tried))],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    assert process.stdout is not None
    before = len(ledger.acknowledged)
    for line in process.stdout:  # also what was in the pipe when it died
        word, number = line.split() if line.endswith("\n") else ("", "0")
        if word == "try":
            ledger.tried.append(int(number))
        elif word == "ok":
            ledger.acknowledged.add(int(number))
            if len(ledger.acknowledged) - before == writes:
                process.kill()
    process.stdout.close()
    process.wait()


def test_five_kills_of_the_writing_process_lose_nothing(
    server: RestartableServer, store: RedisStore, source: SQLSource, database: str
) -> None:
    ledger = Ledger()
    in_hand = []
    for _ in range(KILLS):
        write_until_killed(server.url, database, ledger, WRITES_BETWEEN)
        groups: Any = store.client.xinfo_groups("write-behind:app:")
        in_hand.append(groups[0]["pending"])
    left = drain(store, source)
    verdict = ledger.verdict(source)
    print(f"\nwriter killed {KILLS} times with {in_hand} writes taken and unfinished: {verdict}")
    assert (left, verdict["lost"], verdict["wrong"]) == (0, 0, 0)
    assert verdict["acknowledged"] >= 5_000
    assert max(in_hand) > 0, "no kill came in the middle of a batch"


def write_numbers(cache: WriteBehind, ledger: Ledger, count: int) -> None:
    """Write until `count` more are acknowledged; an error is no acknowledgement."""
    goal = len(ledger.acknowledged) + count
    while len(ledger.acknowledged) < goal:
        number = len(ledger.tried)
        ledger.tried.append(number)
        try:
            cache.write(key_of(number), {"number": number})
        except StoreError:
            ThreadRuntime().sleep(0.02)
        else:
            ledger.acknowledged.add(number)


def test_five_kills_of_the_server_lose_nothing(
    server: RestartableServer, store: RedisStore, source: SQLSource
) -> None:
    ledger, runtime = Ledger(), ThreadRuntime()
    cache = WriteBehind(store, source, ttl=60, log=StreamLog(store, retry_after=0.1))
    for _ in range(KILLS):
        writing = runtime.spawn(write_numbers, cache, ledger, WRITES_BETWEEN)
        goal = len(ledger.acknowledged) + WRITES_BETWEEN // 2
        while len(ledger.acknowledged) < goal:
            runtime.sleep(0.001)
        server.kill()
        server.start()
        writing.join()
    left = cache.close(30).left
    verdict = ledger.verdict(source)
    refused = len(ledger.tried) - len(ledger.acknowledged)
    print(f"\nserver killed {KILLS} times, {refused} writes refused meanwhile: {verdict}")
    assert (left, verdict["lost"], verdict["wrong"]) == (0, 0, 0)
    assert verdict["acknowledged"] >= 5_000


def test_a_frozen_server_refuses_writes_and_loses_none(
    server: RestartableServer, store: RedisStore, source: SQLSource
) -> None:
    ledger, runtime = Ledger(), ThreadRuntime()
    cache = WriteBehind(store, source, ttl=60, log=StreamLog(store, retry_after=0.1))
    write_numbers(cache, ledger, 500)
    server.freeze()
    with pytest.raises(StoreError):
        cache.write(key_of(len(ledger.tried)), {"number": len(ledger.tried)})
    ledger.tried.append(len(ledger.tried))  # it may have arrived
    writing = runtime.spawn(write_numbers, cache, ledger, 500)
    runtime.sleep(0.5)
    server.thaw()
    writing.join()
    left = cache.close(30).left
    verdict = ledger.verdict(source)
    print(f"\nserver frozen: {verdict}")
    assert (left, verdict["lost"], verdict["wrong"]) == (0, 0, 0)


def test_a_row_that_the_database_rejects_takes_nobody_with_it(
    store: RedisStore, source: SQLSource, database: str
) -> None:
    with closing(sqlite3.connect(database)) as connection:
        connection.execute(
            "create trigger picky before insert on rows when new.key = 'row:7' "
            "begin select raise(abort, 'no sevens here'); end"
        )
    ledger, dead = Ledger(), []
    log = StreamLog(store, retry_after=0.05)
    cache = WriteBehind(
        store, source, ttl=60, log=log, on_dead=lambda *letter: dead.append(letter[0])
    )
    write_numbers(cache, ledger, 600)
    left = cache.close(30).left
    verdict = ledger.verdict(source)
    print(f"\none row of {writer.KEYS} rejected: {verdict}, dead letters: {len(dead)}")
    assert (left, verdict["lost"], verdict["wrong"]) == (0, 1, 0)
    assert set(dead) == {"row:7"}


def full_disk(server: RestartableServer, store: RedisStore) -> None:
    log_file = next(server.directory.glob("appendonlydir/*.incr.aof"))
    server.limit_files(log_file.stat().st_size + 20_000)


def full_memory(server: RestartableServer, store: RedisStore) -> None:
    used: Any = store.client.info("memory")
    store.client.config_set("maxmemory", used["used_memory"] + 100_000)


def more_disk(server: RestartableServer, store: RedisStore) -> None:
    server.limit_files(-1)


def more_memory(server: RestartableServer, store: RedisStore) -> None:
    store.client.config_set("maxmemory", 0)


@pytest.mark.parametrize(
    ("exhaust", "relieve"), [(full_disk, more_disk), (full_memory, more_memory)]
)
def test_a_server_without_room_refuses_writes_and_loses_none(
    server: RestartableServer,
    store: RedisStore,
    source: SQLSource,
    exhaust: Callable[[RestartableServer, RedisStore], None],
    relieve: Callable[[RestartableServer, RedisStore], None],
) -> None:
    if os.name == "posix" and sys.platform != "linux":
        pytest.skip("a limit on another process's files needs Linux")
    ledger = Ledger()
    slow = WriteBehind(store, source, ttl=60, interval=3600.0)  # the log can only grow
    write_numbers(slow, ledger, 50)
    exhaust(server, store)
    refused = 0
    while refused < 20:
        number = len(ledger.tried)
        ledger.tried.append(number)
        try:
            slow.write(key_of(number), {"number": number, "padding": "x" * 500})
        except StoreError:
            refused += 1
        else:
            ledger.acknowledged.add(number)
        assert slow.read(key_of(0)) is not None
    relieve(server, store)
    ThreadRuntime().sleep(1.1)  # the server looks once a second whether it can write again
    write_numbers(slow, ledger, 50)
    server.kill()  # what it keeps in memory alone is no log
    server.start()
    slow.close(0.2)
    left = drain(store, source)
    verdict = ledger.verdict(source)
    print(f"\n{exhaust.__name__}: {refused} refused, {verdict}")
    assert (left, verdict["lost"], verdict["wrong"]) == (0, 0, 0)
