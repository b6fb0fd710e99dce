"""
A store and a source that count their calls and fail when told, and a clock that stands still.

Each call is a scheduling point, so under a `SimRuntime` another task may come before any of them.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from cachelab.ports import (
    MISSING,
    ManualClock,
    MemorySource,
    MemoryStore,
    Runtime,
    Source,
    SourceError,
    StoreError,
    ThreadRuntime,
    Versioned,
)
from cachelab.ports.instrument import instrument
from cachelab.ports.journal import Journal


class StillRuntime(ThreadRuntime):
    """Threads that read a clock which stands still."""

    def __init__(self, clock: ManualClock) -> None:
        self.clock = clock

    def now(self) -> float:
        return self.clock.now()


class FlakyStore:
    """A store around one in memory that notes each call, and fails all of them or some."""

    def __init__(self, runtime: Runtime) -> None:
        self.runtime = runtime
        self.inner = MemoryStore(runtime)
        self.calls: list[str] = []
        self.down = False
        self.failing: set[str] = set()

    def note(self, verb: str) -> MemoryStore:
        self.runtime.checkpoint(f"store.{verb}")
        self.calls.append(verb)
        if self.down or verb in self.failing:
            raise StoreError("the store is down")
        return self.inner

    def get(self, key: str) -> Any:
        return self.note("get").get(key)

    def get_many(self, keys: Iterable[str]) -> dict[str, Any]:
        return self.note("get_many").get_many(keys)

    def set(self, key: str, value: Any, ttl: float | None = None) -> None:
        self.note("set").set(key, value, ttl)

    def set_many(self, entries: Mapping[str, Any], ttl: float | None = None) -> None:
        self.note("set_many").set_many(entries, ttl)

    def add(self, key: str, value: Any, ttl: float | None = None) -> bool:
        return self.note("add").add(key, value, ttl)

    def replace(self, key: str, old: Any, new: Any, ttl: float | None = None) -> bool:
        return self.note("replace").replace(key, old, new, ttl)

    def delete(self, key: str) -> bool:
        return self.note("delete").delete(key)

    def ttl(self, key: str) -> Any:
        return self.note("ttl").ttl(key)

    def clear(self) -> None:
        self.inner.clear()

    def close(self) -> None:
        self.inner.close()


class FlakySource:
    """A source around one in memory that notes each call, and fails or refuses rows when told."""

    def __init__(self, runtime: Runtime | None = None) -> None:
        self.runtime: Runtime = ThreadRuntime() if runtime is None else runtime
        self.inner = MemorySource()
        self.calls: list[str] = []
        self.batches: list[list[str]] = []
        self.down = False
        self.failing_reads = False
        self.loses_answers = False
        self.refused: list[Any] = []
        self.names_rows = False

    def note(self, verb: str) -> MemorySource:
        self.runtime.checkpoint(f"source.{verb}")
        self.calls.append(verb)
        if self.down or (verb == "read" and self.failing_reads):
            raise SourceError("the source is down")
        return self.inner

    def answer(self, version: int) -> int:
        if self.loses_answers:
            raise SourceError("the answer was lost")
        return version

    def read(self, key: str) -> Any:
        return self.note("read").read(key)

    def write(self, key: str, value: Any, version: int | None = None) -> int:
        return self.answer(self.note("write").write(key, value, version))

    def write_many(self, rows: Mapping[str, Versioned]) -> None:
        inner = self.note("write_many")
        refused = [key for key, row in rows.items() if row.value in self.refused]
        if refused:
            raise SourceError("a constraint says no", refused[0] if self.names_rows else None)
        self.batches.append(list(rows))
        inner.write_many(rows)

    def delete(self, key: str, version: int | None = None) -> int:
        return self.answer(self.note("delete").delete(key, version))

    def close(self) -> None:
        self.inner.close()


class RawSource:
    """A source whose rows are any objects, as an object-relational mapper's are."""

    def __init__(self, rows: dict[str, Any]) -> None:
        self.rows = rows

    def read(self, key: str) -> Any:
        return Versioned(self.rows[key], 1) if key in self.rows else MISSING

    def write(self, key: str, value: Any, version: int | None = None) -> int:
        self.rows[key] = value
        return 1

    def write_many(self, rows: Mapping[str, Versioned]) -> None:
        self.rows.update({key: row.value for key, row in rows.items()})

    def delete(self, key: str, version: int | None = None) -> int:
        self.rows.pop(key, None)
        return 1

    def close(self) -> None:
        pass


class World:
    """What a strategy is given in a test, with all its strings to pull."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.runtime = StillRuntime(self.clock)
        self.store = FlakyStore(self.runtime)
        self.source = FlakySource()

        self.watched_store: Any = None
        self.watched_source: Any = None

    def raw_source(self, rows: dict[str, Any]) -> Source:
        return RawSource(rows)

    def store_calls(self) -> list[str]:
        return list(self.store.calls)

    def source_calls(self) -> list[str]:
        return list(self.source.calls)

    def forget_calls(self) -> None:
        self.store.calls.clear()
        self.source.calls.clear()

    def watch(self) -> Journal:
        """Put a journal between strategies made from now on and the ports."""
        journal = Journal()
        self.watched_store = instrument(self.store, self.runtime, journal=journal, name="store")
        self.watched_source = instrument(self.source, self.runtime, journal=journal, name="source")
        return journal

    def trips(self, call: Any, *args: Any) -> tuple[int, int]:
        """The round trips to the store and to the source that `call` makes."""
        self.forget_calls()
        call(*args)
        return len(self.store.calls), len(self.source.calls)


def keys(count: int) -> Iterable[str]:
    return (f"k{number}" for number in range(count))
