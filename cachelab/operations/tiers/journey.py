"""
One request on its way through the layers: a record, for a table, a view or a test.

Layer by layer it says what was found, why, what may be kept there, and how long it took.
"""

from dataclasses import asdict, dataclass
from typing import Any, Final

from cachelab.operations.http import Request, Response

LAYERS: Final = ("browser", "CDN", "local", "shared", "database")
"""The layers, nearest to the user first, by name: numbers would clash with a processor's L1."""


@dataclass(frozen=True)
class Costs:
    """
    Seconds for asking each layer, there and back; `disk` comes on top where the database reads it.

    Main memory, the ways within and between data centres and the SSD are those of the well-known
    list of latency numbers; browser and CDN are assumptions: a disk cache, and an edge near by.
    """

    browser: float = 0.001
    cdn: float = 0.020
    application: float = 0.150
    local: float = 100e-9
    shared: float = 0.0005
    database: float = 0.0005
    disk: float = 0.00015


@dataclass(frozen=True)
class Step:
    """
    What one layer made of a request.

    `outcome` is "hit", "stale", "revalidated", "miss", "bypass" (for the layers behind) or "not
    allowed" (a miss, and what came by may not be kept here); `may_keep` is None where nothing came.
    """

    layer: str
    outcome: str
    why: str
    seconds: float
    may_keep: bool | None = None
    may_keep_why: str = ""


@dataclass(frozen=True)
class Journey:
    """
    One request, the answer, and a step for each layer it came to, nearest to the user first.

    `afterwards` are the steps that nobody waited for: a revalidation in the background.
    """

    user: str
    request: Request
    response: Response
    steps: tuple[Step, ...]
    afterwards: tuple[Step, ...] = ()

    @property
    def seconds(self) -> float:
        """How long the user waited."""
        return sum(step.seconds for step in self.steps)

    @property
    def answered_by(self) -> str:
        """The layer behind which nobody was asked."""
        return self.steps[-1].layer

    def as_dict(self) -> dict[str, Any]:
        """Return what a view needs, of plain types."""
        return {
            "user": self.user,
            "method": self.request.method,
            "url": self.request.url,
            "status": self.response.status,
            "body": self.response.body.decode("utf-8", "replace"),
            "headers": [list(line) for line in self.response.headers.lines],
            "answered_by": self.answered_by,
            "seconds": self.seconds,
            "steps": [asdict(step) for step in self.steps],
            "afterwards": [asdict(step) for step in self.afterwards],
        }

    def __str__(self) -> str:
        rows = [
            f"{s.layer:<9} {s.outcome:<11} {s.seconds * 1e3:>9.4f} ms  {s.why}" for s in self.steps
        ]
        return "\n".join(rows)
