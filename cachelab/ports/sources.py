"""
The contract of a source: the database, whose word is the truth that caches copy.

Every row carries a version, a number that only grows. It is what makes a write safe to repeat and
safe to come late: an older version never replaces a newer one, in whatever order they arrive. A
row that is deleted leaves its version behind, so that an older write does not bring it back.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any, Final, NamedTuple, Protocol

from .codec import decode, encode
from .stores import MISSING, Absent, check_key

MAX_VERSION: Final = 2**62
"""Half of what databases count to, so that there is always a next one."""


@dataclass(frozen=True, slots=True)
class Versioned:
    """A row's value and its version; the value MISSING stands for a row that is to go."""

    value: Any
    version: int


class Source(Protocol):
    """
    A map from text keys to versioned rows, which is there to last.

    A value comes back as it went in, as from a `Store`: so a row read from the database equals the
    one read from a cache. Without a version a write or delete takes the next one, one above what
    is stored, in the same transaction; with one it is carried out only if that is newer.

    Raises:
        TypeError: a key is not text, or a value or version is of a kind that cannot be kept.
        ValueError: a version is below 1 or above `MAX_VERSION`.
        SourceError: the database failed, or refused a row.
    """

    def read(self, key: str) -> Versioned | Absent:
        """Return the row of `key`, or MISSING."""
        ...

    def write(self, key: str, value: Any, version: int | None = None) -> int:
        """Make `value` the row of `key` unless that is older; return the version now stored."""
        ...

    def write_many(self, rows: Mapping[str, Versioned]) -> None:
        """Store those of `rows` that are newer, in one transaction: all of them or none."""
        ...

    def delete(self, key: str, version: int | None = None) -> int:
        """Leave `key` without a row unless that is older; return the version now stored."""
        ...

    def close(self) -> None:
        """Give back what the source holds open; it is not used afterwards."""
        ...


class Row(NamedTuple):
    """A version and an encoded value, None where the row was deleted."""

    version: int
    payload: bytes | None


NOTHING = Row(0, None)


class MemorySource:
    """
    A `Source` over a dict: it lasts as long as the process, and does the rest like a database.

    Any number of threads may use one source.

    Complexity: O(size of the value) for `read` and `write`.

    >>> source = MemorySource()
    >>> source.write("greeting", "hello"), source.write("greeting", "hi")
    (1, 2)
    >>> source.write("greeting", "late", version=1)
    2
    >>> source.read("greeting")
    Versioned(value='hi', version=2)
    """

    def __init__(self) -> None:
        self.rows: dict[str, Row] = {}
        self._lock = Lock()

    def read(self, key: str) -> Versioned | Absent:
        """Return the row of `key`, or MISSING."""
        row = self.rows.get(check_key(key), NOTHING)
        return MISSING if row.payload is None else Versioned(decode(row.payload), row.version)

    def write(self, key: str, value: Any, version: int | None = None) -> int:
        """Make `value` the row of `key` unless that is older; return the version now stored."""
        return self._put(check_key(key), encode(value), version)

    def write_many(self, rows: Mapping[str, Versioned]) -> None:
        """Store those of `rows` that are newer; all are checked before the first is stored."""
        checked = {key: checked_row(key, row) for key, row in rows.items()}
        with self._lock:
            for key, row in checked.items():
                if row.version > self.rows.get(key, NOTHING).version:
                    self.rows[key] = row

    def delete(self, key: str, version: int | None = None) -> int:
        """Leave `key` without a row unless that is older; return the version now stored."""
        return self._put(check_key(key), None, version)

    def close(self) -> None:
        """Do nothing: a dict holds nothing open."""

    def __repr__(self) -> str:
        return "MemorySource()"

    def _put(self, key: str, payload: bytes | None, version: int | None) -> int:
        if version is not None:
            check_version(version)
        with self._lock:
            stored = self.rows.get(key, NOTHING).version
            row = Row(stored + 1 if version is None else version, payload)
            if row.version > stored:
                self.rows[key] = row
            return max(row.version, stored)


def checked_row(key: str, row: Versioned) -> Row:
    """
    The row as it is stored, once key, value and version are known to be good.

    Raises:
        TypeError: a key is not text, a value cannot be kept, or a version is not a whole number.
        ValueError: a version is out of range.
    """
    check_key(key)
    payload = None if row.value is MISSING else encode(row.value)
    return Row(check_version(row.version), payload)


def check_version(version: int) -> int:
    """
    The version itself, once it is known to be one.

    Raises:
        TypeError: it is not a whole number.
        ValueError: it is below 1 or above `MAX_VERSION`.
    """
    if isinstance(version, bool) or not isinstance(version, int):
        raise TypeError(f"a version must be a whole number, not {version!r}")
    if not 1 <= version <= MAX_VERSION:
        raise ValueError(f"a version must be from 1 to {MAX_VERSION}, not {version!r}")
    return version
