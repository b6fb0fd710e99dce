"""
A strategy at work, call by call: what was asked, what came back, and what each side holds then.

The strategy is any of ours or a learner's class. It runs on the explorer's world, whose ports take
time and fail as they are told.
"""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from cachelab.lab.explorer.world import Step, World, brief
from cachelab.ports import MISSING, SimRuntime
from cachelab.ports.codec import decode
from cachelab.strategies import Strategy

Holdings: TypeAlias = tuple[tuple[str, str], ...]
"""Keys with what is held under them, as text."""

MAX_STEPS = 20_000
"""Steps of the scheduler after which a strategy is held to go on for ever."""


@dataclass(frozen=True, slots=True)
class Moment:
    """One call of a port as it took effect, and what cache and database hold after it."""

    step: Step
    cache: Holdings
    rows: Holdings


class Endless(BaseException):
    """There were more calls than a picture has room for; no Exception, so that nobody retries."""


class Tape:
    """
    A world that takes down a `Moment` for each call of its ports, `most` of them at the most.

    >>> tape = Tape()
    >>> tape.world.source.write("k", "old"), tape.moments[0].rows
    (1, (('k', "'old'"),))
    """

    def __init__(self, sim: SimRuntime | None = None) -> None:
        self.sim = SimRuntime(max_steps=MAX_STEPS) if sim is None else sim
        self.most = MAX_STEPS
        self.world = World(self.sim)
        self.world.ports["store"].on_corrupt = lambda _key, _error: None  # the picture tells of it
        self.world.on_step = self._on_step
        self.moments: list[Moment] = []

    def _on_step(self, step: Step) -> None:
        if step.kind == "answered":
            self.moments.append(Moment(step, in_cache(self.world), in_database(self.world)))
            if len(self.moments) >= self.most:
                raise Endless


def made(kind: Callable[..., Any], world: World, ttl: float = 60.0, **options: Any) -> Any:
    """
    Make a strategy of ours or of a learner's between the ports of `world`.

    Of `options`, and of the runtime and its clock, it is given those that it takes.
    """
    offered = {"ttl": ttl, "runtime": world.sim, "clock": world.sim, **options}
    known = names_taken(kind)
    given = {name: value for name, value in offered.items() if name in known}
    if isinstance(kind, type) and issubclass(kind, Strategy):
        return kind.over(world.store, world.source, **given)
    learners: Any = kind
    return learners(world.store, world.source, **given)


def names_taken(kind: Callable[..., Any]) -> set[str]:
    """
    Return the names of the arguments of `kind`; with `**options`, those of its bases as well.

    >>> from cachelab.strategies import CacheAside, QueuedWriteBehind
    >>> "runtime" in names_taken(CacheAside), "interval" in names_taken(QueuedWriteBehind)
    (True, True)
    """
    known: set[str] = set()
    for base in getattr(kind, "__mro__", (kind,)):
        parameters = inspect.signature(base).parameters if base is not object else {}
        known |= parameters.keys()
        if not any(p.kind is p.VAR_KEYWORD for p in parameters.values()):
            break
    return known


def name_of(kind: Callable[..., Any]) -> str:
    """Return what a strategy, guard or placement is called in a picture."""
    return str(getattr(kind, "__name__", type(kind).__name__))


def in_cache(world: World) -> Holdings:
    """Return what the store holds and has not expired."""
    store, now = world.ports["store"], world.sim.now()
    return tuple(
        (key, _decoded(entry.payload))
        for key, entry in sorted(store.entries.items())
        if entry.dies_at is None or entry.dies_at > now
    )


def in_database(world: World) -> Holdings:
    """Return the rows that the source holds."""
    rows = world.ports["source"].rows
    return tuple(
        (key, plain(decode(row.payload)))
        for key, row in sorted(rows.items())
        if row.payload is not None
    )


def _decoded(payload: bytes) -> str:
    try:
        return plain(decode(payload))
    except ValueError:
        return "broken bytes"


def plain(value: Any) -> str:
    """
    Return a value for a picture; of the entries that our strategies keep, what they stand for.

    >>> plain(["row", "4f1", 60.0, {"name": "Ada"}]), plain(["lease", "9c2"]), plain(7)
    ("{'name': 'Ada'}", 'a lease', '7')
    """
    match value:
        case ["row", str(), _, row]:
            return brief(row)
        case ["absent", str(), _]:
            return "no such row"
        case ["lease", str()]:
            return "a lease"
    return "nothing" if value is MISSING else brief(value)


def sent(step: Step) -> str:
    """Return a call as words: verb, key and what was sent."""
    key = step.key if isinstance(step.key, str) else " ".join(step.key or ())
    if step.verb == "write_many" and isinstance(step.value, dict):
        rows = ", ".join(f"{name} {plain(row)}" for name, row in step.value.items())
        return f"write_many {rows}"
    value = "" if step.value is MISSING else plain(step.value)
    return " ".join(filter(None, [step.verb, key, value]))


def answered(step: Step) -> str:
    """Return what came back, as words, nothing for a call that returns nothing."""
    if step.error or step.result is None:
        return step.error
    is_version = step.port == "source" and step.verb in ("write", "delete")
    return f"version {step.result}" if is_version else plain(step.result)
