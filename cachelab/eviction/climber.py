"""
A hill climber: finds the best size of something by moving it a step and looking whether it helped.

No size of W-TinyLFU's window is right for every workload. The hits of the last sample of requests
tell whether the last step went uphill; a long walk uphill ends on a hill, not always the highest.
"""

from typing import Final


class Climber:
    """
    The border between two parts of a cache, on its way to where most requests hit.

    After each sample of 10 x capacity requests the sample's hits are compared with those of the
    sample before. If they are fewer, the direction turns round; the first is upward. Then the
    border moves a step, and stays between 1 place and 80 % of the capacity.

    A step is 6.25 % of the capacity at first and 2 % shorter at each sample, so that the border
    comes to rest. When the hit ratio has changed by 5 points or more, up or down, the workload is
    another one, and the step is as long as at first.

    Complexity: O(1).

    Source: G. Einziger, O. Eytan, R. Friedman, B. Manes, "Adaptive software cache management",
    Middleware 2018, "hill climbing". The constants are those of Caffeine's simulator.

    >>> climber = Climber(capacity=100, room=1)
    >>> moved = [climber.note(hit=True) for _ in range(1000)]
    >>> sum(moved), climber.room
    (1, 7)
    """

    STEP: Final = 0.0625
    DECAY: Final = 0.98
    RESTART: Final = 0.05
    LARGEST: Final = 0.8

    def __init__(self, capacity: int, room: int) -> None:
        self.room = room
        """Whole places below the border."""
        self.border = float(room)
        self.largest = float(max(1, int(self.LARGEST * capacity)))
        self.sample = 10 * capacity
        self.first_step = self.step = self.STEP * capacity
        self.direction = 1
        self.requests = self.hits = self.hits_before = 0

    def note(self, hit: bool) -> bool:
        """Count one request; tell whether `room` is another one now."""
        self.requests += 1
        self.hits += hit
        if self.requests < self.sample:
            return False
        self._move(self.hits - self.hits_before)
        self.requests, self.hits, self.hits_before = 0, 0, self.hits
        before, self.room = self.room, int(self.border)
        return self.room != before

    def _move(self, change: int) -> None:
        if change < 0:
            self.direction = -self.direction
        anew = abs(change) >= self.RESTART * self.sample
        self.step = self.first_step if anew else self.step * self.DECAY
        self.border = min(max(self.border + self.direction * self.step, 1.0), self.largest)
