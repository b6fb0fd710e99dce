"""
The latency ladder of this machine, measured now, beside the numbers that others have published.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any

from cachelab.ports import CachelabError

from . import disk, memory, servers
from .measuring import Run, Timing, measure, timer_resolution
from .published import published
from .rung import Rung


@dataclass(frozen=True)
class Measurable:
    """An operation of the ladder: its name, what it can be compared with, and how it is made."""

    name: str
    level: str
    note: str
    opened: Callable[[], Any]


MEASURABLE = {
    "l1": Measurable(
        "L1 cache reference", "L1 cache", "16 KiB walked at random", lambda: memory.walk(1 << 14)
    ),
    "memory": Measurable(
        "main memory reference",
        "memory",
        "128 MiB walked at random; a larger last-level cache would answer in its place",
        lambda: memory.walk(1 << 27),
    ),
    "dict": Measurable(
        "dict lookup in Python", "process", "100,000 keys; the loop included", memory.dict_get
    ),
    "memory_store": Measurable(
        "MemoryStore.get", "process", "with the decoding of the value", memory.store_get
    ),
    "sqlite": Measurable(
        "SQLite, row by key",
        "database",
        "in this process, and in memory",
        servers.sqlite_read,
    ),
    "server_unix": Measurable(
        "cache server GET, unix socket",
        "cache server",
        "another process, no network",
        lambda: servers.server_get(None),
    ),
    "server_tcp": Measurable(
        "cache server GET, loopback TCP",
        "cache server",
        "another process; a network adds its round trip",
        lambda: servers.server_get(0),
    ),
    "http": Measurable(
        "HTTP GET on loopback", "web server", "Python on both ends", servers.http_get
    ),
    "file": Measurable("4 KiB of a file", "file", "", disk.cached_read),
    "device": Measurable("4 KiB past the page cache", "storage", "", disk.device_read),
}
"""What can be measured here, by a short name, the fastest first as a rule."""


@dataclass(frozen=True)
class Ladder:
    """
    Measured rungs and published ones, and what could not be measured, with the reason.

    `resolution` is that of the timer, in seconds.
    """

    measured: tuple[Rung, ...]
    published: tuple[Rung, ...]
    left_out: dict[str, str]
    resolution: float

    @property
    def rungs(self) -> tuple[Rung, ...]:
        """All rungs, the fastest first."""
        return tuple(sorted(self.measured + self.published, key=lambda rung: rung.seconds))

    @property
    def rows(self) -> list[dict[str, Any]]:
        """All rungs as plain dicts, the fastest first: what a table or a widget takes."""
        return [asdict(rung) for rung in self.rungs]


def latency_ladder(
    names: Sequence[str] | None = None,
    *,
    samples: int = 1_000,
    at_most: float = 1.0,
    progress: Callable[[str], object] = lambda name: None,  # noqa: ARG005
) -> Ladder:
    """
    Measure the operations of `names` (all of `MEASURABLE`) on this machine, one after another.

    Each takes `samples` samples, or as many as fit in `at_most` seconds. `progress` is told the
    name of each before it begins. What this machine has no means for is left out, and said to be.

    Raises:
        ValueError: a name is unknown, or there are fewer than ten samples.

    >>> ladder = latency_ladder(["dict", "sqlite"], samples=20)
    >>> fast, slow = ladder.measured
    >>> fast.name, slow.name, fast.seconds < slow.seconds
    ('dict lookup in Python', 'SQLite, row by key', True)
    """
    wanted = list(MEASURABLE) if names is None else list(names)
    for name in wanted:
        if name not in MEASURABLE:
            raise ValueError(f"unknown rung {name!r}; known are {', '.join(MEASURABLE)}")
    rungs, left_out = [], {}
    for name in wanted:
        progress(name)
        try:
            rungs.append(_rung(MEASURABLE[name], samples, at_most))
        except CachelabError as error:
            left_out[name] = str(error)
    return Ladder(tuple(rungs), published(), left_out, timer_resolution() * 1e-9)


def _rung(what: Measurable, samples: int, at_most: float) -> Rung:
    with _opened(what) as (run, verdict):
        timing = measure(run, samples, at_most=at_most)
        note = "; ".join(filter(None, [what.note, verdict(), _batched(timing)]))
    return Rung(
        what.name,
        "measured",
        what.level,
        timing.p50,
        timing.p90,
        timing.p99,
        timing.samples,
        timing.batch,
        note=note,
    )


@contextmanager
def _opened(what: Measurable) -> Iterator[tuple[Run, Callable[[], str]]]:
    """Open an operation; one that has no witness of its own says nothing about who answered."""
    with what.opened() as made:
        yield made if isinstance(made, tuple) else (made, str)


def _batched(timing: Timing) -> str:
    if timing.batch == 1:
        return ""
    return f"percentiles of averages over {timing.batch:,} operations"
