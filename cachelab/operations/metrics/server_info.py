"""
What a cache server says about itself, and what it did between two moments.

Its counters run since it started, so a number alone says little: a hit ratio of months hides the
last minute. Two readings and their difference tell what happened in between, unless the counters
were set back in the meantime; that is seen, and said.
"""

from dataclasses import dataclass
from typing import Any

from cachelab.ports import Clock, ThreadRuntime
from cachelab.ports.connection import store_errors


@dataclass(frozen=True, slots=True)
class InfoReading:
    """
    The server's counters at one moment of the clock, and the run of the server that they are of.

    `memory` is in bytes, `max_memory` 0 where there is no limit, `keys` those of all databases.
    """

    at: float
    run: str
    hits: int
    misses: int
    evicted: int
    expired: int
    memory: int
    max_memory: int
    keys: int


COUNTERS = ("hits", "misses", "evicted", "expired")


@dataclass(frozen=True, slots=True)
class InfoDelta:
    """
    What a server did in `seconds` between two readings.

    `memory` is the growth in bytes. After a restart, or a CONFIG RESETSTAT, the counters began at
    zero again: then `is_complete` is False, and what is counted is what came after that.

    >>> before = InfoReading(0.0, "a", 90, 10, 0, 5, 1_000, 0, 8)
    >>> after = InfoReading(60.0, "a", 120, 20, 2, 5, 3_000, 0, 9)
    >>> delta = InfoDelta.between(before, after)
    >>> delta.hits, delta.misses, delta.evicted, delta.memory, delta.hit_ratio
    (30, 10, 2, 2000, 0.75)
    """

    seconds: float
    hits: int
    misses: int
    evicted: int
    expired: int
    memory: int
    is_complete: bool = True

    @classmethod
    def between(cls, before: InfoReading, after: InfoReading) -> "InfoDelta":
        """Return what happened from `before` to `after`."""
        now = {name: getattr(after, name) for name in COUNTERS}
        then = {name: getattr(before, name) for name in COUNTERS}
        is_same = before.run == after.run and all(now[name] >= then[name] for name in COUNTERS)
        counts = {name: now[name] - (then[name] if is_same else 0) for name in COUNTERS}
        seconds, memory = after.at - before.at, after.memory - before.memory
        return cls(seconds=seconds, memory=memory, is_complete=is_same, **counts)

    @property
    def hit_ratio(self) -> float | None:
        """Hits over lookups; None where there was no lookup."""
        lookups = self.hits + self.misses
        return self.hits / lookups if lookups else None


def read_info(client: Any, clock: Clock | None = None) -> InfoReading:
    """
    Ask the server of `client`, a redis-py client, for its counters.

    A key counts as expired when the server removes it, which may be a while after its time. On a
    server that several programs share, the counters are everybody's.

    Complexity: one round trip.

    Raises:
        StoreError: the server failed.
    """
    with store_errors():
        info = client.info()
    databases = [value for name, value in info.items() if _is_database(name, value)]
    return InfoReading(
        at=(ThreadRuntime() if clock is None else clock).now(),
        run=str(info["run_id"]),
        hits=int(info["keyspace_hits"]),
        misses=int(info["keyspace_misses"]),
        evicted=int(info["evicted_keys"]),
        expired=int(info["expired_keys"]),
        memory=int(info["used_memory"]),
        max_memory=int(info["maxmemory"]),
        keys=sum(int(database["keys"]) for database in databases),
    )


def _is_database(name: str, value: Any) -> bool:
    return name.startswith("db") and name[2:].isdigit() and isinstance(value, dict)
