"""
Which key must go when the cache is full: one policy per file, one contract for all.

`Cache(LRU(1000))` is a cache you can use; `POLICIES` is the list that the tests, the simulator,
the command line and the lessons go through.
"""

from .aged_lfu import AgedLFU
from .arc import ARC
from .base import EvictionPolicy, Key
from .belady import Belady
from .cache import Cache
from .cached import cached
from .clock import Clock
from .fifo import FIFO
from .lfu import LFU
from .lirs import LIRS
from .lru import LRU
from .lru_k import LRUK
from .random_victim import Random
from .s3_fifo import S3FIFO
from .sampled_lfu import SampledLFU
from .sampled_lru import SampledLRU
from .sieve import Sieve
from .slru import SLRU
from .stats import CacheStats
from .synchronized import Synchronized
from .two_queue import TwoQueue
from .w_tinylfu import WTinyLFU

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
        LIRS,
        S3FIFO,
        WTinyLFU,
        SampledLRU,
        SampledLFU,
        Belady,
    )
}
"""
Every policy under the name used on the command line. A new policy is one file and one entry.

Each is made by `POLICIES[name](capacity)`; one that `needs_future`, as Belady does, wants all
requests beforehand as well: `POLICIES[name](capacity, future=requests)`.
"""

__all__ = [
    "ARC",
    "FIFO",
    "LFU",
    "LIRS",
    "LRU",
    "LRUK",
    "POLICIES",
    "S3FIFO",
    "SLRU",
    "AgedLFU",
    "Belady",
    "Cache",
    "CacheStats",
    "Clock",
    "EvictionPolicy",
    "Key",
    "Random",
    "SampledLFU",
    "SampledLRU",
    "Sieve",
    "Synchronized",
    "TwoQueue",
    "WTinyLFU",
    "cached",
]
