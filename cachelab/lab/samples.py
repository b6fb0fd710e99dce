"""
The traces that ship with the course, recorded by us and free to use, each with its data card.

Published traces are larger and harder to come by; their terms rarely allow shipping. `read_trace`
reads them where they lie, and `cachelab traces` says where that is.
"""

import re
from importlib.resources import as_file, files
from importlib.resources.abc import Traversable

from .trace_files import read_trace
from .traces import Trace

SAMPLES = {
    "shop": "pages that SQLite read over three days of a shop, with a report in each night",
    "helpdesk": "pages that SQLite read over five days of a support desk, with an hourly board",
    "storefront": "GETs of an online shop over some days, with sizes: pages, pictures, a crawler",
    "identifiers": "names in Python's library in the order a parser meets them",
}


def sample_trace(name: str = "shop") -> Trace:
    """
    Read one of `SAMPLES`.

    All were recorded by `cachelab.lab.recording`: the workloads are ours, but what they ask for,
    and in what order, is the doing of SQLite, of HTTP and browsers' caches, of Python's authors.

    Raises:
        ValueError: there is no such sample.

    >>> sample_trace("shop")
    Trace('shop', 125435 requests, 2620 objects)
    """
    with as_file(sample_file(name)) as path:
        return read_trace(path)


def sample_card(name: str) -> str:
    """
    Return the data card of a sample, in Markdown: what, how, licence, hashes, what it separates.

    Raises:
        ValueError: there is no such sample.

    >>> print(sample_card("shop").splitlines()[0])
    # shop: three days of a shop's database, and the nights between
    """
    return (_folder(name) / f"{name}.md").read_text("utf-8")


def sample_facts(name: str) -> dict[str, str]:
    """
    Return the facts in the first table of a sample's card, by their names.

    Raises:
        ValueError: there is no such sample.

    >>> sample_facts("shop")["requests"]
    '125,435'
    """
    rows = re.findall(r"^\| (\w[^|]*?) \| ([^|]+) \|$", sample_card(name), re.MULTILINE)
    return {label: value.replace("`", "") for label, value in rows}


def sample_file(name: str) -> Traversable:
    """
    Return where a sample is kept.

    Raises:
        ValueError: there is no such sample.
    """
    (file,) = (
        file
        for file in _folder(name).iterdir()
        if file.name.startswith(f"{name}.") and file.name.endswith(".xz")
    )
    return file


def _folder(name: str) -> Traversable:
    if name not in SAMPLES:
        raise ValueError(f"unknown sample {name!r}; there is {', '.join(SAMPLES)}")
    return files("cachelab.lab") / "data"
