"""One store from many: the contract over every placement, and what joins, leaves and deaths do."""

from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest

from cachelab.hashing import PLACEMENTS, HashRing, hash_slot
from cachelab.operations.distributed import Sharded
from cachelab.operations.resilience import CircuitBreaker, Resilient, Retries
from cachelab.ports import (
    MISSING,
    ManualClock,
    MemorySource,
    MemoryStore,
    RedisStore,
    Server,
    Store,
    StoreError,
    ThreadRuntime,
    start_server,
)
from cachelab.strategies import CacheAside
from tests.contracts.store_contract import StoreContract
from tests.strategies.world import FlakyStore

NODES = ["a", "b", "c"]
KEYS = [f"user:{number}" for number in range(600)]
KINDS: list[tuple[str, dict[str, Any]]] = [
    ("ring", {}),
    ("slots", {}),
    ("ring", {"copies": 2, "read": "first"}),
    ("rendezvous", {"copies": 3, "read": "quorum"}),
]


@pytest.mark.parametrize(("placement", "options"), KINDS, ids=str)
class TestSharded(StoreContract):
    @pytest.fixture
    def clock(self) -> ManualClock:
        return ManualClock()

    @pytest.fixture
    def store(self, clock: ManualClock, placement: str, options: dict[str, Any]) -> Sharded:
        stores = {node: MemoryStore(clock) for node in NODES}
        return Sharded(stores, placement, forget_after=1e9, **options)

    @pytest.fixture
    def advance(self, clock: ManualClock) -> Callable[[float], None]:
        return clock.advance


@pytest.fixture(scope="module")
def servers() -> Iterator[list[Server]]:
    with start_server() as one, start_server() as two, start_server() as three:
        yield [one, two, three]


@pytest.mark.parametrize("options", [{}, {"copies": 3}], ids=str)
class TestShardedOverServers(StoreContract):
    @pytest.fixture
    def store(self, servers: list[Server], options: dict[str, Any]) -> Iterator[Sharded]:
        prefix = f"test:{uuid4().hex}:"
        stores = {server.url: RedisStore(server.client(timeout=5.0), prefix) for server in servers}
        store = Sharded(stores, forget_after=1e9, **options)
        yield store
        store.clear()
        store.close()
        for each in stores.values():
            each.client.close()

    @pytest.fixture
    def advance(self, store: Sharded) -> Callable[[float], None]:
        """Bring every death nearer: for the stores it is the same as time passing."""

        def advance(seconds: float) -> None:
            for each in store.stores.values():
                assert isinstance(each, RedisStore)
                for name in list(each.client.scan_iter(match=each.prefix + "*")):
                    left = each.client.pttl(name)
                    if left >= 0:
                        each.client.pexpire(name, left - round(seconds * 1000))

        return advance


def rig(copies: int = 1, **options: Any) -> tuple[dict[str, FlakyStore], Sharded]:
    """Three stores that fail when told, and a sharded one over them."""
    nodes = {node: FlakyStore(ThreadRuntime()) for node in NODES}
    return nodes, Sharded(nodes, copies=copies, **options)


@pytest.mark.parametrize("placement", PLACEMENTS)
def test_each_key_is_on_its_node_and_on_no_other(placement: str) -> None:
    nodes, store = rig(placement=placement)
    store.set_many(dict.fromkeys(KEYS, 1))
    for key in KEYS:
        assert [node for node in NODES if nodes[node].inner.get(key) == 1] == store.nodes_for(key)


def test_a_batch_goes_to_each_node_once_and_comes_back_in_order() -> None:
    nodes, store = rig()
    store.set_many({key: key for key in KEYS})
    assert list(store.get_many(reversed(KEYS))) == KEYS[::-1]
    assert {node: flaky.calls for node, flaky in nodes.items()} == {
        node: ["set_many", "get_many"] for node in NODES
    }


@pytest.mark.parametrize("rule", ["first", "quorum"])
def test_a_batch_of_copies_goes_to_each_node_once_as_well(rule: str) -> None:
    nodes, store = rig(3, read=rule)
    store.set_many({key: key for key in KEYS})
    for flaky in nodes.values():
        flaky.calls.clear()
    assert list(store.get_many(reversed(KEYS))) == KEYS[::-1]
    assert {node: flaky.calls for node, flaky in nodes.items()} == {
        node: ["get_many"] for node in NODES
    }


def test_keys_with_one_hash_tag_are_together_where_slots_place_them() -> None:
    store = Sharded({node: MemoryStore() for node in NODES}, "slots")
    assert len({hash_slot(f"{{user:7}}:{part}") for part in "abc"}) == 1
    assert len({tuple(store.nodes_for(f"{{user:7}}:{part}")) for part in "abc"}) == 1


def test_with_one_copy_a_dead_node_takes_its_keys_with_it_and_no_others() -> None:
    nodes, store = rig()
    store.set_many({key: key for key in KEYS})
    nodes["b"].down = True
    for key in KEYS:
        if store.nodes_for(key) == ["b"]:
            with pytest.raises(StoreError, match="the store is down"):
                store.get(key)
        else:
            assert store.get(key) == key


@pytest.mark.parametrize("dead", NODES)
@pytest.mark.parametrize("rule", ["first", "quorum"])
def test_with_three_copies_a_dead_node_is_not_noticed_by_readers(dead: str, rule: str) -> None:
    nodes, store = rig(3, read=rule)
    store.set_many({key: key for key in KEYS})
    nodes[dead].down = True
    assert store.get_many(KEYS) == {key: key for key in KEYS}


@pytest.mark.parametrize("dead", NODES)
def test_with_a_quorum_of_three_a_dead_node_is_not_noticed_by_writers(dead: str) -> None:
    nodes, store = rig(3)
    nodes[dead].down = True
    store.set_many({key: key for key in KEYS})
    assert all(store.delete(key) for key in KEYS[:50])
    assert store.get_many(KEYS) == {key: key for key in KEYS[50:]}


def test_a_dead_node_with_copies_is_removed_without_a_miss() -> None:
    nodes, store = rig(2, read="first")
    store.set_many({key: key for key in KEYS})
    nodes["b"].down = True
    assert store.get_many(KEYS) == {key: key for key in KEYS}
    assert store.remove_node("b") is nodes["b"]
    assert store.get_many(KEYS) == {key: key for key in KEYS}
    store.set_many(dict.fromkeys(KEYS, "new"))
    assert store.get_many(KEYS) == dict.fromkeys(KEYS, "new")


def test_a_node_that_joins_a_ring_takes_its_part_as_misses_and_nothing_else() -> None:
    _, store = rig()
    store.set_many({key: key for key in KEYS})
    store.add_node("d", MemoryStore())
    misses = set(KEYS) - set(store.get_many(KEYS))
    assert misses == {key for key in KEYS if store.nodes_for(key) == ["d"]}
    assert 0.1 < len(misses) / len(KEYS) < 0.4


def test_a_node_that_joins_copies_is_filled_by_reads_without_a_miss() -> None:
    _, store = rig(2, read="first")
    store.set_many({key: key for key in KEYS})
    newcomer = MemoryStore()
    store.add_node("d", newcomer)
    assert store.get_many(KEYS) == {key: key for key in KEYS}
    owned = [key for key in KEYS if store.nodes_for(key)[0] == "d"]
    assert newcomer.get_many(owned).keys() == set(owned) > set()


def test_what_a_former_owner_still_has_is_served_when_it_owns_the_key_again() -> None:
    _, store = rig()
    store.set_many(dict.fromkeys(KEYS, "old"))
    store.add_node("d", MemoryStore())
    key = next(key for key in KEYS if store.nodes_for(key) == ["d"])
    store.set(key, "new")
    store.remove_node("d")
    assert store.get(key) == "old"


def test_with_copies_what_a_former_owner_still_has_is_known_to_be_old() -> None:
    _, store = rig(2, read="first")
    store.set_many(dict.fromkeys(KEYS, "old"))
    store.add_node("d", MemoryStore())
    store.set_many(dict.fromkeys(KEYS, "new"))
    store.remove_node("d")
    moved = [key for key in KEYS if store.get(key) != "new"]
    assert moved == []


def test_a_node_that_comes_back_with_another_store_is_used_with_that() -> None:
    nodes, store = rig(2)
    store.set_many(dict.fromkeys(KEYS, "old"))
    store.remove_node("b")
    fresh = MemoryStore()
    store.add_node("b", fresh)
    nodes["b"].down = True
    store.set_many(dict.fromkeys(KEYS, "new"))
    assert store.get_many(KEYS) == dict.fromkeys(KEYS, "new")
    assert len(fresh.entries) > 100


def test_weights_and_zones_come_with_a_placement_of_ones_own() -> None:
    zones = {"a": "east", "b": "east", "c": "west"}
    ring = HashRing({"a": 2, "b": 1, "c": 1}, zones=zones)
    store = Sharded({node: MemoryStore() for node in NODES}, ring, copies=2)
    assert all("c" in store.nodes_for(key) for key in KEYS)
    store.placement.add("d", zone="west")  # type: ignore[call-arg]
    assert store.placement is ring


def test_threads_go_on_while_nodes_come_and_go() -> None:
    _, store = rig()
    runtime, is_over = ThreadRuntime(), ThreadRuntime().event()

    def use() -> int:
        rounds = 0
        while not is_over.is_set():
            key = KEYS[rounds % len(KEYS)]
            store.set(key, key)
            assert store.get(key) in (key, MISSING)
            rounds += 1
        return rounds

    users = [runtime.spawn(use) for _ in range(3)]
    for _ in range(30):
        store.add_node("d", MemoryStore())
        store.remove_node("d")
    is_over.set()
    assert sum(user.join() for user in users) > 0


@pytest.mark.parametrize("copies", [1, 3])
def test_a_strategy_runs_on_it(copies: int) -> None:
    _, store = rig(copies)
    users = CacheAside(store, MemorySource(), ttl=60)
    for number in range(20):
        users.write(f"user:{number}", {"number": number})
        assert users.read(f"user:{number}") == {"number": number}
        assert users.read(f"user:{number}") == {"number": number}


@pytest.mark.parametrize("copies", [1, 3])
def test_of_real_servers_one_is_killed_and_what_the_others_hold_is_served(copies: int) -> None:
    started = {node: start_server() for node in NODES}
    try:
        stores: dict[str, Store] = {
            node: Resilient(
                RedisStore(server.url, "test:"),
                CircuitBreaker(minimum_calls=1, open_for=60),
                retries=Retries(tries=1),
                failed_reads="raise",
            )
            for node, server in started.items()
        }
        store = Sharded(stores, copies=copies)
        some = KEYS[:100]
        store.set_many({key: key for key in some})
        started["b"].stop()
        on_others = [key for key in some if copies == 3 or store.nodes_for(key) != ["b"]]
        assert store.get_many(on_others) == {key: key for key in on_others}
        for key in on_others[:20]:
            store.set(key, "new")
            assert store.get(key) == "new"
        taken_down = store.remove_node("b") if copies == 1 else None
        assert store.get_many(on_others[20:]) == {key: key for key in on_others[20:]}
        store.close()
        if taken_down is not None:
            taken_down.close()
    finally:
        for server in started.values():
            server.stop()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"placement": "circle"}, "placement must be one of modulo, ring, .* not 'circle'"),
        ({"placement": HashRing(["a", "x"])}, "is not a placement of the nodes"),
        ({"copies": 0}, "copies must be from 1 to 3 nodes, not 0"),
        ({"copies": 4}, "copies must be from 1 to 3 nodes, not 4"),
        ({"read": "any"}, "read must be 'first' or 'quorum'"),
    ],
)
def test_what_cannot_be_sharded_is_refused(options: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        Sharded({node: MemoryStore() for node in NODES}, **options)


def test_a_node_joins_once_and_leaves_once() -> None:
    _, store = rig()
    with pytest.raises(ValueError, match="there is a node 'a' already"):
        store.add_node("a", MemoryStore())
    with pytest.raises(ValueError, match="there is no node 'd'"):
        store.remove_node("d")
    with pytest.raises(ValueError, match="must be above 0"):
        store.add_node("d", MemoryStore(), weight=-1)
    assert sorted(store.stores) == NODES


def test_as_many_nodes_stay_as_there_are_copies() -> None:
    _, store = rig(3)
    with pytest.raises(ValueError, match="too few nodes for 3 copies"):
        store.remove_node("b")
