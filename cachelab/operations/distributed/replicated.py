"""
One store out of several that each hold a copy, so that one of them may fail or forget.

Each copy carries a version. A read takes the newest of those it sees and brings the others up to
it (read repair); how many it must see, and how many a write must reach, is the read rule.
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Literal, TypeAlias, get_args

from cachelab.ports import MISSING, Store, StoreError
from cachelab.ports.codec import encode
from cachelab.ports.stores import Absent, check_key, check_ttl

from .versioned import NEVER, Copy, newest, read_copy, written_after

ReadRule: TypeAlias = Literal["first", "quorum"]
"""How many copies a read must see: the first that has anything, or more than half of all."""

Seen: TypeAlias = dict[int, Copy]
"""What the stores that answered hold of a key, by their number."""


class Replicated:
    """
    A `Store` over `stores`, all of which hold a copy of each entry; they hold nothing else.

    With read="quorum", reads and writes each need more than half of the stores. As any two such
    parts overlap, a read sees the newest write that returned before it began, and never an older
    one after that (the entry behaves as if there were one store), while fewer than half fail.

    With read="first", a read needs one store and a write needs all. A read sees the newest write
    that returned, as long as one store answers; a write while a store fails raises `StoreError`
    once it has reached the others, and until the next write reads may see either value.

    `add` and `replace` are decided by the first store alone, whatever the rule, so of many clients
    one succeeds; while it fails they raise `StoreError`. Any write that raises may have been
    carried out, in part or later.

    This holds while stores keep what they acknowledged. One that lost an entry, by eviction or a
    restart, is given it back by the next read that sees both; if all that took part in a write lose
    it, an older copy may return. A deleted entry's version is kept for `forget_after` seconds, and
    an expired one's not at all: a store that was away for longer than that, or than the ttl of
    what it missed, must come back empty.

    Complexity: in trips, one after the other: a hit asks 1 store ("first") or n // 2 + 1, a miss n
    or n // 2 + 1, and each copy to be repaired takes 1 or 2 more. A set, delete, add or replace
    takes 2 for each store; `set_many` 1 for each store and 1 more for each copy.

    Raises:
        ValueError: there are no stores, another rule, or `forget_after` is not above zero.
        StoreError: too few stores answer.

    Source: H. Attiya, A. Bar-Noy, D. Dolev, "Sharing memory robustly in message-passing systems",
    JACM 42(1), 1995, for quorum reads and writes; the deciding store is an addition.

    >>> from cachelab.ports import MemoryStore
    >>> stores = [MemoryStore() for _ in range(3)]
    >>> store = Replicated(stores)
    >>> store.set("k", "v")
    >>> stores[0].clear()  # as if it had been started anew
    >>> store.get("k"), stores[0].get("k") == stores[1].get("k")
    ('v', True)
    """

    def __init__(
        self,
        stores: Sequence[Store],
        read: ReadRule = "quorum",
        *,
        forget_after: float = 86_400.0,
    ) -> None:
        if not stores:
            raise ValueError("there is nothing to make a store of: stores is empty")
        if read not in get_args(ReadRule):
            raise ValueError(f"read must be 'first' or 'quorum', not {read!r}")
        if not 0 < forget_after < math.inf:
            raise ValueError(f"forget_after must be seconds above 0, not {forget_after!r}")
        self.stores = list(stores)
        self.read: ReadRule = read
        self.forget_after = forget_after
        majority = len(self.stores) // 2 + 1
        self.reads, self.writes = (1, len(self.stores)) if read == "first" else (majority, majority)

    def get(self, key: str) -> Any | Absent:
        """Return the newest value of `key`, or MISSING."""
        return self._agreed(check_key(key), self._look([key])[key]).value

    def get_many(self, keys: Iterable[str]) -> dict[str, Any]:
        """Return the keys that are present with their newest values, in the order asked."""
        seen = self._look([check_key(key) for key in keys])
        found = {key: self._agreed(key, copies).value for key, copies in seen.items()}
        return {key: value for key, value in found.items() if value is not MISSING}

    def set(self, key: str, value: Any, ttl: float | None = None) -> None:
        """Keep `value` under `key` for `ttl` seconds, or for good."""
        self.set_many({key: value}, ttl)

    def set_many(self, entries: Mapping[str, Any], ttl: float | None = None) -> None:
        """Keep each of `entries` for `ttl` seconds; all are checked before the first is sent."""
        check_ttl(ttl)
        for key, value in entries.items():
            check_key(key)
            encode(value)
        seen = self._look(entries, everywhere=True)
        fresh = {key: written_after(seen[key].values(), value) for key, value in entries.items()}
        self._spread(fresh, ttl, seen)

    def add(self, key: str, value: Any, ttl: float | None = None) -> bool:
        """Keep `value` under `key` if nothing is there; tell whether it was kept."""
        encode(value)
        return self._swap(check_key(key), lambda found: found is MISSING, value, check_ttl(ttl))

    def replace(self, key: str, old: Any, new: Any | Absent, ttl: float | None = None) -> bool:
        """Put `new`, or nothing if MISSING, in the place of `old`; tell whether that was there."""
        expected = encode(old)
        if new is not MISSING:
            encode(new)
        check_ttl(ttl)

        def is_old(found: Any | Absent) -> bool:
            return found is not MISSING and encode(found) == expected

        return self._swap(check_key(key), is_old, new, self.forget_after if new is MISSING else ttl)

    def delete(self, key: str) -> bool:
        """Drop `key`; tell whether it was there."""
        seen = self._look([check_key(key)], everywhere=True)
        copies = seen[key].values()
        if len(copies) == len(self.stores) and all(copy.stored is MISSING for copy in copies):
            return False  # there is nothing anywhere to be outlived
        gone = written_after(copies, MISSING)
        self._spread({key: gone}, self.forget_after, seen)
        return newest(copies).value is not MISSING

    def ttl(self, key: str) -> float | Absent | None:
        """Return the seconds that the newest copy of `key` has left, None if for ever, MISSING."""
        seen = self._look([check_key(key)])[key]
        agreed = self._agreed(key, seen)
        if agreed.value is MISSING:
            return MISSING
        return self._holder(seen, agreed).ttl(key)

    def clear(self) -> None:
        """Drop every entry of every store, and what is known of deleted ones."""
        self._each(lambda store: store.clear())

    def close(self) -> None:
        """Close every store."""
        self._each(lambda store: store.close())

    def _look(self, keys: Iterable[str], everywhere: bool = False) -> dict[str, Seen]:
        """Ask the stores in turn for `keys` until the rule is content, or everywhere."""
        seen: dict[str, Seen] = {key: {} for key in keys}
        failure: StoreError | None = None
        for number, store in enumerate(self.stores):
            wanted = [key for key in seen if everywhere or not self._is_enough(seen[key])]
            if not wanted:
                break
            try:
                found = store.get_many(wanted)
            except StoreError as error:
                failure = error
                continue
            for key in wanted:
                seen[key][number] = read_copy(found.get(key, MISSING))
        answers = min(map(len, seen.values()), default=self.reads)
        if answers < self.reads:
            raise self._too_few("answer", answers, self.reads) from failure
        return seen

    def _is_enough(self, seen: Seen) -> bool:
        if self.read == "first":
            return any(copy.version > NEVER for copy in seen.values())
        return len(seen) >= self.reads

    def _agreed(self, key: str, seen: Seen) -> Copy:
        """Return the newest copy, once the stores that were seen with an older one have it too."""
        agreed = newest(seen.values())
        behind = [number for number, copy in seen.items() if copy.version < agreed.version]
        if not behind:
            return agreed
        left = self._holder(seen, agreed).ttl(key)
        if left is MISSING:
            return read_copy(MISSING)  # it has expired since
        self._bring(behind, key, agreed, left, seen, len(seen) - len(behind), self.reads)
        return agreed

    def _holder(self, seen: Seen, copy: Copy) -> Store:
        return next(self.stores[at] for at, held in seen.items() if held.version == copy.version)

    def _spread(
        self, fresh: Mapping[str, Copy], ttl: float | None, seen: Mapping[str, Seen]
    ) -> None:
        """Write new copies wherever the keys were seen; see that enough stores have them."""
        for key, copy in fresh.items():
            self._bring(list(seen[key]), key, copy, ttl, seen[key], 0, self.writes)

    def _bring(
        self,
        numbers: Iterable[int],
        key: str,
        copy: Copy,
        ttl: float | None,
        seen: Seen,
        have: int,
        need: int,
    ) -> None:
        """Put `copy` into stores that hold an older one, `have` of the `need` having it already."""
        failure: StoreError | None = None
        for number in numbers:
            try:
                _put_newer(self.stores[number], key, copy, ttl, seen[number].stored)
                have += 1
            except StoreError as error:
                failure = error
        if have < need:
            raise self._too_few("have the entry", have, need) from failure

    def _swap(
        self,
        key: str,
        is_expected: Callable[[Any | Absent], bool],
        value: Any | Absent,
        ttl: float | None,
    ) -> bool:
        """Have the first store put `value` in the place of what is expected, then tell the rest."""
        while True:
            seen = self._look([key], everywhere=True)[key]
            if 0 not in seen or len(seen) < self.writes:
                raise self._too_few("answer, the first among them", len(seen), self.writes)
            base = self._agreed(key, seen)
            if not is_expected(base.value):
                return False
            fresh = base.after(value)
            held = seen[0].stored if base.version == seen[0].version else base.stored
            first = self.stores[0]
            if held is MISSING:
                done = first.add(key, fresh.stored, ttl)
            else:
                done = first.replace(key, held, fresh.stored, ttl)
            if done:
                rest = [number for number in seen if number > 0]
                self._bring(rest, key, fresh, ttl, seen, 1, self.writes)
                return True

    def _each(self, call: Callable[[Store], None]) -> None:
        failures = []
        for store in self.stores:
            try:
                call(store)
            except StoreError as error:
                failures.append(error)
        if failures:
            raise StoreError(f"{len(failures)} of {self!r} failed") from failures[0]

    def _too_few(self, what: str, have: int, need: int) -> StoreError:
        return StoreError(f"{have} of {len(self.stores)} stores {what}; {need} are needed")

    def __repr__(self) -> str:
        return f"Replicated({len(self.stores)} stores, read={self.read!r})"


def _put_newer(store: Store, key: str, copy: Copy, ttl: float | None, stored: Any | Absent) -> None:
    """Put `copy` in the place of `stored`, or of whatever older is there by now."""
    while stored is MISSING or read_copy(stored).version < copy.version:
        if stored is MISSING:
            done = store.add(key, copy.stored, ttl)
        else:
            done = store.replace(key, stored, copy.stored, ttl)
        if done:
            return
        stored = store.get(key)
