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
    from .distributed import PatientCluster, Replicated, Sharded, UserData, connect_cluster
    from .encrypted import Encrypted, new_key
    from .http import Fetch, HTTPCache, Request, Response, cache_key, freshness, may_store, serve
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
    from .tiers import (
        LocalStore,
        Ratios,
        Tiered,
        longest_staleness,
        tracked,
    )
    from .warming import CacheWarmer, Copied, ProgressFile, Rows, Through, WarmReport, hot_keys

_LATER = {
    "Journey": ".tiers",
    "FiveLayers": ".tiers",
    "tracked": ".tiers",
    "longest_staleness": ".tiers",
    "Tiered": ".tiers",
    "Ratios": ".tiers",
    "LocalStore": ".tiers",
    "Bill": ".deciding",
    "CacheMetrics": ".metrics",
    "CacheWarmer": ".warming",
    "CircuitBreaker": ".resilience",
    "CircuitOpen": ".resilience",
    "Copied": ".warming",
    "Encrypted": ".encrypted",
    "Fetch": ".http",
    "HTTPCache": ".http",
    "Health": ".resilience",
    "LatencyHistogram": ".metrics",
    "LimitedSource": ".resilience",
    "Measured": ".metrics",
    "PatientCluster": ".distributed",
    "Plan": ".deciding",
    "Price": ".deciding",
    "Prices": ".deciding",
    "Profile": ".deciding",
    "ProgressFile": ".warming",
    "Recommendation": ".deciding",
    "Replicated": ".distributed",
    "Request": ".http",
    "Resilient": ".resilience",
    "Response": ".http",
    "Retries": ".resilience",
    "Rows": ".warming",
    "Sharded": ".distributed",
    "Situation": ".deciding",
    "Snapshot": ".metrics",
    "SpaceSaving": ".metrics",
    "StaleRisk": ".resilience",
    "Through": ".warming",
    "UserData": ".distributed",
    "WarmReport": ".warming",
    "access_time": ".deciding",
    "break_even_hit_ratio": ".deciding",
    "cache_key": ".http",
    "connect_cluster": ".distributed",
    "freshness": ".http",
    "hot_keys": ".warming",
    "may_store": ".http",
    "monthly_bill": ".deciding",
    "new_key": ".encrypted",
    "prometheus_text": ".metrics",
    "recommend": ".deciding",
    "serve": ".http",
    "ttl_for": ".deciding",
    "warning_signs": ".deciding",
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
    "CacheWarmer",
    "CircuitBreaker",
    "CircuitOpen",
    "Copied",
    "Encrypted",
    "Fetch",
    "FiveLayers",
    "HTTPCache",
    "Health",
    "Journey",
    "LatencyHistogram",
    "LimitedSource",
    "LocalStore",
    "Measured",
    "PatientCluster",
    "Plan",
    "Price",
    "Prices",
    "Profile",
    "ProgressFile",
    "Ratios",
    "Recommendation",
    "Replicated",
    "Request",
    "Resilient",
    "Response",
    "Retries",
    "Rows",
    "Sharded",
    "Situation",
    "Snapshot",
    "SpaceSaving",
    "StaleRisk",
    "Through",
    "Tiered",
    "UserData",
    "WarmReport",
    "access_time",
    "break_even_hit_ratio",
    "cache_key",
    "connect_cluster",
    "freshness",
    "hot_keys",
    "longest_staleness",
    "may_store",
    "monthly_bill",
    "new_key",
    "prometheus_text",
    "recommend",
    "serve",
    "tracked",
    "ttl_for",
    "warning_signs",
]
