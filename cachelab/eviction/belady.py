"""
Belady's MIN: the key whose next use lies farthest in the future goes first.

Nobody can know the future, but a trace that has been recorded has one. No policy has more hits, so
this one tells how much there is to gain at all, and how far from it a real policy stays.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from heapq import heapify, heappop, heappush
from typing import ClassVar

from .base import EvictionPolicy, Key


class Belady(EvictionPolicy):
    """
    Evicts the key that will not be asked for again the longest.

    Intuition: it is told all requests beforehand. `future` is the whole sequence of them, and the
    calls of `hit` and `insert` have to follow it, request by request. Keys that nobody asks for
    again go first, the one used longest ago of them before the others; a tie that makes no
    difference to the number of hits.

    A key that comes in is kept even if it is never asked for again (demand paging): its place is
    the first to be given up after that. A removed key comes back when its next request does.

    Complexity: O(log capacity) a request on average; memory for the whole future.

    Raises:
        ValueError: a request is not the next one of `future`.

    Source: L. A. Belady, "A study of replacement algorithms for a virtual-storage computer", IBM
    Systems Journal 5(2), 1966, "MIN"; that the farthest next use is optimal: R. L. Mattson et al.,
    "Evaluation techniques for storage hierarchies", IBM Systems Journal 9(2), 1970, "OPT".

    >>> belady = Belady(2, future="abca")
    >>> [belady.insert(key) for key in "abc"], belady.hit("a"), list(belady)
    ([[], [], ['b']], None, ['c', 'a'])
    """

    name = "belady"
    needs_future: ClassVar[bool] = True

    def __init__(self, capacity: int, *, future: Iterable[Key]) -> None:
        super().__init__(capacity)
        self.now = 0
        """Requests so far."""
        self.future = _with_next_uses(future)
        """The requests to come, each with the number of the next one for the same key."""
        self.end = len(self.future)
        """What stands for never: a request number that does not occur."""
        self.next_use: dict[Key, int] = {}
        """For each resident key the number of its next request; the least recently used first."""
        self._farthest: list[tuple[int, int, Key]] = []

    def hit(self, key: Key) -> None:
        following = self._advance(key)
        del self.next_use[key]
        self._keep(key, following)

    def insert(self, key: Key) -> list[Key]:
        following = self._advance(key)
        evicted = [self._evict()] if len(self.next_use) == self.capacity else []
        self._keep(key, following)
        return evicted

    def _advance(self, key: Key) -> int:
        if not self.future:
            raise ValueError(f"the future ends after {self.end} requests, and {key!r} is one more")
        expected, following = self.future[0]
        if key != expected:
            raise ValueError(f"request {self.now} of the future is for {expected!r}, not {key!r}")
        self.future.popleft()
        self.now += 1
        return following

    def _keep(self, key: Key, following: int) -> None:
        self.next_use[key] = following
        if len(self._farthest) > 4 * self.capacity:
            # Each hit leaves an entry behind; now and then they are cleared away.
            order = enumerate(self.next_use.items(), start=self.now - len(self.next_use))
            self._farthest = [(-following, number, key) for number, (key, following) in order]
            heapify(self._farthest)
        else:
            heappush(self._farthest, (-following, self.now, key))

    def _evict(self) -> Key:
        while True:
            following, _, key = heappop(self._farthest)
            if self.next_use.get(key) == -following:
                del self.next_use[key]
                return key

    def remove(self, key: Key) -> None:
        del self.next_use[key]

    def __contains__(self, key: object) -> bool:
        return key in self.next_use

    def __len__(self) -> int:
        return len(self.next_use)

    def __iter__(self) -> Iterator[Key]:
        return iter(sorted(self.next_use, key=self.next_use.__getitem__, reverse=True))

    def check(self) -> None:
        super().check()
        queued = {(key, -following) for following, _, key in self._farthest}
        assert queued >= self.next_use.items(), "a key that can't be evicted"
        assert self.now + len(self.future) == self.end
        uses = [number for number in self.next_use.values() if number < self.end]
        assert all(number >= self.now for number in uses), "a use that has passed"
        assert len(set(uses)) == len(uses)


def _with_next_uses(requests: Iterable[Key]) -> deque[tuple[Key, int]]:
    keys = list(requests)
    next_use: dict[Key, int] = {}
    future: deque[tuple[Key, int]] = deque()
    for number in range(len(keys) - 1, -1, -1):
        future.appendleft((keys[number], next_use.get(keys[number], len(keys))))
        next_use[keys[number]] = number
    return future
