"""Charts for a report: hit ratio over time, latencies, balance; and the bound of a curve."""

import pytest

from cachelab.hashing import HashRing
from cachelab.lab.balance_charts import balance_chart, balance_in_words
from cachelab.lab.charts import miss_ratio_chart
from cachelab.lab.curves import miss_ratio_curve
from cachelab.lab.latency_charts import latency_chart, latency_in_words
from cachelab.lab.timeline_charts import timeline_chart, timeline_in_words
from cachelab.lab.timelines import hits_over_time
from cachelab.lab.traces import shift, zipf
from cachelab.operations.metrics import LatencyHistogram

LINES = hits_over_time(shift(2_000, 100), ["lru", "lfu"], capacity=10, window=100)
TWO_HUMPS = [2**-10] * 90 + [0.25] * 10


def test_each_timeline_is_named_where_it_ends() -> None:
    (axes,) = timeline_chart(LINES, changes=[1_000]).axes
    assert {text.get_text() for text in axes.texts} == {"lru", "lfu"}
    assert axes.get_legend() is None


def test_timelines_differ_in_more_than_their_colour() -> None:
    (axes,) = timeline_chart(LINES).axes
    assert len({line.get_marker() for line in axes.lines}) == 2


def test_timelines_with_other_windows_are_not_drawn_together() -> None:
    other = hits_over_time(zipf(500, 50), ["lru"], capacity=5, window=50)
    with pytest.raises(ValueError, match="windows of one size"):
        timeline_chart([*LINES, *other])


def test_a_timeline_is_told_in_words() -> None:
    assert timeline_in_words(LINES).startswith("Hit ratio in windows of 100 requests: lru from ")


def test_both_humps_of_the_latencies_are_drawn_and_their_tail_is_told() -> None:
    (axes,) = latency_chart({"read": TWO_HUMPS}).axes
    heights = [bar.get_height() for bar in axes.patches]
    assert sorted(heights) == pytest.approx([0.1, 0.9])
    assert [text.get_text() for text in axes.texts] == ["p50 977 us", "p99 250 ms"]


def test_latencies_of_several_share_one_axis() -> None:
    first, second = latency_chart({"hit": [0.001] * 9, "miss": LatencyHistogram([0.1])}).axes
    assert first.get_xlim() == second.get_xlim()


def test_latencies_are_told_in_words() -> None:
    told = latency_in_words({"read": TWO_HUMPS})
    assert told == (
        "Latencies on a log axis: read, 100 calls, half up to 977 us, 99 of 100 up to 250 ms."
    )


@pytest.mark.parametrize("nothing", [{}, {"read": []}])
def test_no_latency_is_nothing_to_draw(nothing: dict[str, list[float]]) -> None:
    with pytest.raises(ValueError, match="at least one latency"):
        latency_chart(nothing)


def test_the_fullest_node_is_told_and_hatched() -> None:
    (axes,) = balance_chart({"a": 30, "b": 10, "c": 20}).axes
    assert [bar.get_hatch() for bar in axes.patches] == ["///", "", ""]
    assert "1.50 times the mean" in axes.get_xlabel()


def test_the_shares_of_a_ring_can_be_drawn() -> None:
    shares = HashRing(["a", "b", "c"], virtual_nodes=10).shares()
    assert len(balance_chart(shares).axes[0].patches) == 3
    assert balance_in_words(shares).startswith("Load of 3 nodes: ")


def test_nodes_without_load_are_refused() -> None:
    with pytest.raises(ValueError, match="nodes with a load"):
        balance_chart({"a": 0})


def test_the_bound_is_dashed_among_the_curves() -> None:
    trace = zipf(1_000, 100)
    curves = [miss_ratio_curve(trace, name, [5, 20, 60]) for name in ("lru", "belady")]
    (axes,) = miss_ratio_chart(curves).axes
    assert {line.get_label(): line.get_linestyle() for line in axes.lines} == {
        "lru": "-",
        "belady": "--",
    }
