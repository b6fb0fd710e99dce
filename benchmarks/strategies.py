"""
What a strategy adds to a bare GET, and what write-behind gains over write-through.

    python benchmarks/strategies.py

A hit of each strategy against `redis.Redis.get` of the same bytes, on one server, over its unix
socket and over TCP: the contestants take turns in short windows, the ratio of each round is taken
against the GET of that round, and the median printed with the quartiles. Then writes a second
until the database has them all, on SQLite and, with `cachelab[pg]`, on PostgreSQL.
"""

import platform
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cachelab.ports import MISSING, RedisStore, ServerUnavailable, Source, SQLSource, start_server
from cachelab.ports.postgres import start_postgres
from cachelab.strategies import STRATEGIES, Strategy

ROUNDS, WINDOW, WRITES, KEYS = 41, 200, 4_000, 500
ROW = {"id": 7, "name": "Ada Lovelace", "tags": ["first", "programmer"], "visits": 1843}


def seconds(call: Callable[[], Any], times: int) -> float:
    start = time.perf_counter()
    for _ in range(times):
        call()
    return time.perf_counter() - start


def hits(url: str, source: Source) -> dict[str, list[float]]:
    """Time windows of hits for each contestant, in turn, as ratios to the bare GET."""
    store = RedisStore(url, prefix="app:")
    source.write("k", ROW)
    caches: dict[str, Strategy] = {
        name: kind.over(store, source, ttl=3600) for name, kind in STRATEGIES.items()
    }
    for cache in caches.values():
        for _ in range(3):
            assert cache.read("k") == ROW
    reads: dict[str, Callable[[], Any]] = {
        "redis.get": lambda: store.client.get(b"app:k"),
        "store.get": lambda: store.get("k"),
        **{name: (lambda cache=cache: cache.read("k")) for name, cache in caches.items()},
    }
    ratios: dict[str, list[float]] = {name: [] for name in reads}
    for _ in range(ROUNDS):
        times = {name: seconds(read, WINDOW) for name, read in reads.items()}
        for name, taken in times.items():
            ratios[name].append(taken / times["redis.get"])
    for cache in caches.values():
        cache.close()
    store.close()
    return ratios


def writes_per_second(kind: type[Strategy], url: str, source: Source) -> tuple[float, float]:
    """Writes acknowledged a second, and writes a second until the last is in the database."""
    store = RedisStore(url, prefix=f"{kind.name}:")
    cache = kind.over(store, source, ttl=3600)
    start = time.perf_counter()
    for number in range(WRITES):
        cache.write(f"{kind.name}:{number % KEYS}", {**ROW, "visits": number})
    acknowledged = time.perf_counter() - start
    cache.close()
    stored = time.perf_counter() - start
    assert all(source.read(f"{kind.name}:{n}") is not MISSING for n in range(KEYS))
    store.close()
    return WRITES / acknowledged, WRITES / stored


@contextmanager
def databases(folder: str) -> Iterator[dict[str, str]]:
    """The databases that can be had here."""
    addresses = {"SQLite": str(Path(folder) / "rows.db")}
    try:
        with start_postgres() as url:
            yield {**addresses, "PostgreSQL": url}
    except (ServerUnavailable, ImportError) as error:
        print(f"no PostgreSQL here: {error}")
        yield addresses


def main() -> None:
    print(f"Python {platform.python_version()}, {platform.machine()}; {ROUNDS} rounds of {WINDOW}")
    with tempfile.TemporaryDirectory() as folder, start_server(port=0) as server:
        source = SQLSource(Path(folder) / "hits.db")
        for way, url in {"TCP": server.url, "unix socket": unix_socket(server)}.items():
            print(f"\nA hit over {way}, as a multiple of redis.get")
            for name, ratios in hits(url, source).items():
                low, middle, high = statistics.quantiles(ratios, n=4)
                print(f"  {name:20} {middle:5.2f}   ({low:.2f} to {high:.2f})")
        source.close()
        with databases(folder) as addresses:
            for database, address in addresses.items():
                source = SQLSource(address)
                print(f"\n{WRITES} writes of {KEYS} rows on {database}, a second")
                for name in ("write_through", "write_behind", "queued_write_behind"):
                    fast, whole = writes_per_second(STRATEGIES[name], server.url, source)
                    print(f"  {name:20} acknowledged {fast:8.0f}, in the database {whole:8.0f}")
                source.close()


def unix_socket(server: Any) -> str:
    with server.client() as client:
        return f"unix://{client.config_get('unixsocket')['unixsocket']}"


if __name__ == "__main__":
    main()
