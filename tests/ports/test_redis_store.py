"""The store on a server: the contract on fakeredis and on a real one, expiry, faults, errors."""

import os
import signal
import socket
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import fakeredis
import pytest
import redis
import time_machine

from cachelab.ports import (
    MISSING,
    CachelabError,
    RedisStore,
    Server,
    StoreError,
    ThreadRuntime,
    connect,
    connect_blocking,
    start_server,
)
from tests.contracts.store_contract import StoreContract


class TestRedisStoreOnFakeredis(StoreContract):
    @pytest.fixture
    def advance(self) -> Iterator[Callable[[float], None]]:
        with time_machine.travel(datetime(2026, 1, 1, tzinfo=UTC), tick=False) as traveller:
            yield traveller.shift

    @pytest.fixture
    def store(self, advance: Callable[[float], None]) -> RedisStore:
        return RedisStore(fakeredis.FakeRedis(), prefix="test:")

    def test_an_entry_is_dead_once_its_last_millisecond_is_over(
        self, store: RedisStore, advance: Callable[[float], None]
    ) -> None:
        store.set("k", 1, ttl=2.5)
        advance(2.499)
        assert store.get("k") == 1
        advance(0.002)
        assert store.get("k") is MISSING


class TestRedisStoreOnAServer(StoreContract):
    @pytest.fixture
    def store(self, server: Server) -> Iterator[RedisStore]:
        store = RedisStore(server.url, prefix=f"test:{uuid4().hex}:")
        yield store
        store.clear()
        store.close()

    @pytest.fixture
    def advance(self, store: RedisStore) -> Callable[[float], None]:
        """Bring every death nearer: for the store it is the same as time passing."""
        client: Any = store.client

        def advance(seconds: float) -> None:
            for name in client.keys(store.prefix + "*"):
                left = client.pttl(name)
                if left >= 0:
                    client.pexpire(name, left - round(seconds * 1000))

        return advance

    def test_the_server_lets_an_entry_die_by_itself(self, store: RedisStore) -> None:
        store.set("k", 1, ttl=0.02)
        assert within(5, lambda: store.get("k") is MISSING)

    def test_a_ttl_reaches_the_server_in_milliseconds(self, store: RedisStore) -> None:
        store.set("k", 1, ttl=99.75)
        left: Any = store.client.pttl(store.prefix + "k")
        assert 90_000 < left <= 99_750
        assert left != 99_000

    def test_a_ttl_below_a_millisecond_is_still_a_life(self, store: RedisStore) -> None:
        store.set("k", 1, ttl=0.0001)
        assert within(5, lambda: store.get("k") is MISSING)


def within(seconds: float, condition: Callable[[], bool]) -> bool:
    runtime = ThreadRuntime()
    give_up = runtime.now() + seconds
    while runtime.now() < give_up:
        if condition():
            return True
    return False


@pytest.fixture
def fake() -> fakeredis.FakeRedis:
    return fakeredis.FakeRedis()


@pytest.mark.parametrize("payload", [b"", b"\xff", b"{", b'{"!set":[[]]}', b'{"!unknown":1}'])
def test_damaged_bytes_are_a_miss_are_reported_and_are_removed(
    fake: fakeredis.FakeRedis, payload: bytes
) -> None:
    told: list[str] = []
    store = RedisStore(fake, prefix="p:", on_corrupt=lambda key, _: told.append(key))
    fake.set("p:one", payload)
    fake.set("p:two", payload)
    store.set("three", 3)
    assert store.get("one") is MISSING
    assert store.get_many(["two", "three"]) == {"three": 3}
    assert fake.keys() == [b"p:three"]
    assert told == ["one", "two"]


def test_without_a_callback_damaged_bytes_are_logged(
    fake: fakeredis.FakeRedis, caplog: pytest.LogCaptureFixture
) -> None:
    fake.set("p:k", b"{")
    RedisStore(fake, prefix="p:").get("k")
    assert [record.getMessage() for record in caplog.records] == [
        "the entry of 'k' was removed: these bytes are not a value that was kept here"
    ]


class Overtaken(fakeredis.FakeRedis):
    """A client whose every GET is followed at once by somebody else's SET."""

    def get(self, name: Any) -> Any:
        payload = super().get(name)
        super().set(name, b'"sound"')
        return payload


def test_the_repair_leaves_a_sound_entry_that_came_meanwhile() -> None:
    client = Overtaken()
    client.set("k", b"{")
    store = RedisStore(client, on_corrupt=lambda *_: None)
    assert store.get("k") is MISSING
    assert store.get("k") == "sound"


@pytest.mark.parametrize("prefix", ["p:", "p*", "p[a-z]", "p?", "\\", "ü:"])
def test_clear_keeps_what_others_have(fake: fakeredis.FakeRedis, prefix: str) -> None:
    store = RedisStore(fake, prefix=prefix)
    store.set("mine", 1)
    others = ["p", "pq", "pa:", "other", "u:"]
    fake.mset(dict.fromkeys(others, b"theirs"))
    store.clear()
    assert sorted(fake.keys()) == sorted(name.encode() for name in others)


def test_two_prefixes_on_one_server_are_two_stores(fake: fakeredis.FakeRedis) -> None:
    one, other = RedisStore(fake, prefix="one:"), RedisStore(fake, prefix="other:")
    one.set("k", 1)
    assert other.get("k") is MISSING


def test_clear_without_a_prefix_is_refused(fake: fakeredis.FakeRedis) -> None:
    fake.set("theirs", b"1")
    with pytest.raises(ValueError, match="needs a store with a prefix"):
        RedisStore(fake).clear()
    assert fake.exists("theirs")


def test_a_client_that_turns_answers_into_text_is_refused() -> None:
    with pytest.raises(ValueError, match="decode_responses=False"):
        RedisStore(fakeredis.FakeRedis(decode_responses=True))


def test_closing_the_store_leaves_its_caller_s_client_open(server: Server) -> None:
    with server.client() as client:
        RedisStore(client).close()
        assert client.ping()


@pytest.mark.parametrize("address", ["http://localhost:1", "fake://", "localhost://x"])
def test_an_address_of_another_kind_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="begins with redis://"):
        RedisStore(address)


def test_an_address_that_is_refused_does_not_give_its_password_away() -> None:
    with pytest.raises(ValueError, match="http://") as caught:
        connect("http://user:secret@host")
    assert "secret" not in str(caught.value)


def test_a_socket_path_is_an_address_too(server: Server) -> None:
    if not server.url.startswith("unix://"):
        pytest.skip("the server that CACHELAB_SERVER names is on TCP")
    with connect(server.url.removeprefix("unix://")) as client:
        assert client.ping()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


VERBS: dict[str, Callable[[RedisStore], Any]] = {
    "get": lambda store: store.get("k"),
    "get_many": lambda store: store.get_many(["k"]),
    "set": lambda store: store.set("k", 1),
    "set_many": lambda store: store.set_many({"k": 1}),
    "add": lambda store: store.add("k", 1),
    "replace": lambda store: store.replace("k", 1, 2),
    "delete": lambda store: store.delete("k"),
    "ttl": lambda store: store.ttl("k"),
    "clear": lambda store: store.clear(),
}


@pytest.mark.parametrize("verb", VERBS)
def test_a_server_that_is_not_there_is_a_store_error(verb: str) -> None:
    store = RedisStore(f"redis://127.0.0.1:{free_port()}", prefix="p:")
    with pytest.raises(StoreError, match="cannot be reached") as caught:
        VERBS[verb](store)
    assert isinstance(caught.value.__cause__, redis.RedisError)
    assert isinstance(caught.value, CachelabError)


@pytest.fixture
def own_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """A server that a test may hang, fill or kill."""
    if "://" in os.environ.get("CACHELAB_SERVER", ""):
        monkeypatch.delenv("CACHELAB_SERVER")
    with start_server() as server:
        yield server


@pytest.mark.parametrize("verb", ["get", "set", "clear"])
def test_a_server_that_hangs_is_given_up_soon(own_server: Server, verb: str) -> None:
    store, runtime = RedisStore(own_server.url, prefix="p:"), ThreadRuntime()
    store.set("k", 1)
    os.kill(own_server.pid, signal.SIGSTOP)
    start = runtime.now()
    with pytest.raises(StoreError, match="did not answer in time"):
        VERBS[verb](store)
    assert runtime.now() - start < 3
    os.kill(own_server.pid, signal.SIGCONT)
    store.close()


def test_a_client_does_not_send_a_lost_command_again(own_server: Server) -> None:
    with own_server.client(timeout=0.05) as hasty, own_server.client(timeout=5) as patient:
        hasty.ping()
        os.kill(own_server.pid, signal.SIGSTOP)
        with pytest.raises(redis.TimeoutError):
            hasty.incr("n")
        os.kill(own_server.pid, signal.SIGCONT)
        assert within(5, lambda: patient.get("n") is not None)
        assert patient.get("n") == b"1"


@pytest.mark.parametrize("verb", ["add", "replace"])
def test_a_compare_and_set_whose_answer_was_lost_is_not_tried_again(
    own_server: Server, verb: str
) -> None:
    with (
        own_server.client(timeout=0.05, retries=5) as hasty,
        own_server.client(timeout=5) as patient,
    ):
        store, witness = RedisStore(hasty), RedisStore(patient)
        assert store.replace("k", 1, 2) is False  # the connection and the script are there now
        witness.set_many({"k": 1} if verb == "replace" else {})
        patient.config_resetstat()
        os.kill(own_server.pid, signal.SIGSTOP)
        with pytest.raises(StoreError, match="did not answer in time"):
            VERBS[verb](store)
        os.kill(own_server.pid, signal.SIGCONT)
        assert within(5, lambda: witness.get("k") == (2 if verb == "replace" else 1))
        stats: Any = patient.info("commandstats")
        sent = "cmdstat_set" if verb == "add" else "cmdstat_evalsha"
        assert stats[sent]["calls"] == 1
        store.close()


def test_a_client_that_blocks_listens_longer_than_the_server_waits(server: Server) -> None:
    with connect_blocking(server.url, longest=0.4) as client:
        runtime = ThreadRuntime()
        start = runtime.now()
        assert client.blpop([f"test:{uuid4().hex}"], timeout=0.3) is None
        assert 0.25 < runtime.now() - start < 5


def test_a_client_that_blocks_gives_up_on_a_server_that_hangs(own_server: Server) -> None:
    with connect_blocking(own_server.url, longest=0.05) as client:
        client.ping()
        os.kill(own_server.pid, signal.SIGSTOP)
        with pytest.raises(redis.TimeoutError):
            client.blpop(["queue"], timeout=0.05)
        os.kill(own_server.pid, signal.SIGCONT)


@pytest.mark.parametrize("longest", [0, -1, float("inf"), float("nan")])
def test_a_client_that_blocks_for_ever_is_refused(longest: float) -> None:
    with pytest.raises(ValueError, match="longest must be a number of seconds above 0"):
        connect_blocking("redis://localhost", longest=longest)


def test_a_full_server_says_so_and_still_answers_reads(own_server: Server) -> None:
    with own_server.client() as client:
        store = RedisStore(client)
        store.set("k", 1)
        client.config_set("maxmemory", "1")
        with pytest.raises(StoreError, match=r"refused the command: .*memory"):
            store.set("k", 2)
        assert store.get("k") == 1


def test_a_store_works_again_after_its_connection_was_cut(own_server: Server) -> None:
    store = RedisStore(own_server.url)
    store.set("k", 1)
    with own_server.client() as client:
        client.client_kill_filter(_type="normal", skipme=True)
    assert store.get("k") == 1
    store.close()


def test_a_key_of_another_kind_is_left_alone(server: Server) -> None:
    name = f"test:{uuid4().hex}"
    with server.client() as client:
        client.rpush(name, b"theirs")
        with pytest.raises(StoreError, match="refused the command: WRONGTYPE"):
            RedisStore(client).get(name)
        assert client.delete(name) == 1


def test_the_name_of_a_store_tells_its_prefix_and_no_address(server: Server) -> None:
    store = RedisStore(server.url, prefix="shop:")
    assert repr(store) == "RedisStore(prefix='shop:')"
    store.close()
