"""
Layers of caches: copies in this process before a store that all share, and a request's whole way.

`Tiered` is the store around two stores, `LocalStore` the first of them, bounded by any eviction
policy; `Ratios` counts what each layer answers, and `longest_staleness` says what they can cost.
`FiveLayers` is a whole site, from the browser to the database, and tells each request's `Journey`.
"""

from .buffer_pool import BufferPool
from .five_layers import FiveLayers
from .journey import LAYERS, Costs, Journey, Step
from .local_store import LocalStore
from .staleness import Staleness, longest_staleness
from .tiered import Tiered
from .tracked import tracked
from .traffic import LayerTraffic, Ratios, Read, Write

__all__ = [
    "LAYERS",
    "BufferPool",
    "Costs",
    "FiveLayers",
    "Journey",
    "LayerTraffic",
    "LocalStore",
    "Ratios",
    "Read",
    "Staleness",
    "Step",
    "Tiered",
    "Write",
    "longest_staleness",
    "tracked",
]
