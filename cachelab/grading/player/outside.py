"""
What a submission may import of cachelab: the words of its ports, and nothing that works.

`from cachelab.ports import MISSING, StoreError` means the same here as in a notebook. The stores
and sources themselves are the judge's, and a submission is handed them.
"""

import sys
import types
from dataclasses import dataclass
from enum import Enum
from typing import Any, NoReturn

from .values import RECORDS, WORDS


class Missing(Enum):
    """The type of MISSING, which has no truth value, and no `value` as a row has."""

    MISSING = "MISSING"

    def __bool__(self) -> bool:
        raise TypeError("MISSING is neither true nor false: compare with `is MISSING`")

    @property
    def value(self) -> NoReturn:
        raise AttributeError("MISSING has no value: look first, with `is MISSING`")

    def __repr__(self) -> str:
        return "MISSING"

    __str__ = __repr__


@dataclass(frozen=True, slots=True)
class Versioned:
    """A row's value and its version."""

    value: Any
    version: int


class CachelabError(Exception):
    """The world failed."""


class StoreError(CachelabError):
    """The cache server failed."""


class SourceError(CachelabError):
    """The database failed."""


class Overloaded(SourceError):  # noqa: N818 - the name it has outside
    """The way to the database is full."""


ERRORS = (CachelabError, StoreError, SourceError, Overloaded)
ORDINARY = (ValueError, TypeError, KeyError, IndexError, AttributeError, TimeoutError, RuntimeError)
RAISED: dict[str, type[Exception]] = {kind.__name__: kind for kind in (*ERRORS, *ORDINARY)}
"""The exceptions that a port may raise, by name."""


def install() -> None:
    """Let `cachelab.ports` be imported, and its `errors`."""
    package, ports = types.ModuleType("cachelab"), types.ModuleType("cachelab.ports")
    errors = types.ModuleType("cachelab.ports.errors")
    errors.__dict__.update({kind.__name__: kind for kind in ERRORS})
    ports.__dict__.update({kind.__name__: kind for kind in (*ERRORS, Missing, Versioned)})
    ports.__dict__.update(MISSING=Missing.MISSING, errors=errors, __path__=[])
    package.__dict__.update(ports=ports, __path__=[])
    sys.modules.update({module.__name__: module for module in (package, ports, errors)})
    WORDS["MISSING"] = Missing.MISSING
    RECORDS["Versioned"] = Versioned
