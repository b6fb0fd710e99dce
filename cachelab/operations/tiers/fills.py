"""
Copies on their way: each has a place to come to, until its key is written.

The rule against late fills, in one place. Whoever asks the shared store takes a number first; news
of a key tears the numbers up; and only who still has one may leave a copy behind.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from typing import Any

from cachelab.ports import Runtime, Store


class Fills:
    """
    What is being fetched for `near`, by key; a copy is kept, or dropped, in one step with it.

    Of two fetches of one key, the one that began later wins: it may have seen more.

    >>> from cachelab.ports import MemoryStore, ThreadRuntime
    >>> fills = Fills(near := MemoryStore(), ThreadRuntime())
    >>> with fills.of(["k"]) as fill:
    ...     fills.drop("k")                      # somebody wrote it meanwhile
    ...     fill.keep({"k": "old"}, life=10)
    >>> near.get("k")
    MISSING
    """

    def __init__(self, near: Store, runtime: Runtime) -> None:
        self.near = near
        self._lock = runtime.lock()
        self._numbers = count()
        self._under_way: dict[str, set[int]] = {}

    @contextmanager
    def of(self, keys: Iterable[str]) -> Iterator["Fill"]:
        """Announce that copies of `keys` are being fetched, until the block ends."""
        with self._lock:
            fill = Fill(self, next(self._numbers))
            wanted = list(keys)
            for key in wanted:
                self._under_way.setdefault(key, set()).add(fill.number)
        try:
            yield fill
        finally:
            with self._lock:
                for key in wanted:
                    self._end(key, lambda number: number == fill.number)

    def keep(self, number: int, values: Mapping[str, Any], life: float) -> None:
        """Keep what was fetched under `number`, but for the keys that were dropped since."""
        with self._lock:
            kept = {k: v for k, v in values.items() if number in self._under_way.get(k, ())}
            if kept and life > 0:
                self.near.set_many(kept, life)
            for key in kept:
                self._end(key, lambda other: other <= number)

    def drop(self, key: str) -> None:
        """Drop the copy of `key`, and those on their way."""
        with self._lock:
            self._under_way.pop(key, None)
            self.near.delete(key)

    def drop_all(self) -> None:
        """Drop every copy, and those on their way."""
        with self._lock:
            self._under_way.clear()
            self.near.clear()

    def _end(self, key: str, is_over: Any) -> None:
        left = {n for n in self._under_way.get(key, ()) if not is_over(n)}
        if left:
            self._under_way[key] = left
        else:
            self._under_way.pop(key, None)


class Fill:
    """One fetch under way."""

    def __init__(self, fills: Fills, number: int) -> None:
        self.fills, self.number = fills, number

    def keep(self, values: Mapping[str, Any], life: float) -> None:
        """Leave copies for `life` seconds."""
        self.fills.keep(self.number, values, life)
