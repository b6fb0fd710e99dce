"""
How reads and writes meet the cache and the database: one strategy per file, one contract for all.

Start with `fill_on_miss` and `cache_aside`; each of the others changes one thing about them.
`STRATEGIES` is the list that the tests, the comparison and the lessons go through.
"""

from .base import Strategy, Written
from .cache_aside import CacheAside
from .log import Backlog, DeadLetter, Pending, WriteLog
from .memory_log import MemoryLog
from .queued_write_behind import QueuedWriteBehind
from .read_through import ReadThrough
from .refresh_ahead import RefreshAhead
from .stream_log import StreamLog
from .write_around import WriteAround
from .write_behind import Closed, WriteBehind
from .write_through import WriteThrough

STRATEGIES: dict[str, type[Strategy]] = {
    strategy.name: strategy
    for strategy in (
        CacheAside,
        ReadThrough,
        WriteThrough,
        WriteAround,
        WriteBehind,
        QueuedWriteBehind,
        RefreshAhead,
    )
}
"""Every strategy by its name. A new one is one file and one entry; `over` makes any of them."""

__all__ = [
    "STRATEGIES",
    "Backlog",
    "CacheAside",
    "Closed",
    "DeadLetter",
    "MemoryLog",
    "Pending",
    "QueuedWriteBehind",
    "ReadThrough",
    "RefreshAhead",
    "Strategy",
    "StreamLog",
    "WriteAround",
    "WriteBehind",
    "WriteLog",
    "WriteThrough",
    "Written",
]
