"""
A near cache that the server itself keeps right: it tells which keys have changed.

The server (CLIENT TRACKING, broadcast mode) pushes the name of every key that is written, by
whomever, to a connection kept for it. While that connection is up a copy in this process is good;
when it is down nothing near is trusted, and everything goes to the server.
"""

import uuid
from collections.abc import Iterable, Mapping
from threading import Lock
from typing import Any, ClassVar

import redis

from cachelab.ports import MISSING, MemoryStore, RedisStore, Store
from cachelab.ports.stores import Absent, check_key

from .base import StoreAround
from .listener import Listener

TICK = 0.2
"""Seconds between two looks at whether to stop; it delays no news."""

SILENCE = 2.0
"""Seconds without a word after which the server is asked for one; after twice that it is gone."""


class Tracking(StoreAround):
    """
    A `RedisStore` with copies in this process, each good until the server says it was written.

    At most `at_most` keys are kept near, the oldest go first. A copy dies with its entry at the
    server, give or take the way there. It takes a Redis or Valkey of version 6 or later, on one
    server, not a cluster.

    Staleness: the time the news is under way, below a millisecond on one machine; a write of this
    process is seen by it at once. If the connection breaks, everything near is dropped; if it dies
    without a word, as when the network swallows packets, up to about four seconds pass before that.

    Round trips: a near hit is 0; a miss 2, for the value and its ttl; all else 1, as without.
    `get_many` looks near first and asks for the rest in 1, without keeping it.

    A value is kept near in place of a lease, and news of its key removes that, so an old value
    that is still on its way when the news comes finds no place.

    Raises:
        TypeError: the store is no `RedisStore` on one server.
        ValueError: its client does not speak RESP3, or `at_most` is below 1.
        StoreError: the server was not there within `patience` seconds.

    Source: the server's documentation, "Client-side caching reference".
    """

    name: ClassVar[str] = "tracking"
    store: RedisStore

    def __init__(
        self,
        store: RedisStore,
        near: Store | None = None,
        *,
        at_most: int = 10_000,
        patience: float = 5.0,
    ) -> None:
        if not isinstance(store, RedisStore) or isinstance(store.client, redis.RedisCluster):
            raise TypeError(f"tracking needs a RedisStore on one server, not {store!r}")
        if str(store.client.connection_pool.connection_kwargs.get("protocol", 3)) == "2":
            raise ValueError("tracking needs a client made with protocol=3")
        if at_most < 1:
            raise ValueError(f"at_most must be at least 1 key, not {at_most!r}")
        super().__init__(store)
        self.near: Store = MemoryStore() if near is None else near
        self.at_most = at_most
        self.drops = 0
        """How often everything near was dropped because the connection was lost."""
        self._is_live = False
        self._held: dict[str, None] = {}
        self._lock = Lock()
        self._listener = Listener(self._listen, patience)

    def get(self, key: str) -> Any | Absent:
        """Return the value of `key` from near, or from the server."""
        found = self._near(check_key(key))
        if found is not MISSING:
            return found
        return self._fetch(key) if self._is_live else self.store.get(key)

    def get_many(self, keys: Iterable[str]) -> dict[str, Any]:
        """Return the keys that are present, those that are not near from the server."""
        wanted = [check_key(key) for key in keys]
        near = {key: self._near(key) for key in wanted}
        far = self.store.get_many(key for key in near if near[key] is MISSING)
        found = {key: far.get(key, MISSING) if near[key] is MISSING else near[key] for key in near}
        return {key: value for key, value in found.items() if value is not MISSING}

    def set_many(self, entries: Mapping[str, Any], ttl: float | None = None) -> None:
        """Keep each of `entries` at the server, and drop what is near."""
        try:
            self.store.set_many(entries, ttl)
        finally:
            for key in entries:
                self._drop(self._near_key(key))

    def add(self, key: str, value: Any, ttl: float | None = None) -> bool:
        """Keep `value` at the server if nothing is there; tell whether it was kept."""
        try:
            return self.store.add(key, value, ttl)
        finally:
            self._drop(self._near_key(key))

    def replace(self, key: str, old: Any, new: Any | Absent, ttl: float | None = None) -> bool:
        """Put `new` in the place of `old` at the server; tell whether that was there."""
        try:
            return self.store.replace(key, old, new, ttl)
        finally:
            self._drop(self._near_key(key))

    def delete(self, key: str) -> bool:
        """Drop `key` at the server and near; tell whether the server had it."""
        try:
            return self.store.delete(key)
        finally:
            self._drop(self._near_key(key))

    def clear(self) -> None:
        """Drop every entry of the store, and all that is near."""
        try:
            self.store.clear()
        finally:
            self._drop_all()

    def close(self) -> None:
        """Listen no longer, and close both stores."""
        self._listener.close()
        self.near.close()
        self.store.close()

    def _near_key(self, key: str) -> str:
        """Return the server's name of `key`, byte by byte as text: the news has no other name."""
        return self.store._name(check_key(key)).decode("latin-1")

    def _near(self, key: str) -> Any | Absent:
        if not self._is_live:
            return MISSING
        match self.near.get(self._near_key(key)):
            case ["value", value]:
                return value
        return MISSING

    def _fetch(self, key: str) -> Any | Absent:
        """Fetch `key`, and keep it near unless news of it comes meanwhile."""
        name = self._near_key(key)
        lease = ["lease", uuid.uuid4().hex]
        is_ours = self.near.add(name, lease, ttl=60)
        value = self.store.get(key)
        if not is_ours:
            return value
        left = MISSING if value is MISSING else self.store.ttl(key)
        if left is MISSING:
            self.near.replace(name, lease, MISSING)
        elif self.near.replace(name, lease, ["value", value], left):
            self._hold(name)
        return value

    def _hold(self, name: str) -> None:
        with self._lock:
            self._held[name] = None
            oldest = next(iter(self._held)) if len(self._held) > self.at_most else None
        if oldest is not None:
            self._drop(oldest)

    def _drop(self, name: str) -> None:
        with self._lock:
            self._held.pop(name, None)
        self.near.delete(name)

    def _drop_all(self) -> None:
        with self._lock:
            self._held.clear()
        self.near.clear()

    def _listen(self, listener: Listener) -> None:
        connection = self.store.client.connection_pool.make_connection()
        try:
            connection.connect()
            connection._parser.set_invalidation_push_handler(self._hear)
            prefix = self.store.prefix.encode("utf-8", "surrogatepass")
            connection.send_command("CLIENT", "TRACKING", "ON", "BCAST", "PREFIX", prefix)
            connection.read_response()
            self._drop_all()  # whatever was written until now was not told
            self._is_live = True
            listener.is_ready()
            self._follow(connection, listener)
        finally:
            self._is_live = False
            self._drop_all()
            self.drops += 1
            connection.disconnect()

    def _follow(self, connection: Any, listener: Listener) -> None:
        quiet = 0.0
        while not listener.closing.is_set():
            if connection.can_read(timeout=TICK):
                connection.read_response(push_request=True)  # news goes to `_hear`
                quiet = 0.0
                continue
            quiet += TICK
            if quiet >= 2 * SILENCE:
                raise redis.ConnectionError("the server has been silent")
            if quiet >= SILENCE:
                connection.send_command("PING")

    def _hear(self, news: list[Any]) -> None:
        if news[1] is None:  # the server was emptied
            self._drop_all()
            return
        for name in news[1]:
            self._drop(name.decode("latin-1"))
