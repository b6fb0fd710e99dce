"""
A few writes, and a crash of the program at any moment between two events: what is left of them.

The cache, the database and a log on a server survive; whatever the process held does not. Then the
program is started again, and each write that was acknowledged is looked for in the database.
"""

from collections import deque
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from cachelab.lab.explorer.world import Step, World
from cachelab.lab.subjects import SubjectFailed
from cachelab.ports import MISSING
from cachelab.ports.codec import decode
from cachelab.strategies import MemoryLog, QueuedWriteBehind

from .tape import (
    Holdings,
    Tape,
    answered,
    in_cache,
    in_database,
    made,
    name_of,
    names_taken,
    plain,
    sent,
)

WRITES = (("cart:1", "apple"), ("cart:2", "pear"), ("cart:1", "plum"), ("cart:3", "fig"))
PAUSE = 0.002
"""Seconds between an acknowledgement and the next write."""

SECONDS = {"store": 0.001, "source": 0.006, "log": 0.001}
INTERVAL = 0.012
"""How often the worker of a write-behind looks; short, so that all of it fits into a picture."""

QUIET = ("size", "newest", "close", "dead_letters")
TELL = {"store": "cache", "source": "database", "log": "log"}


class Killed(Exception):  # noqa: N818 - it is no error of anybody's
    """The process is gone."""


@dataclass(frozen=True, slots=True)
class Happened:
    """One event: when it was, on which side, and in words; acknowledgements are of the program."""

    at: float
    side: str
    words: str
    key: str = ""
    row: str = ""


@dataclass(frozen=True, slots=True)
class Crash:
    """
    What a crash left: what happened up to it, what each side held, and the rows afterwards.

    `durable` tells whether what was `waiting` outlives the process.
    """

    at: float
    durable: bool
    events: tuple[Happened, ...]
    cache: Holdings
    waiting: Holdings
    rows: Holdings
    recovered: Holdings

    @property
    def acknowledged(self) -> dict[str, str]:
        """By key, the row last acknowledged."""
        return {event.key: event.row for event in self.events if event.side == "program"}

    @property
    def lost(self) -> list[str]:
        """Keys whose database has neither the row last acknowledged nor a later one, at the end."""
        rows = dict(self.recovered)
        return [
            key for key, row in self.acknowledged.items() if rows.get(key) not in _since(key, row)
        ]


def _since(key: str, row: str) -> list[str]:
    """Return the rows that were written to `key` from `row` on."""
    rows = [repr(written) for name, written in WRITES if name == key]
    return rows[rows.index(row) :]


class _FarLog:
    """A log on a server: it takes a moment to get there, and outlives the process."""

    def __init__(self, log: Any, sim: Any) -> None:
        self._log, self._sim = log, sim

    def __getattr__(self, verb: str) -> Any:
        found = getattr(self._log, verb)
        if not callable(found):
            return found

        def call(*args: Any, **options: Any) -> Any:
            self._sim.sleep(SECONDS["log"] / 2)
            answer = found(*args, **options)
            self._sim.sleep(SECONDS["log"] / 2)
            return answer

        return call


class _Shop:
    """A program that writes through a strategy, and the world that outlives it."""

    def __init__(self, kind: Callable[..., Any]) -> None:
        self.kind = kind
        self.tape = Tape()
        self.world: World = self.tape.world
        self.world.latency = lambda port, _verb, _key: SECONDS.get(port, 0.0)
        self.has_log = "log" in names_taken(kind) and not _is_queued(kind)
        bare = MemoryLog(self.tape.sim, store=self.world.ports["store"], retry_after=0.01)
        self.log = _FarLog(self.world.port("log", bare), self.tape.sim)
        self.acks: list[Happened] = []
        self.strategy: Any = None

    def open(self) -> Any:
        """Start the program: on the log that there is, if the strategy keeps one."""
        options: dict[str, Any] = {"interval": INTERVAL}
        if self.has_log:
            options["log"] = self.log
        self.strategy = made(self.kind, self.world, **options)
        return self.strategy

    def work(self) -> None:
        """Make all the writes, and note when each is acknowledged."""
        strategy = self.open()
        for key, row in WRITES:
            self.tape.sim.sleep(PAUSE)
            if strategy.write(key, row) is not False:
                now = self.tape.sim.now()
                self.acks.append(Happened(now, "program", f"{key} = {row}", key, repr(row)))
        self.tape.sim.sleep(2 * INTERVAL)

    def events(self) -> list[Happened]:
        """Return what happened so far, in order."""
        calls = [
            Happened(step.at, TELL[step.port], _words(step))
            for step in (moment.step for moment in self.tape.moments)
            if not _is_noise(step)
        ]
        return sorted([*calls, *self.acks], key=lambda event: event.at)

    def crash(self, at: float) -> Crash:
        """Run until `at`, end the program there, and start it again."""
        sim = self.tape.sim

        def until() -> None:
            sim.spawn(self.work, name="program")
            sim.sleep(at)
            raise Killed

        with suppress(Killed):
            sim.run(until)
        events = tuple(event for event in self.events() if event.at <= at)
        left = in_cache(self.world), self.waiting(), in_database(self.world)
        sim.run(self._come_back)
        return Crash(at, self.has_log, events, *left, in_database(self.world))

    def _come_back(self) -> None:
        strategy = self.open()
        if hasattr(strategy, "close"):
            strategy.close()

    def waiting(self) -> Holdings:
        """Return what waits for the database: in the log, or in a container of the strategy."""
        log = self.world.ports["log"] if self.has_log else getattr(self.strategy, "log", None)
        held = getattr(log, "waiting", None)
        if isinstance(held, dict):
            return tuple((key, _row(one)) for key, one in held.items())
        return tuple(_containers(self.strategy))


def _is_queued(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, QueuedWriteBehind)


def _is_noise(step: Step) -> bool:
    if step.port == "log" and step.verb in QUIET:
        return True
    return bool(step.verb == "take" and step.result == [])


def _words(step: Step) -> str:
    if step.port != "log":
        return " → ".join(filter(None, [sent(step), answered(step)]))
    if step.verb == "append":
        return f"append {step.key}"
    writes = step.result if step.verb == "take" else step.key or ()
    keys = " ".join(str(getattr(write, "key", write)) for write in writes)
    return f"{'hands out' if step.verb == 'take' else 'forgets'} {keys}"


def _row(waiting: Any) -> str:
    payload = getattr(waiting, "payload", b"")
    return plain(decode(payload) if payload else MISSING)


def _containers(strategy: Any) -> Iterable[tuple[str, str]]:
    """Yield what a learner's strategy keeps in lists, deques and dicts of its own."""
    for held in getattr(strategy, "__dict__", {}).values():
        if isinstance(held, dict):
            yield from ((str(key), plain(value)) for key, value in held.items())
        elif isinstance(held, list | deque):
            yield from (_kept(place, one) for place, one in enumerate(held, start=1))


def _kept(place: int, one: Any) -> tuple[str, str]:
    """Return the place of what is kept in a list, and itself; a write by its key and row."""
    match one:
        case (str(key), row):
            return key, plain(row)
    return str(place), plain(one)


def record_crashes(kind: Callable[..., Any]) -> list[Crash]:
    """
    Return what each crash leaves of the writes: before the first event, after each, and in the end.

    >>> from cachelab.strategies import WriteBehind
    >>> {len(crash.lost) for crash in record_crashes(WriteBehind)}
    {0}
    >>> max(len(crash.lost) for crash in record_crashes(QueuedWriteBehind))
    3
    """
    calm = _Shop(kind)
    calm.tape.sim.run(_to_the_end, calm)
    times = sorted({round(event.at, 9) for event in calm.events()})
    if not times:
        raise SubjectFailed(
            f"{name_of(kind)}.write returned False for each of {len(WRITES)} writes and called "
            "neither cache nor database: there is no moment to crash at"
        )
    moments = [times[0] / 2]
    moments += [(one + other) / 2 for one, other in pairwise(times)]
    return [_Shop(kind).crash(at) for at in [*moments, times[-1] + 0.001]]


def _to_the_end(shop: _Shop) -> None:
    shop.work()
    if hasattr(shop.strategy, "close"):
        shop.strategy.close()
