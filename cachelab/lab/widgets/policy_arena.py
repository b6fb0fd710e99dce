"""
The policy arena: one class against all policies, at every size.
"""

from collections.abc import Sequence

from cachelab.lab.arena_scenes import (
    SHARES,
    arena_controls,
    arena_size,
    arena_work,
    contestants,
)
from cachelab.lab.contestants import PolicyLike, make, name_of
from cachelab.lab.samples import sample_trace
from cachelab.lab.subjects import blamed, blaming, with_short_traces
from cachelab.lab.traces import Trace, loop, mix, scan, zipf

from .late_view import LateView


class PolicyArena(LateView):
    """
    A view that ranks `policy` (ours, or a learner's class) among all policies, over cache sizes.

    `traces` are up to four to choose from. Without any, there are the recorded sample, a walk in
    circles, and a popular set with scans through it: few sizes have one winner on all three.

    Complexity: one simulation for each policy, size and trace; a learner's class is not compiled.

    Raises:
        ValueError: as `simulate`.
        SubjectFailed: the class fails, or has no verbs to play.

    >>> PolicyArena("sieve", [loop(2_000, length=100)])
    PolicyArena(sieve on loop(100))
    """

    @with_short_traces
    def __init__(self, policy: PolicyLike = "lru", traces: Sequence[Trace] | None = None) -> None:
        with blaming(policy):
            make(policy, 1)
        played = list(traces or usual_traces())
        for trace in played:
            trace.check_keys()
        names = ", ".join(trace.name for trace in played)
        super().__init__(
            title="Which policy wins, and where does it lose?",
            about=f"{name_of(policy)} on {names}",
            controls=arena_controls(played),
            work=lambda places: blamed(policy, arena_work(played, policy, places)),
            parts=len(SHARES) * len(played) * (len(contestants(policy)) + 1),
            size=arena_size(policy),
            pace=900,
        )


def usual_traces() -> list[Trace]:
    """Return three traces that disagree about which policy is best."""
    scanned = mix(zipf(20_000, 2_000), scan(8_000), burst=500)
    return [
        sample_trace("shop"),
        loop(20_000, length=1_000),
        Trace(scanned.keys, "popular set with scans"),
    ]
