"""
Recorders: programs that do work of a kind, and note which objects it asked for, in order.

What shows in a trace is the doing of SQLite, of HTTP and a browser's cache, of Python's authors;
the workload on top is ours, drawn from seeds. A recording made again gives the same requests.
"""

from collections.abc import Callable

from cachelab.lab.traces import Trace

from .helpdesk import record_helpdesk
from .identifiers import record_identifiers
from .shop import record_shop
from .storefront import record_storefront

RECORDERS: dict[str, Callable[[], Trace]] = {
    "shop": record_shop,
    "helpdesk": record_helpdesk,
    "storefront": record_storefront,
    "identifiers": record_identifiers,
}


def record_trace(name: str) -> Trace:
    """
    Record one of `RECORDERS` anew; it takes a few seconds to two minutes.

    Raises:
        ValueError: there is no such recorder.
        CachelabError: what it records with is not installed.
    """
    if name not in RECORDERS:
        raise ValueError(f"unknown recorder {name!r}; known are {', '.join(RECORDERS)}")
    return RECORDERS[name]()
