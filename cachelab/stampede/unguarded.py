"""
No guard at all: what a cache does by itself, and what all the others are measured against.
"""

from typing import Any

from cachelab.ports.stores import Absent

from .base import Guard, Loader
from .shelf import Found, Gap


class Unguarded(Guard):
    """
    Whoever misses loads.

    Loads: as many as there are misses until the first load is stored: 1 + L * delta on the average
    when reads come at random, L a second, and a load takes delta seconds. What was loaded is
    stored whatever happened meanwhile, so an older value may come last.

    A crash loses one load, and nobody waits for it.

    Round trips: a hit is 1 to the store; a miss is 2 and 1 call of the loader.

    >>> from cachelab.ports import MemoryStore
    >>> guard = Unguarded(MemoryStore(), ttl=60)
    >>> guard.get("ada", str.title), guard.get("ada", str.upper)
    ('Ada', 'Ada')
    """

    name = "unguarded"

    def get(self, key: str, loader: Loader) -> Any | Absent:
        """Return the value of `key`, loading it if it is not there."""
        found = self.shelf.look(key)
        if isinstance(found, Found):
            return found.value
        value, delta = self._timed(key, loader)
        if found is not Gap.UNREACHABLE:
            self.shelf.put(key, value, delta)
        return value
