"""
What a cache touches: time, threads, a store to keep things in, and a server to keep them on.

Everything else in cachelab reaches the world through these few names, so that a test, a lesson
or a grader can put something it controls in their place.
"""

import importlib
from typing import TYPE_CHECKING, Any

from .errors import CachelabError, ServerUnavailable, StoreError
from .memory import MemoryStore
from .runtime import Clock, Lock, ManualClock, Runtime, Task, ThreadRuntime
from .stores import MISSING, Missing, Store

if TYPE_CHECKING:
    from .connection import connect
    from .redis_store import RedisStore
    from .servers import Server, server_binary, start_server

# These need redis-py, which takes a tenth of a second to import: only who uses them pays.
_LATER = {
    "RedisStore": ".redis_store",
    "Server": ".servers",
    "connect": ".connection",
    "server_binary": ".servers",
    "start_server": ".servers",
}


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_LATER[name], __name__), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_LATER})


__all__ = [
    "MISSING",
    "CachelabError",
    "Clock",
    "Lock",
    "ManualClock",
    "MemoryStore",
    "Missing",
    "RedisStore",
    "Runtime",
    "Server",
    "ServerUnavailable",
    "Store",
    "StoreError",
    "Task",
    "ThreadRuntime",
    "connect",
    "server_binary",
    "start_server",
]
