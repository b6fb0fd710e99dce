"""
The latency ladder: how long things take, rung after rung, yours beside the published ones.
"""

from collections.abc import Mapping, Sequence
from math import inf
from numbers import Real

from cachelab.lab.ladder import Ladder, Rung
from cachelab.lab.ladder_scenes import ladder_controls, ladder_runs, ladder_size

from .frame_view import FrameView


class LatencyLadder(FrameView):
    """
    A view of times on a log axis, revealed one by one so that the next can be guessed.

    `measured` is what `latency_ladder` returned, rungs, or times of your own: seconds by name.
    Without it there are the published numbers alone, and the view is the same everywhere.

    Raises:
        ValueError: a time is no number above 0.

    >>> LatencyLadder({"my cache": 2e-6})
    LatencyLadder(1 measured, published for 2007 and 2020)
    """

    def __init__(self, measured: Ladder | Sequence[Rung] | Mapping[str, float] = ()) -> None:
        rungs = _rungs(measured)
        for rung in rungs:
            if not isinstance(rung.seconds, Real) or not 0 < rung.seconds < inf:
                raise ValueError(f"{rung.name} takes a time above 0 s, not {rung.seconds!r}")
        controls, runs = ladder_controls(rungs), ladder_runs(rungs)
        lasts = [((at,), len(run.scenes) - 1) for at, run in enumerate(runs)]
        super().__init__(
            title="How long does it take?",
            about=f"{len(rungs)} measured, published for 2007 and 2020",
            controls=controls,
            runs=runs,
            size=ladder_size(runs),
            stills=lasts[:3],
            pace=1_200,
        )


def _rungs(measured: Ladder | Sequence[Rung] | Mapping[str, float]) -> Sequence[Rung]:
    if isinstance(measured, Ladder):
        return measured.measured
    if isinstance(measured, Mapping):
        return [Rung(name, "measured", "yours", seconds) for name, seconds in measured.items()]
    return measured
