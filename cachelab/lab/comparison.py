"""
The caching strategies side by side: one workload, one table, nothing but measurements.

Clients read and write popular keys through a strategy, on a real cache server and database or in
virtual time. A crash is part of the measurement: what was acknowledged should be there after it.
"""

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from cachelab.ports import Journal, MemorySource, MemoryStore, SimRuntime, ThreadRuntime, instrument
from cachelab.strategies import WriteBehind

from .comparison_clients import KINDS, Clients, ComparisonRow, Workload, lost_keys, made

CRASH_AT = 0.6
"""The share of the requests after which the process is killed, in virtual time."""


def compare_strategies(
    work: Workload | None = None,
    strategies: list[str] | None = None,
    *,
    live: bool = False,
    progress: Callable[[str], object] = lambda name: None,  # noqa: ARG005
) -> list[ComparisonRow]:
    """
    Measure each strategy on one workload, the database alone first.

    In virtual time (the default) the cache takes 0.5 ms to answer, the database 5 ms for a read and
    8 ms for a write, and the result is the same each time. With `live`, it is an embedded Valkey
    and a SQLite file, threads as clients, and a process that is killed.

    Raises:
        ValueError: a strategy is unknown.

    >>> rows = compare_strategies(Workload(requests=400), ["no_cache", "cache_aside"])
    >>> [row.hit_ratio > 0.5 for row in rows]
    [False, True]
    """
    work = work or Workload()
    names = list(KINDS) if strategies is None else strategies
    for name in names:
        if name not in KINDS:
            raise ValueError(f"unknown strategy {name!r}; known are {', '.join(KINDS)}")
    measure = _measure_live if live else _measure_in_virtual_time
    rows = []
    for name in names:
        progress(name)
        rows.append(measure(name, work))
    return rows


class Killed(Exception):  # noqa: N818 - it is no error of anybody's
    """The process is gone: whatever it was doing, it does no more."""


class _VirtualWorld:
    """A cache server and a database that take a stated time to answer, and survive a crash."""

    def __init__(self, name: str, work: Workload) -> None:
        self.sim, self.journal, self.rows = SimRuntime(), Journal(), MemorySource()
        self.store = instrument(
            MemoryStore(self.sim), self.sim, journal=self.journal, latency=0.0005, name="store"
        )
        self.source = instrument(
            self.rows, self.sim, journal=self.journal, latency=_answers_after, name="source"
        )
        self.strategy = made(name, self.store, self.source, self.sim, work.ttl)
        self.clients = Clients(self.strategy, self.sim, work, self.journal)

    def run(self) -> None:
        self.clients.run()
        self.strategy.close()

    def run_until_killed(self) -> None:
        self.sim.spawn(self.clients.run, name="all")
        while self.clients.done < CRASH_AT * self.clients.work.requests:
            self.sim.sleep(0.01)
        raise Killed

    def recover(self, work: Workload) -> None:
        """Start again on the same server and database; a queue in the process died with it."""
        if type(self.strategy) is WriteBehind:
            log, sim = self.strategy.log, self.sim
            again = WriteBehind(self.store, self.source, work.ttl, log=log, runtime=sim)
            self.sim.run(again.close)


def _answers_after(verb: str, key: object) -> float:  # noqa: ARG001
    return 0.005 if verb == "read" else 0.008


def _measure_in_virtual_time(name: str, work: Workload) -> ComparisonRow:
    world, crashed = _VirtualWorld(name, work), _VirtualWorld(name, work)
    world.sim.run(world.run)
    try:
        crashed.sim.run(crashed.run_until_killed)
    except Killed:
        promised = dict(crashed.clients.acknowledged)
    crashed.recover(work)
    return world.clients.row(lost_keys(crashed.rows, promised), len(promised))


def _measure_live(name: str, work: Workload) -> ComparisonRow:
    from cachelab.ports import RedisStore, SQLSource, start_server

    from .comparison_crash import crash_live

    runtime, journal = ThreadRuntime(), Journal()
    with TemporaryDirectory() as folder, start_server() as server:
        cache, rows = RedisStore(server.url, prefix="app:"), SQLSource(Path(folder) / "rows.db")
        store = instrument(cache, runtime, journal=journal, name="store")
        source = instrument(rows, runtime, journal=journal, name="source")
        strategy = made(name, store, source, runtime, work.ttl)
        clients = Clients(strategy, runtime, work, journal)
        try:
            clients.run()
        finally:
            strategy.close()
            cache.close()
            rows.close()
    return clients.row(*crash_live(name, work))
