"""
What the steps of a request cost in seconds: the shop's, or those measured on a machine.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Costs:
    """
    Seconds for a look at each layer, for the way to the shop, and for a call of the origin.

    A look at the edge that finds nothing costs `edge_miss`; a request that goes on pays `way` once.
    A call to a dead node fails after `timeout`. `service` is the mean; half of it is fixed.
    """

    look: Mapping[str, float] = field(
        default_factory=lambda: {"cdn": 0.004, "l1": 0.00002, "l2": 0.0008}
    )
    edge_miss: float = 0.001
    way: float = 0.010
    timeout: float = 0.1
    service: float = 0.25
