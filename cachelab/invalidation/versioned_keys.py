"""
One version for a whole kind of key: change it, and all of them are misses at once.

"All users" or "everything of this release" is invalidated by one write, without knowing the keys.
The old entries are overwritten, or die by their ttl.
"""

from collections.abc import Callable
from typing import Any, ClassVar

from cachelab.ports import MISSING, Store

from . import versions
from .stamped import Look, Stamped, inner, judged


def first_part(key: str) -> str:
    """Return what stands before the first colon of `key`: "user" for "user:7"."""
    return key.partition(":")[0]


class VersionedKeys(Stamped):
    """
    A store whose keys fall into namespaces, each with a version that `bump` changes.

    `namespace` finds the namespace of a key, by itself its part before the first colon; let it
    return "user:7" for "user:7:cart" to have a version for each user.

    Staleness: none after `bump` has returned. The first bump counts, a value loaded before a bump
    is not seen after it (strategies and guards store in place of a lease; who stores by hand takes
    a `stamp` before the load and uses `set_as_of`), and a version that is lost is never used again.
    A strategy's readers share the loads of their process, and nobody tells those of a bump: a read
    may still join a load that began before it.

    Round trips: a hit or a miss is 1; a set 2; an add 3, a replace 2, a delete 1, a `bump` 1; one
    more for the first entry of a namespace. Every read asks for the namespace's version, so on a
    cluster that entry is a hot key.

    >>> from cachelab.ports import MemoryStore
    >>> store = VersionedKeys(MemoryStore())
    >>> store.set_many({"user:1": "Ada", "user:2": "Alan", "page:1": "Home"})
    >>> store.bump("user")
    >>> store.get_many(["user:1", "user:2", "page:1"])
    {'page:1': 'Home'}
    """

    name: ClassVar[str] = "versioned_keys"

    def __init__(self, store: Store, namespace: Callable[[str], str] = first_part) -> None:
        super().__init__(store)
        self.namespace = namespace

    def bump(self, namespace: str) -> None:
        """Make every entry of `namespace` a miss."""
        versions.bump(self.store, namespace)

    def names(self, key: str) -> list[str]:
        """Return the namespace of `key`, as a list of one."""
        return [self.namespace(key)]

    def look(self, keys: list[str]) -> dict[str, Look]:
        """Fetch entries and versions in one go: the names are known from the keys."""
        names = {key: self.namespace(key) for key in keys}
        wanted = [*map(versions.entry_of, dict.fromkeys(names.values())), *map(inner, names)]
        found: dict[str, Any] = self.store.get_many(wanted)
        now = versions.known(found, names.values())
        return {key: judged(found.get(inner(key), MISSING), now) for key in names}
