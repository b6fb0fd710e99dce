"""
ARC: two LRU lists, and two lists of ghosts that tell which of them should be longer.

One list for keys used once lately, one for keys used at least twice. A miss on a key that was given
up too early by one of the lists is evidence that this list was too short. The border moves, and
nothing needs tuning.
"""

from collections import OrderedDict
from collections.abc import Iterator

from .base import EvictionPolicy, Key

Recency = OrderedDict[Key, None]


class ARC(EvictionPolicy):
    """
    Evicts from the list of once-used keys or from that of the others, as its ghosts advise.

    Intuition: `t1` holds keys used once, `t2` keys used more often; `b1` and `b2` hold the names
    evicted from each. `p` is the length that `t1` should have. All lists are in LRU order, the
    least recent first. A key that the caller removes leaves no ghost, and makes a free place.

    Complexity: O(1) for every verb; the names of up to twice the capacity.

    Source: N. Megiddo, D. S. Modha, "ARC: a self-tuning, low overhead replacement cache", FAST
    2003, figure 4, whose cases are cited below. `p` is a real number; a whole one gives other
    counts. Ghosts are counted before the one that was found leaves its list.

    >>> arc = ARC(2)
    >>> arc.insert("a"), arc.hit("a"), arc.insert("b"), arc.insert("c"), arc.insert("b"), arc.p
    ([], None, [], ['b'], ['a'], 1.0)
    >>> list(arc.t1), list(arc.t2), list(arc.b1), list(arc.b2)
    (['c'], ['b'], [], ['a'])
    """

    name = "arc"

    def __init__(self, capacity: int) -> None:
        super().__init__(capacity)
        self.p = 0.0
        self.t1: Recency = OrderedDict()
        self.t2: Recency = OrderedDict()
        self.b1: Recency = OrderedDict()
        self.b2: Recency = OrderedDict()

    def hit(self, key: Key) -> None:
        if key in self.t2:  # case I
            self.t2.move_to_end(key)
        else:
            del self.t1[key]
            self.t2[key] = None

    def insert(self, key: Key) -> list[Key]:
        if key in self.b1:  # case II
            self.p = min(self.p + max(len(self.b2) / len(self.b1), 1.0), float(self.capacity))
            return self._return_of(key, self.b1)
        if key in self.b2:  # case III
            self.p = max(self.p - max(len(self.b1) / len(self.b2), 1.0), 0.0)
            return self._return_of(key, self.b2)
        evicted = self._make_room_for_a_stranger()  # case IV
        self.t1[key] = None
        return evicted

    def _return_of(self, key: Key, ghosts: Recency) -> list[Key]:
        evicted = self._replace(in_b2=ghosts is self.b2)
        del ghosts[key]
        self.t2[key] = None
        return evicted

    def _make_room_for_a_stranger(self) -> list[Key]:
        if len(self.t1) == self.capacity:  # case IV(A), else: b1 is empty, and no ghost is left
            return [self.t1.popitem(last=False)[0]]
        if len(self.t1) + len(self.b1) == self.capacity:  # case IV(A)
            self.b1.popitem(last=False)
        elif len(self) + len(self.b1) + len(self.b2) == 2 * self.capacity:  # case IV(B)
            self.b2.popitem(last=False)
        return self._replace(in_b2=False)

    def _replace(self, in_b2: bool) -> list[Key]:
        if len(self) < self.capacity:
            return []
        from_t1 = self._t1_is_too_long(in_b2)
        recency, ghosts = (self.t1, self.b1) if from_t1 else (self.t2, self.b2)
        victim = recency.popitem(last=False)[0]
        ghosts[victim] = None
        return [victim]

    def _t1_is_too_long(self, in_b2: bool) -> bool:
        length = len(self.t1)
        return length > 0 and (length > self.p or (in_b2 and length == self.p))

    def remove(self, key: Key) -> None:
        del (self.t1 if key in self.t1 else self.t2)[key]

    def __contains__(self, key: object) -> bool:
        return key in self.t2 or key in self.t1

    def __len__(self) -> int:
        return len(self.t1) + len(self.t2)

    def __iter__(self) -> Iterator[Key]:
        """Go through the keys, the victim for a key never seen first."""
        t1_first = len(self.t1) == self.capacity or self._t1_is_too_long(in_b2=False)
        yield from self.t1 if t1_first else self.t2
        yield from self.t2 if t1_first else self.t1

    def check(self) -> None:
        super().check()
        lists = (self.t1, self.t2, self.b1, self.b2)
        total = sum(len(one) for one in lists)
        assert len(set().union(*lists)) == total, "a key in two lists"
        assert 0 <= self.p <= self.capacity
        assert len(self.t1) + len(self.b1) <= self.capacity, "L1 is longer than the capacity"
        assert total <= 2 * self.capacity
