"""
A process that writes through a strategy until it is killed, and the one that kills it.

What was acknowledged is what the process has printed. After the kill the strategy is started again
on the same server and database, since a durable log is only worth something to its successor.
"""

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from cachelab.ports import RedisStore, SQLSource, ThreadRuntime, start_server

from .comparison_clients import Clients, Workload, lost_keys, made

ACKNOWLEDGED = 300
"""Writes after which the process is killed."""


def crash_live(name: str, work: Workload) -> tuple[int, int]:
    """Kill a writing process with signal 9; return keys lost and keys acknowledged."""
    with TemporaryDirectory() as folder, start_server("--appendonly", "yes") as server:
        database = Path(folder) / "rows.db"
        command = [sys.executable, "-m", __name__, name, server.url, str(database), str(work.keys)]
        acknowledged = _until_killed(command)
        store, source = RedisStore(server.url, prefix="app:"), SQLSource(database)
        try:
            made(name, store, source, ThreadRuntime(), work.ttl).close()
            return lost_keys(source, acknowledged), len(acknowledged)
        finally:
            store.close()
            source.close()


def _until_killed(command: list[str]) -> dict[str, int]:
    acknowledged: dict[str, int] = {}
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,  # Ctrl-C in the terminal is for us
    ) as process:
        assert process.stdout is not None
        try:
            for number, line in enumerate(process.stdout, start=1):
                if line.endswith("\n"):
                    key, serial = line.split()
                    acknowledged[key] = int(serial)
                if number == ACKNOWLEDGED:
                    process.kill()  # what it still prints before it dies counts as well
        finally:
            process.kill()
    return acknowledged


def main(name: str, url: str, database: str, keys: str) -> None:
    """Write for ever, and say after each write that it was acknowledged."""
    store, source = RedisStore(url, prefix="app:"), SQLSource(database)
    strategy = made(name, store, source, ThreadRuntime(), ttl=60.0)
    clients = Clients(strategy, ThreadRuntime(), Workload())
    number = 0
    while True:
        key = f"row:{number % int(keys)}"
        clients.write(key)
        print(key, clients.acknowledged[key], flush=True)
        number += 1


if __name__ == "__main__":
    main(*sys.argv[1:])
