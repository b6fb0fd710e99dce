"""
What a late submission loses: a share for each day begun, up to a limit. A plug-in of nbgrader.
"""

import math

from nbgrader.plugins import BasePlugin  # type: ignore[import-untyped]
from traitlets import Float

DAY = 86_400


class PerDay(BasePlugin):  # type: ignore[misc]
    """
    A penalty of `share` of the points for each day begun after the due date, `most` at the most.

    `c.PerDay.share = 0.2` in gradebook/settings.py sets another share.

    >>> PerDay().late_submission_penalty("ada", score=40, total_seconds_late=90_000)
    8.0
    """

    share = Float(0.1, help="share of the points lost for each day begun").tag(config=True)
    most = Float(0.5, help="the largest share that can be lost").tag(config=True)

    def late_submission_penalty(
        self,
        student_id: str,  # noqa: ARG002 - nbgrader's signature
        score: float,
        total_seconds_late: float,
    ) -> float | None:
        """Return the points that are taken away, None if nothing is."""
        days = math.ceil(total_seconds_late / DAY)
        lost = min(self.most, self.share * days) * (score or 0.0)
        return round(lost, 2) if days > 0 else None
