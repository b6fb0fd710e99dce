"""
Maglev: a table that says who owns each of its entries, so a lookup is one step.

Every node has its own order of preference over all entries. In turns, each node takes the entry it
likes best among those left, until none is. The shares differ by one entry at most; a change of
nodes moves little more than it must.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property
from hashlib import shake_128
from itertools import chain, islice
from math import isqrt
from struct import unpack
from typing import TYPE_CHECKING

from .base import NO_NODES, Nodes, Placement
from .keys import Key, KeyHash
from .walks import distinct

if TYPE_CHECKING:
    from .arrays import Numbers, Positions

FREE = -1


class Maglev(Placement):
    """
    The owner of a key is the owner of table entry `position mod table_size`.

    With unequal weights a node of weight w has w turns where the heaviest node, of weight W, has
    W. `nodes_for` goes on to the following entries. The table is filled at the first lookup after
    a change.

    `moves_least` is false: a join takes some entries from one old node and gives them to another
    (the paper, section 5.3, accepts that for its even shares; a larger table makes it rarer).

    Complexity: O(1) a lookup; O(M log M) on average to fill a table of M entries.

    Raises:
        ValueError: `table_size` is no prime number, or there are more nodes than entries.

    Source: D. E. Eisenbud et al., "Maglev: a fast and reliable software network load balancer",
    NSDI 2016, section 3.4 and its pseudocode 1, whose lines are cited below.

    >>> nodes = Maglev(["a", "b", "c"], table_size=11)
    >>> nodes.node_for("user:42"), sorted(nodes.table.count(number) for number in range(3))
    ('a', [3, 4, 4])
    """

    name = "maglev"
    moves_least = False

    def __init__(
        self, nodes: Nodes = (), table_size: int = 65_537, *, hash: str | KeyHash = "blake2b"
    ) -> None:
        if not _is_prime(table_size):
            raise ValueError(f"table_size must be a prime number, not {table_size!r}")
        self.table_size = table_size
        super().__init__(nodes, hash=hash)

    @property
    def table(self) -> list[int]:
        """The number of the node that owns each entry."""
        return self._entries.table

    def node_for(self, key: Key) -> str:
        entries = self._entries
        if not entries.nodes:
            raise ValueError(NO_NODES)
        return entries.nodes[entries.table[self.position(key) % self.table_size]]

    def walk(self, key: Key) -> Iterator[str]:
        entries = self._entries
        nodes, table = entries.nodes, entries.table
        start = self.position(key) % self.table_size
        onward = chain(islice(table, start, None), islice(table, start))
        return distinct((nodes[number] for number in onward), len(nodes))

    def _locator(self, _count: int, /) -> Callable[[Positions], Numbers]:
        import numpy as np

        table = np.array(self.table, dtype=np.int32)
        return lambda positions: table[positions % self.table_size]

    def _is_new(self, node: str, weight: float) -> bool:
        is_new = super()._is_new(node, weight)
        if is_new and len(self) == self.table_size:
            raise ValueError(f"a table of {self.table_size} entries has no room for {node!r}")
        return is_new

    def _arrange(self) -> None:
        self._entries = Entries(
            self._nodes, [self._weights[node] for node in self._nodes], self.table_size
        )

    def check(self) -> None:
        super().check()
        if not self._nodes:
            return
        assert len(self.table) == self.table_size
        assert set(self.table) == set(range(len(self._nodes))), "a node without an entry"


class Entries:
    """The table of some nodes, filled when it is first asked for."""

    def __init__(self, nodes: tuple[str, ...], weights: list[float], size: int) -> None:
        self.nodes = nodes
        self.weights = weights
        self.size = size

    @cached_property
    def table(self) -> list[int]:
        """The number of the node that owns each entry."""
        preferences = [preference(node, self.size) for node in self.nodes]
        return populate(preferences, self.weights, self.size) if self.nodes else []


def preference(node: str, size: int) -> tuple[int, int]:
    """
    The offset and the skip of `node`: it likes entry `(offset + j * skip) mod size` for j = 0
    best, then for j = 1, and so on; as `size` is prime, it comes to every entry.

    >>> offset, skip = preference("a", 7)
    >>> sorted((offset + j * skip) % 7 for j in range(7))
    [0, 1, 2, 3, 4, 5, 6]
    """
    h1, h2 = unpack(">2Q", shake_128(node.encode()).digest(16))
    return h1 % size, h2 % (size - 1) + 1  # "offset <- h1(name) mod M", "skip <- ... + 1"


def populate(preferences: list[tuple[int, int]], weights: list[float], size: int) -> list[int]:
    """
    The table: for each of `size` entries the number of the node that owns it.

    The example is the paper's table 1, first with three nodes and then without the second.

    >>> populate([(3, 4), (0, 2), (3, 1)], [1, 1, 1], 7)
    [1, 0, 1, 0, 2, 2, 0]
    >>> populate([(3, 4), (3, 1)], [1, 1], 7)
    [0, 0, 0, 0, 1, 1, 1]
    """
    following = [offset for offset, _ in preferences]
    table = [FREE] * size
    for number in islice(_turns(weights), size):
        c, skip = following[number], preferences[number][1]
        while table[c] != FREE:  # "while entry[c] >= 0 do next[i] <- next[i] + 1"
            c = (c + skip) % size
        table[c] = number  # "entry[c] <- i"
        following[number] = (c + skip) % size
    return table


def _turns(weights: list[float]) -> Iterator[int]:
    """Whose turn it is: every node in the first round, then the lighter ones less often."""
    heaviest = max(weights)
    credits = [1 - weight / heaviest for weight in weights]
    while True:
        for number, weight in enumerate(weights):  # "for each i < N do"
            credits[number] += weight / heaviest
            if credits[number] >= 1:
                credits[number] -= 1
                yield number


def _is_prime(number: int) -> bool:
    if isinstance(number, bool) or not isinstance(number, int) or number < 2:
        return False
    return all(number % divisor for divisor in range(2, isqrt(number) + 1))
