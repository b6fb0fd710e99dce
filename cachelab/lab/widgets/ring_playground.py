"""
The ring playground: let nodes join, leave and weigh more, and see which keys move.
"""

from collections.abc import Callable
from typing import Any

from cachelab.hashing import PLACEMENTS, HashRing
from cachelab.lab.stories.ring_pictures import SIZE, ring_controls, ring_runs, telling
from cachelab.lab.subjects import blaming, check_subject

from .frame_view import FrameView


class RingPlayground(FrameView):
    """
    A view of keys and their owners, for two to eight nodes of which the first may weigh more.

    `placement` is a name from `PLACEMENTS`, or a class of ours or a learner's, made as
    `placement(["A", "B"])` (with weights: `{"A": 2, "B": 1}`), with `node_for(key)`.

    Raises:
        ValueError: there is no placement of that name.
        SubjectFailed: the class fails, or names an owner that is none of its nodes.

    >>> RingPlayground("jump")
    RingPlayground(Jump, 2 to 8 nodes)
    """

    def __init__(self, placement: str | Callable[..., Any] = HashRing) -> None:
        if isinstance(placement, str):
            if placement not in PLACEMENTS:
                known = ", ".join(PLACEMENTS)
                raise ValueError(f"unknown placement {placement!r}; known are {known}")
            placement = PLACEMENTS[placement]
        check_subject(placement, "node_for")
        name = getattr(placement, "__name__", "placement")
        with blaming(placement):
            controls, runs = ring_controls(placement), ring_runs(placement, name)
        super().__init__(
            title=f"{name}: who owns which key",
            about=f"{name}, 2 to 8 nodes",
            controls=controls,
            runs=runs,
            size=SIZE,
            stills=telling(controls),
            pace=1000,
        )
