"""
A cache that may fail: a breaker before it, a store that falls back, a limit on the database.

`Resilient` is the store to put around yours, `LimitedSource` the source; both say in `health` how
things are.
"""

from .breaker import CircuitBreaker, CircuitOpen, Permit, State, Transition
from .health import Health
from .pending import PendingDeletes, StaleRisk
from .resilient import Resilient
from .retries import Retries
from .shedding import Gate, LimitedSource

__all__ = [
    "CircuitBreaker",
    "CircuitOpen",
    "Gate",
    "Health",
    "LimitedSource",
    "PendingDeletes",
    "Permit",
    "Resilient",
    "Retries",
    "StaleRisk",
    "State",
    "Transition",
]
