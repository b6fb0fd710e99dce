"""
Where guards keep their values: entries that know how long they took and how long they are good.

What replaces an entry names the one it replaces, and the store compares: whoever comes late finds
another entry there, or none, and changes nothing. Somebody who loads where there is no entry yet
puts a place there first, which nobody else could have written.
"""

import random
import time
import uuid
from dataclasses import dataclass
from enum import Enum
from typing import Any, TypeAlias

from cachelab.ports import MISSING, Clock, Store, StoreError
from cachelab.ports.stores import MAX_TTL, Absent, check_key, check_ttl

Entry: TypeAlias = list[Any]
"""["row", delta, expires, value], ["absent", delta, expires], or ["place", token, old or None]."""


class WallClock:
    """The time of day in seconds since 1970, which machines agree on but for their clocks' skew."""

    def now(self) -> float:
        """Return the time in seconds."""
        return time.time()


class Gap(Enum):
    """Why a look brought nothing."""

    VACANT = "nothing there"
    UNREACHABLE = "the store failed, and is left alone for the rest of this call"


@dataclass(frozen=True, slots=True)
class Found:
    """
    A value as it was found (MISSING: it is known that there is none).

    `delta` is the seconds it took to load, `expires` when it is no longer fresh, by the clock.
    """

    value: Any
    delta: float
    expires: float
    entry: Entry


@dataclass(frozen=True, slots=True)
class Place:
    """A promise to bring a value, and the `old` one it stands for, if any."""

    entry: Entry
    old: Found | None = None


class Shelf:
    """
    Values in a store, each fresh for `ttl` seconds or a little less, an absence for less still.

    No method raises `StoreError`. Keys go under `value:`, so that what a guard keeps beside them,
    under another word, can never be somebody's key.

    Complexity: one round trip per method; a look that finds what no guard wrote removes it, in one
    more.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        rng: random.Random,
        *,
        ttl: float,
        negative_ttl: float,
        jitter: float,
    ) -> None:
        if not 0 <= jitter < 1:
            raise ValueError(f"jitter must be at least 0 and below 1, not {jitter!r}")
        self.store = store
        self.clock = clock
        self.rng = rng
        self.ttl = seconds("ttl", ttl)
        self.negative_ttl = min(seconds("negative_ttl", negative_ttl), self.ttl)
        self.jitter = jitter

    def look(self, key: str) -> Found | Place | Gap:
        """Return what is kept for `key`, or why there is nothing."""
        try:
            entry = self.store.get(_name(key))
        except StoreError:
            return Gap.UNREACHABLE
        found = _read(entry)
        if found is Gap.VACANT and entry is not MISSING:
            self._swap(key, entry, MISSING, None)  # no guard wrote it, and it would be in the way
        return found

    def put(self, key: str, value: Any | Absent, delta: float, grace: float = 0.0) -> None:
        """Keep `value`, whatever is there."""
        entry, life = self._entry(value, delta, grace)
        try:
            self.store.set(_name(key), entry, life)
        except (StoreError, TypeError, ValueError):
            return  # the store is down, or cannot carry this value: it is served, and not kept

    def reserve(self, key: str, life: float) -> Place | None:
        """Put a place where nothing is; None if something is, or the store failed."""
        place = Place(["place", uuid.uuid4().hex, None])
        try:
            return place if self.store.add(_name(key), place.entry, life) else None
        except StoreError:
            return None

    def exchange(self, key: str, seen: Found | Place, life: float) -> Place | None:
        """Put a place where `seen` is, with its value in hand; None if `seen` is gone."""
        old = seen if isinstance(seen, Found) else seen.old
        place = Place(["place", uuid.uuid4().hex, old and old.entry], old)
        return place if self._swap(key, seen.entry, place.entry, life) else None

    def fill(
        self, key: str, seen: Found | Place, value: Any | Absent, delta: float, grace: float = 0.0
    ) -> bool:
        """Keep `value` in the place of `seen`; tell whether that was still there."""
        entry, life = self._entry(value, delta, grace)
        return self._swap(key, seen.entry, entry, life)

    def give_up(self, key: str, place: Place, grace: float = 0.0) -> None:
        """Take `place` away, if it is still there, and put back the value that was in its hand."""
        if place.old is None or grace <= 0:
            self._swap(key, place.entry, MISSING, None)
        else:
            self._swap(key, place.entry, place.old.entry, grace)

    def drop(self, key: str) -> bool:
        """Remove what is kept for `key`, a place too; tell whether it is known to be gone."""
        try:
            self.store.delete(_name(key))
        except StoreError:
            return False
        return True

    def _entry(self, value: Any | Absent, delta: float, grace: float) -> tuple[Entry, float]:
        now = self.clock.now()
        if value is MISSING:
            return ["absent", delta, now + self.negative_ttl], self.negative_ttl
        # Downwards only, so that `ttl` stays what it says: the longest time to be fresh.
        life = self.ttl * (1 - self.jitter * self.rng.random()) if self.jitter else self.ttl
        return ["row", delta, now + life, value], min(life + grace, MAX_TTL)

    def _swap(self, key: str, old: Entry, new: Entry | Absent, life: float | None) -> bool:
        try:
            return self.store.replace(_name(key), old, new, life)
        except (StoreError, TypeError, ValueError):
            return False


def seconds(name: str, value: float) -> float:
    """
    The time itself, once it is known to be a number of seconds above zero.

    Raises:
        TypeError: it is not a number.
        ValueError: it is not above zero, or beyond what a server can count.
    """
    if value is None:
        raise TypeError(f"{name} must be a number of seconds: a value must end some time")
    try:
        check_ttl(value)
    except (TypeError, ValueError) as error:
        raise type(error)(f"{name}: {error}") from None
    return value


def _name(key: str) -> str:
    return f"value:{check_key(key)}"


def _read(entry: Any) -> Found | Place | Gap:
    match entry:
        case ["row", float() | int() as delta, float() | int() as expires, value]:
            return Found(value, delta, expires, entry)
        case ["absent", float() | int() as delta, float() | int() as expires]:
            return Found(MISSING, delta, expires, entry)
        case ["place", str(), old]:
            found = _read(old)
            return Place(entry, found if isinstance(found, Found) else None)
    return Gap.VACANT  # nothing, or something that no guard wrote
