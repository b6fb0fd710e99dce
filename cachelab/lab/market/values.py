"""
What travels between the shop and a design: rows, leases, events, and what the world refuses.
"""

from dataclasses import dataclass, field
from typing import Any, NamedTuple


class Row(NamedTuple):
    """
    A row as the origin gave it: whose, which version, what, true at which moment, and how large.

    `at` is a moment of the origin's clock. A row is good within the call that got it: a design may
    keep notes between calls, and rows only in the layers that it pays for.
    """

    key: str
    version: int
    value: str
    at: float
    bytes: int


@dataclass(slots=True)
class Lease:
    """
    The right to fill one place of a layer, given to one caller at a time.

    It is `cancelled` when the key is deleted or put in between, and then a fill that comes with it
    is refused.
    """

    key: str
    place: int
    granted: float
    cancelled: bool = False


class Event(NamedTuple):
    """
    What happens to a process: its "start", a "message" of another, or a "timer" of its own.

    `note` is what `ctx.publish` or `ctx.later` was given, `sender` the number of the process that
    published it, `sequence` how many messages that process had published before.
    """

    kind: str
    note: Any = None
    sender: int = -1
    sequence: int = 0


class Request(NamedTuple):
    """One request: when, whether it writes, of which key, and where it comes in."""

    at: float
    is_write: bool
    key: str
    process: int
    edge: int
    checkout: bool = False


@dataclass(frozen=True, slots=True)
class Breach:
    """
    A promise that was broken: which one, about which key, when, and what happened.

    `history` are the calls that led to it, in order, where they were recorded.
    """

    kind: str
    key: str
    at: float
    story: str
    history: tuple[tuple[float, str, str, str], ...] = field(default=(), compare=False)
