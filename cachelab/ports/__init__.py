"""
What a cache touches: time, threads, a store to keep things in, and a server to keep them on.

Everything else in cachelab reaches the world through these few names, so that a test, a lesson
or a grader can put something it controls in their place.
"""

import importlib
from typing import TYPE_CHECKING, Any

from .errors import CachelabError, Overloaded, ServerUnavailable, SourceError, StoreError
from .instrument import LostAnswer, instrument
from .journal import Event, Journal
from .keys import key_of, key_part
from .memory import MemoryStore
from .runtime import Clock, Lock, ManualClock, Runtime, Signal, Task, ThreadRuntime
from .sources import MemorySource, Source, Versioned
from .stores import MISSING, Missing, Store

if TYPE_CHECKING:
    from .cluster import Cluster, start_cluster
    from .cluster_members import Member
    from .connection import connect, connect_blocking
    from .memcached import Memcached, memcached_binary, start_memcached
    from .postgres import start_postgres
    from .redis_store import RedisStore
    from .servers import Server, server_binary, start_server
    from .sim import Deadlock, SimRuntime, TooManySteps
    from .sql_source import SQLSource

# These need redis-py, SQLAlchemy or greenlet, which take up to a tenth of a second to import:
# only who uses them pays.
_LATER = {
    "Cluster": ".cluster",
    "Deadlock": ".sim",
    "Member": ".cluster_members",
    "Memcached": ".memcached",
    "RedisStore": ".redis_store",
    "SQLSource": ".sql_source",
    "Server": ".servers",
    "SimRuntime": ".sim",
    "TooManySteps": ".sim",
    "connect": ".connection",
    "connect_blocking": ".connection",
    "memcached_binary": ".memcached",
    "server_binary": ".servers",
    "start_cluster": ".cluster",
    "start_memcached": ".memcached",
    "start_postgres": ".postgres",
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
    "Cluster",
    "Deadlock",
    "Event",
    "Journal",
    "Lock",
    "LostAnswer",
    "ManualClock",
    "Member",
    "Memcached",
    "MemorySource",
    "MemoryStore",
    "Missing",
    "Overloaded",
    "RedisStore",
    "Runtime",
    "SQLSource",
    "Server",
    "ServerUnavailable",
    "Signal",
    "SimRuntime",
    "Source",
    "SourceError",
    "Store",
    "StoreError",
    "Task",
    "ThreadRuntime",
    "TooManySteps",
    "Versioned",
    "connect",
    "connect_blocking",
    "instrument",
    "key_of",
    "key_part",
    "memcached_binary",
    "server_binary",
    "start_cluster",
    "start_memcached",
    "start_postgres",
    "start_server",
]
