"""The store on a cluster of three masters: the same contract, keys on all of them."""

from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from cachelab.ports import MemorySource, RedisStore, StoreError, start_cluster
from cachelab.strategies import CacheAside
from tests.contracts.store_contract import StoreContract


@pytest.fixture(scope="module")
def cluster() -> Iterator[redis.RedisCluster]:
    with start_cluster(masters=3, replicas=0) as cluster:
        client = cluster.client(socket_timeout=1.0)
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
    with start_cluster(masters=3, replicas=0) as cluster:
        client = cluster.client(retry=Retry(NoBackoff(), 0))
        store = RedisStore(client, prefix="test:")
        store.set("k", 1)
    with pytest.raises(StoreError):
        store.get("k")
    store.close()
    client.close()
