"""
What belongs together, kept together: all that is known of one user in one slot of a cluster.

A cluster places a key by its hash tag, the part between braces. With the user's id for a tag, all
of a user's keys are on one node, and one command reads them; other users are on other nodes.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from cachelab.ports import MISSING, Store
from cachelab.ports.stores import Absent

PARTS = ("profile", "settings", "preferences")


class UserData:
    """
    The `parts` of each user in a `store`, under keys like `user:{42}:profile`.

    On a cluster all keys of a user are in one slot, so `get_user_data` is one MGET at one node, and
    a transaction or a script may use them together. The price: a user asked for by everybody makes
    one node hot, and a tag shared by all users would put them all there. On one server it is one
    trip as well. A prefix of the store must have no braces, or it would be the tag.

    Raises:
        ValueError: an id that is empty or has a brace: its keys would fall into different slots.
        TypeError: an id that is neither text nor a whole number.

    >>> from cachelab.hashing import hash_slot
    >>> from cachelab.ports import MemoryStore
    >>> users = UserData(MemoryStore())
    >>> users.set_user_data(42, {"profile": {"name": "Ada"}, "settings": None})
    >>> users.get_user_data(42)
    {'profile': {'name': 'Ada'}, 'settings': None, 'preferences': MISSING}
    >>> {hash_slot(key) for key in users.keys(42)}
    {8000}
    """

    def __init__(self, store: Store, parts: Iterable[str] = PARTS) -> None:
        self.store = store
        self.parts = tuple(parts)

    def key(self, user_id: str | int, part: str) -> str:
        """Return the key of one part of a user's data."""
        if isinstance(user_id, bool) or not isinstance(user_id, str | int):
            raise TypeError(f"a user's id must be text or a whole number, not {user_id!r}")
        tag = str(user_id)
        if not tag or "{" in tag or "}" in tag:
            raise ValueError(f"a user's id must not be empty or have a brace in it: {tag!r}")
        if part not in self.parts:
            raise ValueError(f"a part must be one of {', '.join(self.parts)}, not {part!r}")
        return f"user:{{{tag}}}:{part}"

    def keys(self, user_id: str | int) -> list[str]:
        """Return the keys of all parts of a user's data, which share a slot."""
        return [self.key(user_id, part) for part in self.parts]

    def get_user_data(self, user_id: str | int) -> dict[str, Any | Absent]:
        """Return every part in one trip, MISSING for those that are not there."""
        keys = self.keys(user_id)
        found = self.store.get_many(keys)
        return {part: found.get(key, MISSING) for part, key in zip(self.parts, keys, strict=True)}

    def set_user_data(
        self, user_id: str | int, data: Mapping[str, Any], ttl: float | None = None
    ) -> None:
        """Keep the parts that `data` has, in one trip; the others stay as they are."""
        self.store.set_many({self.key(user_id, part): data[part] for part in data}, ttl)

    def delete_user_data(self, user_id: str | int) -> None:
        """Drop every part."""
        for key in self.keys(user_id):
            self.store.delete(key)
