"""The export, read back by the parser of Prometheus's own client library."""

import sys

import pytest
from prometheus_client.parser import text_string_to_metric_families

from cachelab.operations.metrics import CacheMetrics, prometheus_text
from cachelab.operations.metrics.prometheus import BOUNDS
from cachelab.ports import ManualClock

LATENCIES = [0.0001 * n for n in range(1, 200)] + [2.0, 30.0]


def samples(metrics: CacheMetrics) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    families = text_string_to_metric_families(prometheus_text(metrics))
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in families
        for sample in family.samples
    }


def scraped() -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    metrics = CacheMetrics(ManualClock())
    for seconds in LATENCIES:
        metrics.looked_up('us"er\n:1', False, seconds)
    metrics.looked_up("item:1", True, 0.001)
    metrics.on_evict("k", 1, "evicted")
    metrics.memory = 4_096
    return samples(metrics)


def labels(**words: str) -> frozenset[tuple[str, str]]:
    return frozenset(words.items())


def test_lookups_have_their_prefix_and_outcome_whatever_is_in_a_key() -> None:
    found = scraped()
    name = "cache_lookups_total"
    assert found[name, labels(prefix='us"er\n', outcome="miss")] == len(LATENCIES)
    assert found[name, labels(prefix="item", outcome="hit")] == 1


def test_each_bucket_counts_exactly_what_was_no_slower() -> None:
    found = scraped()
    for bound in BOUNDS:
        count = found["cache_call_seconds_bucket", labels(kind="miss", le=repr(bound))]
        assert count == sum(seconds <= bound for seconds in LATENCIES)


def test_the_last_bucket_holds_all_calls_and_the_sum_their_seconds() -> None:
    found = scraped()
    kind = labels(kind="miss")
    assert found["cache_call_seconds_bucket", kind | labels(le="+Inf")] == len(LATENCIES)
    assert found["cache_call_seconds_count", kind] == len(LATENCIES)
    assert abs(found["cache_call_seconds_sum", kind] - sum(LATENCIES)) < 1e-9


def test_what_left_and_what_is_in_use_are_there() -> None:
    found = scraped()
    assert found["cache_evictions_total", labels()] == 1
    assert found["cache_memory_bytes", labels()] == 4_096


def test_memory_that_nobody_measures_is_left_out() -> None:
    assert "memory" not in prometheus_text(CacheMetrics(ManualClock()))


def test_without_the_library_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "cachelab.operations.metrics.prometheus")
    monkeypatch.setitem(sys.modules, "prometheus_client", None)
    with pytest.raises(ImportError, match=r"pip install 'cachelab\[metrics\]'"):
        prometheus_text_again()


def prometheus_text_again() -> None:
    from cachelab.operations.metrics.prometheus import prometheus_text  # noqa: F401
