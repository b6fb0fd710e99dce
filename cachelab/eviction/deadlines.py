"""
Which entries are dead by now: a table for one key, and a queue for who dies next.

Looking at a key on its way out of the cache is enough to never serve a dead one, but then a key
that nobody asks for stays for ever. The queue finds such keys without looking at the others.
"""

from heapq import heapify, heappop, heappush
from math import inf

from .base import Key


def checked_ttl(ttl: float) -> float:
    """
    Return `ttl` if it is a time to live in seconds: above 0, and `math.inf` is for ever.

    Raises:
        TypeError: it is not a number.
        ValueError: it is 0, negative or NaN.
    """
    if isinstance(ttl, bool) or not isinstance(ttl, int | float):
        raise TypeError(f"ttl must be a number of seconds, not {ttl!r}")
    if not ttl > 0:
        raise ValueError(f"ttl must be above 0 seconds (math.inf is for ever), not {ttl!r}")
    return ttl


class Deadlines:
    """
    The time at which each key dies, for keys that do.

    Intuition: `at` is the truth. The queue is a heap of notes "look at this key then"; moving a
    deadline leaves the old note in it, and a note that `at` does not confirm is thrown away when
    its turn comes, or together with all others once they are more than half.

    Complexity: O(log n) for `note`, O(1) for `forget`, O(log n) for each key that `due` returns,
    all amortized.

    >>> deadlines = Deadlines()
    >>> deadlines.note("a", 10.0), deadlines.note("b", 5.0), deadlines.note("a", 20.0)
    (None, None, None)
    >>> deadlines.due(4.9), deadlines.due(5.0), deadlines.due(10.0), deadlines.due(20.0)
    ([], ['b'], [], ['a'])
    """

    def __init__(self) -> None:
        self.at: dict[Key, float] = {}
        self._queue: list[tuple[float, int, Key]] = []
        self._ticket = 0
        """Sets notes of one time apart, because keys need not have an order."""

    def note(self, key: Key, time: float) -> None:
        """Let `key` die at `time` and no longer at any other; never, if that is infinity."""
        self.forget(key)
        if time == inf:
            return
        self.at[key] = time
        self._ticket += 1
        heappush(self._queue, (time, self._ticket, key))
        if len(self._queue) > 2 * len(self.at) + 16:
            self._queue = [note for note in self._queue if self.at.get(note[2]) == note[0]]
            heapify(self._queue)

    def forget(self, key: Key) -> None:
        """Let `key` live for ever; it need not have a deadline."""
        self.at.pop(key, None)

    def due(self, now: float) -> list[Key]:
        """Return the keys that are dead at `now`, first to die first, and forget them."""
        dead = []
        while self._queue and self._queue[0][0] <= now:
            time, _, key = heappop(self._queue)
            if self.at.get(key) == time:
                del self.at[key]
                dead.append(key)
        return dead

    def check(self) -> None:
        """Raise AssertionError if a key that dies is not in the queue, or the queue too long."""
        noted = {(key, time) for time, _, key in self._queue}
        assert noted >= set(self.at.items())
        assert len(self._queue) <= 2 * len(self.at) + 16 + len(noted - set(self.at.items()))
