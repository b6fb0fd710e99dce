"""
The stampede theatre: who waits where in the second in which a popular value expires.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

from cachelab.lab.stories.stampede import Rush, record_rush
from cachelab.lab.stories.stampede_pictures import (
    SIZE,
    moments,
    named,
    stampede_controls,
    stampede_runs,
)
from cachelab.lab.subjects import blaming, check_subject
from cachelab.stampede import GUARDS

from .frame_view import FrameView

Kind = Callable[..., Any]


class StampedeTheatre(FrameView):
    """
    A view of an expiry at 400 reads a second, four processes, and an origin with four slots.

    `guards` is one class, several, or several by name: ours, or a learner's, made as
    `guard(store, ttl=2)` (also given `runtime`, `clock` and `rng` if it takes them), with
    `get(key, loader)`. A square dot is a load that no client waits for.

    Raises:
        SubjectFailed: a guard cannot be made, or fails before the rush; later it is counted.

    >>> StampedeTheatre(GUARDS["locked"])
    StampedeTheatre(1 protection, 560 clients)
    """

    def __init__(self, guards: Mapping[str, Kind] | Sequence[Kind] | Kind = GUARDS) -> None:
        kinds = cast(dict[str, Kind], named(guards))
        rushes = [_recorded(kind, name) for name, kind in kinds.items()]
        controls = stampede_controls(rushes)
        one = "protection" if len(rushes) == 1 else "protections"
        middle = moments().index(0.1)
        stills: list[tuple[tuple[int, ...], int]] = [
            ((place,) if controls else (), middle) for place in range(min(3, len(rushes)))
        ]
        super().__init__(
            title="The moment of expiry",
            about=f"{len(rushes)} {one}, {len(rushes[0].visits)} clients",
            controls=controls,
            runs=stampede_runs(rushes),
            size=SIZE,
            stills=stills,
            pace=150,
            opening=middle,
        )


def _recorded(kind: Kind, name: str) -> Rush:
    check_subject(kind, "get")
    with blaming(kind):
        return record_rush(kind, name)
