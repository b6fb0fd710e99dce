"""
Names whose version can be changed, each in one entry of a store.

A version is a random word and not a counter. A counter that is lost (evicted, flushed, expired)
starts again at a number that was used before, and entries of that time come back to life; a word
that is lost is followed by one that never was.
"""

import uuid
from collections.abc import Iterable

from cachelab.ports import MISSING, Store
from cachelab.ports.stores import check_key

PREFIX = "v:"
"""Versions lie under other keys than entries, so no name of a user's can meet one."""


def entry_of(name: str) -> str:
    """Return the key under which the version of `name` is kept."""
    return PREFIX + check_key(name)


def bump(store: Store, name: str) -> None:
    """Give `name` a version that it never had; one round trip, and the first one counts too."""
    store.set(entry_of(name), uuid.uuid4().hex)


def known(found: dict[str, object], names: Iterable[str]) -> dict[str, str]:
    """Pick the versions of `names` out of what was `found`; those that are lost are left out."""
    versions = {name: found.get(entry_of(name), MISSING) for name in names}
    return {name: version for name, version in versions.items() if isinstance(version, str)}


def current(store: Store, names: Iterable[str]) -> dict[str, str]:
    """
    Return the version of each of `names`, and give one to those without.

    Round trips: 1, and 1 more for each name without a version.
    """
    wanted = list(dict.fromkeys(names))
    versions = known(store.get_many(map(entry_of, wanted)), wanted)
    for name in wanted:
        while name not in versions:
            fresh = uuid.uuid4().hex
            if store.add(entry_of(name), fresh):
                versions[name] = fresh
            else:  # another client gave it one a moment ago, or something else lies there
                versions.update(_read_again(store, name))
    return versions


def _read_again(store: Store, name: str) -> dict[str, str]:
    found = store.get(entry_of(name))
    if found is not MISSING and not isinstance(found, str):
        store.replace(entry_of(name), found, MISSING)
    return {name: found} if isinstance(found, str) else {}
