"""
The incident drill: dashboards, a probe of your choice, and the question what the cause is.
"""

from collections.abc import Iterator

from cachelab.lab.stories.incident_pictures import (
    ALERT,
    SIZE,
    drill_controls,
    drill_runs,
    shuffled,
)
from cachelab.lab.stories.incidents import CAUSES, SLICES, record_incident

from .late_view import LateView, Piece


class IncidentDrill(LateView):
    """
    A view of six incidents, recorded from real code in virtual time, in an order from `seed`.

    It opens when the alert rings. Name the cause when the charts tell it: in every further scene
    that is worth less.

    >>> IncidentDrill()
    IncidentDrill(6 incidents, 5 probes)
    """

    def __init__(self, seed: int = 0) -> None:
        controls = drill_controls()
        super().__init__(
            title="It is 03:00: which graph tells you?",
            about="6 incidents, 5 probes",
            controls=controls,
            work=lambda _places: _drawn(seed),
            parts=len(CAUSES) * (1 + len(controls[-1].options)),
            steps=SLICES,
            size=SIZE,
            stills=[((0, 0), ALERT + 3), ((1, 1), ALERT + 3)],
            pace=1500,
            opening=ALERT,
        )


def _drawn(seed: int) -> Iterator[Piece]:
    """Record the incidents one after the other; the scales of the charts are from all of them."""
    incidents = []
    for cause in CAUSES:
        incidents.append(record_incident(cause, seed))
        yield None
    yield from enumerate(drill_runs(shuffled(incidents, seed)))
