"""
The aside stepper: one read or write through a strategy, call by call, on good days and bad ones.
"""

from collections.abc import Callable
from typing import Any

from cachelab.lab.stories.aside import aside_controls, aside_runs
from cachelab.lab.stories.tape import name_of
from cachelab.lab.subjects import blaming, check_subject
from cachelab.strategies import CacheAside

from .frame_view import FrameView


class AsideStepper(FrameView):
    """
    A view of one operation of a strategy: its calls of cache and database, and what they leave.

    `strategy` is a class of ours or a learner's, made as `strategy(store, source, ttl=60)`, with
    `read` and `write`. It runs in virtual time: the cache takes 1 ms, the database 8.

    Raises:
        SubjectFailed: the class cannot be made; what its methods raise is shown.

    >>> AsideStepper()
    AsideStepper(CacheAside, 3 operations, 6 troubles)
    """

    def __init__(self, strategy: Callable[..., Any] = CacheAside) -> None:
        check_subject(strategy)
        with blaming(strategy):
            runs, height = aside_runs(strategy)
        super().__init__(
            title=f"{name_of(strategy)}, call by call",
            about=f"{name_of(strategy)}, 3 operations, 6 troubles",
            controls=aside_controls(),
            runs=runs,
            size=(720, height),
            stills=[((0, 0), -1 % len(runs[0].scenes)), ((0, 1), len(runs[1].scenes) - 1)],
            pace=1200,
        )
