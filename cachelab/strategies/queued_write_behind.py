"""
Write-behind with its log in the process: as fast as a dict, and as durable.

It is here to be compared with the durable one, and for data whose loss nobody minds: counters of
views, the last time somebody was seen. It never promises the cache what the database may not get.
"""

import atexit
import time
from collections.abc import Iterable
from typing import Any, Unpack

from cachelab.ports import Clock, Source, Store, ThreadRuntime
from cachelab.ports.stores import Absent, check_key

from .base import seconds
from .memory_log import MemoryLog
from .write_behind import Closed, FlushOptions, WriteBehind


class WallClock:
    """The time of day in seconds since 1970: what processes can compare, as far as clocks agree."""

    def now(self) -> float:
        """Return the seconds since 1970."""
        return time.time()


class QueuedWriteBehind(WriteBehind):
    """
    Writes go to a queue in this process; a worker brings them to the source in batches.

    Consistency: a read in this process sees every write it acknowledged. Other processes see a
    write once it is stored: until then they are served older copies, which are removed after each
    batch; where that fails, an older copy may be served until it expires, at most `ttl` seconds
    after it was stored.
    Of two processes that write a key, the later by the wall clock wins.

    A crash loses every acknowledged write that waits: all of the last `interval` seconds, and
    while the source is slow or down up to `max_pending` keys. So does an end of the program after
    which `close` reports writes left; an ordinary exit closes for you.

    Round trips: a hit is 1 to the store, and 0 for a row that waits; a miss is 3 to the store and 1
    to the source; a write is 0. The worker stores a batch in 1 to the source, and removes copies
    with 1 per key to the store.

    Raises:
        Backlog: `max_pending` keys wait already, and the write was refused.
        ValueError: it is closed, or an option is out of range.

    >>> from cachelab.ports import MemorySource, MemoryStore
    >>> views = QueuedWriteBehind(MemoryStore(), source := MemorySource(), ttl=60)
    >>> for count in range(100):
    ...     written = views.write("views:7", count)
    >>> views.read("views:7")
    99
    >>> views.close().left, source.read("views:7").value
    (0, 99)
    """

    name = "queued_write_behind"

    def __init__(
        self,
        store: Store,
        source: Source,
        ttl: float,
        *,
        max_pending: int = 10_000,
        retry_after: float = 0.2,
        clock: Clock | None = None,
        **options: Unpack[FlushOptions],
    ) -> None:
        if max_pending < 1:
            raise ValueError(f"max_pending must be at least 1, not {max_pending!r}")
        runtime = options.get("runtime") or ThreadRuntime()
        log = MemoryLog(
            runtime,
            clock=WallClock() if clock is None else clock,
            limit=max_pending,
            retry_after=seconds("retry_after", retry_after),
        )
        options["runtime"] = runtime
        super().__init__(store, source, ttl, log=log, **options)
        if isinstance(runtime, ThreadRuntime):
            atexit.register(self.close)

    def read(self, key: str) -> Any | Absent:
        """Return the row of `key`, or MISSING when there is none."""
        waiting = self.log.newest(check_key(key))
        return super().read(key) if waiting is None else waiting.value

    def close(self, timeout: float = 10.0) -> Closed:
        """Refuse further writes, bring the rest to the source, and say truly what is left."""
        atexit.unregister(self.close)
        return super().close(timeout)

    def _stored(self, keys: Iterable[str]) -> None:
        """Remove the copies, which are older now than the source."""
        for key in keys:
            self.invalidate(key)
