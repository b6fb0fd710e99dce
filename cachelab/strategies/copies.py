"""
The copies of rows that a strategy keeps in its store, and the promises to bring one.

Reading the truth and storing a copy are two steps, and a write can come between them. So a reader
first puts a lease under the key, a placeholder nobody else could have written, and stores its copy
only if the lease is still there. Whoever writes removes or replaces what is there, and with it the
lease: an old row is never put back. A store that fails costs time, never an answer.
"""

import random
import uuid
from contextlib import suppress
from enum import Enum
from typing import Any, NamedTuple, TypeAlias

from cachelab.ports import MISSING, Store, StoreError
from cachelab.ports.stores import Absent

from .base import seconds

Entry: TypeAlias = list[Any]
"""What the store holds: ["row", stamp, ttl, value], ["absent", stamp, ttl] or ["lease", stamp]."""

MAX_UNCONFIRMED = 10_000


class NoCopy(Enum):
    """Why a look brought no copy."""

    VACANT = "nothing there"
    LEASED = "somebody is bringing one"
    UNREACHABLE = "the store failed, and is left alone for the rest of this read"


class Copy(NamedTuple):
    """A copy as it was found: its value (MISSING: there is no such row), and the whole entry."""

    value: Any
    entry: Entry

    @property
    def stamp(self) -> str:
        """What tells this copy from every other of the same key, even of the same value."""
        return str(self.entry[1])

    @property
    def ttl(self) -> float:
        """The seconds it was stored for."""
        return float(self.entry[2])


class Lease(NamedTuple):
    """The right to store a copy, for as long as its entry is in the store."""

    entry: Entry


class Copies:
    """
    Rows in a store under leases, each of which lives at most `ttl` seconds.

    Copies of rows live between `ttl * (1 - jitter)` and `ttl`, so that what was stored together
    does not die together; a remembered absence lives `negative_ttl`, a lease `lease_ttl`, which
    bounds the time that a row can be loading and still be kept. No method raises `StoreError`.

    Complexity: one round trip per method; a miss takes three: `look`, `lease` and `fill`.
    """

    def __init__(
        self,
        store: Store,
        *,
        ttl: float,
        negative_ttl: float,
        lease_ttl: float,
        jitter: float,
        rng: random.Random,
    ) -> None:
        if not 0 <= jitter < 1:
            raise ValueError(f"jitter must be at least 0 and below 1, not {jitter!r}")
        self.store = store
        self.ttl = seconds("ttl", ttl)
        self.negative_ttl = seconds("negative_ttl", negative_ttl)
        self.lease_ttl = seconds("lease_ttl", lease_ttl)
        self.jitter = jitter
        self.rng = rng
        self.unconfirmed: dict[str, None] = {}
        """Keys whose copy should be gone, but the store could not be told, oldest first."""

    def look(self, key: str) -> Copy | NoCopy:
        """Return the copy of `key`, or why there is none."""
        if key in self.unconfirmed and not self.drop(key):
            return NoCopy.UNREACHABLE
        try:
            entry = self.store.get(key)
        except StoreError:
            return NoCopy.UNREACHABLE
        match entry:
            case ["row", _, _, value]:
                return Copy(value, entry)
            case ["absent", _, _]:
                return Copy(MISSING, entry)
            case ["lease", _]:
                return NoCopy.LEASED
        if entry is not MISSING:  # not from here: another program, or another release of this one
            self.drop(key)
        return NoCopy.VACANT

    def lease(self, key: str) -> Lease | NoCopy:
        """Put a lease under `key` if nothing is there; without one, nothing may be stored."""
        lease = _new_lease()
        try:
            added = self.store.add(key, lease.entry, self.lease_ttl)
        except StoreError:
            return NoCopy.UNREACHABLE
        return lease if added else NoCopy.LEASED

    def claim(self, key: str) -> Lease | NoCopy:
        """Put a lease under `key` in place of whatever is there: nobody else may store now."""
        lease = _new_lease()
        try:
            self.store.set(key, lease.entry, self.lease_ttl)
        except StoreError:
            self.doubt(key)
            return NoCopy.UNREACHABLE
        self.unconfirmed.pop(key, None)
        return lease

    def exchange(self, key: str, copy: Copy) -> Lease | NoCopy:
        """Put a lease in place of `copy`, if it is still there."""
        lease = _new_lease()
        try:
            replaced = self.store.replace(key, copy.entry, lease.entry, self.lease_ttl)
        except StoreError:
            return NoCopy.UNREACHABLE
        return lease if replaced else NoCopy.LEASED

    def fill(
        self, key: str, place: Lease | Copy, value: Any | Absent, ttl: float | None = None
    ) -> bool:
        """Put a copy of `value` in place of `place`; tell whether that was still there."""
        entry, ends = self.entry(value, ttl)
        try:
            return self.store.replace(key, place.entry, entry, ends)
        except StoreError:
            return False
        except (TypeError, ValueError):
            return False  # a row that would not come back as it is: it is served, and not kept

    def give_back(self, key: str, lease: Lease) -> None:
        """Take away a lease that nothing will come of, if it is still there."""
        with suppress(StoreError):  # then it ends by itself
            self.store.replace(key, lease.entry, MISSING)

    def entry(self, value: Any | Absent, ttl: float | None = None) -> tuple[Entry, float]:
        """Make the entry that says `value`, and choose how long it lives."""
        stamp = uuid.uuid4().hex
        if value is MISSING:
            return ["absent", stamp, self.negative_ttl], self.negative_ttl
        # Downwards only, so that `ttl` stays what it says: the longest time to be wrong.
        ends = (self.ttl if ttl is None else ttl) * (1 - self.jitter * self.rng.random())
        return ["row", stamp, ends, value], ends

    def drop(self, key: str) -> bool:
        """Remove what is under `key`, a lease too; tell whether it is known to be gone."""
        try:
            self.store.delete(key)
        except StoreError:
            return self.doubt(key)
        self.unconfirmed.pop(key, None)
        return True

    def is_first(self, token: str) -> bool:
        """Tell whether nobody has asked this of `token` within `lease_ttl`; False on an error."""
        try:
            return self.store.add(token, True, self.lease_ttl)
        except StoreError:
            return False

    def doubt(self, key: str) -> bool:
        """Remember that a copy of `key` may be old, so that the next look removes it first."""
        self.unconfirmed[key] = None
        if len(self.unconfirmed) > MAX_UNCONFIRMED:
            self.unconfirmed.pop(next(iter(self.unconfirmed), ""), None)
        return False


def _new_lease() -> Lease:
    return Lease(["lease", uuid.uuid4().hex])
