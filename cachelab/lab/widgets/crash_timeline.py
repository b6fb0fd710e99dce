"""
The crash timeline: drop a crash anywhere into a few writes, and see which of them are left.
"""

from collections.abc import Callable, Sequence
from typing import Any

from cachelab.lab.stories.crash_pictures import SIZE, crash_controls, crash_runs
from cachelab.lab.stories.crashes import Crash, record_crashes
from cachelab.lab.stories.tape import name_of
from cachelab.lab.subjects import blaming, check_subject
from cachelab.strategies import CacheAside, QueuedWriteBehind, WriteBehind

from .frame_view import FrameView

KINDS = (QueuedWriteBehind, WriteBehind, CacheAside)


class CrashTimeline(FrameView):
    """
    A view of four writes and a crash of the program, which is then started again.

    `strategy` is a class of ours or a learner's, or several of them. The cache, the database and a
    log that a strategy takes as `log` outlive the crash, what an object holds does not.

    Raises:
        SubjectFailed: a class fails without a crash, or when it is started again.

    >>> CrashTimeline()
    CrashTimeline(QueuedWriteBehind, WriteBehind, CacheAside; 13 moments)
    """

    def __init__(self, strategy: Callable[..., Any] | Sequence[Callable[..., Any]] = KINDS) -> None:
        kinds = list(strategy) if isinstance(strategy, Sequence) else [strategy]
        recorded = [_recorded(kind) for kind in kinds]
        most = max(map(len, recorded))
        controls = crash_controls(kinds, recorded)
        pairs = zip(kinds, recorded, strict=True)
        start = controls[-1].start
        places = [
            (at,) if len(kinds) == 1 else (kind, at) for kind, at in _telling(len(kinds), start)
        ]
        super().__init__(
            title="A crash, anywhere",
            about=f"{', '.join(map(name_of, kinds))}; {most} moments",
            controls=controls,
            runs=[run for kind, crashes in pairs for run in crash_runs(kind, crashes, most)],
            size=SIZE,
            stills=[(place, 0) for place in places],
        )


def _recorded(kind: Callable[..., Any]) -> list[Crash]:
    check_subject(kind, "write")
    with blaming(kind):
        return record_crashes(kind)


def _telling(kinds: int, start: int) -> list[tuple[int, int]]:
    return [(kind, start) for kind in range(min(kinds, 3))]
