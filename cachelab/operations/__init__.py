"""
Running a cache: what keeps it useful when servers fail, processes multiply and requests differ.

Each name is loaded when it is first asked for, with the part of this room that it is in.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .deciding import (
        Bill,
        Plan,
        Price,
        Prices,
        Profile,
        Recommendation,
        Situation,
        access_time,
        break_even_hit_ratio,
        monthly_bill,
        recommend,
        ttl_for,
        warning_signs,
    )
    from .distributed import PatientCluster, connect_cluster
    from .encrypted import Encrypted, new_key
    from .metrics import (
        CacheMetrics,
        LatencyHistogram,
        Measured,
        Snapshot,
        SpaceSaving,
        prometheus_text,
    )
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
    "Encrypted": ".encrypted",
    "new_key": ".encrypted",
    "Bill": ".deciding",
    "Plan": ".deciding",
    "Price": ".deciding",
    "Prices": ".deciding",
    "Profile": ".deciding",
    "Recommendation": ".deciding",
    "Situation": ".deciding",
    "access_time": ".deciding",
    "break_even_hit_ratio": ".deciding",
    "monthly_bill": ".deciding",
    "recommend": ".deciding",
    "ttl_for": ".deciding",
    "warning_signs": ".deciding",
    "CacheMetrics": ".metrics",
    "CircuitBreaker": ".resilience",
    "CircuitOpen": ".resilience",
    "Health": ".resilience",
    "LatencyHistogram": ".metrics",
    "LimitedSource": ".resilience",
    "Measured": ".metrics",
    "PatientCluster": ".distributed",
    "Resilient": ".resilience",
    "Retries": ".resilience",
    "Snapshot": ".metrics",
    "SpaceSaving": ".metrics",
    "StaleRisk": ".resilience",
    "connect_cluster": ".distributed",
    "prometheus_text": ".metrics",
}


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_LATER[name], __name__), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_LATER})


__all__ = [
    "Bill",
    "CacheMetrics",
    "CircuitBreaker",
    "CircuitOpen",
    "Encrypted",
    "Health",
    "LatencyHistogram",
    "LimitedSource",
    "Measured",
    "PatientCluster",
    "Plan",
    "Price",
    "Prices",
    "Profile",
    "Recommendation",
    "Resilient",
    "Retries",
    "Situation",
    "Snapshot",
    "SpaceSaving",
    "StaleRisk",
    "access_time",
    "break_even_hit_ratio",
    "connect_cluster",
    "monthly_bill",
    "new_key",
    "prometheus_text",
    "recommend",
    "ttl_for",
    "warning_signs",
]
