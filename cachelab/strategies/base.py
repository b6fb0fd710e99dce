"""
The contract of a strategy: how a program's reads and writes meet the cache and the database.

A strategy joins a `Store`, which may forget, fail or be slow, to a source, which is the truth. Each
one's docstring makes the same promises in the same order: how consistent reads are, what a crash
loses, and the round trips that a hit, a miss and a write cost.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from cachelab.ports import MISSING, Source, Store, Versioned
from cachelab.ports.stores import Absent, check_ttl


@dataclass(frozen=True, slots=True)
class Written:
    """
    What became of a write that was carried out.

    `version` is the one the row got. `fresh` tells whether the cache is known to agree; if not,
    it may serve the older row until that expires. A write that failed raises instead.
    """

    version: int
    fresh: bool


class Strategy(ABC):
    """
    A way to read and write rows through a cache.

    Rows are what the store's codec can carry. Absence is `MISSING`: a row may be None. As a
    context manager a strategy closes itself; the store and the source stay open, being yours.
    """

    name: str
    """Registry key, as in `STRATEGIES["cache_aside"]`."""

    @classmethod
    def over(cls, store: Store, source: Source, *, ttl: float, **options: Any) -> Self:
        """Make a strategy of this kind between `store` and `source`, by the same words for all."""
        return cls(store, source, ttl=ttl, **options)  # type: ignore[call-arg]

    @abstractmethod
    def read(self, key: str) -> Any | Absent:
        """Return the row of `key`, or MISSING when there is none."""

    @abstractmethod
    def write(self, key: str, row: Any) -> Written:
        """Make `row` the row of `key`."""

    @abstractmethod
    def delete(self, key: str) -> Written:
        """Leave `key` without a row."""

    def close(self) -> Any:  # noqa: B027 - most strategies have nothing running
        """Stop what the strategy has running; it is not used afterwards."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def value_of(row: Versioned | Absent) -> Any | Absent:
    """The value alone of what a source answered."""
    return MISSING if row is MISSING else row.value


def seconds(name: str, value: float) -> float:
    """
    The time to live itself, once it is known to be a number of seconds above zero.

    Raises:
        TypeError: it is not a number; a copy without an end could stay wrong for ever.
        ValueError: it is not above zero, or beyond what a server can count.
    """
    if value is None:
        raise TypeError(f"{name} must be a number of seconds: a copy must end some time")
    try:
        check_ttl(value)
    except (TypeError, ValueError) as error:
        raise type(error)(f"{name}: {error}") from None
    return value
