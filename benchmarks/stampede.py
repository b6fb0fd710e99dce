"""
What a crowd does to the database when a key expires, for each guard; and when many keys do.

    python benchmarks/stampede.py

200 client threads read one key over a cache server, each again after a short pause, while the key
expires several times. They belong to four processes, so to say: each quarter has a guard of its
own. Then 1,000 do the same in virtual time, where nothing but the guards' logic counts, and the
counts are the same each time. The second table is of many keys that were filled at once, 200 on
the server and 1,000 in virtual time: their loads when they die, with and without jitter.
"""

import platform
import random
import statistics
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from threading import Lock
from typing import Any

import redis

from cachelab.ports import (
    MemoryStore,
    RedisStore,
    Runtime,
    Server,
    SimRuntime,
    Store,
    ThreadRuntime,
    instrument,
    start_server,
)
from cachelab.stampede import GUARDS, Guard

CLIENTS, VIRTUAL_CLIENTS, PROCESSES = 200, 1_000, 4
TTL, LOAD, PAUSE, SECONDS = 1.0, 0.1, 0.08, 4.0
KEYS, VIRTUAL_KEYS, JITTER, SLICE = 200, 1_000, 0.5, 0.1
TRIP, CONNECTIONS = 0.0005, 50


@dataclass(frozen=True)
class Outcome:
    """
    What a crowd saw, and what the origin did.

    `calls` are its loads, `at_once` the most that ran together, `worst` the most that began within
    one second; `p50` and `p99` the milliseconds that a read took, of `reads` in all.
    """

    calls: int
    at_once: int
    worst: int
    p50: float
    p99: float
    reads: int


class Origin:
    """A database that takes LOAD seconds for a row, and remembers when it was asked."""

    def __init__(self, runtime: Runtime) -> None:
        self.runtime = runtime
        self.starts: list[float] = []
        self.running = self.at_once = 0
        self._lock = Lock()

    def __call__(self, key: str) -> str:
        with self._lock:
            self.starts.append(self.runtime.now())
            self.running += 1
            self.at_once = max(self.at_once, self.running)
        try:
            self.runtime.sleep(LOAD)
        finally:
            with self._lock:
                self.running -= 1
        return f"the row of {key}"

    def most_within(self, seconds: float) -> int:
        """Return the most loads that began within any stretch of `seconds`."""
        first, most = 0, 0
        for last, start in enumerate(self.starts):
            while start - self.starts[first] >= seconds:
                first += 1
            most = max(most, last - first + 1)
        return most


def options(name: str) -> dict[str, Any]:
    """Windows that fit a short ttl; the rest is as the guards have it."""
    return {"stale_for": TTL, "stale_if_error": 2 * TTL} if name.startswith("stale") else {}


def crowd(
    name: str, runtime: Runtime, store: Store, clients: int = CLIENTS, seconds: float = SECONDS
) -> Outcome:
    """Have `clients` read one key for `seconds`, in which it expires again and again."""
    origin = Origin(runtime)
    guards = [
        GUARDS[name](store, runtime, ttl=TTL, rng=random.Random(number), **options(name))
        for number in range(PROCESSES)
    ]
    guards[0].get("k", origin)
    origin.starts.clear()
    origin.at_once = 0
    end = runtime.now() + seconds

    def client(number: int) -> list[float]:
        rng, guard, waits = random.Random(number), guards[number % PROCESSES], []
        runtime.sleep(rng.random() * PAUSE)
        while (start := runtime.now()) < end:
            guard.get("k", origin)
            waits.append(runtime.now() - start)
            runtime.sleep(PAUSE * (0.5 + rng.random()))
        return waits

    tasks = [runtime.spawn(client, number) for number in range(clients)]
    waits = sorted(1_000 * wait for task in tasks for wait in task.join())
    for guard in guards:
        guard.close()
    p50, p99 = statistics.median(waits), waits[int(0.99 * len(waits))]
    return Outcome(
        len(origin.starts), origin.at_once, origin.most_within(1.0), p50, p99, len(waits)
    )


def mass_expiry(jitter: float, runtime: Runtime, store: Store, keys: int = KEYS) -> tuple[int, int]:
    """Fill `keys` keys at once, read them until all have died; loads, and most in a SLICE."""
    origin = Origin(runtime)
    rng = random.Random(1)
    guard: Guard = GUARDS["leased"](store, runtime, ttl=TTL, jitter=jitter, rng=rng)
    names = [f"k{number}" for number in range(keys)]
    for task in [runtime.spawn(guard.get, key, str.upper) for key in names]:
        task.join()
    end = runtime.now() + TTL + LOAD / 2

    def client(key: str) -> None:
        while runtime.now() < end:
            guard.get(key, origin)
            runtime.sleep(PAUSE / 2)

    for task in [runtime.spawn(client, key) for key in names]:
        task.join()
    return len(origin.starts), origin.most_within(SLICE)


def live(run: Callable[[Runtime, Store], Any], server: Server) -> Any:
    """Run on threads, over a store on `server` that is empty at first."""
    with waiting_client(server) as client:
        store = RedisStore(client, prefix="stampede:")
        store.clear()
        try:
            return run(ThreadRuntime(), store)
        finally:
            store.close()


def waiting_client(server: Server) -> redis.Redis:
    """
    A client whose threads wait for one of its connections.

    By itself a client opens up to 100 and fails the next; and a thread may wait its turn on the
    machine for longer than a cache should take, which is no fault of the server.
    """
    with server.client(timeout=10.0) as client:
        pool = client.connection_pool
        return redis.Redis.from_pool(
            redis.BlockingConnectionPool(
                max_connections=CONNECTIONS,
                connection_class=pool.connection_class,
                **pool.connection_kwargs,
            )
        )


def virtual(run: Callable[[Runtime, Store], Any]) -> Any:
    """Run in virtual time, where a trip to the store takes TRIP seconds and computing none."""
    sim = SimRuntime(max_steps=20_000_000)
    store = instrument(MemoryStore(sim), sim, latency=TRIP)
    return sim.run(lambda: run(sim, store))


def row(name: str, outcome: Outcome) -> str:
    return (
        f"  {name:24}{outcome.calls:7}{outcome.at_once:9}{outcome.worst:14}"
        f"{outcome.p50:9.1f}{outcome.p99:9.1f}{outcome.reads:9}"
    )


def expiry_row(where: str, jitter: float, keys: int, outcome: tuple[int, int]) -> str:
    return f"  {where:16}{jitter:8.1f}{keys:8}{outcome[0]:8}{outcome[1]:20}"


def main() -> None:
    print(f"Python {platform.python_version()}, {platform.machine()}; clients of")
    print(f"{PROCESSES} processes, {SECONDS:g} s, ttl {TTL:g} s, a load takes {LOAD:g} s")
    head = f"  {'guard':24}{'calls':>7}{'at once':>9}{'worst second':>14}"
    head += f"{'p50 ms':>9}{'p99 ms':>9}{'reads':>9}"
    with start_server() as server:
        print(f"\n{CLIENTS} on {server.kind} {server.version}\n{head}")
        for name in GUARDS:
            print(row(name, live(partial(crowd, name), server)))
        print(f"\n{VIRTUAL_CLIENTS:,} in virtual time\n{head}")
        for name in GUARDS:
            print(row(name, virtual(partial(crowd, name, clients=VIRTUAL_CLIENTS))))
        print("\nKeys filled at once, when they die")
        print(f"  {'':16}{'jitter':>8}{'keys':>8}{'loads':>8}{f'most in {SLICE:g} s':>20}")
        for jitter in (0.0, JITTER):
            found = live(partial(mass_expiry, jitter), server)
            print(expiry_row(server.kind, jitter, KEYS, found))
        for jitter in (0.0, JITTER):
            exact = virtual(partial(mass_expiry, jitter, keys=VIRTUAL_KEYS))
            print(expiry_row("virtual time", jitter, VIRTUAL_KEYS, exact))


if __name__ == "__main__":
    main()
