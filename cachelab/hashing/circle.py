"""
A circle of points with an owner each, and how one node's points come into it and leave it.

Nothing is ever changed in place: a join or a leave makes another circle, so a lookup in another
thread holds on to a whole one. It is copied in long slices between the node's points, which is
far quicker than sorting all points again.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, repeat
from typing import NamedTuple


class Circle(NamedTuple):
    """
    Points in ascending order, and the owner of each; at equal points the smaller name is first.

    `owners` has one entry more than `points`, the first again: a position after the last point
    belongs to the first one, and `owners[bisect_left(points, position)]` needs no special case.

    >>> circle = circle_of({"a": [10, 40], "b": [25]})
    >>> circle
    Circle(points=[10, 25, 40], owners=['a', 'b', 'a', 'a'])
    >>> circle.joined_by("c", [5, 25]).points, circle.left_by("a", [40, 10]).owners
    ([5, 10, 25, 25, 40], ['b', 'b'])
    """

    points: list[int]
    owners: list[str]

    def joined_by(self, node: str, points: Iterable[int]) -> "Circle":
        """
        The circle with the points of a new `node` as well.

        Complexity: O(all points) to copy, in slices; O(log) comparisons for each new point.
        """
        joined, owners, done = list[int](), list[str](), 0
        for point in sorted(points):
            at = self._place(point, node)
            joined += self.points[done:at]
            joined.append(point)
            owners += self.owners[done:at]
            owners.append(node)
            done = at
        joined += self.points[done:]
        owners += self.owners[done : len(self.points)]
        return Circle(joined, owners + owners[:1])

    def left_by(self, node: str, points: Iterable[int]) -> "Circle":
        """
        The circle without the `points` of `node`; another node's equal points stay.

        Complexity: as for a join.
        """
        left, owners, done = list[int](), list[str](), 0
        for at in chain.from_iterable(self._found(point, node) for point in sorted(set(points))):
            left += self.points[done:at]
            owners += self.owners[done:at]
            done = at + 1
        left += self.points[done:]
        owners += self.owners[done : len(self.points)]
        return Circle(left, owners + owners[:1])

    def clockwise(self, position: int) -> Iterator[str]:
        """Go once round from `position`; each owner of a point on the way, as often as met."""
        start = bisect_left(self.points, position)
        for at in chain(range(start, len(self.points)), range(start)):
            yield self.owners[at]

    def _place(self, point: int, node: str) -> int:
        at = bisect_left(self.points, point)
        while at < len(self.points) and self.points[at] == point and self.owners[at] < node:
            at += 1
        return at

    def _found(self, point: int, node: str) -> Iterator[int]:
        equals = range(bisect_left(self.points, point), bisect_right(self.points, point))
        return (at for at in equals if self.owners[at] == node)


def circle_of(points: Mapping[str, Iterable[int]]) -> Circle:
    """
    Return the circle of all nodes, from the points of each.

    Complexity: O(p log p) for p points in all.
    """
    parts = {node: list(points[node]) for node in sorted(points)}
    scattered = list(chain.from_iterable(parts.values()))
    names = list(chain.from_iterable(repeat(node, len(part)) for node, part in parts.items()))
    # Sorting is stable and the names are in order, so equal points are too.
    order = sorted(range(len(scattered)), key=scattered.__getitem__)
    owners = [names[at] for at in order]
    return Circle([scattered[at] for at in order], owners + owners[:1])
