"""
What there is to know about a running cache, collected where calls pass by.

No cache counts for itself here: a store is watched from outside, an in-process cache tells of what
left, a server is asked now and then. Memory is bounded in every direction: time slices, buckets of
latencies, prefixes, hot keys and big keys.
"""

import math
from collections.abc import Callable, Mapping
from threading import Lock
from typing import Any

from cachelab.ports import Clock, Event, Store, ThreadRuntime

from .big_keys import BiggestKeys
from .heavy_hitters import heaviest
from .measured import IsHit, Measured, SizeOf, is_a_copy
from .server_info import InfoDelta, InfoReading, read_info
from .slices import Slices
from .snapshot import Snapshot, snapshot_of
from .tally import Tally

OTHER = "(other)"
HOTTEST = 20
"""How many hot keys a snapshot names."""

WRITES = frozenset({"set", "set_many", "add", "replace"})


def first_part(key: str) -> str:
    """Return what stands before the first colon of `key`, "(none)" where there is no colon."""
    prefix, colon, _ = key.partition(":")
    return prefix if colon else "(none)"


class CacheMetrics:
    """
    Hit and miss ratio, evictions, expirations, latencies, memory, hot and big keys, over time.

    `watch(store)` is the store to use instead, `on_evict` goes to a `Cache`, `record` takes events
    of a journal, `read_server` asks a server. `window(seconds)` tells about the last seconds, in
    steps of `slice_seconds`, for as long as `keep_seconds`; `totals()` about all time.

    A key counts under `prefix_of(key)`; the first `prefixes_at_most` prefixes have a line of their
    own, all later ones share "(other)". Each slice counts hot keys with `hot_counters` counters, so
    such a count is too high by at most 1/`hot_counters` of the window's lookups.

    Any number of threads may tell and ask; no lock is held during a call of the store.

    Complexity: O(1) for each call; memory for keep_seconds / slice_seconds tallies.

    Raises:
        ValueError: a number is out of range.

    >>> from cachelab.ports import ManualClock, MemoryStore
    >>> clock = ManualClock()
    >>> metrics = CacheMetrics(clock)
    >>> store = metrics.watch(MemoryStore(clock))
    >>> store.set("user:1", "Ada")
    >>> for _ in range(3): found = store.get("user:1")
    >>> clock.advance(60); store.get("user:2")
    MISSING
    >>> metrics.totals().hit_ratio, metrics.window(10).hit_ratio
    (0.75, 0.0)
    """

    def __init__(
        self,
        clock: Clock | None = None,
        *,
        slice_seconds: float = 1.0,
        keep_seconds: float = 300.0,
        prefix_of: Callable[[str], str] = first_part,
        prefixes_at_most: int = 50,
        hot_counters: int = 100,
        big_keys: int = 20,
    ) -> None:
        if prefixes_at_most < 0:
            raise ValueError(f"prefixes_at_most must be 0 or more, not {prefixes_at_most!r}")
        self.clock: Clock = ThreadRuntime() if clock is None else clock
        self.prefix_of = prefix_of
        self.prefixes_at_most = prefixes_at_most
        self.prefixes: set[str] = set()
        self.slices = Slices(slice_seconds, keep_seconds, hot_counters)
        self.biggest = BiggestKeys(big_keys)
        self.began = self.clock.now()
        self.memory: int | None = None
        """The bytes in use as last heard; set it where no server is asked."""
        self.last_info: InfoReading | None = None
        self._lock = Lock()

    def watch(
        self, store: Store, *, is_hit: IsHit = is_a_copy, size_of: SizeOf | None = None
    ) -> Measured:
        """Return a store that does what `store` does, and tells of it here."""
        return Measured(store, self, is_hit=is_hit, size_of=size_of)

    def looked_up(self, key: str, is_hit: bool, seconds: float) -> None:
        """Count a lookup, and what it took, whether it was a hit or a miss."""
        with self._lock:
            tally = self._now()
            tally.look(key, self._prefix(key), is_hit)
            tally.latencies["hit" if is_hit else "miss"].record(seconds)

    def looked_up_many(self, hits: Mapping[str, bool], seconds: float) -> None:
        """Count the lookup of each key in one call, which took `seconds` in all."""
        with self._lock:
            tally = self._now()
            for key, is_hit in hits.items():
                tally.look(key, self._prefix(key), is_hit)
            tally.latencies["many"].record(seconds)

    def wrote(self, sizes: Mapping[str, int], seconds: float) -> None:
        """Count a call that wrote, and note the `sizes` of the values, where they are known."""
        with self._lock:
            self._now().counts["writes"] += 1
            self._now().latencies["write"].record(seconds)
            for key, size in sizes.items():
                self.biggest.wrote(key, size)

    def deleted(self, key: str, seconds: float) -> None:
        """Count a delete."""
        with self._lock:
            self._now().counts["deletes"] += 1
            self._now().latencies["write"].record(seconds)
            self.biggest.deleted(key)

    def failed(self, seconds: float) -> None:
        """Count a call that raised an error."""
        with self._lock:
            self._now().counts["failures"] += 1
            self._now().latencies["failed"].record(seconds)

    def cleared(self) -> None:
        """Take in that the store is empty."""
        with self._lock:
            self.biggest.clear()

    def on_evict(self, key: Any, value: Any, reason: str) -> None:  # noqa: ARG002 - as Cache calls it
        """Count an entry that left a `Cache(policy, on_evict=metrics.on_evict)`."""
        with self._lock:
            self._now().counts["expirations" if reason == "expired" else "evictions"] += 1

    def record(self, event: Event) -> None:
        """Count an event of a journal; one about many keys does not say how many were there."""
        if event.outcome not in {"ok", "missing", "no"}:
            self.failed(event.seconds)
        elif event.verb == "get" and isinstance(event.key, str):
            self.looked_up(event.key, event.outcome == "ok", event.seconds)
        elif event.verb == "delete" and isinstance(event.key, str):
            self.deleted(event.key, event.seconds)
        elif event.verb in WRITES:
            self.wrote({}, event.seconds)

    def read_server(self, client: Any) -> InfoDelta | None:
        """
        Read the counters of a server; count what it evicted and let expire since the last time.

        The first reading only says where to count from, so it returns None.

        Raises:
            StoreError: the server failed.
        """
        reading = read_info(client, self.clock)
        with self._lock:
            before, self.last_info = self.last_info, reading
            self.memory = reading.memory
            if before is None:
                return None
            delta = InfoDelta.between(before, reading)
            self._now().counts.update(evictions=delta.evicted, expirations=delta.expired)
        return delta

    def window(self, seconds: float = 60.0) -> Snapshot:
        """Return what happened in the last `seconds`, up to whole slices, this one included."""
        return self.windows(seconds, 1)[0]

    def windows(self, seconds: float, number: int) -> list[Snapshot]:
        """Return the last `number` windows of `seconds` each, oldest first, side by side."""
        if not 0 < seconds < math.inf:
            raise ValueError(f"a window must be a number of seconds above 0, not {seconds!r}")
        count = math.ceil(seconds / self.slices.width)
        end = self.slices.number(self.clock.now()) + 1
        starts = [end - count * (number - place) for place in range(number)]
        return [self._between(start, start + count) for start in starts]

    def totals(self) -> Snapshot:
        """Return what happened since the beginning; hot keys are those of the time kept."""
        now = self.clock.now()
        with self._lock:
            parts = self.slices.everything()
        return self._snapshot(parts, now, now - self.began)

    def tally(self) -> Tally:
        """Return the counts and latencies of all time, for an exporter."""
        with self._lock:
            parts = self.slices.everything()
        return Tally.merged(parts)

    def _between(self, first: int, end: int) -> Snapshot:
        """What happened in the slices from `first` up to, and without, `end`."""
        with self._lock:
            parts = self.slices.within(first, end)
        at = min(end * self.slices.width, self.clock.now())
        seconds = max(0.0, at - max(first * self.slices.width, self.began))
        return self._snapshot(parts, at, seconds)

    def _snapshot(self, parts: list[Tally], at: float, seconds: float) -> Snapshot:
        with self._lock:
            big_keys, memory = self.biggest.top(), self.memory
        hot_keys = heaviest([part.hot for part in parts], HOTTEST)
        tally = Tally.merged(parts)
        return snapshot_of(
            tally, at=at, seconds=seconds, hot_keys=hot_keys, big_keys=big_keys, memory=memory
        )

    def _now(self) -> Tally:
        return self.slices.current(self.clock.now())

    def _prefix(self, key: str) -> str:
        prefix = self.prefix_of(key)
        if prefix in self.prefixes:
            return prefix
        if len(self.prefixes) >= self.prefixes_at_most:
            return OTHER
        self.prefixes.add(prefix)
        return prefix
