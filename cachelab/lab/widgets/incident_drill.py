"""
The incident drill: dashboards, a probe of your choice, and the question what the cause is.
"""

from cachelab.lab.stories.incident_pictures import (
    ALERT,
    SIZE,
    drill_controls,
    drill_runs,
    shuffled,
)
from cachelab.lab.stories.incidents import CAUSES, record_incident

from .frame_view import FrameView


class IncidentDrill(FrameView):
    """
    A view of six incidents, recorded from real code in virtual time, in an order from `seed`.

    It opens when the alert rings. Name the cause when the charts tell it: in every further scene
    that is worth less.

    >>> IncidentDrill()
    IncidentDrill(6 incidents, 5 probes)
    """

    def __init__(self, seed: int = 0) -> None:
        incidents = shuffled([record_incident(cause, seed) for cause in CAUSES], seed)
        super().__init__(
            title="It is 03:00: which graph tells you?",
            about="6 incidents, 5 probes",
            controls=drill_controls(),
            runs=drill_runs(incidents),
            size=SIZE,
            stills=[((0, 0), ALERT + 3), ((1, 1), ALERT + 3)],
            pace=1500,
            opening=ALERT,
        )
