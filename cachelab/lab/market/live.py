"""
The same shop with a real shared cache and a real database: a design replayed in real time.

The shared cache is a server that speaks Redis's language, the origin a table of SQLite; edges and
processes stay in this program, and requests come one after the other at the moments of the day. So
it shows whether promises hold outside of the simulator, and what it predicts; not how forty slots
fill up.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from cachelab.ports import MISSING, RedisStore, SQLSource, start_server

from .context import Context
from .costs import Costs
from .layers import Level, Moment
from .origin import Origin
from .playing import Contestant
from .records import Figures
from .shop import Shop
from .values import Lease, Row
from .workloads import Workload


@dataclass(frozen=True, slots=True)
class LiveReplay:
    """What was measured on real servers, and what the simulator predicts with their speeds."""

    measured: Figures
    predicted: Figures
    look: float
    call: float

    @property
    def calls_off(self) -> float:
        """By which share the predicted calls of the origin miss the measured ones."""
        return abs(self.predicted.origin_calls / max(1, self.measured.origin_calls) - 1)


def replay_live(contestant: Contestant, day: Workload, seconds: float = 10.0) -> LiveReplay:
    """
    Replay the first seconds of a day in real time, then ask the simulator about the same seconds.

    Raises:
        ServerUnavailable: there is no cache server to start.
    """
    requests = tuple(request for request in day.requests if request.at < seconds)
    part = replace(day, requests=requests, seconds=seconds, warm=min(day.warm, seconds / 5))
    with _servers() as (store, source):
        shop = LiveShop(part, contestant(part), store, source)
        measured = shop.play().figures
        look, call = shop.looked.seconds(), shop.asked.seconds()
    costs = Costs({"cdn": 1e-6, "l1": 1e-6, "l2": look}, 1e-6, 0.0, service=call)
    predicted = Shop(part, contestant(part), costs=costs).play().figures
    assert measured is not None
    assert predicted is not None
    return LiveReplay(measured, predicted, look, call)


@contextmanager
def _servers() -> Iterator[tuple[RedisStore, SQLSource]]:
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder, start_server() as server:
        store = RedisStore(server.url, prefix="market:")
        source = SQLSource(f"sqlite:///{Path(folder) / 'shop.db'}")
        try:
            yield store, source
        finally:
            source.close()
            store.close()


class Stopwatch:
    """How long things took that are all of one kind."""

    def __init__(self) -> None:
        self.taken: list[float] = []

    @contextmanager
    def running(self) -> Iterator[None]:
        """Measure what happens in the block."""
        start = time.perf_counter()
        yield
        self.taken.append(time.perf_counter() - start)

    def seconds(self) -> float:
        """Return the median."""
        return median(self.taken) if self.taken else 0.0


class RealMoment(Moment):
    """The clock of a run in real time: the run can wait for it, and cannot set it."""

    def __init__(self) -> None:
        self.start = time.perf_counter()

    @property
    def at(self) -> float:
        """Return the seconds since the shop has opened."""
        return time.perf_counter() - self.start

    @at.setter
    def at(self, moment: float) -> None:
        pass

    def now(self) -> float:
        """Return the seconds since the shop has opened."""
        return self.at


class LiveContext(Context):
    """The world of a process in which a step costs the time that it takes."""

    @property
    def _cursor(self) -> float:
        return self._shop.clock.now()

    @_cursor.setter
    def _cursor(self, moment: float) -> None:
        pass


class LiveLevel(Level):
    """The shared cache on a server; leases are noted here, since requests do not overlap."""

    def __init__(self, shop: "LiveShop", store: RedisStore) -> None:
        super().__init__("l2", shop.plan.get("l2"), shop.clock)
        self.store_there, self.watch = store, shop.looked

    def _find(self, place: int, key: str) -> Any:
        """Ask the server."""
        del place
        with self.watch.running():
            found = self.store_there.get(key)
        return found if found is MISSING else Row(*found)

    def foresee(self, place: int, key: str) -> None:
        """Only the server knows."""
        del place, key

    def store(self, place: int, row: Row, ttl: float, lease: Lease | None) -> bool:
        """Store a row on the server."""
        if lease is not None and lease.cancelled:
            return False
        self.release(place, row.key)
        self.store_there.set(row.key, tuple(row), ttl=ttl)
        return True

    def remove(self, place: int, key: str) -> None:
        """Delete a row from the server."""
        self.store_there.delete(key)
        self.release(place, key)


class LiveOrigin(Origin):
    """The origin in a table: a call takes what the database takes."""

    def __init__(self, shop: "LiveShop", source: SQLSource) -> None:
        super().__init__(Random(f"{shop.workload.seed} origin"), 0.0, heavy=shop.workload.heavy)
        self.source, self.watch = source, shop.asked
        for key in sorted({request.key for request in shop.workload.requests}):
            source.write(key, (0, self.value(key, 0)))

    def call(self, at: float) -> float:
        """Count a call."""
        self.calls[int(at)] += 1
        return at

    def version(self, key: str) -> int:
        """Read the version from the table."""
        with self.watch.running():
            found = self.source.read(key)
        return 0 if found is MISSING else int(found.value[0])


class LiveShop(Shop):
    """The shop in real time, with servers."""

    afterwards = 0.3

    def __init__(self, workload: Workload, make: Any, store: RedisStore, source: SQLSource) -> None:
        super().__init__(workload, make)
        self.looked, self.asked = Stopwatch(), Stopwatch()
        self.origin = LiveOrigin(self, source)
        self.clock = RealMoment()
        self.levels = {name: Level(name, self.plan.get(name), self.clock) for name in self.levels}
        self.levels["l2"] = LiveLevel(self, store)
        skews = workload.skews
        self.contexts = [LiveContext(self, process, skews[process]) for process in range(6)]

    def at(self, moment: float, action: Any, *arguments: Any) -> None:
        """Do at once what is due, and wait with what is not."""
        if moment <= self.clock.at + 0.001:
            action(*arguments)
        else:
            super().at(moment, action, *arguments)

    def commit(self, key: str, version: int) -> None:
        """Write a version into the table."""
        assert isinstance(self.origin, LiveOrigin)
        self.origin.source.write(key, (version, self.origin.value(key, version)))

    def _advance(self, moment: float) -> None:
        """Wait for a moment, and do what becomes due on the way."""
        while (left := moment - self.clock.at) > 0:
            due = self._events[0][0] if self._events else moment
            time.sleep(max(0.0, min(left, due - self.clock.at)))
            super()._advance(min(moment, self.clock.at))
        super()._advance(self.clock.at)
