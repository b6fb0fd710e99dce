"""
From the owners met along the way to different nodes, and to nodes in different zones.

Copies of a key are worth something only on machines that don't fail together.
"""

from collections.abc import Iterable, Iterator, Mapping


def distinct(met: Iterable[str], count: int) -> Iterator[str]:
    """
    Each node once, in the order met, until `count` have been.

    >>> list(distinct("abacab", 3))
    ['a', 'b', 'c']
    """
    seen: set[str] = set()
    for node in met:
        if node in seen:
            continue
        seen.add(node)
        yield node
        if len(seen) == count:
            return


def new_zones_first(nodes: Iterable[str], zones: Mapping[str, str]) -> Iterator[str]:
    """
    The first node of each zone, in the order met, and then the others in that order.

    >>> list(new_zones_first("abcd", {"a": "east", "b": "east", "c": "west", "d": "west"}))
    ['a', 'c', 'b', 'd']
    """
    seen: set[str] = set()
    passed = []
    for node in nodes:
        if zones[node] in seen:
            passed.append(node)
            continue
        seen.add(zones[node])
        yield node
    yield from passed
