"""
How many calls there were lately, and how many of them failed, in a few numbers.

Time is cut into slices. A slice that has left the window is dropped whole, so memory is the number
of slices, however many calls there are.
"""

from collections import deque

SLICES = 10


class Window:
    """
    Calls and failures of the last `seconds`, counted in tenths of that time.

    The window moves on by a tenth, so what is counted is between nine tenths and all of `seconds`
    old at most.

    Complexity: O(1) for each call, and ten pairs of numbers.

    Raises:
        ValueError: `seconds` is not above zero.

    >>> window = Window(10.0)
    >>> window.note(0.0, failed=True)
    >>> window.note(6.0, failed=False)
    >>> window.counts(6.0), window.counts(11.0), window.counts(20.0)
    ((2, 1), (1, 0), (0, 0))
    """

    def __init__(self, seconds: float) -> None:
        if not 0 < seconds < float("inf"):
            raise ValueError(f"a window must be a number of seconds above 0, not {seconds!r}")
        self.seconds = seconds
        self.slices: deque[list[int]] = deque()
        """[number of the slice, calls, failures], oldest first."""

    def note(self, now: float, failed: bool) -> None:
        """Count a call that ended at `now`."""
        number = self._slide(now)
        if not self.slices or self.slices[-1][0] < number:
            self.slices.append([number, 0, 0])
        self.slices[-1][1] += 1
        self.slices[-1][2] += failed

    def counts(self, now: float) -> tuple[int, int]:
        """Return the calls and the failures among them in the window that ends at `now`."""
        self._slide(now)
        return sum(one[1] for one in self.slices), sum(one[2] for one in self.slices)

    def _slide(self, now: float) -> int:
        number = int(now // (self.seconds / SLICES))
        while self.slices and self.slices[0][0] <= number - SLICES:
            self.slices.popleft()
        return number
