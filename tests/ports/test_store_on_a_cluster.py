"""The store on a cluster of three masters: the same contract, keys on all of them."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any
from uuid import uuid4

import pytest
import redis
from redis.backoff import NoBackoff
from redis.cluster import ClusterNode
from redis.retry import Retry

from cachelab.ports import MemorySource, RedisStore, StoreError, start_server
from cachelab.strategies import CacheAside
from tests.contracts.store_contract import StoreContract

SLOTS, MASTERS = 16_384, 3


def join(ports: list[int]) -> None:
    """Make one cluster of servers that do not know each other, and wait until it says so."""
    nodes = [redis.Redis(port=port) for port in ports]
    for number, node in enumerate(nodes):
        first, last = SLOTS * number // MASTERS, SLOTS * (number + 1) // MASTERS - 1
        node.execute_command("CLUSTER", "SET-CONFIG-EPOCH", number + 1)
        node.execute_command("CLUSTER", "ADDSLOTSRANGE", first, last)
    for node in nodes[1:]:
        node.execute_command("CLUSTER", "MEET", "127.0.0.1", ports[0])
    deadline = time.monotonic() + 30
    while not all(_is_whole(node) for node in nodes):
        assert time.monotonic() < deadline, "the cluster did not come together"
        time.sleep(0.02)
    for node in nodes:
        node.close()


def _is_whole(node: redis.Redis) -> bool:
    info: Any = node.execute_command("CLUSTER", "INFO")
    return "cluster_state:ok" in str(info) and f"cluster_known_nodes:{MASTERS}" in str(info)


def free_ports() -> list[int]:
    """Ports that are free, and whose number leaves room for the cluster's own, 10,000 above."""
    import socket

    ports: list[int] = []
    with ExitStack() as stack:
        for port in range(21_000, 50_000, 7):
            probe = stack.enter_context(socket.socket())
            bus = stack.enter_context(socket.socket())
            try:
                probe.bind(("127.0.0.1", port))
                bus.bind(("127.0.0.1", port + 10_000))
            except OSError:
                continue
            ports.append(port)
            if len(ports) == MASTERS:
                return ports
    raise AssertionError("no free ports")


@pytest.fixture(scope="module")
def cluster() -> Iterator[redis.RedisCluster]:
    ports = free_ports()
    with ExitStack() as stack:
        for port in ports:
            stack.enter_context(start_server("--cluster-enabled", "yes", port=port))
        join(ports)
        client = redis.RedisCluster(
            startup_nodes=[ClusterNode("127.0.0.1", port) for port in ports],
            socket_timeout=1.0,
            retry=Retry(NoBackoff(), 3),
        )
        yield client
        client.close()


@pytest.mark.slow
class TestRedisStoreOnACluster(StoreContract):
    @pytest.fixture
    def store(self, cluster: redis.RedisCluster) -> Iterator[RedisStore]:
        store = RedisStore(cluster, prefix=f"test:{uuid4().hex}:")
        yield store
        store.clear()
        store.close()

    @pytest.fixture
    def advance(self, store: RedisStore) -> Callable[[float], None]:
        """Bring every death nearer: for the store it is the same as time passing."""
        client: Any = store.client

        def advance(seconds: float) -> None:
            for name in list(client.scan_iter(match=store.prefix + "*")):
                left = client.pttl(name)
                if left >= 0:
                    client.pexpire(name, left - round(seconds * 1000))

        return advance

    def test_keys_lie_on_every_master_and_come_back_in_the_order_asked(
        self, store: RedisStore, cluster: redis.RedisCluster
    ) -> None:
        entries = {f"k{number}": number for number in range(60)}
        store.set_many(entries)
        sizes = [cluster.dbsize(target_nodes=node) for node in cluster.get_primaries()]
        assert min(sizes) > 0
        backwards = list(reversed(entries))
        assert list(store.get_many(backwards).items()) == [(k, entries[k]) for k in backwards]

    def test_a_strategy_runs_on_it(self, store: RedisStore) -> None:
        users = CacheAside(store, MemorySource(), ttl=60)
        for number in range(20):
            users.write(f"user:{number}", {"number": number})
            assert users.read(f"user:{number}") == {"number": number}
            assert users.read(f"user:{number}") == {"number": number}


@pytest.mark.slow
def test_a_cluster_that_is_gone_is_one_store_error() -> None:
    ports = free_ports()
    with ExitStack() as stack:
        for port in ports:
            stack.enter_context(start_server("--cluster-enabled", "yes", port=port))
        join(ports)
        client = redis.RedisCluster(host="127.0.0.1", port=ports[0], retry=Retry(NoBackoff(), 0))
        store = RedisStore(client, prefix="test:")
        store.set("k", 1)
    with pytest.raises(StoreError):
        store.get("k")
    store.close()
    client.close()
