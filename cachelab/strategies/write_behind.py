"""
Write-behind: a write is acknowledged once it is in a durable log, and reaches the database later.

It makes a slow database look fast and turns many writes into few. The price is a second place
where truth lives: reads have to look there too, versions have to keep late writes from undoing
newer ones, and a row that the database refuses was already promised to somebody.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Unpack

from cachelab.ports import MISSING, RedisStore, Source, Store, StoreError, Versioned
from cachelab.ports.stores import Absent, check_key

from .base import Written, seconds, value_of
from .cache_aside import CacheAside
from .fill_on_miss import Options
from .flusher import Flusher
from .log import Pending, WriteLog
from .stream_log import StreamLog


@dataclass(frozen=True, slots=True)
class Closed:
    """How a write-behind ended: rows brought to the source, rows buried, writes left in its log."""

    stored: int
    buried: int
    left: int | None
    """None if the server that keeps the log cannot say."""


class FlushOptions(Options, total=False):
    """
    What a write-behind takes by name, besides.

    The worker looks every `interval` seconds (0.05) and takes `batch_size` writes (100) at a time.
    A row refused `max_attempts` times (5) is dead, and `on_dead` is told its key, row and error.
    Between failures it waits twice as long each time, up to `longest_delay` seconds (2).
    """

    interval: float
    batch_size: int
    max_attempts: int
    longest_delay: float
    on_dead: Callable[[str, Any, Exception], None] | None


class WriteBehind(CacheAside):
    """
    Writes go to a log and to the cache; a worker brings them to the source in batches.

    Consistency: a read sees every write acknowledged before it began, from the copy or, where that
    was evicted, from the log. The source lags behind by `interval` seconds and a batch. An older
    write never undoes a newer one, however late it arrives: the version of a write is its place in
    the log. While the server is down, writes raise `StoreError` and reads answer from the source,
    without what waits in the log.

    A crash loses nothing that was acknowledged, be it of a process or of a worker in mid-batch, and
    none of the server's with `appendonly yes`; without that, the server's loses what waits. A write
    that raised `StoreError` may have happened or not.

    Round trips: a hit is 1 to the store; a miss is 3 to the store, 1 to the log and, unless the row
    was in the log, 1 to the source; a write is 1 to the server, which logs it and changes the copy
    in one step. The worker takes a batch in 1, stores it in 1, and forgets it in 1.

    A row that the source refuses `max_attempts` times while it accepts others goes to
    `log.dead_letters()`, its copy is removed, and `on_dead` is told its key, value and error.

    Raises:
        Backlog: the log is full, and the write was refused.
        StoreError: the server failed; the write may have happened or not.
        ValueError: it is closed, or an option is out of range.

    Source: the transactional outbox pattern, and the consumer groups of Redis streams.

    >>> import fakeredis
    >>> from cachelab.ports import MemorySource
    >>> source = MemorySource()
    >>> users = WriteBehind(RedisStore(fakeredis.FakeRedis(), prefix="shop:"), source, ttl=60)
    >>> users.write("user:7", {"name": "Ada"}).fresh, users.read("user:7")
    (True, {'name': 'Ada'})
    >>> users.close()
    Closed(stored=1, buried=0, left=0)
    >>> source.read("user:7").value
    {'name': 'Ada'}
    """

    name = "write_behind"

    def __init__(
        self,
        store: Store,
        source: Source,
        ttl: float,
        *,
        log: WriteLog | None = None,
        interval: float = 0.05,
        batch_size: int = 100,
        max_attempts: int = 5,
        longest_delay: float = 2.0,
        on_dead: Callable[[str, Any, Exception], None] | None = None,
        **options: Unpack[Options],
    ) -> None:
        super().__init__(store, source, ttl, **options)
        self.log = _log_on(store) if log is None else log
        self.on_dead = on_dead
        self.closed = False
        self.flusher = Flusher(
            self.log,
            source,
            self.runtime,
            interval=seconds("interval", interval),
            batch_size=_at_least_one("batch_size", batch_size),
            max_attempts=_at_least_one("max_attempts", max_attempts),
            longest_delay=seconds("longest_delay", longest_delay),
            after=self._stored,
            dead=self._died,
        )
        self._worker = self.runtime.spawn(self.flusher.run)

    def write(self, key: str, row: Any) -> Written:
        """Log the write of `row`; it is acknowledged when this returns."""
        check_key(key)  # before it is acknowledged, since the source would refuse it later
        if self.closed:
            raise ValueError(f"{key!r} cannot be written: this write-behind is closed")
        copy, ttl = self.copies.entry(row)
        version = self.log.append(key, row, copy, ttl)
        self.flights.overtake(key)
        return Written(version, fresh=True)

    def delete(self, key: str) -> Written:
        """Log the removal of the row of `key`."""
        return self.write(key, MISSING)

    def close(self, timeout: float = 10.0) -> Closed:
        """Refuse further writes, bring the rest to the source, and say truly what is left."""
        self.closed = True
        if self.flusher.close(timeout):
            self._worker.join()
        try:
            left = self.log.size()
        except StoreError:
            left = None
        if self.flusher.ended.wait(0):
            self.log.close()
        return Closed(self.flusher.stored, self.flusher.buried, left)

    def _fetch(self, key: str) -> Any | Absent:
        """Return the row that waits for the source, else the row it has."""
        try:
            waiting: Versioned | None = self.log.newest(key)
        except StoreError:
            waiting = None
        return value_of(self.source.read(key) if waiting is None else waiting)

    def _stored(self, keys: Iterable[str]) -> None:
        """The copies are those of the writes already."""

    def _died(self, write: Pending, error: Exception) -> None:
        self.invalidate(write.key)
        if self.on_dead is not None:
            self.on_dead(write.key, write.row.value, error)


def _log_on(store: Store) -> WriteLog:
    if isinstance(store, RedisStore):
        return StreamLog(store)
    raise TypeError(f"{store!r} keeps no log: give a RedisStore, or a log of your own")


def _at_least_one(name: str, number: int) -> int:
    if number < 1:
        raise ValueError(f"{name} must be at least 1, not {number!r}")
    return number
