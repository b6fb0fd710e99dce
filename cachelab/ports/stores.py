"""
The contract of a key-value store: what every cache in this package talks to.

A store maps text keys to values for a while. Whatever changes how a cache is talked to (another
key, a shorter life, a second tier) is a store around a store, so this contract stays small.
Absence is `MISSING`, never None: "there is no such user" is an answer, and answers can be kept.
"""

import logging
from collections.abc import Callable, Iterable, Mapping
from enum import Enum
from typing import Any, Final, Literal, NoReturn, Protocol, TypeAlias

OnCorrupt: TypeAlias = Callable[[str, ValueError], None]
"""Is told the key whose bytes could not be read, and why; they are removed already."""

MAX_TTL: Final = 3e9
"""The longest time to live in seconds, about 95 years: servers refuse what overflows them."""


class Missing(Enum):
    """
    The type of `MISSING`, an enumeration of one so that type checkers understand `is MISSING`.

    It has no truth value: `if value:` also rejects 0, "" and None, which are values like others.
    Nor has it a `value`, which a row that was read has, and which other enumerations have.

    Raises:
        TypeError: its truth is asked for.
        AttributeError: its `value` is.
    """

    MISSING = "MISSING"

    def __bool__(self) -> bool:
        raise TypeError("MISSING is neither true nor false: compare with `is MISSING`")

    @property
    def value(self) -> NoReturn:
        raise AttributeError("MISSING has no value: look first, with `is MISSING`")

    def __repr__(self) -> str:
        return "MISSING"

    __str__ = __repr__


MISSING: Final = Missing.MISSING
"""What a store answers for a key that it does not hold."""

Absent: TypeAlias = Literal[Missing.MISSING]


class Store(Protocol):
    """
    A map from text keys to values, in which an entry may expire.

    A value comes back as it went in, equal and of the same type, and as a fresh copy: changing
    it changes nothing in the store. What `cachelab.ports.codec` cannot carry is refused by `set`.

    `add` and `replace` make leases: a reader that misses adds a placeholder nobody else could have
    written, and puts its value in place of it later. Whoever deletes or sets the key meanwhile
    takes the placeholder away, so a value that was read too early finds no place.

    An entry whose bytes cannot be read is a miss. It is removed, unless a new one came meanwhile,
    and its key and error go to the callback `on_corrupt` that a store is made with; by itself a
    store logs a warning.

    A verb whose answer is lost raises StoreError though it may have been carried out.

    Raises:
        TypeError: a key is not text, or a value (or a ttl) is of a kind that cannot be kept.
        ValueError: a ttl is not above zero, or is above `MAX_TTL`.
        StoreError: the server behind the store failed.
    """

    def get(self, key: str) -> Any | Absent:
        """Return the value of `key`, or MISSING."""
        ...

    def get_many(self, keys: Iterable[str]) -> dict[str, Any]:
        """Return the keys that are present with their values, in the order asked."""
        ...

    def set(self, key: str, value: Any, ttl: float | None = None) -> None:
        """Keep `value` under `key` for `ttl` seconds, or for good; the old entry is replaced."""
        ...

    def set_many(self, entries: Mapping[str, Any], ttl: float | None = None) -> None:
        """Keep each of `entries` for `ttl` seconds; not one atomic step."""
        ...

    def add(self, key: str, value: Any, ttl: float | None = None) -> bool:
        """Keep `value` under `key` if nothing is there, in one step; tell whether it was kept."""
        ...

    def replace(self, key: str, old: Any, new: Any | Absent, ttl: float | None = None) -> bool:
        """
        Put `new` in the place of `old`, and start a new life; tell whether `old` was there.

        One atomic step: whatever was stored or dropped since `old` was seen makes it False. With
        MISSING for `new` the entry is dropped. `old` is as it was stored or read: the encoded bytes
        are compared, so equal dicts in another order differ, and so do 1, 1.0 and True.
        """
        ...

    def delete(self, key: str) -> bool:
        """Drop `key`; tell whether it was there."""
        ...

    def ttl(self, key: str) -> float | Absent | None:
        """Return the seconds that `key` has left, None if it never expires, or MISSING."""
        ...

    def clear(self) -> None:
        """Drop every entry of this store, and none of anybody else's."""
        ...

    def close(self) -> None:
        """Give back what the store holds open; it is not used afterwards."""
        ...


def log_corrupt(key: str, error: ValueError) -> None:
    """Log a warning about an entry that could not be read: what a store does unless told better."""
    logging.getLogger("cachelab.ports").warning("the entry of %r was removed: %s", key, error)


def check_key(key: str) -> str:
    """
    The key itself, once it is known to be text.

    Raises:
        TypeError: `key` is not a `str`.
    """
    if not isinstance(key, str):
        raise TypeError(f"a key must be text, not {key!r}")
    return key


def check_ttl(ttl: float | None) -> float | None:
    """
    The ttl itself, once it is known to be None or a number of seconds above zero.

    Raises:
        TypeError: `ttl` is not a number.
        ValueError: `ttl` is zero, negative, not finite, or above `MAX_TTL`.
    """
    if ttl is None:
        return None
    if isinstance(ttl, bool) or not isinstance(ttl, int | float):
        raise TypeError(f"ttl must be a number of seconds or None, not {ttl!r}")
    if not 0 < ttl <= MAX_TTL:
        raise ValueError(f"ttl must be above 0 and at most {MAX_TTL:.0f} seconds, not {ttl!r}")
    return ttl
