"""A cluster one call away: who takes over, how slots move, and what a node says meanwhile."""

import os
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import redis

from cachelab.ports import Cluster, ThreadRuntime, start_cluster
from cachelab.ports import cluster_slots as slots

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="no server can be started on Windows"),
]


@pytest.fixture(scope="module")
def two_clusters() -> Iterator[list[Cluster]]:
    with ThreadPoolExecutor(2) as pool:
        clusters = list(pool.map(lambda _: start_cluster(masters=3, replicas=0), range(2)))
    clusters[1].stop()
    with clusters[0]:
        yield clusters


@pytest.fixture(scope="module")
def cluster(two_clusters: list[Cluster]) -> Cluster:
    return two_clusters[0]


@pytest.fixture
def client(cluster: Cluster) -> Iterator[redis.RedisCluster]:
    client = cluster.client()
    yield client
    client.close()


def test_six_nodes_come_together_and_a_replica_takes_over_from_a_killed_master() -> None:
    runtime = ThreadRuntime()
    start = runtime.now()
    with start_cluster(node_timeout=0.5) as cluster:
        print(f"\nsix nodes in {runtime.now() - start:.1f} s")
        roles = [member.role for member in cluster.members()]
        assert roles == ["master"] * 3 + ["replica"] * 3
        assert sum(member.slot_count for member in cluster.members()) == 16_384
        client = cluster.client()
        client.set("k", "v")
        client.execute_command("WAIT", 1, 1000, target_nodes=client.get_node_from_key("k"))
        dead, start = cluster.owner_of("k"), runtime.now()
        cluster.kill(dead)
        successor = cluster.wait_for_promotion(dead)
        print(f"a replica took over in {runtime.now() - start:.1f} s")
        assert successor.port != dead.port
        assert successor.role == "master"
        assert cluster.owner_of("k") == successor
        assert cluster.ask(successor, "GET", "k") == b"v"
        cluster.kill(dead)  # as when a cell is run once more
        assert cluster.wait_for_promotion(dead) == successor
        client.close()
        pids = [server.pid for port, server in cluster.servers.items() if port != dead.port]
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


def test_clusters_that_start_at_the_same_moment_do_not_take_each_others_ports(
    two_clusters: list[Cluster],
) -> None:
    one, other = (set(cluster.servers) for cluster in two_clusters)
    assert len(one | other) == 6


def test_a_node_that_does_not_own_a_key_says_who_does(cluster: Cluster) -> None:
    owner = cluster.owner_of("k")
    other = next(member for member in cluster.members() if member != owner)
    answer = cluster.ask(other, "GET", "k")
    assert isinstance(answer, redis.exceptions.MovedError)
    assert answer.port == owner.port


def test_while_a_slot_moves_its_owner_says_ask_for_what_it_no_longer_has(
    cluster: Cluster, client: redis.RedisCluster
) -> None:
    client.set("{tag}:here", 1)
    slot = client.keyslot("{tag}")
    owner = cluster.owner_of("{tag}")
    to = next(member for member in cluster.members() if member.id != owner.id)
    slots.begin(cluster, slot, owner, to)
    assert cluster.ask(owner, "GET", "{tag}:here") == b"1"
    assert isinstance(cluster.ask(owner, "GET", "{tag}:gone"), redis.exceptions.AskError)
    assert client.get("{tag}:gone") is None
    assert slots.move_keys(cluster, slot, owner, to) == 1
    slots.end(cluster, slot, owner, to)
    assert isinstance(cluster.ask(owner, "GET", "{tag}:here"), redis.exceptions.MovedError)
    assert client.get("{tag}:here") == b"1"


def test_a_new_node_takes_slots_over_while_they_are_read_and_written(
    cluster: Cluster, client: redis.RedisCluster
) -> None:
    keys = [f"k{number}" for number in range(2_000)]
    for key in keys:
        client.set(key, key)
    runtime, wrong, is_over = ThreadRuntime(), list[str](), ThreadRuntime().event()

    def use() -> int:
        rounds = 0
        while not is_over.is_set():
            key = keys[rounds % len(keys)]
            wrong.extend([key] if client.get(key) != key.encode() else [])
            client.set(key, key)
            rounds += 1
        return rounds

    user = runtime.spawn(use)
    new = cluster.add_node()
    taken = cluster.move_slots(2_000, 6_000, new)
    is_over.set()
    rounds = user.join()
    print(f"\n4,001 slots moved in {taken:.2f} s, {rounds} reads and writes, {len(wrong)} wrong")
    assert wrong == []
    moved = [key for key in keys if 2_000 <= client.keyslot(key) <= 6_000]
    assert len(moved) > 300
    assert cluster.ask(new, "DBSIZE") >= len(moved)
    assert {cluster.owner_of(key).port for key in moved[:5]} == {new.port}


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"masters": 2}, "at least 3 masters"),
        ({"replicas": -1}, "replicas must be 0 or more"),
        ({"node_timeout": 0}, "node_timeout must be from"),
    ],
)
def test_a_cluster_that_cannot_be_is_refused(options: dict[str, int], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        start_cluster(**options)  # type: ignore[arg-type]


def test_slots_that_are_none_are_refused(cluster: Cluster) -> None:
    with pytest.raises(ValueError, match="slots are from 0 to 16383, not from 5 to 16384"):
        cluster.move_slots(5, 16_384, cluster.members()[0])
