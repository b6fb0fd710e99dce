import itertools

import pytest

from cachelab.eviction import POLICIES
from cachelab.lab import miss_ratio_chart, miss_ratio_curve, simulate, zipf
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


def test_lines_that_end_in_one_point_are_named_beside_the_chart() -> None:
    curves = [miss_ratio_curve(TRACE, name) for name in ("fifo", "lru", "lfu")]
    (axes,) = miss_ratio_chart(curves).axes
    assert len(axes.texts) == 0
    names = [text.get_text() for text in axes.get_legend().get_texts()]
    assert sorted(names) == ["fifo", "lfu", "lru"]
    assert names[0] == "fifo"  # the highest line first


@pytest.mark.parametrize("policies", [["lru"], list(POLICIES)])
def test_the_numbers_stand_in_a_table_under_the_chart(policies: list[str]) -> None:
    results = [simulate(TRACE, name, c) for name in policies for c in (5, 20, 60)]
    _, under = hit_ratio_chart(results, table=True).axes
    (table,) = under.tables
    cells = {place: cell.get_text().get_text() for place, cell in table.get_celld().items()}
    assert [cells[0, column] for column in range(3)] == ["5", "20", "60"]
    for row, name in enumerate(policies, start=1):
        assert cells[row, -1] == name
        assert cells[row, 2] == f"{simulate(TRACE, name, 60).hit_ratio:.4f}"


def test_a_sampled_curve_is_drawn_from_where_it_can_be_relied_on() -> None:
    curve = miss_ratio_curve(TRACE, sample=0.5)
    (axes,) = miss_ratio_chart([curve]).axes
    (line,) = axes.get_lines()
    assert min(line.get_xdata()) >= 20
    assert line.get_label() == "lru, 0.5 sampled"


def test_every_public_name_of_the_room_is_the_thing_itself_and_not_its_module():
    from types import ModuleType

    import cachelab.lab

    names = [name for name in cachelab.lab.__all__ if name != "PALETTE"]
    twice = [(getattr(cachelab.lab, name), getattr(cachelab.lab, name)) for name in names]
    assert [pair for pair in twice if any(isinstance(one, ModuleType) for one in pair)] == []
