"""
A log of writes on a cache server: a stream, a group of workers that read it, and atomic scripts.

With `appendonly yes` the server has a write in its file before it answers, so the log survives the
death of every process of ours, and the server's. What a worker took and did not finish is handed to
another after a while. Nothing is ever trimmed: a stream with a maximum length forgets the writes
of those who fall behind, so a full log refuses new ones instead.
"""

import os
import socket
import uuid
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

import redis

from cachelab.ports import MISSING, RedisStore, StoreError, Versioned
from cachelab.ports.codec import decode, encode
from cachelab.ports.connection import store_errors, without_retries

from . import stream_scripts as scripts
from .copies import Entry
from .log import Backlog, DeadLetter, Pending

GROUP = "workers"


class StreamLog:
    """
    A `WriteLog` on the server of `store`, in a stream named `name` and two keys beside it.

    A write's version is its place in the stream: milliseconds of the server's clock, which never
    goes back, and a number within the millisecond. `limit` is the number of writes that may wait.
    Commands are sent once, without the client's retries: to append twice would be two writes. One
    server, not a cluster: a script's keys have to lie together.

    Complexity: one round trip for every method.

    Raises:
        TypeError: the store is on a cluster.
        ValueError: the name begins with the store's prefix, so that `store.clear()` would drop it.
        StoreError: the server may evict the log (a maxmemory-policy of allkeys-...), or failed.
    """

    def __init__(
        self,
        store: RedisStore,
        *,
        name: str | None = None,
        limit: int = 100_000,
        retry_after: float = 1.0,
    ) -> None:
        if not isinstance(store.client, redis.Redis):
            raise TypeError(f"a log needs a client of one server, not {store.client!r}")
        self.name = f"write-behind:{store.prefix}" if name is None else name
        if store.prefix and self.name.startswith(store.prefix):
            raise ValueError(f"the log {self.name!r} would go with the store at its clear()")
        self.prefix = store.prefix
        self.limit = limit
        self.retry_after = retry_after
        self.worker = f"{socket.gethostname()}-{os.getpid()}-{uuid.uuid4().hex[:8]}"
        self.client = without_retries(store.client)
        self._keys = (self.name, f"{self.name}:newest", f"{self.name}:dead")
        self._scripts = {text: self.client.register_script(text) for text in scripts.ALL}
        self._cursor: Any = "0-0"
        self._is_safe = False

    def append(self, key: str, value: Any, copy: Entry, ttl: float) -> int:
        """Add the write of `value` to the stream and put `copy` into the cache, in one step."""
        payload = b"" if value is MISSING else encode(value)
        milliseconds = max(1, round(ttl * 1000))
        with store_errors():
            self._refuse_eviction()
            place = self._run(
                scripts.APPEND,
                [*self._keys[:2], _bytes(self.prefix + key)],
                [self.limit, _bytes(key), payload, encode(copy), milliseconds],
            )
        if place is None:
            raise Backlog(f"{self.limit} writes wait for the source, as many as may")
        return _version(place)

    def newest(self, key: str) -> Versioned | None:
        """Return the row last written under `key` if it waits here, else None."""
        with store_errors():
            found = self._run(scripts.NEWEST, self._keys[:2], [_bytes(key)])
        return None if found is None else _row(*found)

    def take(self, count: int) -> list[Pending]:
        """Hand out at most `count` writes of dead workers and `count` new ones."""
        idle = int(self.retry_after * 1000)
        with store_errors():
            try:
                return self._take(count, idle)
            except redis.ResponseError as error:
                if "NOGROUP" not in str(error):
                    raise
            self._make_group()
            return self._take(count, idle)

    def done(self, writes: Iterable[Pending]) -> None:
        """Remove `writes` from the stream."""
        pairs = [word for write in writes for word in (write.place, _bytes(write.key))]
        with store_errors():
            self._run(scripts.DONE, self._keys[:2], [GROUP, *pairs])

    def bury(self, write: Pending, reason: str) -> None:
        """Move `write` from the stream to the dead letters."""
        with store_errors():
            self._run(
                scripts.BURY, self._keys, [GROUP, write.place, _bytes(write.key), _bytes(reason)]
            )

    def dead_letters(self) -> list[DeadLetter]:
        """Return what was buried, oldest first."""
        with store_errors():
            letters: Any = self.client.xrange(self._keys[2])
        return [
            DeadLetter(_text(words[b"key"]), _row(words[b"place"], words[b"row"]),
                       _text(words[b"reason"]))
            for _, words in letters
        ]  # fmt: skip

    def size(self) -> int:
        """Count the writes that wait, those handed out included."""
        with store_errors():
            return int(self.client.xlen(self.name))

    def close(self) -> None:
        """Leave the group, unless writes taken are still unfinished; close the connections."""
        with suppress(redis.RedisError):  # a name stays in the group's list, and no more
            self._run(scripts.LEAVE, self._keys[:1], [GROUP, self.worker])
        self.client.close()

    def _take(self, count: int, idle: int) -> list[Pending]:
        with self.client.pipeline(transaction=False) as pipeline:
            pipeline.xautoclaim(self.name, GROUP, self.worker, idle, self._cursor, count=count)
            pipeline.xreadgroup(GROUP, self.worker, {self.name: ">"}, count=count)
            claimed, read = pipeline.execute()
        self._cursor = claimed[0]
        entries = [*claimed[1], *_entries(read)]
        return [_pending(place, words) for place, words in entries if words]

    def _make_group(self) -> None:
        try:
            self.client.xgroup_create(self.name, GROUP, id="0", mkstream=True)
        except redis.ResponseError as error:
            if "BUSYGROUP" not in str(error):
                raise

    def _refuse_eviction(self) -> None:
        """Refuse to promise anything on a server that may drop the log to make room."""
        if self._is_safe:
            return
        try:
            policy: Any = self.client.config_get("maxmemory-policy")
        except redis.ResponseError:
            policy = {}  # servers that others run may not tell; theirs to know
        chosen = str(next(iter(policy.values()), ""))
        if chosen.startswith("allkeys"):
            raise StoreError(
                f"the server's maxmemory-policy is {chosen}, so it may evict writes that were "
                "acknowledged: use noeviction or a volatile one"
            )
        self._is_safe = True

    def _run(self, script: str, keys: Iterable[Any], words: Iterable[Any]) -> Any:
        return self._scripts[script](keys=list(keys), args=list(words))


def _entries(read: Any) -> list[tuple[bytes, dict[bytes, bytes]]]:
    """Unwrap what XREADGROUP says of one stream; a server has two ways to say it."""
    if not read:
        return []
    streams = read.values() if isinstance(read, dict) else [entries for _, entries in read]
    (entries,) = streams
    # RESP3 answers with a list of batches where RESP2 has the batch itself.
    return list(entries[0] if entries and isinstance(entries[0], list) else entries)


def _pending(place: bytes, words: dict[bytes, bytes]) -> Pending:
    return Pending(place.decode(), _text(words[b"key"]), _row(place, words[b"row"]))


def _row(place: bytes, payload: bytes) -> Versioned:
    return Versioned(decode(payload) if payload else MISSING, _version(place))


def _version(place: bytes) -> int:
    milliseconds, number = place.split(b"-")
    return (int(milliseconds) << 20) + int(number)


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogatepass")
