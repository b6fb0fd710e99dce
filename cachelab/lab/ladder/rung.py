"""
One row of a latency ladder: an operation, how long it takes, and why one should believe it.
"""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Rung:
    """
    An operation and its seconds: the median if it was `measured`, the number if `published`.

    `level` is the same word for what can be compared, such as "memory" or "disk". A measured rung
    has its 90th and 99th percentile, the number of `samples`, and how many operations were timed
    together in each (`batch`); a published one its `source` and the `year` it speaks of.
    """

    name: str
    kind: Literal["measured", "published"]
    level: str
    seconds: float
    p90: float | None = None
    p99: float | None = None
    samples: int | None = None
    batch: int | None = None
    source: str = "this machine"
    year: int | None = None
    note: str = ""
