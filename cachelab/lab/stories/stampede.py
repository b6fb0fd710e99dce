"""
Hundreds of clients at a key that is about to expire, and an origin with four slots and a queue.

The guard is any of ours or a learner's; four processes have one each, over one store. All of it
runs in virtual time, so the same guard gives the same rush each time.
"""

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from heapq import heapify, heapreplace
from typing import Any

from cachelab.ports import MemoryStore, SimRuntime, instrument
from cachelab.stampede import Guard

from .tape import names_taken

TTL, LOAD, SLOTS, PROCESSES = 2.0, 0.1, 4, 4
RATE = 400
"""Reads a second."""

EXPIRY = TTL + LOAD
"""When the first value dies: it was loaded at once, and lives `TTL` seconds from then."""

BEFORE, AFTER = 0.5, 0.9
"""Seconds around the expiry in which clients come."""

STORE_SECONDS = 0.001


@dataclass(frozen=True, slots=True)
class Load:
    """One call of the origin: who made it, when it came, when its turn was, when it had ended."""

    task: str
    came: float
    began: float
    ended: float
    slot: int


@dataclass(frozen=True, slots=True)
class Visit:
    """One client: when it asked, when it was answered, and the number of the load it was given."""

    task: str
    asked: float
    answered: float
    value: Any


@dataclass(frozen=True)
class Rush:
    """What came of an expiry: every client's visit and every call of the origin, in order."""

    guard: str
    visits: tuple[Visit, ...]
    loads: tuple[Load, ...]

    @property
    def worst_second(self) -> int:
        """The most calls of the origin that came within one second."""
        return self.worst_until(float("inf"))

    def worst_until(self, end: float) -> int:
        """Return the most calls that came within one second, of those up to `end`."""
        times = [load.came for load in self.loads if load.came <= end]
        return max((sum(at <= t < at + 1 for t in times) for at in times), default=0)

    @property
    def odd(self) -> Counter[str]:
        """What was given that no load has returned, errors included, and to how many."""
        loaded = range(len(self.loads) + 1)
        return Counter(repr(v.value) for v in self.visits if not _is_among(v.value, loaded))

    @property
    def longest_wait(self) -> float:
        return max(visit.answered - visit.asked for visit in self.visits)

    @property
    def old_answers(self) -> int:
        """How many were given the first value though they asked after its end."""
        return sum(visit.asked > EXPIRY and visit.value == 0 for visit in self.visits)


@dataclass(frozen=True, slots=True)
class Error:
    """Stands for an answer where a guard raised; its repr is the error in words."""

    words: str

    def __repr__(self) -> str:
        return self.words


def _is_among(value: Any, numbers: range) -> bool:
    return type(value) is int and value in numbers


@dataclass
class _Origin:
    """A loader with a few slots; who finds all of them taken waits for the first that is free."""

    sim: SimRuntime
    loads: list[Load] = field(default_factory=list)
    free: list[tuple[float, int]] = field(default_factory=lambda: [(0.0, n) for n in range(SLOTS)])

    def __call__(self, _key: str) -> int:
        now, number = self.sim.now(), len(self.loads)
        heapify(self.free)
        at, slot = self.free[0]
        began = max(now, at)
        heapreplace(self.free, (began + LOAD, slot))
        self.loads.append(Load(self.sim.task_name(), now, began, began + LOAD, slot))
        self.sim.sleep(began + LOAD - now)
        return number


def record_rush(kind: Callable[..., Any], name: str = "") -> Rush:
    """
    Return what `kind` makes of an expiry under load.

    >>> from cachelab.stampede import LockedLoad, Unguarded
    >>> [len(record_rush(kind).loads) for kind in (Unguarded, LockedLoad)]
    [34, 1]
    """
    sim = SimRuntime(max_steps=200_000)
    store = instrument(MemoryStore(sim), sim, latency=STORE_SECONDS)
    origin = _Origin(sim)
    guards = [_made(kind, store, sim, seed) for seed in range(PROCESSES)]
    visits: list[Visit] = []

    def client(number: int) -> None:
        visits.append(_visit(sim, guards[number % PROCESSES], origin))

    def main() -> None:
        guards[0].get("page", origin)
        tasks = []
        for number, at in enumerate(_arrivals()):
            sim.sleep(max(0.0, at - sim.now()))
            tasks.append(sim.spawn(client, number, name=f"c{number}"))
        for task in tasks:
            task.join()
        for guard in guards:
            getattr(guard, "close", lambda: None)()

    sim.run(main)
    told = name or getattr(kind, "name", getattr(kind, "__name__", "guard"))
    return Rush(str(told), tuple(visits), tuple(origin.loads[1:]))


def _visit(sim: SimRuntime, guard: Any, origin: _Origin) -> Visit:
    asked = sim.now()
    try:
        value: Any = guard.get("page", origin)
    except Exception as error:  # noqa: BLE001 - a learner's guard may raise anything
        value = Error(f"{type(error).__name__}: {error}".rstrip(": "))
    return Visit(sim.task_name(), asked, sim.now(), value)


def _arrivals() -> list[float]:
    """Return the same random moments for every guard."""
    rng = random.Random(7)
    start = EXPIRY - BEFORE
    number = round(RATE * (BEFORE + AFTER))
    return sorted(start + (BEFORE + AFTER) * rng.random() for _ in range(number))


def _made(kind: Callable[..., Any], store: Any, sim: SimRuntime, seed: int) -> Any:
    options: dict[str, Any] = {"ttl": TTL, "rng": random.Random(seed)}
    if isinstance(kind, type) and issubclass(kind, Guard):
        return kind(store, sim, **options)
    known = names_taken(kind)
    options |= {"runtime": sim, "clock": sim}
    learners: Any = kind
    return learners(store, **{name: value for name, value in options.items() if name in known})
