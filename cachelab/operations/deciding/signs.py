"""
When not to cache: each warning sign as a check on a profile, with the number that decides.

The usual list has round numbers in it: a hit ratio below 50 %, a life below one second, more writes
than reads. Whether they matter follows from what a miss costs, so each is held against the hit
ratio at which this cache breaks even.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

from .profiles import Profile

EVEN = 0.2
"""Below this exponent popularity counts as uniform; web traffic has 0.6 to 1.0."""

LUCK, MOST_LUCK = 0.74, 0.36
"""
The exponent that luck alone gives uniform traffic with n reads for each object: LUCK / sqrt(n), and
never above MOST_LUCK. Drawn, it is 0.35 at two reads each, 0.23 at ten and 0.09 at a hundred.
"""


@dataclass(frozen=True, slots=True)
class Plan:
    """
    The cache one has in mind: its size in entries, and the hit ratio at which it breaks even.

    `ttl` is the longest life that the staleness allows, None for no bound; `reads_per_second` are
    those of the whole workload, which `ttl` is held against.

    Raises:
        ValueError: the capacity is below 1, or a number is negative.
    """

    capacity: int
    break_even: float
    ttl: float | None = None
    reads_per_second: float = 0.0
    may_be_stale: bool = True
    is_sensitive: bool = False

    def __post_init__(self) -> None:
        if self.capacity < 1:
            raise ValueError(f"capacity must be at least 1 entry, not {self.capacity!r}")
        for name in ("break_even", "reads_per_second"):
            if not getattr(self, name) >= 0:
                raise ValueError(f"{name} must be from 0 up, not {getattr(self, name)!r}")
        if self.ttl is not None and not self.ttl >= 0:
            raise ValueError(f"ttl must be a number of seconds from 0 up, not {self.ttl!r}")


@dataclass(frozen=True, slots=True)
class Sign:
    """One warning sign: whether it is there, and the numbers that say so."""

    name: str
    is_there: bool
    because: str


Check = Callable[[Profile, Plan], Sign]


def low_hit_ratio(profile: Profile, plan: Plan) -> Sign:
    """Too few hits at the size one has in mind: 40 % can be plenty, and 95 % too few."""
    found = min(profile.hit_ratio(plan.capacity), profile.bound)
    words = f"{plan.capacity:,} entries hit {found:.1%}; break-even is {plan.break_even:.1%}"
    return Sign("low_hit_ratio", found <= plan.break_even, words)


def short_life(profile: Profile, plan: Plan) -> Sign:
    """A life so short that copies end unused; one second is long for what is read often."""
    if plan.ttl is None:
        return Sign("short_life", False, "no bound on the age of an answer")
    found = profile.hit_ratio_of_ttl(plan.ttl, plan.reads_per_second)
    words = (
        f"lives of {plan.ttl:g} s at {plan.reads_per_second:g} reads/s hit {found:.1%}; "
        f"break-even is {plan.break_even:.1%}"
    )
    return Sign("short_life", found <= plan.break_even, words)


def mostly_written(profile: Profile, plan: Plan) -> Sign:
    """Data that changes before it is read again."""
    words = (
        f"{profile.writes_per_read:.3g} writes a read: if each drops its copy, "
        f"{profile.bound:.1%} of reads find one; break-even is {plan.break_even:.1%}"
    )
    # Without writes few repeats are another sign's business.
    is_there = profile.writes > 0 and profile.bound <= plan.break_even
    return Sign("mostly_written", is_there, words)


def uniform(profile: Profile, plan: Plan) -> Sign:
    """Many keys, none of them popular: the hit ratio is the share of the keys that fit."""
    share = min(1.0, plan.capacity / profile.objects)
    luck = min(MOST_LUCK, LUCK / math.sqrt(profile.reads / profile.objects))
    # Chance and popularity are independent, so their squares add up.
    skew = math.sqrt(max(0.0, profile.skew**2 - luck**2))
    words = (
        f"Zipf exponent {profile.skew:.2f}, where uniform reads would show up to {luck:.2f}; "
        f"{share:.1%} of the objects fit"
    )
    return Sign("uniform", skew < EVEN and share <= plan.break_even, words)


def never_again(profile: Profile, plan: Plan) -> Sign:
    """Requests that are unique, as a search with many parameters is: nothing to hit."""
    repeats = 1 - profile.objects / profile.reads
    words = (
        f"{profile.one_hit_share:.1%} of the objects are read once; at most {repeats:.1%} of reads "
        f"repeat one; break-even is {plan.break_even:.1%}"
    )
    return Sign("never_again", repeats <= plan.break_even, words)


def too_large(profile: Profile, plan: Plan) -> Sign:
    """What would have to be kept to break even does not fit."""
    needed = profile.capacity_for(plan.break_even)
    if needed is None:
        return Sign("too_large", True, "no size breaks even")
    words = f"{needed:,} entries break even, {plan.capacity:,} fit"
    return Sign("too_large", needed > plan.capacity, words)


def no_stale_answers(profile: Profile, plan: Plan) -> Sign:  # noqa: ARG001
    """Decisions on money or stock: cache what is shown, and decide on the truth."""
    words = "answers may be old" if plan.may_be_stale else "no answer may be older than the truth"
    return Sign("no_stale_answers", not plan.may_be_stale, words)


def sensitive(profile: Profile, plan: Plan) -> Sign:  # noqa: ARG001
    """Private data: encryption alone does not keep a shared cache from serving it to others."""
    words = "private: no shared layer, a key for each user" if plan.is_sensitive else "not private"
    return Sign("sensitive", plan.is_sensitive, words)


SIGNS: dict[str, Check] = {
    check.__name__: check
    for check in (
        low_hit_ratio,
        short_life,
        mostly_written,
        uniform,
        never_again,
        too_large,
        no_stale_answers,
        sensitive,
    )
}
"""Every warning sign by its name. A new one is one function and one entry."""


def warning_signs(profile: Profile, plan: Plan) -> tuple[Sign, ...]:
    """
    Hold each warning sign against `profile`; those that are not there are answered too.

    Complexity: O(objects).

    >>> unique = Profile(counts=[1] * 50, distances=[50], writes=0, kept=0, skew=0.0)
    >>> signs = warning_signs(unique, Plan(capacity=10, break_even=0.02))
    >>> [sign.name for sign in signs if sign.is_there]
    ['low_hit_ratio', 'never_again', 'too_large']
    """
    return tuple(check(profile, plan) for check in SIGNS.values())
