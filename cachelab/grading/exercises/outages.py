"""
A cache server and a database of the judge's that can be out of order.

Each call asks first whether it gets through. A server that does not answer costs the caller a
time-out; one without memory answers, and keeps nothing new.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from cachelab.ports import (
    MISSING,
    MemorySource,
    MemoryStore,
    Runtime,
    SourceError,
    StoreError,
    Versioned,
)
from cachelab.ports.stores import Absent

TIMEOUT = 0.25
"""Seconds after which the client of a server that does not answer gives up."""


class FaultyStore:
    """
    A store that is "up", "down", "hanging" or "full", and by itself keeps text alone.
    """

    def __init__(self, runtime: Runtime, any_value: bool = False) -> None:
        self.runtime = runtime
        self.any_value = any_value
        self.inner = MemoryStore(runtime)
        self.state = "up"

    def get(self, key: str) -> Any | Absent:
        self._reach()
        return self.inner.get(key)

    def get_many(self, keys: Iterable[str]) -> dict[str, Any]:
        self._reach()
        return self.inner.get_many(keys)

    def set(self, key: str, value: str, ttl: float | None = None) -> None:
        self._room_for(value)
        self.inner.set(key, value, ttl)

    def set_many(self, entries: Mapping[str, str], ttl: float | None = None) -> None:
        self._room_for(*entries.values())
        self.inner.set_many(entries, ttl)

    def add(self, key: str, value: str, ttl: float | None = None) -> bool:
        self._room_for(value)
        return self.inner.add(key, value, ttl)

    def replace(self, key: str, old: str, new: Any, ttl: float | None = None) -> bool:
        self._room_for(*([] if new is MISSING else [new]))
        return self.inner.replace(key, old, new, ttl)

    def delete(self, key: str) -> bool:
        self._reach()
        return self.inner.delete(key)

    def ttl(self, key: str) -> float | Absent | None:
        self._reach()
        return self.inner.ttl(key)

    def _reach(self) -> None:
        if self.state == "down":
            raise StoreError("connection refused")
        if self.state == "hanging":
            self.runtime.sleep(TIMEOUT)
            raise StoreError(f"no answer within {TIMEOUT} seconds")

    def _room_for(self, *values: object) -> None:
        self._reach()
        for value in values:
            if not isinstance(value, str) and not self.any_value:
                raise TypeError(f"the cache server keeps text, not {_kind(value)}: encode it")
        if values and self.state == "full":
            raise StoreError("out of memory")


class FaultySource:
    """
    A source that is "up" or "down", or handles the next write badly: "losing the answer" of it, or
    "refusing once". It refuses writes to `bad` keys, and makes of a row what `trim` makes of it.
    """

    def __init__(self, trim: Callable[[str, Any], Any] | None = None) -> None:
        self.inner = MemorySource()
        self.trim = trim
        self.state = "up"
        self.bad: set[str] = set()

    def read(self, key: str) -> Versioned | Absent:
        self._reach()
        return self.inner.read(key)

    def write(self, key: str, value: Any, version: int | None = None) -> int:
        self._reach()
        self._check(key)
        stored = self.inner.write(key, self._made_of(key, value), version)
        self._answer()
        return stored

    def write_many(self, rows: Mapping[str, Versioned]) -> None:
        self._reach()
        self._check(*rows)
        made = {
            key: Versioned(self._made_of(key, row.value), row.version) for key, row in rows.items()
        }
        self.inner.write_many(made)
        self._answer()

    def delete(self, key: str, version: int | None = None) -> int:
        self._reach()
        self._check(key)
        stored = self.inner.delete(key, version)
        self._answer()
        return stored

    def _made_of(self, key: str, value: Any) -> Any:
        return value if self.trim is None else self.trim(key, value)

    def _reach(self) -> None:
        if self.state == "down":
            raise SourceError("the database is down")

    def _check(self, *keys: str) -> None:
        if self.state == "refusing once":
            self.state = "up"
            raise SourceError("the database was busy")
        for key in keys:
            if key in self.bad:
                raise SourceError(f"the database refuses the row of {key!r}")

    def _answer(self) -> None:
        if self.state == "losing the answer":
            self.state = "up"
            raise SourceError("connection lost before the answer came")


def _kind(value: object) -> str:
    return getattr(value, "kind", type(value).__name__)
