"""
nbgrader's gradebook, opened often and prepared once.

nbgrader opens the gradebook ten times for each submission, each time with an engine of its own that
compiles every statement anew; with one engine for all of them that is done once for a class.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from nbgrader import api  # type: ignore[import-untyped]


@contextmanager
def one_engine() -> Iterator[None]:
    """Let every gradebook that is opened in the block share the engine of its database."""
    make = api.create_engine
    api.create_engine = cache(make)
    try:
        yield
    finally:
        api.create_engine = make
