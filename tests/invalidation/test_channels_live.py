"""What each channel brings on a real server, and what it knows of what it did not bring."""

import sys
from collections.abc import Callable, Iterator
from queue import Empty, SimpleQueue
from uuid import uuid4

import pytest

from cachelab.invalidation import EventBased, PubSubChannel, StreamChannel
from cachelab.ports import MISSING, MemoryStore, Server, StoreError, ThreadRuntime, start_server

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="no server can be started on Windows"
)

LONG = 10.0
"""Seconds until what must come is given up; nothing waits that long when all is well."""


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with start_server() as server:
        yield server


class Heard:
    """A listener that writes down what it hears."""

    def __init__(self, channel: PubSubChannel | StreamChannel) -> None:
        self.messages: list[bytes] = []
        self.gaps: list[str] = []
        self.news: SimpleQueue[bytes] = SimpleQueue()
        self.listening = channel.subscribe(self._hear, self.gaps.append)

    def _hear(self, message: bytes) -> None:
        self.messages.append(message)
        self.news.put(message)

    def up_to(self, message: bytes) -> list[bytes]:
        """Return what was heard up to `message`, which must come."""
        try:
            while self.news.get(timeout=LONG) != message:
                pass
        except Empty:
            pytest.fail(f"{message!r} was not heard, only {self.messages}")
        return self.messages


def wait_until(true: Callable[[], bool]) -> None:
    runtime = ThreadRuntime()
    end = runtime.now() + LONG
    while not true():
        assert runtime.now() < end
        runtime.sleep(0.01)


@pytest.mark.parametrize("kind", [PubSubChannel, StreamChannel])
def test_messages_come_in_order_to_all(
    kind: type[PubSubChannel | StreamChannel], server: Server
) -> None:
    channel = kind(server.url, f"news {uuid4()}")
    ears = [Heard(channel), Heard(channel)]
    sent = [f"{number}".encode() for number in range(300)]
    for message in sent:
        channel.publish(message)
    for ear in ears:
        assert ear.up_to(b"299") == sent
        ear.listening.close()
        assert ear.gaps == []
    channel.close()


def test_of_what_is_said_to_one_who_is_away_pubsub_loses_all_and_owns_up(server: Server) -> None:
    name = f"news {uuid4()}"
    channel = PubSubChannel(server.url, name)
    ear = Heard(channel)
    with server.client() as admin, admin.pipeline(transaction=True) as at_once:
        at_once.execute_command("CLIENT", "KILL", "TYPE", "pubsub")
        for number in range(20):
            at_once.publish(name, f"{number}")
        at_once.execute()
    wait_until(lambda: bool(ear.gaps))
    channel.publish(b"after")
    assert ear.up_to(b"after") == [b"after"]
    assert len(ear.gaps) == 1
    ear.listening.close()
    channel.close()


def test_of_what_is_said_to_one_who_is_away_a_stream_loses_nothing(server: Server) -> None:
    name = f"news {uuid4()}"
    channel = StreamChannel(server.url, name)
    channel.publish(b"before")
    ear = Heard(channel)
    channel.publish(b"first")
    ear.up_to(b"first")
    with server.client() as admin:
        beginning = admin.xinfo_stream(name)["last-generated-id"].split(b"-")[0].decode()
        with admin.pipeline(transaction=True) as at_once:
            at_once.execute_command("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
            for number in range(20):
                at_once.xadd(name, {"m": f"{number}"}, id=f"{beginning}-*")
            at_once.execute()
    expected = [b"first", *(f"{number}".encode() for number in range(20))]
    assert ear.up_to(b"19") == expected
    assert ear.gaps == []
    ear.listening.close()
    channel.close()


def test_a_stream_that_was_trimmed_past_the_listener_says_so(server: Server) -> None:
    name = f"news {uuid4()}"
    channel = StreamChannel(server.url, name)
    ear = Heard(channel)
    channel.publish(b"first")
    ear.up_to(b"first")
    with server.client() as admin:
        beginning = admin.xinfo_stream(name)["last-generated-id"].split(b"-")[0].decode()
        with admin.pipeline(transaction=True) as at_once:
            for number in range(20):
                at_once.xadd(name, {"m": f"{number}"}, id=f"{beginning}-*")
            at_once.xtrim(name, maxlen=5, approximate=False)
            at_once.execute()
    assert ear.up_to(b"19") == [b"first", b"15", b"16", b"17", b"18", b"19"]
    assert ear.gaps == [f"{beginning}-1 is followed by {beginning}-17"]
    ear.listening.close()
    channel.close()


def test_a_stream_that_was_lost_says_so_and_the_new_one_is_heard(server: Server) -> None:
    name = f"news {uuid4()}"
    channel = StreamChannel(server.url, name)
    ear = Heard(channel)
    for number in range(10):
        channel.publish(b"%d" % number)
    ear.up_to(b"9")
    with server.client() as admin:
        admin.delete(name)
    wait_until(lambda: bool(ear.gaps))
    channel.publish(b"after")
    assert ear.up_to(b"after")[-1] == b"after"
    assert len(ear.gaps) == 1
    ear.listening.close()
    channel.close()


@pytest.mark.parametrize("kind", [PubSubChannel, StreamChannel])
def test_without_a_server_there_is_one_clear_error(
    kind: type[PubSubChannel | StreamChannel],
) -> None:
    channel = kind("redis://127.0.0.1:1", "news", patience=0.1)
    with pytest.raises(StoreError, match=r"nobody to listen to within 0\.1 s"):
        channel.subscribe(print, print)
    with pytest.raises(StoreError, match="cannot be reached"):
        channel.publish(b"x")
    channel.close()


@pytest.mark.parametrize("kind", [PubSubChannel, StreamChannel])
def test_two_processes_worth_of_caches_agree(
    kind: type[PubSubChannel | StreamChannel], server: Server
) -> None:
    name = f"news {uuid4()}"
    caches = [EventBased(MemoryStore(), kind(server.url, name)) for _ in range(2)]
    for cache in caches:
        cache.on("user.renamed", "user:{id}")
        cache.set_many({"user:7": "Ada", "user:8": "Alan"})
    caches[0].publish("user.renamed", id=7)
    assert caches[0].get("user:7") is MISSING
    wait_until(lambda: caches[1].get("user:7") is MISSING)
    assert caches[1].get("user:8") == "Alan"
    for cache in caches:
        cache.close()
