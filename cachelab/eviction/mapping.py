"""
The square brackets of a cache, made of its other verbs.

`cache[key]` says what `get` says, except that an absent key is a KeyError, as for a dict.
"""

from collections.abc import Callable
from typing import Any

from .base import Key

ABSENT: Any = object()
"""What a lookup answers inside the room for a key that is not there; None is a value."""


class MappingVerbs:
    """The square brackets, for a class that has `get`, `put` and `delete`."""

    get: Callable[..., Any]
    put: Callable[..., None]
    delete: Callable[..., bool]

    def __getitem__(self, key: Key) -> Any:
        value = self.get(key, ABSENT)
        if value is ABSENT:
            raise KeyError(key)
        return value

    def __setitem__(self, key: Key, value: Any) -> None:
        self.put(key, value)

    def __delitem__(self, key: Key) -> None:
        if not self.delete(key):
            raise KeyError(key)
