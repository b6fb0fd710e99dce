"""
What all invalidation schemes share: each is a store around a store.

A strategy is given the scheme in place of the store and does not notice. A scheme changes only the
verbs that its idea is about; the others go straight through.
"""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from cachelab.ports import Store
from cachelab.ports.stores import Absent


class StoreAround:
    """
    A `Store` whose verbs go to the `store` it is put around; to `close` it closes that.

    Round trips: those of the store.
    """

    name: ClassVar[str]

    def __init__(self, store: Store) -> None:
        self.store = store

    def get(self, key: str) -> Any | Absent:
        """Return the value of `key`, or MISSING."""
        return self.store.get(key)

    def get_many(self, keys: Iterable[str]) -> dict[str, Any]:
        """Return the keys that are present with their values, in the order asked."""
        return self.store.get_many(keys)

    def set(self, key: str, value: Any, ttl: float | None = None) -> None:
        """Keep `value` under `key` for `ttl` seconds, or for good."""
        self.set_many({key: value}, ttl)

    def set_many(self, entries: Mapping[str, Any], ttl: float | None = None) -> None:
        """Keep each of `entries` for `ttl` seconds; not one atomic step."""
        self.store.set_many(entries, ttl)

    def add(self, key: str, value: Any, ttl: float | None = None) -> bool:
        """Keep `value` under `key` if nothing is there; tell whether it was kept."""
        return self.store.add(key, value, ttl)

    def replace(self, key: str, old: Any, new: Any | Absent, ttl: float | None = None) -> bool:
        """Put `new`, or nothing if MISSING, in the place of `old`; tell whether that was there."""
        return self.store.replace(key, old, new, ttl)

    def delete(self, key: str) -> bool:
        """Drop `key`; tell whether it was there."""
        return self.store.delete(key)

    def ttl(self, key: str) -> float | Absent | None:
        """Return the seconds that `key` has left, None if it never expires, or MISSING."""
        return self.store.ttl(key)

    def clear(self) -> None:
        """Drop every entry of the store."""
        self.store.clear()

    def close(self) -> None:
        """Close the store."""
        self.store.close()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.store!r})"
