"""
Bringing copies from another store: when a cache moves to a new server, or gets a second one.
"""

import random
from typing import Any

from cachelab.operations.metrics.measured import is_a_copy
from cachelab.ports import MISSING, Store, StoreError

from .filling import Filled, Lives, add_for_now, take_back


class Copied:
    """
    A `Filling` that takes entries from the store `other`, with what is left of their time to live.

    Entries are taken as they are, so those of a strategy or a guard serve the same one over the new
    store; leases are left behind. None lives longer than `ttl`, also where the other one has no
    end. Whoever invalidates during the move must do so on `other` first, and then here: as the
    entry is looked at again after it was added, and taken back if it is gone, no old copy stays.

    Complexity: three round trips to `other` and two to `store`.

    >>> from cachelab.ports import MemoryStore
    >>> old, new = MemoryStore(), MemoryStore()
    >>> old.set("user:1", "Ada", ttl=30)
    >>> Copied(new, old, ttl=60).fill("user:1"), new.get("user:1"), new.ttl("user:1") <= 30
    (<Filled.KEPT: 'kept'>, 'Ada', True)
    """

    def __init__(
        self,
        store: Store,
        other: Store,
        *,
        ttl: float,
        jitter: float = 0.1,
        rng: random.Random | None = None,
    ) -> None:
        self.store = store
        self.other = other
        self.lives = Lives(ttl, jitter, rng)

    def fill(self, key: str) -> Filled:
        """Bring the entry of `key`, if there is none here."""
        # The time before the value: an entry that is renewed in between gets too little of it.
        left = self.other.ttl(key)
        value = self.other.get(key)
        if left is MISSING or not is_a_copy(value):
            return Filled.ABSENT
        if not add_for_now(self.store, key, value, self.lives.draw(left)):
            return Filled.PRESENT
        return self._confirm(key, value)

    def _confirm(self, key: str, value: Any) -> Filled:
        """Look whether `value` is still there; if not, or in doubt, take it back."""
        try:
            now = self.other.get(key)
        except StoreError:
            take_back(self.store, key, value)
            raise
        if now == value:
            return Filled.KEPT
        take_back(self.store, key, value)
        return Filled.OVERTAKEN
