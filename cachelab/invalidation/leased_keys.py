"""
Leases: who finds nothing is given the right to store, and a delete takes that right away.

This is memcached as Facebook changed it. It mends two faults at once: a value that was read before
a delete finds no place after it, and of a crowd that misses together one loads. Tokens are handed
out at a bounded rate for each key, so however often it is deleted the database is not overrun.
"""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from cachelab.ports import MISSING, Store
from cachelab.ports.stores import MAX_TTL, Absent, check_key

from .base import StoreAround
from .stamped import inner

LEASE_LIFE = 60.0
"""Seconds after which a lease that was not used is void."""


@dataclass(frozen=True, slots=True)
class Answer:
    """
    What `ask` says: a value; or a token, which lets you load and `fill`; or neither: ask again.

    With a token or with neither there may be a `stale` value, deleted a short while ago.
    """

    value: Any | Absent = MISSING
    token: str | None = None
    stale: Any | Absent = MISSING


class LeasedKeys(StoreAround):
    """
    A store that answers a miss by a lease, to one reader per key in `every` seconds.

    Readers call `ask`; the one with a token loads and calls `fill`, or `give_up` if that fails.
    The others ask again shortly, or take the older value: for `stale_for` seconds (none by itself)
    what was deleted is kept for them. All the verbs of a store go on as without, and see no lease.

    Staleness: none through `fill`: a lease that a `delete` or `set` came after is void. A reader
    who takes a stale value takes one that was deleted up to `stale_for` seconds ago.

    Loads: one per key in `every` seconds, among all processes, were the key deleted a hundred times
    meanwhile; and so a miss may have to wait that long. A holder that dies costs the same wait.

    Round trips: `get` and `set` are 1, as without, an `add` 2, a `delete` 1, or 3 with `stale_for`;
    an `ask` is 1 for a hit, 2 for those who wait, 3 for the holder, and a `fill` 1.

    Raises:
        ValueError: `every` is not above zero, or `stale_for` below it.

    Source: R. Nishtala et al., Scaling Memcache at Facebook, NSDI 2013, section 3.2.1: 64-bit
    tokens, one per key in ten seconds, a delete that voids them, and deleted values for a while.

    >>> from cachelab.ports import MemoryStore
    >>> store = LeasedKeys(MemoryStore(), every=10)
    >>> early, other = store.ask("user:7"), store.ask("user:7")
    >>> early.token is None, other.token is None
    (False, True)
    >>> store.delete("user:7")  # a writer, while the row is on its way
    True
    >>> store.fill("user:7", early.token, "the row of before")
    False
    """

    name: ClassVar[str] = "leased_keys"

    def __init__(self, store: Store, *, every: float = 10.0, stale_for: float = 0.0) -> None:
        super().__init__(store)
        if not 0 < every <= MAX_TTL:
            raise ValueError(f"every must be above 0 seconds, not {every!r}")
        if not 0 <= stale_for <= MAX_TTL:
            raise ValueError(f"stale_for must be at least 0 seconds, not {stale_for!r}")
        self.every = every
        self.stale_for = stale_for

    def ask(self, key: str) -> Answer:
        """Return the value of `key`, or the right to load it, or that another has that right."""
        token = uuid.uuid4().hex
        is_ours = False
        while True:  # each further round means that another client got in between
            found = self.store.get_many([inner(key), _old(key)])
            entry, stale = found.get(inner(key), MISSING), found.get(_old(key), MISSING)
            value = _value(entry)
            if value is not MISSING:
                return Answer(value)
            is_ours = is_ours or self.store.add(_turn(key), token, self.every)
            if not is_ours:
                return Answer(stale=stale)
            if self._put(key, entry, ["lease", token], LEASE_LIFE):
                return Answer(token=token, stale=stale)

    def fill(self, key: str, token: str | None, value: Any, ttl: float | None = None) -> bool:
        """Keep `value` if the lease is still good; tell whether it was."""
        return self.store.replace(inner(key), ["lease", token], ["value", value], ttl)

    def give_up(self, key: str, token: str | None) -> None:
        """Give a lease back that will not be used, so that the next reader gets one."""
        if self.store.replace(inner(key), ["lease", token], MISSING):
            self.store.replace(_turn(key), token, MISSING)

    def get(self, key: str) -> Any | Absent:
        """Return the value of `key`, or MISSING; it gives no lease."""
        return _value(self.store.get(inner(key)))

    def get_many(self, keys: Iterable[str]) -> dict[str, Any]:
        """Return the keys that are present with their values, in the order asked."""
        names = {inner(key): key for key in keys}
        values = {names[name]: _value(entry) for name, entry in self.store.get_many(names).items()}
        return {key: value for key, value in values.items() if value is not MISSING}

    def set_many(self, entries: Mapping[str, Any], ttl: float | None = None) -> None:
        """Keep each of `entries`, whatever leases there are: those are void now."""
        self.store.set_many({inner(key): ["value", entries[key]] for key in entries}, ttl)

    def add(self, key: str, value: Any, ttl: float | None = None) -> bool:
        """Keep `value` if no value is there; tell whether it was kept. A lease is void then."""
        while True:
            entry = self.store.get(inner(key))
            if _value(entry) is not MISSING:
                return False
            if self._put(key, entry, ["value", value], ttl):
                return True

    def replace(self, key: str, old: Any, new: Any | Absent, ttl: float | None = None) -> bool:
        """Put `new`, or nothing if MISSING, in the place of `old`; tell whether that was there."""
        fresh = MISSING if new is MISSING else ["value", new]
        return self.store.replace(inner(key), ["value", old], fresh, ttl)

    def delete(self, key: str) -> bool:
        """Drop `key`, and make a lease on it void; tell whether either was there."""
        if self.stale_for:
            value = self.get(key)
            if value is not MISSING:
                self.store.set(_old(key), value, self.stale_for)
        return self.store.delete(inner(key))

    def ttl(self, key: str) -> float | Absent | None:
        """Return the seconds that `key` has left, None if it never expires, or MISSING."""
        return MISSING if self.get(key) is MISSING else self.store.ttl(inner(key))

    def _put(self, key: str, entry: Any | Absent, new: Any, ttl: float | None) -> bool:
        """Put `new` where `entry` was found, which may be nothing; tell whether it is so still."""
        if entry is MISSING:
            return self.store.add(inner(key), new, ttl)
        return self.store.replace(inner(key), entry, new, ttl)


def _old(key: str) -> str:
    """Return the key of the value that was deleted, kept for those who would rather not wait."""
    return "s:" + check_key(key)


def _turn(key: str) -> str:
    """Return the key that lives as long as no other token is handed out."""
    return "t:" + check_key(key)


def _value(entry: Any | Absent) -> Any | Absent:
    match entry:
        case ["value", value]:
            return value
    return MISSING
