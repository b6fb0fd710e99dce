"""
Which key must go when the cache is full: one policy per file, one contract for all.

`Cache(LRU(1000))` is a cache you can use; `POLICIES` is the list that the tests, the simulator,
the command line and the lessons go through.
"""

from .base import Cache, CacheStats, EvictionPolicy, Key, Synchronized
from .fifo import FIFO
from .lfu import LFU
from .lru import LRU

POLICIES: dict[str, type[EvictionPolicy]] = {policy.name: policy for policy in (FIFO, LRU, LFU)}
"""Every policy under the name used on the command line. A new policy is one file and one entry."""

__all__ = [
    "FIFO",
    "LFU",
    "LRU",
    "POLICIES",
    "Cache",
    "CacheStats",
    "EvictionPolicy",
    "Key",
    "Synchronized",
]
