"""
The shift lab: move the moment at which popularity changes, and watch policies recover.
"""

from cachelab.lab.contestants import PolicyLike, name_of
from cachelab.lab.shift_scenes import PLACES, SIZE, WINDOWS, shift_control, shift_runs
from cachelab.lab.subjects import blaming, with_short_traces

from .frame_view import FrameView

USUAL = ("lfu", "aged_lfu", "lru")


class ShiftLab(FrameView):
    """
    A view of hit ratios before and after the popular objects become others.

    LFU, LFU with ageing and LRU are played, and `policy` beside them: one of ours, or a learner's
    class. The trace is Zipf(`alpha`) over `objects`, whose ranks are dealt anew at the shift.

    Raises:
        ValueError: as `simulate` for the policy or the capacity.
        SubjectFailed: the class fails, or has no verbs to play.

    >>> ShiftLab("sieve", objects=200, capacity=20)
    ShiftLab(lfu, aged_lfu, lru, sieve; capacity 20)
    """

    @with_short_traces
    def __init__(
        self,
        policy: PolicyLike | None = None,
        *,
        objects: int = 2_000,
        capacity: int = 100,
        alpha: float = 1.0,
    ) -> None:
        shown = [*USUAL, *([policy] if policy is not None else [])]
        control = shift_control()
        with blaming(policy):
            runs = shift_runs(shown, objects, capacity, alpha)
        moments = (PLACES[control.start], PLACES[control.start] + 4, WINDOWS)
        super().__init__(
            title="How long does yesterday's popularity last?",
            about=f"{', '.join(map(name_of, shown))}; capacity {capacity}",
            controls=[control],
            runs=runs,
            size=SIZE,
            stills=[((control.start,), step) for step in moments],
            pace=200,
            opening=moments[0],
        )
