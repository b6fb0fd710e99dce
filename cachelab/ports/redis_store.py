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
from .connection import Client, connect, store_errors, without_retries
from .stores import MISSING, Absent, OnCorrupt, check_key, check_ttl, log_corrupt

T = TypeVar("T")

BATCH = 500
"""Keys sent in one trip, so that a long list does not outlast the client's timeout."""

REPLACE = """
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
if ARGV[2] == '' then redis.call('DEL', KEYS[1])
elseif ARGV[3] == '' then redis.call('SET', KEYS[1], ARGV[2])
else redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3]) end
return 1
"""
"""What a server does as one command: compare, and then set or, with an empty value, drop."""


class RedisStore:
    """
    A `Store` on a cache server, under keys that begin with `prefix`.

    `server` is an address, as for `connect`, or a client you made, of one server or of a cluster;
    a client stays yours to close.
    The server counts milliseconds, and lets an entry be seen until its last one is over.
    With an address the store repeats a command once when the answer is lost, where that is
    harmless: `delete` may then say False of a key it did drop. `add` and `replace` are never
    repeated, whatever client they are given: a second try would find the first one's work.

    Complexity: one round trip per verb and per 500 keys, and two more for the first `replace`;
    `clear` looks at every key of the server.

    Raises:
        ValueError: the client turns answers into text, or `clear` is asked for without a prefix.

    >>> import fakeredis
    >>> store = RedisStore(fakeredis.FakeRedis(), prefix="shop:")
    >>> store.set("price", (19, "EUR"), ttl=60)
    >>> store.get("price"), store.get("stock")
    ((19, 'EUR'), MISSING)
    """

    def __init__(
        self,
        server: str | Client,
        prefix: str = "",
        on_corrupt: OnCorrupt = log_corrupt,
    ) -> None:
        self._owned = isinstance(server, str)
        self.client: Any = connect(server, retries=1) if isinstance(server, str) else server
        # A cluster's servers are asked each for its own keys.
        many = "mget_nonatomic" if isinstance(server, redis.RedisCluster) else "mget"
        self._mget = getattr(self.client, many)
        self.prefix = check_key(prefix)
        self.on_corrupt = on_corrupt
        if self.client.get_encoder().decode_responses:
            raise ValueError("RedisStore needs a client made with decode_responses=False")
        self._once: Any = without_retries(self.client)
        self._replace = self._once.register_script(REPLACE)

    def get(self, key: str) -> Any | Absent:
        """Return the value of `key`, or MISSING; damaged bytes are dropped and are a miss."""
        name = self._name(key)
        with store_errors():
            payload: Any = self.client.get(name)
            return self._decoded(key, payload)

    def get_many(self, keys: Iterable[str]) -> dict[str, Any]:
        """Return the keys that are present with their values, in the order asked."""
        found: dict[str, Any] = {}
        for batch in _batches(keys):
            names = [self._name(key) for key in batch]
            with store_errors():
                payloads = self._mget(names)
                for key, payload in zip(batch, payloads, strict=True):
                    found[key] = self._decoded(key, payload)
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

    def add(self, key: str, value: Any, ttl: float | None = None) -> bool:
        """Keep `value` under `key` if nothing is there; tell whether it was kept."""
        name, payload, px = self._name(key), encode(value), _milliseconds(ttl)
        with store_errors():
            return bool(self._once.set(name, payload, px=px, nx=True))

    def replace(self, key: str, old: Any, new: Any | Absent, ttl: float | None = None) -> bool:
        """Put `new`, or nothing if MISSING, in the place of `old`; tell whether that was there."""
        payload = b"" if new is MISSING else encode(new)  # no value is encoded as nothing at all
        return self._swap(self._name(key), encode(old), payload, _milliseconds(ttl))

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
        pattern = re.sub(rb"([\\*?\[\]])", rb"\\\1", self._name("")) + b"*"
        with store_errors():
            for batch in _batches(self.client.scan_iter(match=pattern, count=BATCH)):
                self.client.unlink(*batch)

    def close(self) -> None:
        """Close the connections that this store opened."""
        self._once.close()
        if self._owned:
            self.client.close()

    def __repr__(self) -> str:
        return f"RedisStore(prefix={self.prefix!r})"

    def _name(self, key: str) -> bytes:
        return (self.prefix + check_key(key)).encode("utf-8", "surrogatepass")

    def _decoded(self, key: str, payload: bytes | None) -> Any | Absent:
        if payload is None:
            return MISSING
        try:
            return decode(payload)
        except ValueError as error:
            self._swap(self._name(key), payload, b"")
            self.on_corrupt(key, error)
            return MISSING

    def _swap(self, name: bytes, old: bytes, new: bytes, px: int | None = None) -> bool:
        with store_errors():
            return bool(self._replace(keys=[name], args=[old, new, "" if px is None else px]))


def _milliseconds(ttl: float | None) -> int | None:
    """Turn seconds into the server's unit; anything above zero lives for one at least."""
    ttl = check_ttl(ttl)
    return None if ttl is None else max(1, round(ttl * 1000))


def _batches(items: Iterable[T]) -> Iterator[list[T]]:
    rest = iter(items)
    while batch := list(islice(rest, BATCH)):
        yield batch
