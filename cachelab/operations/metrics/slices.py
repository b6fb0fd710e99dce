"""
Time cut into slices, each with a tally of its own, so that any recent window can be read off.

A slice that has left the past that is kept is added to one tally of everything older, so totals
lose nothing and memory stays the number of slices.
"""

from collections import deque

from .tally import Tally


class Slices:
    """
    Tallies of the last `keep` seconds, one for each `width` seconds in which something happened.

    Complexity: O(1) for the current tally, but for the slices that end; keep / width + 2 tallies.

    Raises:
        ValueError: a slice is not above zero seconds, or longer than what is kept.
    """

    def __init__(self, width: float, keep: float, hot_counters: int) -> None:
        if not 0 < width <= keep < float("inf"):
            raise ValueError(f"0 < slice <= keep must hold, not {width!r} and {keep!r} seconds")
        self.width = width
        self.keep = keep
        self.hot_counters = hot_counters
        self.recent: deque[tuple[int, Tally]] = deque()
        """(number of the slice, its tally), oldest first."""
        self.older = Tally(1)

    def current(self, now: float) -> Tally:
        """Return the tally of the slice that `now` is in."""
        number = self.number(now)
        # A thread that read the clock before another may come after it: it counts with that one.
        if not self.recent or self.recent[-1][0] < number:
            self.recent.append((number, Tally(self.hot_counters)))
            self._retire(number)
        return self.recent[-1][1]

    def number(self, now: float) -> int:
        """Return the number of the slice that `now` is in."""
        return int(now // self.width)

    def within(self, first: int, end: int) -> list[Tally]:
        """Return the tallies of the slices from number `first` up to, and without, `end`."""
        parts = [tally for number, tally in self.recent if first <= number < end]
        return self._fixed(parts)

    def everything(self) -> list[Tally]:
        """Return the tallies of all time."""
        return [self.older.copy(), *self._fixed([tally for _, tally in self.recent])]

    def _fixed(self, parts: list[Tally]) -> list[Tally]:
        """The same tallies, a copy for the one that still changes: they can be read later on."""
        return [part.copy() if part is self.recent[-1][1] else part for part in parts]

    def _retire(self, number: int) -> None:
        first = number - self.keep / self.width
        while self.recent[0][0] < first:
            self.older.merge(self.recent.popleft()[1])
