"""
A design that knows the day's requests beforehand: the one of the scale.

It stores a row only where it will be read again before it is written again, and until then; so it
is never out of date and wastes no byte. It knows what will be asked for and loads it only when it
is asked for: what nobody could have loaded before counts against nobody.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable
from math import inf
from typing import Any

from cachelab.lab.market.contracts import class_of
from cachelab.lab.market.workloads import Workload
from cachelab.ports import MISSING, StoreError

LONGEST = 3_000.0


class Future:
    """When each key is written, and when and where it is read."""

    def __init__(self, workload: Workload) -> None:
        self.writes: defaultdict[str, list[float]] = defaultdict(list)
        self.reads: defaultdict[tuple[str, str, int], list[float]] = defaultdict(list)
        for request in workload.requests:
            if request.is_write:
                self.writes[request.key].append(request.at)
                continue
            self.reads[request.key, "cdn", request.edge].append(request.at)
            self.reads[request.key, "l1", request.process].append(request.at)
            self.reads[request.key, "l2", 0].append(request.at)

    def next_write(self, key: str, now: float) -> float:
        """Return when a key is written next."""
        return _after(self.writes.get(key, []), now)

    def version(self, key: str, now: float) -> int:
        """Return how many writes of a key have come by now."""
        return bisect_right(self.writes.get(key, []), now)

    def is_worth(self, key: str, layer: str, place: int, now: float) -> bool:
        """Tell whether a copy in a place is read before it is out of date."""
        return _after(self.reads.get((key, layer, place), []), now) < self.next_write(key, now)


class Design:
    """Knows the future, and the clocks."""

    def __init__(self, process: int, skew: float, future: Future) -> None:
        self.process, self.skew, self.future = process, skew, future

    def configure(self, budget: Any) -> dict[str, Any]:  # noqa: ARG002 - its part of the contract
        """Buy what the careful design buys."""
        return {
            "cdn": {"megabytes": 12, "entries": 4_000},
            "l1": {"megabytes": 2},
            "l2": {"megabytes": 6, "entries": 6_000},
        }

    def read(self, ctx: Any, key: str) -> Any:
        """Return a copy that is true, or load one for those who will need it."""
        if class_of(key).private:
            return self._through(ctx, ctx.l1, "l1", key, lambda: ctx.origin.read(key))
        return self._through(ctx, ctx.cdn, "cdn", key, lambda: self._shared(ctx, key))

    def write(self, ctx: Any, key: str, value: str) -> None:
        """Tell the origin, and keep the new row where it will be asked for."""
        row = ctx.origin.write(key, value)
        if class_of(key).private:
            self._store(ctx, ctx.l1, "l1", self.process, row)
            ctx.publish(key)
        else:
            self._store(ctx, ctx.l2, "l2", 0, row)
            self._store(ctx, ctx.cdn, "cdn", ctx.edge, row)

    def on_event(self, ctx: Any, event: Any) -> None:
        """Fetch what another process has written, if it is asked for here next."""
        now = ctx.now() - self.skew
        if event.kind == "message" and self.future.is_worth(event.note, "l1", self.process, now):
            self._store(ctx, ctx.l1, "l1", self.process, ctx.origin.read(event.note))

    def _shared(self, ctx: Any, key: str) -> Any:
        try:
            return self._through(ctx, ctx.l2, "l2", key, lambda: ctx.origin.read(key))
        except StoreError:
            return ctx.origin.read(key)

    def _through(self, ctx: Any, layer: Any, name: str, key: str, load: Callable[[], Any]) -> Any:
        row, lease = layer.get_or_lease(key)
        if row is MISSING:
            row = load()
            place = {"cdn": ctx.edge, "l1": self.process, "l2": 0}[name]
            if lease is not None:
                self._store(ctx, layer, name, place, row, lease)
        return row

    def _store(
        self, ctx: Any, layer: Any, name: str, place: int, row: Any, lease: Any = None
    ) -> None:
        now = ctx.now() - self.skew
        known, ends = self.future.version(row.key, now), self.future.next_write(row.key, now)
        if row.version == known and self.future.is_worth(row.key, name, place, now):
            layer.put(row.key, row, ttl=min(ends - now, LONGEST), lease=lease)


def maker(workload: Workload) -> Callable[[int], Design]:
    """Return what makes the design of each process, for one day."""
    future = Future(workload)
    return lambda process: Design(process, workload.skews[process], future)


def _after(moments: list[float], now: float) -> float:
    place = bisect_left(moments, now)
    return moments[place] if place < len(moments) else inf
