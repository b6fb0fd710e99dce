"""
While the database lives no read fails, whatever the cache server does, and none takes long.

The figures are printed: `pytest -s tests/faults/test_bad_cache_server.py`.
"""

import sys
from collections.abc import Iterator

import pytest

from cachelab.ports import RedisStore, Server, SQLSource, ThreadRuntime, connect
from cachelab.strategies import STRATEGIES, Strategy

from .bad_days import FAULTS, Fault, killed, out_of_memory, silent
from .proxy import Proxy

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="no server can be started on Windows"),
]

TIMEOUT = 0.1
"""Seconds that the client waits for a connection, or for an answer."""

ERRORS = 2
"""Commands that fail in one read at most: the look, and for a write-behind the log."""

ADDRESSES = 2
"""The client tries once; to connect takes it a greeting and a command, each with its timeout."""

BUDGET = ERRORS * ADDRESSES * TIMEOUT + 0.3
"""Seconds that a read may take: its errors, and what a busy machine adds."""


@pytest.fixture
def store(proxy: Proxy) -> Iterator[RedisStore]:
    client = connect(f"redis://127.0.0.1:{proxy.port}", timeout=TIMEOUT, retries=0)
    yield RedisStore(client, prefix="app:")
    client.close()


def slowest_reads(cache: Strategy, keys: list[str]) -> float:
    """Read `keys`, each of which has its own name as its row; return the longest time taken."""
    runtime = ThreadRuntime()
    times = []
    for key in keys:
        start = runtime.now()
        assert cache.read(key) == key
        times.append(runtime.now() - start)
    return max(times)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
@pytest.mark.parametrize("name", STRATEGIES)
def test_reads_are_right_and_in_time(
    name: str, fault: Fault, proxy: Proxy, server: Server, store: RedisStore, source: SQLSource
) -> None:
    hot, cold = [f"hot:{n}" for n in range(3)], [f"cold:{n}" for n in range(3)]
    for key in hot + cold:
        source.write(key, key)
    cache = STRATEGIES[name].over(store, source, ttl=60)
    slowest_reads(cache, hot)
    fault(proxy, server)
    slowest = slowest_reads(cache, hot + cold)
    if name == "write_behind":
        cache.close(timeout=0.0)  # type: ignore[call-arg]
    else:
        cache.close()
    print(f"\n{name}, server {fault.__name__}: slowest read {slowest * 1000:.0f} ms")
    assert slowest < BUDGET


@pytest.mark.parametrize("name", [n for n in STRATEGIES if "behind" not in n])
@pytest.mark.parametrize("fault", [killed, silent, out_of_memory], ids=lambda f: f.__name__)
def test_a_committed_write_does_not_fail_and_is_read_back(
    name: str, fault: Fault, proxy: Proxy, server: Server, store: RedisStore, source: SQLSource
) -> None:
    cache = STRATEGIES[name].over(store, source, ttl=60)
    cache.write("k", "old")
    assert cache.read("k") == "old"
    fault(proxy, server)
    start = ThreadRuntime().now()
    written = cache.write("k", "new")
    taken = ThreadRuntime().now() - start
    assert cache.read("k") == "new"
    proxy.blackhole = False
    assert cache.read("k") == "new"
    cache.close()
    assert written.fresh == (fault is out_of_memory)
    assert taken < BUDGET
