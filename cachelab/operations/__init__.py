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
    from .http import (
        Fetch,
        HTTPCache,
        Request,
        Response,
        cache_key,
        freshness,
        may_store,
        serve,
    )
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
    "serve": ".http",
    "may_store": ".http",
    "freshness": ".http",
    "cache_key": ".http",
    "Response": ".http",
    "Request": ".http",
    "HTTPCache": ".http",
    "Fetch": ".http",
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
    "Fetch",
    "HTTPCache",
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
    "Request",
    "Resilient",
    "Response",
    "Retries",
    "Situation",
    "Snapshot",
    "SpaceSaving",
    "StaleRisk",
    "access_time",
    "break_even_hit_ratio",
    "cache_key",
    "connect_cluster",
    "freshness",
    "may_store",
    "monthly_bill",
    "new_key",
    "prometheus_text",
    "recommend",
    "serve",
    "ttl_for",
    "warning_signs",
]
