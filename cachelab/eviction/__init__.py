"""
Which key must go when the cache is full: one policy per file, one contract for all.

`Cache(LRU(1000))` is a cache you can use; `POLICIES` is the list that the tests, the simulator,
the command line and the lessons go through.
"""

from .aged_lfu import AgedLFU
from .arc import ARC
from .base import EvictionPolicy, Key
from .cache import Cache
from .cached import cached
from .clock import Clock
from .fifo import FIFO
from .lfu import LFU
from .lru import LRU
from .lru_k import LRUK
from .random_victim import Random
from .s3_fifo import S3FIFO
from .sieve import Sieve
from .slru import SLRU
from .stats import CacheStats
from .synchronized import Synchronized
from .two_queue import TwoQueue

POLICIES: dict[str, type[EvictionPolicy]] = {
    policy.name: policy
    for policy in (
        FIFO,
        Random,
        Clock,
        Sieve,
        LRU,
        SLRU,
        LFU,
        AgedLFU,
        LRUK,
        TwoQueue,
        ARC,
        S3FIFO,
    )
}
"""Every policy under the name used on the command line. A new policy is one file and one entry."""

__all__ = [
    "ARC",
    "FIFO",
    "LFU",
    "LRU",
    "LRUK",
    "POLICIES",
    "S3FIFO",
    "SLRU",
    "AgedLFU",
    "Cache",
    "CacheStats",
    "Clock",
    "EvictionPolicy",
    "Key",
    "Random",
    "Sieve",
    "Synchronized",
    "TwoQueue",
    "cached",
]
