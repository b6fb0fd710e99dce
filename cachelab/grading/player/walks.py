"""
What C code walks over: how many items a built-in function, a method or an operator looks at.

`min(stamps)`, `list(table)[0]` and `key in order` are one step of the text each, and a walk over
everything to the machine. What only moves memory (`del order[0]`, `bisect.insort`) is no walk.
"""

import collections
import functools
import heapq
import itertools
import math
from typing import Any

WALKERS: dict[Any, int] = {
    **dict.fromkeys((min, max, sum, any, all, sorted, math.fsum, math.prod), 0),
    **dict.fromkeys((itertools.islice, itertools.compress), 0),
    **dict.fromkeys((heapq.nsmallest, heapq.nlargest, functools.reduce), 1),
    **dict.fromkeys((filter, itertools.filterfalse, itertools.dropwhile), 1),
}
"""Functions that ask for one item after another, and the place of what they ask."""

MAKERS: frozenset[Any] = frozenset(
    [list, tuple, set, frozenset, dict, collections.OrderedDict, collections.deque]
)

VALUES: Any = type({}.values())
VIEWS = [type({}.keys()), VALUES, type({}.items())]
SIZED: frozenset[Any] = frozenset([*MAKERS, collections.Counter, *VIEWS])
SCANNED: frozenset[Any] = frozenset([list, tuple, collections.deque, VALUES])
"""Where `in` looks at one item after another."""

_SEQUENCE = frozenset(["remove", "index", "count", "insert", "copy", "reverse", "sort", "rotate"])

OF_THE_OWNER: dict[Any, frozenset[str]] = {
    **dict.fromkeys((list, collections.deque), _SEQUENCE),
    **dict.fromkeys((dict, set, frozenset, collections.OrderedDict), frozenset(["copy"])),
}
"""Methods that walk over the object they are called on."""

OF_THE_ARGUMENT = frozenset(
    ["extend", "extendleft", "update", "union", "join", "fromkeys", "heapify"]
)
"""Methods and functions that walk over all that they are given."""

WALKING = _SEQUENCE | OF_THE_ARGUMENT | {"pop"}


def size(thing: Any) -> int:
    """
    Return how many items a built-in container has; 0 for anything else.

    >>> size([1, 2, 3]), size({"a": 1}.values()), size("abc")
    (3, 1, 0)
    """
    return len(thing) if type(thing) in SIZED else 0


def walked_by_method(method: Any, arguments: tuple[Any, ...]) -> int:
    """
    Return how many items a built-in method looks at, or moves one place on.

    >>> walked_by_method([1, 2, 3].remove, (2,)), walked_by_method([1, 2, 3].append, (4,))
    (3, 0)
    >>> walked_by_method([1, 2, 3].pop, ()), walked_by_method([1, 2, 3].pop, (0,))
    (0, 3)
    """
    name = method.__name__
    if name not in WALKING:
        return 0
    if name in OF_THE_ARGUMENT:
        return sum(map(size, arguments))
    owner: Any = method.__self__
    base: Any
    for base in type(owner).__mro__:
        if base in OF_THE_OWNER:
            shifts = base is list and name == "pop" and arguments not in ((), (-1,))
            return int(base.__len__(owner)) if shifts or name in OF_THE_OWNER[base] else 0
    return 0
