"""
Tags on entries: change the version of a tag, and every entry that carries it is a miss.

A page that shows ten products carries ten tags. Nobody keeps the list of pages per product, which
would have to be kept right through evictions and crashes; each entry knows what it depends on.
"""

from collections.abc import Callable, Iterable
from typing import Any, ClassVar

from cachelab.ports import MISSING, Store
from cachelab.ports.stores import check_key

from . import versions
from .stamped import Look, Stamped, inner, judged, names_in


def no_tags(key: str) -> Iterable[str]:  # noqa: ARG001 - the shape of any such function
    """Return nothing: the tags are those given with each entry."""
    return ()


class TaggedKeys(Stamped):
    """
    A store whose entries carry tags, each of which can be invalidated.

    Tags come from `tags_of(key)`, so that a strategy that knows nothing of tags gets them, and
    from `set(..., tags=...)`.

    Staleness: none after `invalidate` has returned, on the same terms as `VersionedKeys`.

    Round trips: a hit is 2, or 1 without tags; a miss 1, or 2 if outdated; a set 2, or 1 without
    tags; an add 4 at most, a replace 3, a delete 1, an `invalidate` 1, whatever the number of
    entries; one more for each tag that is new.

    >>> from cachelab.ports import MemoryStore
    >>> store = TaggedKeys(MemoryStore())
    >>> store.set("page:home", "<ul>...", tags=["product:1", "product:2"])
    >>> store.set("page:about", "<p>...")
    >>> store.invalidate("product:2")
    >>> store.get_many(["page:home", "page:about"])
    {'page:about': '<p>...'}
    """

    name: ClassVar[str] = "tagged_keys"

    def __init__(self, store: Store, tags_of: Callable[[str], Iterable[str]] = no_tags) -> None:
        super().__init__(store)
        self.tags_of = tags_of

    def invalidate(self, tag: str) -> None:
        """Make every entry with `tag` a miss."""
        versions.bump(self.store, tag)

    def names(self, key: str) -> list[str]:
        """Return the tags that `key` has by itself."""
        return list(self.tags_of(key))

    def set(self, key: str, value: Any, ttl: float | None = None, tags: Iterable[str] = ()) -> None:
        """Keep `value` under `key` with these `tags` besides those it has by itself."""
        if isinstance(tags, str):
            raise TypeError(f"tags must be a list of texts, not the text {tags!r}")
        self._keep({key: value}, ttl, {key: [*self.names(check_key(key)), *tags]})

    def look(self, keys: list[str]) -> dict[str, Look]:
        """Fetch the entries, and then the versions of the tags they carry."""
        found = self.store.get_many(map(inner, dict.fromkeys(keys)))
        tags = dict.fromkeys(tag for entry in found.values() for tag in names_in(entry))
        now = (
            versions.known(self.store.get_many(map(versions.entry_of, tags)), tags) if tags else {}
        )
        return {key: judged(found.get(inner(key), MISSING), now) for key in keys}
