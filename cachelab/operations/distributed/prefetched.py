"""
One trip to a node for the keys of many groups, instead of one for each group.

With copies, the keys of a batch fall into as many groups as there are orders of nodes. What each
node is going to be asked for is fetched first, and every group is answered from that.
"""

from collections.abc import Iterable
from typing import Any

from cachelab.ports import Store, StoreError


class Prefetched:
    """
    A `Store` that has fetched `keys` from another, and goes on to it for everything else.

    If the fetch failed, reading one of these keys raises that error.
    """

    def __init__(self, store: Store, keys: Iterable[str]) -> None:
        self.store = store
        self.keys = set(keys)
        self.found: dict[str, Any] = {}
        self.failure: StoreError | None = None
        try:
            self.found = store.get_many(self.keys)
        except StoreError as error:
            self.failure = error

    def get_many(self, keys: Iterable[str]) -> dict[str, Any]:
        """Return the keys that are present with their values, in the order asked."""
        wanted = list(keys)
        if not self.keys.issuperset(wanted):
            return self.store.get_many(wanted)
        if self.failure is not None:
            raise self.failure
        return {key: self.found[key] for key in wanted if key in self.found}

    def __getattr__(self, verb: str) -> Any:
        return getattr(self.store, verb)
