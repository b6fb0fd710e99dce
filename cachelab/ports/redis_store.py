"""
A store on a cache server that speaks Redis's language: Redis, Valkey, or fakeredis in a test.

Each verb is one command or one pipeline, so a verb costs one trip to the server. Expiry is the
server's, to the millisecond.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, TypeVar

import redis

from .codec import decode, encode
from .connection import connect, store_errors
from .stores import MISSING, Absent, check_key, check_ttl

T = TypeVar("T")

BATCH = 500
"""Keys sent in one trip, so that a long list does not outlast the client's timeout."""


class RedisStore:
    """
    A `Store` on a cache server, under keys that begin with `prefix`.

    `server` is an address, as for `connect`, or a client you made; a client stays yours to close.
    The server counts milliseconds, and lets an entry be seen until its last one is over.
    With an address the store repeats a command once when the answer is lost, which is harmless
    for what it sends, except that `delete` may then say False of a key it did drop.

    Complexity: one round trip per verb and per 500 keys; `clear` looks at every key of the server.

    Raises:
        ValueError: the client turns answers into text, or `clear` is asked for without a prefix.

    >>> import fakeredis
    >>> store = RedisStore(fakeredis.FakeRedis(), prefix="shop:")
    >>> store.set("price", (19, "EUR"), ttl=60)
    >>> store.get("price"), store.get("stock")
    ((19, 'EUR'), MISSING)
    """

    def __init__(self, server: "str | redis.Redis", prefix: str = "") -> None:
        self._owned = isinstance(server, str)
        self.client = connect(server, retries=1) if isinstance(server, str) else server
        self.prefix = check_key(prefix)
        if self.client.get_encoder().decode_responses:
            raise ValueError("RedisStore needs a client made with decode_responses=False")

    def get(self, key: str) -> Any | Absent:
        """Return the value of `key`, or MISSING; damaged bytes are dropped and are a miss."""
        name = self._name(key)
        with store_errors():
            payload: Any = self.client.get(name)
            return self._decoded(name, payload)

    def get_many(self, keys: Iterable[str]) -> dict[str, Any]:
        """Return the keys that are present with their values, in the order asked."""
        found: dict[str, Any] = {}
        for batch in _batches(keys):
            names = [self._name(key) for key in batch]
            with store_errors():
                payloads: Any = self.client.mget(names)
                for key, name, payload in zip(batch, names, payloads, strict=True):
                    found[key] = self._decoded(name, payload)
        return {key: value for key, value in found.items() if value is not MISSING}

    def set(self, key: str, value: Any, ttl: float | None = None) -> None:
        """Keep `value` under `key` for `ttl` seconds, or for good."""
        name, payload, px = self._name(key), encode(value), _milliseconds(ttl)
        with store_errors():
            self.client.set(name, payload, px=px)

    def set_many(self, entries: Mapping[str, Any], ttl: float | None = None) -> None:
        """Keep each of `entries` for `ttl` seconds; all are checked before the first is sent."""
        px = _milliseconds(ttl)
        payloads = {self._name(key): encode(value) for key, value in entries.items()}
        for batch in _batches(payloads.items()):
            with store_errors(), self.client.pipeline(transaction=False) as pipeline:
                for name, payload in batch:
                    pipeline.set(name, payload, px=px)
                pipeline.execute()

    def delete(self, key: str) -> bool:
        """Drop `key`; tell whether it was there."""
        name = self._name(key)
        with store_errors():
            return bool(self.client.delete(name))

    def ttl(self, key: str) -> float | Absent | None:
        """Return the seconds that `key` has left, None if it never expires, or MISSING."""
        name = self._name(key)
        with store_errors():
            left: Any = self.client.pttl(name)
        if left == -2:
            return MISSING
        return None if left == -1 else left / 1000

    def clear(self) -> None:
        """Drop every key under the prefix; without one, nothing tells our keys from others'."""
        if not self.prefix:
            raise ValueError("clear() needs a store with a prefix: without one it would drop all")
        pattern = re.sub(r"([\\*?\[\]])", r"\\\1", self.prefix) + "*"
        with store_errors():
            for batch in _batches(self.client.scan_iter(match=pattern, count=BATCH)):
                self.client.unlink(*batch)

    def close(self) -> None:
        """Close the connections that this store opened."""
        if self._owned:
            self.client.close()

    def __repr__(self) -> str:
        return f"RedisStore(prefix={self.prefix!r})"

    def _name(self, key: str) -> bytes:
        return (self.prefix + check_key(key)).encode("utf-8", "surrogatepass")

    def _decoded(self, name: bytes, payload: bytes | None) -> Any | Absent:
        if payload is None:
            return MISSING
        try:
            return decode(payload)
        except ValueError:
            # A sound entry written meanwhile goes too: one miss more, never a wrong answer.
            self.client.delete(name)
            return MISSING


def _milliseconds(ttl: float | None) -> int | None:
    """Turn seconds into the server's unit; anything above zero lives for one at least."""
    ttl = check_ttl(ttl)
    return None if ttl is None else max(1, round(ttl * 1000))


def _batches(items: Iterable[T]) -> Iterator[list[T]]:
    rest = iter(items)
    while batch := list(islice(rest, BATCH)):
        yield batch
