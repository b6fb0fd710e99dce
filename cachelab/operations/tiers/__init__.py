"""
Layers of caches: copies in this process before a store that all share, and a request's whole way.

`Tiered` is the store around two stores, `LocalStore` the first of them, bounded by any eviction
policy; `Ratios` counts what each layer answers, and `longest_staleness` says what they can cost.
"""

from .local_store import LocalStore
from .staleness import Staleness, longest_staleness
from .tiered import Tiered
from .tracked import tracked
from .traffic import LayerTraffic, Ratios, Read, Write

__all__ = [
    "LayerTraffic",
    "LocalStore",
    "Ratios",
    "Read",
    "Staleness",
    "Tiered",
    "Write",
    "longest_staleness",
    "tracked",
]
