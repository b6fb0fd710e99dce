"""What an application asks of a cluster: batches over slots, related keys, news, and locks."""

import random
import sys
from collections.abc import Iterator
from contextlib import suppress

import pytest
import redis
from redis.exceptions import LockNotOwnedError, RedisClusterException

from cachelab.hashing import hash_slot
from cachelab.operations.distributed import PatientCluster, UserData, connect_cluster
from cachelab.ports import MISSING, Cluster, MemoryStore, RedisStore, start_cluster

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="no server can be started on Windows"),
]


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    with start_cluster(masters=3, replicas=0) as cluster:
        yield cluster


@pytest.fixture(scope="module")
def client(cluster: Cluster) -> Iterator[PatientCluster]:
    client = connect_cluster(cluster, socket_timeout=5.0)
    yield client
    client.close()


def commands(cluster: Cluster, name: str) -> dict[int, int]:
    """How often each node has been given the command `name`, by port."""
    counts = {}
    for member in cluster.members():
        stats = cluster.ask(member, "INFO", "commandstats")
        counts[member.port] = stats.get(f"cmdstat_{name}", {}).get("calls", 0)
    return counts


def grown(before: dict[int, int], after: dict[int, int]) -> dict[int, int]:
    return {port: after[port] - before[port] for port in after if after[port] > before[port]}


def test_the_server_gives_each_key_the_slot_that_we_compute(cluster: Cluster) -> None:
    rng = random.Random(7)
    alphabet = "{{}}ab:é\x00"
    keys = ["".join(rng.choices(alphabet, k=rng.randrange(12))) for _ in range(500)]
    server = cluster.servers[cluster.members()[0].port]
    with server.client(timeout=5.0) as node, node.pipeline(transaction=False) as pipeline:
        for key in keys:
            pipeline.execute_command("CLUSTER", "KEYSLOT", key)
        slots = pipeline.execute()
    assert slots == [hash_slot(key) for key in keys]


def test_one_mget_over_slots_is_refused_and_a_store_answers_it_in_order(
    client: PatientCluster,
) -> None:
    store = RedisStore(client, prefix="batch:")
    entries = {f"k{number}": number for number in range(300)}
    store.set_many(entries)
    with pytest.raises(RedisClusterException, match="must map to the same key slot"):
        client.mget("batch:k1", "batch:k2")
    wanted = [f"k{number}" for number in (7, 999, 299, 0)]
    assert list(store.get_many(wanted).items()) == [("k7", 7), ("k299", 299), ("k0", 0)]
    assert store.get_many([]) == {}
    store.close()


def test_the_data_of_a_user_is_one_command_at_one_node(
    cluster: Cluster, client: PatientCluster
) -> None:
    users = UserData(RedisStore(client))
    users.set_user_data(42, {"profile": {"name": "Ada"}, "preferences": None}, ttl=60)
    before = commands(cluster, "mget")
    expected = {"profile": {"name": "Ada"}, "settings": MISSING, "preferences": None}
    assert users.get_user_data(42) == expected
    assert list(grown(before, commands(cluster, "mget")).values()) == [1]
    assert client.mget(users.keys(42))[1] is None


def test_users_are_spread_over_all_nodes(cluster: Cluster) -> None:
    users = UserData(MemoryStore())
    owners = {cluster.owner_of(users.key(number, "profile")).port for number in range(30)}
    assert len(owners) == 3


def test_one_damaged_part_of_a_user_is_missing_and_the_others_are_there(
    client: PatientCluster,
) -> None:
    damaged = []
    store = RedisStore(client, on_corrupt=lambda key, _: damaged.append(key))
    users = UserData(store)
    users.set_user_data("ada", {"profile": 1, "settings": 2, "preferences": 3})
    client.set(users.key("ada", "settings"), b"{not json")
    assert users.get_user_data("ada") == {"profile": 1, "settings": MISSING, "preferences": 3}
    assert damaged == ["user:{ada}:settings"]
    store.close()


def test_a_transaction_within_one_slot_is_all_or_nothing(client: PatientCluster) -> None:
    with client.pipeline(transaction=True) as pipeline:
        pipeline.set("{cart:7}:items", 3)
        pipeline.incr("{cart:7}:changes")
        assert pipeline.execute()[1] == 1
    assert client.mget("{cart:7}:items", "{cart:7}:changes") == [b"3", b"1"]


def test_a_pipeline_over_slots_answers_in_the_order_of_its_commands(
    client: PatientCluster,
) -> None:
    with client.pipeline() as pipeline:
        for number in range(50):
            pipeline.set(f"p{number}", number)
            pipeline.get(f"p{number}")
        answers = pipeline.execute()
    assert answers[1::2] == [b"%d" % number for number in range(50)]


def test_a_mistake_in_a_pipeline_is_told_and_not_waited_out(client: PatientCluster) -> None:
    client.set("text", "no number")
    with client.pipeline() as pipeline:
        pipeline.get("other")
        pipeline.hget("text", "field")
        with pytest.raises(redis.ResponseError, match=r"Command # 2 \(HGET text field\)"):
            pipeline.execute()
        pipeline.hget("text", "field")
        (answer,) = pipeline.execute(raise_on_error=False)
    assert isinstance(answer, redis.ResponseError)


def test_news_told_at_one_node_are_heard_at_another(client: PatientCluster) -> None:
    with client.pubsub() as listener:
        listener.subscribe("news")
        listener.get_message(timeout=5.0)
        client.publish("news", "hello")
        message = listener.get_message(ignore_subscribe_messages=True, timeout=5.0)
    assert message is not None
    assert message["data"] == b"hello"


def test_a_lock_is_held_by_one_and_freed_by_its_holder_only(client: PatientCluster) -> None:
    first = client.lock("lock:{job}", timeout=60)
    second = client.lock("lock:{job}", timeout=60)
    assert first.acquire(blocking=False)
    assert not second.acquire(blocking=False)
    client.delete("lock:{job}")
    assert second.acquire(blocking=False)
    with pytest.raises(LockNotOwnedError):
        first.release()
    assert second.owned()
    second.release()
    with suppress(redis.RedisError):
        client.delete("lock:{job}")


def test_without_replicas_a_write_is_made_and_not_confirmed(client: PatientCluster) -> None:
    assert not client.confirmed("SET", "alone", 1, within=0.01)
    assert client.get("alone") == b"1"
    assert client.confirmed("SET", "alone", 2, replicas=0)


def test_a_wrong_write_is_told_and_not_called_unconfirmed(client: PatientCluster) -> None:
    with pytest.raises(redis.ResponseError):
        client.confirmed("SET", "alone")
