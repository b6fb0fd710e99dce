"""
W-TinyLFU: a newcomer gets in only if it is asked for more often than the key it would drive out.

A small LRU window lets new keys show what they are worth; who leaves it has to beat the main
cache's next victim. A sketch counts all keys, resident or not, in a few bits each. How large the
window should be depends on the workload, and can be found by trial: the adaptive form does that.
"""

from collections import OrderedDict
from collections.abc import Iterator

from .base import EvictionPolicy, Key
from .climber import Climber
from .options import share
from .sketch import Sketch

Recency = OrderedDict[Key, None]


class WTinyLFU(EvictionPolicy):
    """
    Evicts the key leaving the window or the main cache's victim, whichever is asked for less.

    Intuition: `window` is an LRU of new keys, `probation` and `protected` are an SLRU behind it.
    The key that the window can't hold is the candidate. While the main cache is not full it is
    taken in; after that only if the sketch counts it strictly more often than the probation's
    least recently used key, which then goes.

    `window` is the share of the capacity that the window gets, rounded down, at least one place;
    `protected` the protected segment's share of the rest, rounded down. At capacity 1 there is only
    the window. Each request counts once in the sketch, before it is decided who goes. A removed key
    keeps its count.

    With `adaptive`, `window` is only where the window's size starts: see `Climber`. A window that
    grows takes the next victims of the main cache, one that shrinks gives its own to the probation,
    as the most recent key there; nothing is evicted.

    Complexity: O(1) for every verb on average over any run.

    Source: G. Einziger, R. Friedman, B. Manes, "TinyLFU: a highly efficient cache admission
    policy", ACM TOS 13(4), 2017, section 4, "W-TinyLFU"; the shares are theirs.

    >>> policy = WTinyLFU(3)
    >>> policy.insert("a"), policy.insert("b"), policy.hit("a"), policy.insert("c")
    ([], [], None, [])
    >>> policy.insert("d"), policy.insert("e"), list(policy.window), list(policy.protected)
    (['c'], ['d'], ['e'], ['a'])
    """

    name = "w_tinylfu"

    def __init__(
        self,
        capacity: int,
        *,
        window: float = 0.01,
        protected: float = 0.8,
        adaptive: bool = False,
    ) -> None:
        super().__init__(capacity)
        self.protected_share = share("protected", protected)
        self.window: Recency = OrderedDict()
        """Least recently used first, like its neighbours."""
        self.probation: Recency = OrderedDict()
        self.protected: Recency = OrderedDict()
        self.sketch = Sketch(capacity)
        self._set_rooms(max(1, int(capacity * share("window", window))))
        self.climber = Climber(capacity, self.window_room) if adaptive and capacity > 1 else None

    def _set_rooms(self, window: int) -> None:
        self.window_room = window
        self.main_room = self.capacity - window
        self.protected_room = int(self.main_room * self.protected_share)

    def hit(self, key: Key) -> None:
        self.sketch.add(key)
        if key in self.window:
            self.window.move_to_end(key)
        elif key in self.protected:
            self.protected.move_to_end(key)
        else:
            del self.probation[key]
            self.protected[key] = None
            self._demote()
        self._learn(hit=True)

    def insert(self, key: Key) -> list[Key]:
        self.sketch.add(key)
        self.window[key] = None
        evicted = []
        if len(self.window) > self.window_room:
            candidate, _ = self.window.popitem(last=False)
            evicted = self._contest(candidate)
        self._learn(hit=False)
        return evicted

    def _contest(self, candidate: Key) -> list[Key]:
        if len(self.probation) + len(self.protected) < self.main_room:
            self.probation[candidate] = None
            return []
        if not self._admits(candidate):
            return [candidate]
        victim, _ = self.probation.popitem(last=False)
        self.probation[candidate] = None
        return [victim]

    def _admits(self, candidate: Key) -> bool:
        if self.main_room == 0:
            return False
        victim = next(iter(self.probation))
        return self.sketch.estimate(candidate) > self.sketch.estimate(victim)

    def _demote(self) -> None:
        while len(self.protected) > self.protected_room:
            self.probation[self.protected.popitem(last=False)[0]] = None

    def _learn(self, hit: bool) -> None:
        if self.climber is not None and self.climber.note(hit):
            self._set_rooms(self.climber.room)
            self._demote()
            while len(self.probation) + len(self.protected) > self.main_room:
                self.window[self.probation.popitem(last=False)[0]] = None
            while len(self.window) > self.window_room:
                self.probation[self.window.popitem(last=False)[0]] = None

    def remove(self, key: Key) -> None:
        segments = (self.window, self.probation, self.protected)
        del next(segment for segment in segments if key in segment)[key]

    def __contains__(self, key: object) -> bool:
        return key in self.protected or key in self.probation or key in self.window

    def __len__(self) -> int:
        return len(self.window) + len(self.probation) + len(self.protected)

    def __iter__(self) -> Iterator[Key]:
        """Go through the keys, the victim for a new one first, as the sketch counts by now."""
        window_first = not self.probation or not self._admits(next(iter(self.window), None))
        yield from self.window if window_first else self.probation
        yield from self.probation if window_first else self.window
        yield from self.protected

    def check(self) -> None:
        super().check()
        segments = (self.window, self.probation, self.protected)
        assert len(set().union(*segments)) == len(self), "a key in two segments"
        assert len(self.window) <= self.window_room
        assert len(self.probation) + len(self.protected) <= self.main_room
        assert len(self.protected) <= self.protected_room <= self.main_room
        assert self.window_room + self.main_room == self.capacity
