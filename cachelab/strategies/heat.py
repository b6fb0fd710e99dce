"""
How hot keys are: reads counted with a half-life, for a bounded number of keys.

A count that never decays honours last year's favourites, and one per key ever read never stops
growing. Here a read from `half_life` seconds ago counts half, and the keys not read for longest
are forgotten first.
"""

import math
from collections import OrderedDict
from dataclasses import dataclass

from cachelab.ports import Runtime


@dataclass(slots=True)
class Track:
    """What is known of one key: its heat at a moment, and when its copy is due for a refresh."""

    heat: float = 0.0
    at: float = 0.0
    stamp: str = ""
    due: float = math.inf
    failures: int = 0


class Heat:
    """
    The reads of at most `capacity` keys, each worth 1 at once and half as much a `half_life` later.

    Complexity: O(1) per read, and the memory of `capacity` keys.

    >>> from cachelab.ports import ThreadRuntime
    >>> heat = Heat(ThreadRuntime(), capacity=2, half_life=60)
    >>> for key in "aaabc":
    ...     track = heat.read(key)
    >>> list(heat.tracks), heat.of("a"), heat.of("b") > 0.99
    (['b', 'c'], 0.0, True)
    """

    def __init__(self, runtime: Runtime, capacity: int, half_life: float) -> None:
        self.runtime = runtime
        self.capacity = capacity
        self.half_life = half_life
        self.tracks: OrderedDict[str, Track] = OrderedDict()
        """By key, the least recently read first."""
        self._lock = runtime.lock()

    def read(self, key: str) -> Track:
        """Count a read of `key`; return what is known of it, to be changed by the caller."""
        now = self.runtime.now()
        with self._lock:
            track = self.tracks.setdefault(key, Track(at=now))
            self.tracks.move_to_end(key)
            track.heat = self._decayed(track, now) + 1
            track.at = now
            if len(self.tracks) > self.capacity:
                self.tracks.popitem(last=False)
        return track

    def of(self, key: str) -> float:
        """Return the heat of `key` now; 0 for a key that is not tracked."""
        track = self.tracks.get(key)
        return 0.0 if track is None else self._decayed(track, self.runtime.now())

    def _decayed(self, track: Track, now: float) -> float:
        return float(track.heat * 0.5 ** ((now - track.at) / self.half_life))
