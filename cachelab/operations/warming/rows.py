"""
Bringing a row as it is from the database into a store that others read without a strategy.
"""

import random

from cachelab.ports import MISSING, Source, SourceError, Store, Versioned

from .filling import Filled, Lives, add_for_now, take_back


class Rows:
    """
    A `Filling` that puts the rows of `source` into `store`, each for `ttl` seconds or a bit less.

    It adds, so it never replaces what is there. A row can change between the look at the database
    and the `add`; so it looks again afterwards, and takes its own copy back if the version is
    another. A writer that commits first and then sets or deletes the copy is therefore safe: either
    the second look sees the commit, or what the writer does to the copy comes later.

    A key without a row is left alone: an absence is for a strategy to remember.

    Complexity: two reads of the source and two round trips to the store; one if it is there.

    >>> from cachelab.ports import MemorySource, MemoryStore
    >>> store, source = MemoryStore(), MemorySource()
    >>> source.write("user:1", "Ada")
    1
    >>> rows = Rows(store, source, ttl=60)
    >>> [rows.fill(key).value for key in ("user:1", "user:1", "user:2")], store.get("user:1")
    (['kept', 'already there', 'without a row'], 'Ada')
    """

    def __init__(
        self,
        store: Store,
        source: Source,
        *,
        ttl: float,
        jitter: float = 0.1,
        rng: random.Random | None = None,
    ) -> None:
        self.store = store
        self.source = source
        self.lives = Lives(ttl, jitter, rng)

    def fill(self, key: str) -> Filled:
        """Bring the copy of `key`, if there is none."""
        if self.store.get(key) is not MISSING:
            return Filled.PRESENT
        row = self.source.read(key)
        if row is MISSING:
            return Filled.ABSENT
        if not add_for_now(self.store, key, row.value, self.lives.draw()):
            return Filled.PRESENT
        return self._confirm(key, row)

    def _confirm(self, key: str, row: Versioned) -> Filled:
        """Look whether `row` is still the row of `key`; if not, or in doubt, take it back."""
        try:
            now = self.source.read(key)
        except SourceError:
            take_back(self.store, key, row.value)
            raise
        if now is not MISSING and now.version == row.version:
            return Filled.KEPT
        take_back(self.store, key, row.value)
        return Filled.OVERTAKEN
