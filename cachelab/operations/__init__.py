"""
Running a cache: what keeps it useful when servers fail, processes multiply and requests differ.

Each name is loaded when it is first asked for, with the part of this room that it is in.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .distributed import PatientCluster, connect_cluster
    from .resilience import (
        CircuitBreaker,
        CircuitOpen,
        Health,
        LimitedSource,
        Resilient,
        Retries,
        StaleRisk,
    )

_LATER = {
    "CircuitBreaker": ".resilience",
    "CircuitOpen": ".resilience",
    "Health": ".resilience",
    "LimitedSource": ".resilience",
    "PatientCluster": ".distributed",
    "Resilient": ".resilience",
    "Retries": ".resilience",
    "StaleRisk": ".resilience",
    "connect_cluster": ".distributed",
}


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_LATER[name], __name__), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_LATER})


__all__ = [
    "CircuitBreaker",
    "CircuitOpen",
    "Health",
    "LimitedSource",
    "PatientCluster",
    "Resilient",
    "Retries",
    "StaleRisk",
    "connect_cluster",
]
