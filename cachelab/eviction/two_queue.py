"""
2Q: a first use earns a place in a queue, and only a use after leaving that queue a place in Am.

Two uses within a moment say little: a page is often read twice in one go. 2Q lets new keys pass
through a FIFO, remembers the names of those that left it, and trusts the ones asked for again.
"""

from collections import OrderedDict
from collections.abc import Iterator

from .base import EvictionPolicy, Key
from .options import share


class TwoQueue(EvictionPolicy):
    """
    Evicts the oldest newcomer while there are too many of them, else the least recent proven key.

    Intuition: `a1_in` is a FIFO of newcomers, `a1_out` a FIFO of names that left it (ghosts: keys
    without a place), `am` an LRU of the keys asked for while they were in `a1_out`. All free places
    are used before anything goes.

    `kin` is the share of the capacity that newcomers keep when Am wants it, `kout` the number of
    ghosts as a share of the capacity, both rounded down. Small capacities round to Kin 0 or Kout 0
    and still work: at capacity 1 this is FIFO. A removed key is forgotten and leaves no ghost.

    Complexity: O(1) for every verb, and the memory of Kout names.

    Source: T. Johnson, D. Shasha, "2Q: a low overhead high performance buffer management
    replacement algorithm", VLDB 1994, "2Q, full version": the procedure on accessing a page X and
    `reclaimfor`. A page found in A1out is taken out of it before room is made for it.

    >>> policy = TwoQueue(4)
    >>> [policy.insert(key) for key in "abcdef"], policy.insert("a")
    ([[], [], [], [], ['a'], ['b']], ['c'])
    >>> list(policy.a1_in), list(policy.a1_out), list(policy.am)
    (['d', 'e', 'f'], ['b', 'c'], ['a'])
    """

    name = "two_queue"

    def __init__(self, capacity: int, *, kin: float = 0.25, kout: float = 0.5) -> None:
        super().__init__(capacity)
        self.kin = int(capacity * share("kin", kin))
        self.kout = int(capacity * share("kout", kout, below=float("inf")))
        self.a1_in: OrderedDict[Key, None] = OrderedDict()
        """Newcomers, oldest first."""
        self.a1_out: OrderedDict[Key, None] = OrderedDict()
        """Names of former newcomers, oldest first."""
        self.am: OrderedDict[Key, None] = OrderedDict()
        """Proven keys, least recently used first."""

    def hit(self, key: Key) -> None:
        if key in self.am:  # "if X is in Am then move X to the head of Am"
            self.am.move_to_end(key)
        # "else if X is in A1in: do nothing"

    def insert(self, key: Key) -> list[Key]:
        if key in self.a1_out:  # "else if X is in A1out: reclaimfor(X), add X to the head of Am"
            del self.a1_out[key]
            evicted = self._reclaim()
            self.am[key] = None
        else:  # "X is in no queue: reclaimfor(X), add X to the head of A1in"
            evicted = self._reclaim()
            self.a1_in[key] = None
        return evicted

    def _reclaim(self) -> list[Key]:
        if len(self.a1_in) + len(self.am) < self.capacity:  # "if there are free page slots"
            return []
        if len(self.a1_in) <= self.kin:  # "page out the tail of Am; do not put it on A1out"
            return [self.am.popitem(last=False)[0]]
        victim = self.a1_in.popitem(last=False)[0]  # "else if |A1in| > Kin: page out its tail"
        self.a1_out[victim] = None
        if len(self.a1_out) > self.kout:
            self.a1_out.popitem(last=False)
        return [victim]

    def remove(self, key: Key) -> None:
        del (self.am if key in self.am else self.a1_in)[key]

    def __contains__(self, key: object) -> bool:
        return key in self.am or key in self.a1_in

    def __len__(self) -> int:
        return len(self.a1_in) + len(self.am)

    def __iter__(self) -> Iterator[Key]:
        newcomers_first = len(self.a1_in) > self.kin
        yield from self.a1_in if newcomers_first else self.am
        yield from self.am if newcomers_first else self.a1_in

    def check(self) -> None:
        super().check()
        assert len(self.a1_in.keys() | self.a1_out.keys() | self.am.keys()) == sum(
            len(queue) for queue in (self.a1_in, self.a1_out, self.am)
        ), "a key in two queues"
        assert len(self.a1_out) <= self.kout
        assert self.kin < self.capacity
