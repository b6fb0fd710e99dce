"""
Entries that carry the versions of the names they depend on, and count only while those are current.

To change one version makes every entry that carries the old one a miss, however many there are:
nobody has to find them. This is what versioned keys and tags have in common.
"""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from cachelab.ports import MISSING
from cachelab.ports.codec import encode
from cachelab.ports.stores import Absent, check_key, check_ttl

from . import versions
from .base import StoreAround

Stamp = dict[str, str]
"""The names that an entry depends on, each with its version when the entry was stored."""


class Look(NamedTuple):
    """What lies under a key: the whole entry, and its value if the stamp is current."""

    entry: Any | Absent
    value: Any | Absent


NOTHING = Look(MISSING, MISSING)


def inner(key: str) -> str:
    """Return the key under which the entry of `key` is kept."""
    return "k:" + check_key(key)


class Stamped(StoreAround):
    """
    A store whose entries are [stamp, value], and whose names can be bumped.

    A subclass says which names a key depends on, and how entries and versions are fetched. A value
    in place of a lease gets the lease's stamp: what was read before a bump is not seen after it.
    `delete` says True of an outdated entry too: it was there, though nobody could see it.

    A version takes up one entry without a ttl. If a server evicts it, the entries under it are
    misses, and never again hits.
    """

    def names(self, key: str) -> Iterable[str]:
        """Return the names that a new entry of `key` depends on."""
        raise NotImplementedError

    def look(self, keys: list[str]) -> dict[str, Look]:
        """Return what lies under each of `keys`; those with nothing may be left out."""
        raise NotImplementedError

    def get(self, key: str) -> Any | Absent:
        """Return the value of `key`, or MISSING, also if a name it depends on was bumped."""
        return self._look_at(key).value

    def get_many(self, keys: Iterable[str]) -> dict[str, Any]:
        """Return the keys that are present, and current, in the order asked."""
        wanted = [check_key(key) for key in keys]
        seen = self.look(wanted)
        found = {key: seen.get(key, NOTHING).value for key in wanted}
        return {key: value for key, value in found.items() if value is not MISSING}

    def set_many(self, entries: Mapping[str, Any], ttl: float | None = None) -> None:
        """Keep each of `entries` under the versions of this moment."""
        self._keep(entries, ttl, {key: self.names(check_key(key)) for key in entries})

    def set_as_of(self, stamp: Stamp, key: str, value: Any, ttl: float | None = None) -> None:
        """Keep `value`, which was loaded after `stamp` was taken: a bump since then counts."""
        self.store.set(inner(key), [stamp, value], ttl)

    def stamp(self, key: str) -> Stamp:
        """Return the versions that `key` depends on now: to be taken before a value is loaded."""
        return versions.current(self.store, self.names(check_key(key)))

    def add(self, key: str, value: Any, ttl: float | None = None) -> bool:
        """Keep `value` under `key` if nothing current is there; tell whether it was kept."""
        check_ttl(ttl)
        while True:  # each further round means that another client got in between
            seen = self._look_at(key)
            if seen.value is not MISSING:
                return False
            fresh = [self.stamp(key), value]
            if seen.entry is MISSING:
                kept = self.store.add(inner(key), fresh, ttl)
            else:
                kept = self.store.replace(inner(key), seen.entry, fresh, ttl)
            if kept:
                return True

    def replace(self, key: str, old: Any, new: Any | Absent, ttl: float | None = None) -> bool:
        """Put `new`, under the same stamp, in the place of `old`, if that is there and current."""
        check_ttl(ttl)
        match self._look_at(key):
            case Look([stamp, _], value) if value is not MISSING:
                fresh = MISSING if new is MISSING else [stamp, new]
                return self.store.replace(inner(key), [stamp, old], fresh, ttl)
        encode(old if new is MISSING else new)  # refused here as it is where there is an entry
        return False

    def delete(self, key: str) -> bool:
        """Drop `key`; tell whether an entry was there."""
        return self.store.delete(inner(key))

    def ttl(self, key: str) -> float | Absent | None:
        """Return the seconds that `key` has left, None if it never expires, or MISSING."""
        return MISSING if self._look_at(key).value is MISSING else self.store.ttl(inner(key))

    def _look_at(self, key: str) -> Look:
        return self.look([check_key(key)]).get(key, NOTHING)

    def _keep(
        self, entries: Mapping[str, Any], ttl: float | None, names: Mapping[str, Iterable[str]]
    ) -> None:
        check_ttl(ttl)
        wanted = {key: list(dict.fromkeys(names[key])) for key in entries}
        now = versions.current(self.store, (name for some in wanted.values() for name in some))
        stamps = {key: {name: now[name] for name in some} for key, some in wanted.items()}
        fresh = {inner(key): [stamps[key], value] for key, value in entries.items()}
        self.store.set_many(fresh, ttl)


def judged(entry: Any | Absent, now: Mapping[str, str]) -> Look:
    """Look at `entry` in the light of the versions `now`; what is no entry has no value."""
    match entry:
        case [dict() as stamp, value] if all(now.get(name) == stamp[name] for name in stamp):
            return Look(entry, value)
    return Look(entry, MISSING)


def names_in(entry: Any | Absent) -> list[str]:
    """Return the names that `entry` depends on."""
    match entry:
        case [dict() as stamp, _]:
            return list(stamp)
    return []
