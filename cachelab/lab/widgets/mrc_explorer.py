"""
The MRC explorer: drag the capacity, and see misses, origin load and cost move together.
"""

from collections.abc import Iterable, Sequence

from cachelab.eviction import Key
from cachelab.lab.contestants import PolicyLike, make, name_of
from cachelab.lab.mrc_scenes import (
    ASSUMED,
    READS,
    SIZE,
    Sized,
    mrc_controls,
    mrc_parts,
    mrc_runs,
    mrc_work,
)
from cachelab.lab.samples import sample_trace
from cachelab.lab.scenes import Run
from cachelab.lab.subjects import blamed, blaming, with_short_traces
from cachelab.lab.traces import Trace, as_trace
from cachelab.operations.deciding import Prices

from .late_view import LateView


class MrcExplorer(LateView):
    """
    A view of miss-ratio curves: `policy` (ours or a learner's class) beside LRU and the bound.

    `traces` is one trace or up to four to choose from, the recorded sample if none is given.
    `reads` a second and objects of `object_bytes` make origin load and, at `prices`, a bill of a
    miss ratio; the prices are assumed, put in yours.

    Complexity: 25 simulations of `policy` a trace.

    Raises:
        ValueError: as `miss_ratio_curve`.
        SubjectFailed: the class fails, or has no verbs to play.

    >>> from cachelab.lab import zipf
    >>> MrcExplorer(zipf(2_000, objects=300), "sieve")
    MrcExplorer(sieve on zipf(1))
    """

    @with_short_traces
    def __init__(
        self,
        traces: Trace | Sequence[Trace] | Iterable[Key] | None = None,
        policy: PolicyLike = "lru",
        *,
        reads: Sequence[float] = READS,
        prices: Prices = ASSUMED,
        object_bytes: int = 1_000_000,
    ) -> None:
        with blaming(policy):
            make(policy, 1)
        played = _traces(traces)
        for trace in played:
            trace.check_keys()
        names = ", ".join(trace.name for trace in played)

        def drawn(found: Sized) -> list[Run]:
            return mrc_runs(found, reads, prices, object_bytes)

        super().__init__(
            title="What a larger cache buys",
            about=f"{name_of(policy)} on {names}",
            controls=mrc_controls(played, reads),
            work=lambda places: blamed(policy, mrc_work(played, policy, drawn, places)),
            parts=mrc_parts(policy, played, reads),
            size=SIZE,
            pace=150,
        )


def _traces(given: Trace | Sequence[Trace] | Iterable[Key] | None) -> list[Trace]:
    if given is None:
        return [sample_trace("shop")]
    if isinstance(given, Sequence) and given and all(isinstance(one, Trace) for one in given):
        return list(given)
    return [as_trace(given)]
