"""
One load for many misses: one guard per file, one contract for all.

Start with `unguarded` and `single_flight`; `locked` and `leased` do it for many processes, and the
others see to it that nobody waits. `GUARDS` is the list that tests, benchmark and lessons go
through; `GuardedSource` puts any of them under any strategy.
"""

from .base import Guard, Loader
from .early_expiration import EarlyExpiration, is_time
from .early_locked import EarlyLocked
from .guarded_source import GuardedSource
from .leased import LeasedLoad
from .locked import LockedLoad
from .single_flight import SingleFlight
from .stale_while_revalidate import StaleWhileRevalidate
from .unguarded import Unguarded

GUARDS: dict[str, type[Guard]] = {
    guard.name: guard
    for guard in (
        Unguarded,
        SingleFlight,
        LockedLoad,
        LeasedLoad,
        EarlyExpiration,
        StaleWhileRevalidate,
        EarlyLocked,
    )
}
"""Every guard by its name. A new one is one file and one entry."""

__all__ = [
    "GUARDS",
    "EarlyExpiration",
    "EarlyLocked",
    "Guard",
    "GuardedSource",
    "LeasedLoad",
    "Loader",
    "LockedLoad",
    "SingleFlight",
    "StaleWhileRevalidate",
    "Unguarded",
    "is_time",
]
