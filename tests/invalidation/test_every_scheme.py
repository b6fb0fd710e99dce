"""Every scheme keeps the contract of a store, over every store, and serves any strategy."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from uuid import uuid4

import fakeredis
import pytest
import time_machine

from cachelab.invalidation import SCHEMES, StoreAround, Tracking
from cachelab.invalidation.stamped import Stamped
from cachelab.ports import (
    ManualClock,
    MemorySource,
    MemoryStore,
    RedisStore,
    Server,
    Store,
    ThreadRuntime,
    start_server,
)
from cachelab.strategies import STRATEGIES, MemoryLog
from tests.contracts.store_contract import StoreContract


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with start_server() as server:
        yield server


@pytest.mark.parametrize("name", SCHEMES)
class TestInMemory(StoreContract):
    @pytest.fixture
    def clock(self) -> ManualClock:
        return ManualClock()

    @pytest.fixture
    def store(self, name: str, clock: ManualClock) -> Store:
        return SCHEMES[name](MemoryStore(clock))

    @pytest.fixture
    def advance(self, clock: ManualClock) -> Callable[[float], None]:
        return clock.advance


@pytest.mark.parametrize("name", SCHEMES)
class TestOnFakeredis(StoreContract):
    @pytest.fixture
    def advance(self) -> Iterator[Callable[[float], None]]:
        with time_machine.travel(datetime(2026, 1, 1, tzinfo=UTC), tick=False) as traveller:
            yield traveller.shift

    @pytest.fixture
    def store(self, name: str, advance: Callable[[float], None]) -> Store:
        return SCHEMES[name](RedisStore(fakeredis.FakeRedis(), prefix="test:"))


@pytest.mark.parametrize("name", SCHEMES)
def test_on_a_real_server_entries_come_back_and_leases_hold(name: str, server: Server) -> None:
    with server.client() as client:
        store = SCHEMES[name](RedisStore(client, prefix=f"{uuid4()}:"))
        assert store.add("user:1", ["lease", 1], ttl=60)
        assert store.replace("user:1", ["lease", 1], {"name": "Ada"})
        store.set_many({"user:2": None, "page:1": b"\x00"}, ttl=60)
        assert store.get_many(["user:1", "user:2", "page:1", "user:3"]) == {
            "user:1": {"name": "Ada"},
            "user:2": None,
            "page:1": b"\x00",
        }
        assert store.delete("user:1")
        assert not store.replace("user:1", {"name": "Ada"}, "late")
        store.clear()
        assert store.get_many(["user:2", "page:1"]) == {}


@pytest.mark.parametrize("strategy", STRATEGIES)
@pytest.mark.parametrize("name", SCHEMES)
def test_a_strategy_does_not_notice(name: str, strategy: str) -> None:
    store, source = SCHEMES[name](MemoryStore()), MemorySource()
    log = MemoryLog(ThreadRuntime(), store=store)
    options = {"log": log} if strategy == "write_behind" else {}
    cache = STRATEGIES[strategy].over(store, source, ttl=60, **options)
    cache.write("user:1", "Ada")
    assert cache.read("user:1") == "Ada"
    cache.write("user:1", "Alan")
    assert cache.read("user:1") == "Alan"
    cache.close()


def test_every_scheme_is_in_the_registry_under_its_name() -> None:
    found, queue = set(), [StoreAround]
    while queue:
        subclasses = queue.pop().__subclasses__()
        found.update(subclasses)
        queue.extend(subclasses)
    assert found - {Stamped, Tracking} == set(SCHEMES.values())
    assert all(scheme.name == name for name, scheme in SCHEMES.items())
