"""
The traces that ship with the course, recorded by us and free to use.

Published traces are larger and harder to come by; their terms rarely allow shipping. `read_trace`
reads them where they lie.
"""

from importlib.resources import as_file, files

from .trace_files import read_trace
from .traces import Trace

SAMPLES = {
    "shop": "pages that SQLite read while a shop was open, a nightly report ran, and it reopened",
}


def sample_trace(name: str) -> Trace:
    """
    Read one of `SAMPLES`, for instance `shop`.

    `shop` was recorded with `benchmarks/record_shop_trace.py`: SQLite's own page cache is set to
    ten pages, so nearly every page request shows. Statements and popularity (Zipf, 0.95) are ours;
    which pages they touch, and in what order, is SQLite's doing.

    Raises:
        ValueError: there is no such sample.

    >>> sample_trace("shop")
    Trace('shop', 82650 requests, 2615 objects)
    """
    if name not in SAMPLES:
        raise ValueError(f"unknown sample {name!r}; there is {', '.join(SAMPLES)}")
    with as_file(files("cachelab.lab") / "data" / f"{name}.trace.xz") as path:
        return read_trace(path)
