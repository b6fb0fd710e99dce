"""
What a cache does, measured where calls pass by: ratios, latencies, hot and big keys, over time.

`CacheMetrics` collects, a `Snapshot` tells; the export to Prometheus needs the extra `metrics`.
"""

import importlib
from typing import TYPE_CHECKING, Any

from .big_keys import Big, BiggestKeys
from .cache_metrics import CacheMetrics
from .heavy_hitters import Heavy, SpaceSaving, heaviest
from .histogram import LatencyHistogram
from .measured import Measured
from .server_info import InfoDelta, InfoReading, read_info
from .snapshot import LatencySummary, PrefixLine, Snapshot

if TYPE_CHECKING:
    from .key_scan import biggest_stored_keys, stored_keys
    from .prometheus import PrometheusCollector, prometheus_text

# These need prometheus_client or redis-py.
_LATER = {
    "PrometheusCollector": ".prometheus",
    "biggest_stored_keys": ".key_scan",
    "prometheus_text": ".prometheus",
    "stored_keys": ".key_scan",
}


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_LATER[name], __name__), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_LATER})


__all__ = [
    "Big",
    "BiggestKeys",
    "CacheMetrics",
    "Heavy",
    "InfoDelta",
    "InfoReading",
    "LatencyHistogram",
    "LatencySummary",
    "Measured",
    "PrefixLine",
    "PrometheusCollector",
    "Snapshot",
    "SpaceSaving",
    "biggest_stored_keys",
    "heaviest",
    "prometheus_text",
    "read_info",
    "stored_keys",
]
