"""
The metrics of a cache in Prometheus's text format, written by Prometheus's own client library.

Counters run since the start and only grow: rates, ratios and percentiles are for the server that
collects them, which can add up many processes before it divides. So no ratio is exported here.
"""

from collections.abc import Iterable

try:
    from prometheus_client import CollectorRegistry, Metric, generate_latest
    from prometheus_client.core import (
        CounterMetricFamily,
        GaugeMetricFamily,
        HistogramMetricFamily,
    )
    from prometheus_client.registry import Collector
except ImportError as missing:
    raise ImportError(
        "the export to Prometheus needs prometheus_client: pip install 'cachelab[metrics]'"
    ) from missing

from .cache_metrics import CacheMetrics
from .histogram import LatencyHistogram
from .tally import KINDS, Tally

BOUNDS = [2.0**power for power in range(-17, 3)]
"""Upper bounds in seconds, from 8 microseconds to 4 s: also bounds of ours, so counts are exact."""

COUNTERS = {
    "writes": "Calls that wrote.",
    "deletes": "Calls that deleted.",
    "failures": "Calls that raised an error.",
    "evictions": "Entries given up for space.",
    "expirations": "Entries whose time was over.",
}


class PrometheusCollector(Collector):
    """
    What a Prometheus registry asks for what `metrics` has; names begin with `name`.

    A registry is asked when it is scraped, so nothing is copied in between. The labels are
    `prefix` and `outcome` for lookups and `kind` for latencies; their number is bounded.

    >>> from prometheus_client import CollectorRegistry
    >>> metrics = CacheMetrics()
    >>> metrics.looked_up("user:1", True, 0.001)
    >>> registry = CollectorRegistry()
    >>> registry.register(PrometheusCollector(metrics))
    >>> registry.get_sample_value("cache_lookups_total", {"prefix": "user", "outcome": "hit"})
    1
    """

    def __init__(self, metrics: CacheMetrics, name: str = "cache") -> None:
        self.metrics = metrics
        self.name = name

    def collect(self) -> Iterable[Metric]:
        """Return the metrics as they are now."""
        tally = self.metrics.tally()
        yield self._lookups(tally)
        for word, meaning in COUNTERS.items():
            yield CounterMetricFamily(f"{self.name}_{word}", meaning, value=tally.counts[word])
        yield self._latencies(tally)
        if self.metrics.memory is not None:
            name = f"{self.name}_memory_bytes"
            yield GaugeMetricFamily(name, "Memory in use.", value=self.metrics.memory)

    def describe(self) -> Iterable[Metric]:
        """Return nothing: the names depend on what there is to tell."""
        return []

    def _lookups(self, tally: Tally) -> Metric:
        family = CounterMetricFamily(
            f"{self.name}_lookups", "Lookups of keys.", labels=["prefix", "outcome"]
        )
        for prefix in sorted(tally.hits_of.keys() | tally.misses_of.keys()):
            family.add_metric([prefix, "hit"], tally.hits_of[prefix])
            family.add_metric([prefix, "miss"], tally.misses_of[prefix])
        return family

    def _latencies(self, tally: Tally) -> Metric:
        family = HistogramMetricFamily(
            f"{self.name}_call_seconds", "Time that calls took.", labels=["kind"]
        )
        for kind in KINDS:
            latency = tally.latencies[kind]
            family.add_metric([kind], _buckets(latency), sum_value=latency.total)
        return family


def prometheus_text(metrics: CacheMetrics, name: str = "cache") -> str:
    """
    Return the metrics in the text format, as an answer to a scrape.

    >>> metrics = CacheMetrics()
    >>> metrics.looked_up("user:1", False, 0.001)
    >>> [line for line in prometheus_text(metrics).splitlines() if "miss" in line][0]
    'cache_lookups_total{outcome="miss",prefix="user"} 1.0'
    """
    registry = CollectorRegistry()
    registry.register(PrometheusCollector(metrics, name))
    return generate_latest(registry).decode("utf-8")


def _buckets(latency: LatencyHistogram) -> list[tuple[str, float]]:
    bounds = [(repr(bound), float(latency.at_most(bound))) for bound in BOUNDS]
    return [*bounds, ("+Inf", float(latency.count))]
