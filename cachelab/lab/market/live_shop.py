"""
A shop in real time: its clock is the machine's, its shared cache a server, its origin a table.

A call of the origin takes a quarter of a second of real time in one of forty slots, as on any other
day: the table is read when it is made, and the row arrives, and fills layers, when that time is
over. Meanwhile other requests are served, so what is slow here is the origin, not the machine.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from random import Random
from threading import Event
from typing import Any

from cachelab.ports import MISSING, RedisStore, SQLSource

from .context import Context
from .costs import Costs
from .layers import Level, Moment
from .origin import Origin
from .records import percentile
from .shop import Shop
from .values import Lease, Request, Row
from .workloads import Workload

NOTHING = {"cdn": 0.0, "l1": 0.0, "l2": 0.0}
"""What is added to a look: it costs the time that it takes."""

SOON = 0.001
"""What is due so soon is done at once."""


class Stopped(Exception):  # noqa: N818 - what was asked for, no fault
    """A replay has ended before its time, since nobody waits for it any more."""


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

    def percentile(self, percent: float) -> float:
        """Return the seconds that so many percent took no longer than."""
        return percentile(sorted(self.taken) or [0.0], percent)

    def median(self) -> float:
        """Return the median in seconds."""
        return self.percentile(50)


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
    """
    The world of a process in which a step costs the time that it takes.

    Its cursor is the real clock, and ahead of it by what its calls of the origin will still take.
    """

    _ahead = 0.0

    @property
    def _cursor(self) -> float:
        return self._shop.clock.now() + self._ahead

    @_cursor.setter
    def _cursor(self, moment: float) -> None:
        self._ahead = max(0.0, moment - self._shop.clock.now())


class LiveLevel(Level):
    """The shared cache on a server; leases are noted here, where all processes are."""

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
    """The origin in a table; how long its calls take is drawn anew, not as the simulator did."""

    def __init__(self, shop: "LiveShop", source: SQLSource) -> None:
        rng = Random(f"{shop.workload.seed} live origin")
        super().__init__(rng, shop.costs.service, heavy=shop.workload.heavy)
        self.source, self.watch = source, shop.asked
        for key in sorted({request.key for request in shop.workload.requests}):
            source.write(key, (0, self.value(key, 0)))

    def version(self, key: str) -> int:
        """Read the version from the table."""
        with self.watch.running():
            found = self.source.read(key)
        return 0 if found is MISSING else int(found.value[0])


class LiveShop(Shop):
    """The shop in real time, with servers; `late` is how late the machine began with requests."""

    afterwards = 0.0

    def __init__(
        self,
        workload: Workload,
        make: Any,
        store: RedisStore,
        source: SQLSource,
        stop: Event,
    ) -> None:
        super().__init__(workload, make, costs=Costs(NOTHING, 0.0, 0.0))
        self.stop = stop
        self.looked, self.asked, self.late = Stopwatch(), Stopwatch(), Stopwatch()
        self.origin = LiveOrigin(self, source)
        self.clock = RealMoment()
        self.levels = {name: Level(name, self.plan.get(name), self.clock) for name in self.levels}
        self.levels["l2"] = LiveLevel(self, store)
        skews = workload.skews
        self.contexts = [LiveContext(self, process, skews[process]) for process in range(6)]

    def at(self, moment: float, action: Any, *arguments: Any) -> None:
        """Do at once what is due, and wait with what is not."""
        if moment <= self.clock.at + SOON:
            action(*arguments)
        else:
            super().at(moment, action, *arguments)

    def commit(self, key: str, version: int) -> None:
        """Write a version into the table, unless a late machine has written a newer one there."""
        assert isinstance(self.origin, LiveOrigin)
        if version > self.origin.version(key):
            self.origin.source.write(key, (version, self.origin.value(key, version)))

    def _read(self, request: Request) -> None:
        super()._read(self._begun(request))

    def _write(self, request: Request) -> None:
        super()._write(self._begun(request))

    def _begun(self, request: Request) -> Request:
        """
        Return a request as one of this moment, by which all that is due has been done.

        That it begins late is the machine's fault and no design's.
        """
        now = self.clock.at
        self.late.taken.append(now - request.at)
        super()._advance(now)
        return request._replace(at=now)

    def _look_for_lost_writes(self) -> None:
        """Wait first for what is under way, at most as long as the simulator does."""
        end = self.clock.at + Shop.afterwards
        while self._is_behind() and self.clock.at < end:
            self._advance(self.clock.at + 0.1)
        super()._look_for_lost_writes()

    def _is_behind(self) -> bool:
        """Tell whether an acknowledged write is not in the table yet."""
        newest = self.records.newest
        return any(self.origin.version(key) < version for key, version in newest.items())

    def _advance(self, moment: float) -> None:
        """Wait for a moment, and do what becomes due on the way."""
        while (left := moment - self.clock.at) > 0:
            due = self._events[0][0] if self._events else moment
            if self.stop.wait(max(0.0, min(left, due - self.clock.at))):
                raise Stopped
            super()._advance(min(moment, self.clock.at))
        super()._advance(self.clock.at)
