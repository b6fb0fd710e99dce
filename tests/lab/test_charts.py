import itertools

import pytest

from cachelab.lab import simulate, zipf
from cachelab.lab.charts import hit_ratio_chart

TRACE = zipf(2_000, objects=100)


def test_every_policy_is_named_beside_its_line() -> None:
    results = [simulate(TRACE, name, c) for name in ("fifo", "lru", "lfu") for c in (5, 20, 60)]
    (axes,) = hit_ratio_chart(results).axes
    assert {text.get_text() for text in axes.texts} == {"fifo", "lru", "lfu"}
    assert axes.get_legend() is None


def test_names_of_lines_that_end_together_do_not_overlap() -> None:
    results = [simulate(TRACE, name, c) for name in ("fifo", "lru", "lfu") for c in (5, 100)]
    figure = hit_ratio_chart(results)
    figure.savefig("/dev/null", format="png")
    boxes = sorted(
        (text.get_window_extent() for text in figure.axes[0].texts), key=lambda box: box.y0
    )
    assert all(low.y1 <= high.y0 + 1 for low, high in itertools.pairwise(boxes))


def test_a_single_capacity_is_drawn_as_bars_with_their_values() -> None:
    results = [simulate(TRACE, name, 10) for name in ("fifo", "lru")]
    (axes,) = hit_ratio_chart(results, title="zipf").axes
    assert [text.get_text() for text in axes.texts] == [f"{r.hit_ratio:.4f}" for r in results]


def test_nothing_to_draw_is_refused() -> None:
    with pytest.raises(ValueError, match="no result"):
        hit_ratio_chart([])
