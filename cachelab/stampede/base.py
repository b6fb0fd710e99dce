"""
The contract of a guard: what stands between many misses of a key and the database.

An entry that expires is missed by everybody who asks until somebody has loaded it again. At L
reads a second and a load of delta seconds that is 1 + L * delta loads of the same row, at the
moment the database has other things to do. Each guard's docstring makes the same promises in the
same order: how many loads there are, what a crash does, and the round trips of a hit and a miss.
"""

import random
from abc import ABC, abstractmethod
from collections.abc import Callable
from types import TracebackType
from typing import Any, Required, Self, TypeAlias, TypedDict, Unpack

from cachelab.ports import Clock, Runtime, Store, ThreadRuntime
from cachelab.ports.stores import Absent

from .shelf import Shelf, WallClock

Loader: TypeAlias = Callable[[str], Any]
"""Takes the key; returns its value, or MISSING when there is none."""


class Options(TypedDict, total=False):
    """
    What every guard takes by name, times in seconds.

    `ttl` is how long a value is fresh, less a share of at most `jitter` (0), drawn for each so that
    what was stored together does not die together. `negative_ttl` (10, never above `ttl`) is how
    long it is remembered that there is nothing. `clock` is the time that all who share the store
    agree on: by itself the runtime, and without one the wall clock. A `ThreadRuntime` counts from
    the start of its machine, so machines that share a store need a wall clock.
    """

    ttl: Required[float]
    negative_ttl: float
    jitter: float
    rng: random.Random | None
    clock: Clock | None


class Guard(ABC):
    """
    A cache in front of loaders that decides who loads, who waits and who takes an older value.

    None is a value like others. That there is nothing, MISSING, is remembered for `negative_ttl`.
    What a loader raises goes to its caller, and is not kept. A store that fails costs time, never
    an answer: then the loader is asked. A value that the store's codec cannot carry is not kept.

    All guards keep the same entries, under `value:` and the key, so one can follow another. Give
    the store a prefix of its own: an entry that no guard wrote is a miss.
    """

    name: str
    """Registry key, as in `GUARDS["locked"]`."""

    grace = 0.0
    """Seconds that a value is kept when it is no longer fresh."""

    def __init__(
        self, store: Store, runtime: Runtime | None = None, **options: Unpack[Options]
    ) -> None:
        self.runtime: Runtime = ThreadRuntime() if runtime is None else runtime
        rng, clock = options.get("rng"), options.get("clock")
        self.rng = random.Random() if rng is None else rng
        if clock is None:
            clock = WallClock() if runtime is None else runtime
        self.shelf = Shelf(
            store,
            clock,
            self.rng,
            ttl=options["ttl"],
            negative_ttl=options.get("negative_ttl", 10.0),
            jitter=options.get("jitter", 0.0),
        )

    @abstractmethod
    def get(self, key: str, loader: Loader) -> Any | Absent:
        """Return the value of `key`, or MISSING when there is none; `loader(key)` brings it."""

    def forget(self, key: str) -> bool:
        """Remove the value of `key`, as after a write; tell whether it is known to be gone."""
        return self.shelf.drop(key)

    def close(self) -> None:  # noqa: B027 - most guards have nothing running
        """Wait for what the guard has running; it is not used afterwards."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"{type(self).__name__}(ttl={self.shelf.ttl!r})"

    def _timed(self, key: str, loader: Loader) -> tuple[Any, float]:
        """What the loader brings, and the seconds that it took."""
        start = self.runtime.now()
        value = loader(key)
        return value, self.runtime.now() - start
