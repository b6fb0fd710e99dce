"""
A first tier that the cache server itself keeps right: `Tracking`, with copies bounded by a policy.
"""

from typing import TYPE_CHECKING

from cachelab.eviction import EvictionPolicy
from cachelab.ports import Clock

from .local_store import LocalStore

if TYPE_CHECKING:
    from cachelab.invalidation import Tracking
    from cachelab.ports import RedisStore


def tracked(
    store: "RedisStore", policy: EvictionPolicy, *, clock: Clock | None = None
) -> "Tracking":
    """
    Return `store` with copies in this process that `policy` chooses among.

    The server tells which keys are written, by whomever, so those who write need no channel and no
    `Tiered`. A place on its way is an entry as well, and may be evicted: then nothing is kept.

    Raises:
        TypeError, ValueError, StoreError: as `Tracking`.
    """
    from cachelab.invalidation import Tracking

    near = LocalStore(policy, clock=clock)
    return Tracking(store, near, at_most=policy.capacity + 1)
