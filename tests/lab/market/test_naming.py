"""Names in a chart cover neither the points nor each other, however near the points lie."""

from itertools import combinations

import pytest
from matplotlib.text import Text

from cachelab.lab.figures import figure
from cachelab.lab.market.naming import name_points

NAMES = ("yours", "none", "aside", "careful", "clairvoyant")


def named(points):
    """An axes of 6.5 inches by half of 3.2, as on the page of a report, with names at points."""
    fig, axes = figure(1, 2)
    axes[0].set(xlim=(0, 10), ylim=(0, 10))
    name_points(axes[0], NAMES, points)
    return fig, axes[0]


CROWDS = {
    "as in the lesson": [(4.3, 2.7), (6.9, 8.3), (4.4, 2.6), (4.0, 2.3), (3.1, 2.1)],
    "in a row": [(3, 1.7), (6.9, 1.7), (4.4, 9.0), (4.0, 1.8), (3.1, 1.7)],
    "along the right edge": [(9.5, 5), (9.6, 5.2), (9.7, 5.4), (9.8, 5.6), (9.9, 5.8)],
    "in a corner": [(0.2, 9.8), (0.3, 9.6), (0.4, 9.4), (0.5, 9.2), (0.6, 9.0)],
    "nearly all in one place": [(5, 5), (5.1, 5), (5, 5.1), (5.1, 5.1), (5.2, 5)],
}


@pytest.mark.parametrize("points", CROWDS.values(), ids=CROWDS)
def test_no_name_covers_another_or_leaves_the_picture(points):
    _, axes = named(points)
    boxes = [words(label) for label in axes.texts]
    assert not any(one.overlaps(other) for one, other in combinations(boxes, 2))
    assert all(axes.bbox.contains(*corner) for box in boxes for corner in box.corners())


def words(label):
    """The box of a name without the line to its point."""
    label.get_window_extent()  # which puts it into its place
    return Text.get_window_extent(label)


def test_a_point_alone_has_its_name_on_its_right_without_a_line():
    _, axes = named([(2, 2), (2, 4), (2, 6), (2, 8), (5, 5)])
    assert [text.arrow_patch for text in axes.texts] == [None] * 5
    spots = [axes.transData.transform(text.xy)[0] for text in axes.texts]
    edges = [text.get_window_extent().x0 for text in axes.texts]
    assert all(spot < edge < spot + 20 for spot, edge in zip(spots, edges, strict=True))


def test_a_name_that_finds_no_place_beside_its_point_is_tied_to_it():
    _, axes = named([(5, 5)] * 5)
    assert sum(text.arrow_patch is not None for text in axes.texts) >= 1
