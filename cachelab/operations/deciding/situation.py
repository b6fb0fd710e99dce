"""
What has to be known before one can say whether to cache: measured numbers and two wishes.
"""

import math
from dataclasses import dataclass
from functools import cached_property

from .access_time import access_time, break_even_hit_ratio, hit_ratio_for_load
from .lifetimes import hit_ratio_of, hit_ratio_until_written


@dataclass(frozen=True)
class Situation:
    """
    A kind of data, how it is used, and what is asked of its answers.

    `reads` and `writes` are of one typical key, each second. `origin`, `lookup` and `fill` are the
    seconds that the source, a look into the cache and storing a copy take. `staleness` is how many
    seconds old an answer may be; 0: not at all.

    The rest is why one might want a cache. `target` is how long an answer may take; `load` the
    reads of all keys over what the source bears, so that 1.5 is half too many; `is_dear` that
    each call of the source costs money; `must_survive` that answers are wanted while it is down.
    `is_private` says that no two users may be given the same copy.

    Raises:
        ValueError: a number is negative or not finite, or the source answers in no time.
    """

    reads: float
    writes: float
    origin: float
    lookup: float
    staleness: float
    fill: float = 0.0
    target: float | None = None
    load: float = 0.0
    is_dear: bool = False
    must_survive: bool = False
    is_private: bool = False

    def __post_init__(self) -> None:
        for name in ("reads", "writes", "origin", "lookup", "staleness", "fill", "load"):
            value = getattr(self, name)
            if not 0 <= value < math.inf:
                raise ValueError(f"{name} must be a finite number from 0 up, not {value!r}")
        if self.origin == 0:
            raise ValueError("a source that answers in no time needs no cache")
        if self.target is not None and not 0 < self.target < math.inf:
            raise ValueError(f"target must be a number of seconds above 0, not {self.target!r}")

    @cached_property
    def hit_ratio(self) -> float:
        """
        The hit ratio within reach: of a copy that lives until the next write, or of one that lives
        as long as an answer may be old, whichever is higher.
        """
        until_written = hit_ratio_until_written(self.reads, self.writes)
        return max(until_written, hit_ratio_of(self.staleness, self.reads))

    @property
    def uses(self) -> float:
        """How often a copy is used before it ends: h / (1 - h)."""
        return math.inf if self.hit_ratio == 1 else self.hit_ratio / (1 - self.hit_ratio)

    @property
    def break_even(self) -> float:
        """The hit ratio above which a cache saves time."""
        return break_even_hit_ratio(self.lookup, self.origin, self.fill)

    @property
    def mean(self) -> float:
        """The average seconds of a read, with a cache that hits as often as is within reach."""
        return access_time(self.hit_ratio, self.lookup, self.origin, self.fill).mean

    @property
    def hit_ratio_needed(self) -> float:
        """The hit ratio that makes the load bearable; 0 if it is."""
        return hit_ratio_for_load(self.load, 1.0)

    @property
    def reasons(self) -> tuple[str, ...]:
        """What is wrong without a cache, in words; nothing, if it is well."""
        wrong = []
        if self.target is not None and self.origin > self.target:
            wrong.append(f"an answer takes {self.origin:g} s and may take {self.target:g} s")
        if self.load > 1:
            wrong.append(f"the source is asked for {self.load:g} times what it bears")
        if self.is_dear:
            wrong.append("each call of the source costs money")
        if self.must_survive:
            wrong.append("answers are wanted while the source is down")
        return tuple(wrong)
