"""A near cache on a real server: the contract, news from others, and what a lost line does."""

import sys
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest

from cachelab.invalidation import Tracking
from cachelab.ports import (
    MISSING,
    Journal,
    ManualClock,
    MemoryStore,
    RedisStore,
    Server,
    StoreError,
    ThreadRuntime,
    connect,
    instrument,
    start_server,
)
from tests.contracts.store_contract import StoreContract

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="no server can be started on Windows"
)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with start_server() as server:
        yield server


@pytest.fixture
def prefix() -> str:
    return f"{uuid4().hex}:"


def wait_until(true: Callable[[], bool]) -> None:
    runtime = ThreadRuntime()
    end = runtime.now() + 10.0
    while not true():
        assert runtime.now() < end
        runtime.sleep(0.005)


@pytest.fixture(scope="module")
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture(scope="module")
def tracking(server: Server, clock: ManualClock) -> Iterator[Tracking]:
    store = Tracking(RedisStore(server.url, prefix="contract:"), MemoryStore(clock))
    yield store
    store.close()


class TestTracking(StoreContract):
    @pytest.fixture
    def store(self, tracking: Tracking) -> Iterator[Tracking]:
        yield tracking
        tracking.clear()

    @pytest.fixture
    def advance(self, store: Tracking, clock: ManualClock) -> Callable[[float], None]:
        """Bring every death nearer, here and there: the same as time passing."""
        client: Any = store.store.client

        def advance(seconds: float) -> None:
            clock.advance(seconds)
            for name in client.keys("contract:*"):
                left = client.pttl(name)
                if left >= 0:
                    client.pexpire(name, left - round(seconds * 1000))

        return advance


def test_a_near_hit_asks_nobody_and_a_miss_asks_twice(server: Server, prefix: str) -> None:
    journal = Journal()
    store = Tracking(instrument(RedisStore(server.url, prefix), journal=journal))
    store.set("k", [1, 2], ttl=60)
    wait_until(lambda: bool(store.get("k") and store.near.get(f"{prefix}k") == ["value", [1, 2]]))
    before = len(journal)
    assert [store.get("k") for _ in range(50)] == [[1, 2]] * 50
    assert len(journal) == before
    assert store.get("other") is MISSING
    assert len(journal) == before + 1
    store.close()


def test_a_write_by_another_client_ends_the_copy(server: Server, prefix: str) -> None:
    store, other = Tracking(RedisStore(server.url, prefix)), RedisStore(server.url, prefix)
    for value in range(20):
        other.set("k", value)
        wait_until(lambda value=value: store.get("k") == value)  # type: ignore[misc]
    other.delete("k")
    wait_until(lambda: store.get("k") is MISSING)
    other.close()
    store.close()


@pytest.mark.parametrize("verb", ["set", "delete", "replace", "clear"])
def test_what_this_process_writes_it_sees_at_once(verb: str, server: Server, prefix: str) -> None:
    store = Tracking(RedisStore(server.url, prefix))
    calls: dict[str, Callable[[int], object]] = {
        "set": lambda value: store.set("k", value),
        "delete": lambda value: (store.delete("k"), store.add("k", value)),
        "replace": lambda value: store.replace("k", value - 1, value),
        "clear": lambda value: (store.clear(), store.add("k", value)),
    }
    store.set("k", 0)
    for value in range(1, 60):
        store.get("k")
        calls[verb](value)
        assert store.get("k") == value
    store.close()


def test_an_old_value_that_arrives_after_the_news_is_not_kept(server: Server, prefix: str) -> None:
    class SlowWay(RedisStore):
        """A store whose answer is read early and delivered late."""

        meanwhile: Callable[[], None] | None = None

        def get(self, key: str) -> Any:
            value = super().get(key)
            if self.meanwhile is not None:
                self.meanwhile()
            return value

    slow, other = SlowWay(server.url, prefix), RedisStore(server.url, prefix)
    other.set("k", "old")
    store = Tracking(slow)

    def write_and_let_the_news_come() -> None:
        slow.meanwhile = None
        assert store.near.get(f"{prefix}k") is not MISSING
        other.set("k", "new")
        wait_until(lambda: store.near.get(f"{prefix}k") is MISSING)

    slow.meanwhile = write_and_let_the_news_come
    assert store.get("k") == "old"  # the write came after this read had begun
    assert store.near.get(f"{prefix}k") is MISSING
    assert store.get("k") == "new"
    other.close()
    store.close()


def test_after_a_lost_line_nothing_near_is_trusted(server: Server, prefix: str) -> None:
    store = Tracking(RedisStore(server.url, prefix))
    store.set_many({f"k{number}": "old" for number in range(20)})
    for number in range(20):
        store.get(f"k{number}")
    with server.client() as admin, admin.pipeline(transaction=True) as at_once:
        at_once.execute_command("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
        for number in range(20):
            at_once.set(f"{prefix}k{number}", '"new"')
        at_once.execute()
    wait_until(lambda: store.drops == 1)
    assert {store.get(f"k{number}") for number in range(20)} == {"new"}
    wait_until(lambda: bool(store.get("k1") and store.near.get(f"{prefix}k1") is not MISSING))
    store.close()


def test_when_the_server_is_gone_a_read_fails_and_does_not_answer_from_near(prefix: str) -> None:
    with start_server() as server:
        store = Tracking(RedisStore(server.url, prefix))
        store.set("k", 1)
        assert store.get("k") == 1
    wait_until(lambda: store.drops >= 1)
    with pytest.raises(StoreError):
        store.get("k")
    store.close()


def test_an_emptied_server_empties_what_is_near() -> None:
    with start_server() as server:
        store = Tracking(RedisStore(server.url))
        store.set("k", 1)
        store.get("k")
        with server.client() as admin:
            admin.flushall()
        wait_until(lambda: store.get("k") is MISSING)
        store.close()


def test_no_more_than_so_many_keys_are_kept_near(server: Server, prefix: str) -> None:
    near = MemoryStore()
    store = Tracking(RedisStore(server.url, prefix), near, at_most=3)
    store.set_many({f"k{number}": number for number in range(30)})
    for number in range(30):
        assert store.get(f"k{number}") == number
        assert len(near.entries) <= 3
    store.close()


def test_what_cannot_be_tracked_is_refused(server: Server, prefix: str) -> None:
    store: Any = MemoryStore()
    with pytest.raises(TypeError, match=r"a RedisStore on one server, not MemoryStore\(\)"):
        Tracking(store)
    with connect(server.url, protocol=2) as old, pytest.raises(ValueError, match="protocol=3"):
        Tracking(RedisStore(old, prefix))
    with pytest.raises(ValueError, match="at_most must be at least 1 key, not 0"):
        Tracking(RedisStore(server.url, prefix), at_most=0)
    with pytest.raises(StoreError, match="nobody to listen to"):
        Tracking(RedisStore("redis://127.0.0.1:1", prefix), patience=0.1)
