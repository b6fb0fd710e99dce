"""
Making copies go stale in time: each scheme is a store around a store.

`ExpireAfter` needs only a clock; `VersionedKeys` and `TaggedKeys` make many entries misses with one
write; `LeasedKeys` refuses what was read before a delete; `EventBased` drops what an event says,
over a channel that owns up to a gap; `Tracking` has the server itself tell what changed. `SCHEMES`
is what tests and lessons go through; `Tracking` is not in it: it goes around a `RedisStore` only.
"""

import importlib
from typing import TYPE_CHECKING, Any

from .base import StoreAround
from .channels import Channel, MemoryChannel
from .event_based import EventBased
from .expire_after import ExpireAfter
from .leased_keys import Answer, LeasedKeys
from .tagged_keys import TaggedKeys
from .versioned_keys import VersionedKeys

if TYPE_CHECKING:
    from .pubsub_channel import PubSubChannel
    from .stream_channel import StreamChannel
    from .tracking import Tracking

# These need redis-py, which takes up to a tenth of a second to import: only who uses them pays.
_LATER = {
    "PubSubChannel": ".pubsub_channel",
    "StreamChannel": ".stream_channel",
    "Tracking": ".tracking",
}

SCHEMES: dict[str, type[StoreAround]] = {
    scheme.name: scheme
    for scheme in (ExpireAfter, VersionedKeys, TaggedKeys, LeasedKeys, EventBased)
}
"""Every scheme by its name. A new one is one file and one entry."""


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_LATER[name], __name__), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_LATER})


__all__ = [
    "SCHEMES",
    "Answer",
    "Channel",
    "EventBased",
    "ExpireAfter",
    "LeasedKeys",
    "MemoryChannel",
    "PubSubChannel",
    "StoreAround",
    "StreamChannel",
    "TaggedKeys",
    "Tracking",
    "VersionedKeys",
]
